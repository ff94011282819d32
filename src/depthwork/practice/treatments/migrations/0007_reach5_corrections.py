"""Goals, other treatments and events of a life are corrected by versions; what stood before stays beneath."""

import depthwork.practice.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('treatments', '0006_pg5_last_hours'),
    ]

    operations = [
        migrations.AddField(
            model_name='adjunct',
            name='before',
            field=depthwork.practice.vault.fields.SealedJSON(blank=True, editable=True, null=True),
        ),
        migrations.AddField(
            model_name='adjunct',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='goal',
            name='before',
            field=depthwork.practice.vault.fields.SealedJSON(blank=True, editable=True, null=True),
        ),
        migrations.AddField(
            model_name='goal',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='lifeevent',
            name='before',
            field=depthwork.practice.vault.fields.SealedJSON(blank=True, editable=True, null=True),
        ),
        migrations.AddField(
            model_name='lifeevent',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
    ]
