"""Whom a person has to do with, answered by an index alone: the rows of a caseload lie on as many pages as it is long."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_course_confirmations")]
    operations = [
        migrations.AddIndex(
            "involvement",
            models.Index(
                fields=["person", "client", "part", "ends_at", "practice"], name="whom_a_person_sees"
            ),
        ),
    ]
