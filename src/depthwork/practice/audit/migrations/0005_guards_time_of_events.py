"""What happened in some days, and when some thing last happened, without looking through years of events."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_pg3_refusal_has_a_code")]
    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["utc"], name="audit_by_time"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["verb", "utc"], name="audit_by_verb_and_time"),
        ),
    ]
