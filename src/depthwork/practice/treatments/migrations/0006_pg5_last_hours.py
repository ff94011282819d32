"""All that a caseload asks of a treatment's hours and breaks stands in an index, in the order in which it asks.

An hour's row is long and lies apart from the next: on a large table a hundred lines were a hundred reads.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("treatments", "0005_pg5_practice_of_breaks")]
    operations = [
        migrations.AddIndex(
            "session",
            models.Index(
                fields=["treatment", "number", "day", "practice"],
                condition=models.Q(number__isnull=False),
                name="last_hours",
            ),
        ),
        migrations.RemoveIndex("break", "breaks_ahead"),
        migrations.AddIndex(
            "break",
            models.Index(
                fields=["treatment", "from_date", "to_date", "announced_on", "practice"], name="breaks_ahead"
            ),
        ),
    ]
