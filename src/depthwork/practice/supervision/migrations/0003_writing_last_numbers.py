"""The last number of each supervisor, which stays when the rows of a client are gone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def remember(apps, schema_editor):
    Supervision = apps.get_model("supervision", "Supervision")
    LastNumber = apps.get_model("supervision", "LastNumber")
    rows = Supervision.objects.exclude(number=None).values("supervisor_id").annotate(top=models.Max("number"))
    LastNumber.objects.bulk_create(
        LastNumber(supervisor_id=row["supervisor_id"], number=row["top"]) for row in rows.order_by()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0002_writing_course_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="LastNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(default=0)),
                (
                    "supervisor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "supervision_last_number"},
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
