"""A shared course keeps its number: those that exist get theirs in the order in which they began."""

from collections import Counter

from django.db import migrations, models


def number(apps, schema_editor):
    Supervision = apps.get_model("supervision", "Supervision")
    last = Counter()
    rows = Supervision.objects.order_by("started_at", "id").values_list("pk", "supervisor_id")
    for pk, supervisor in list(rows):
        last[supervisor] += 1
        Supervision.objects.filter(pk=pk).update(number=last[supervisor])


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="supervision",
            name="number",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number__isnull", False)),
                fields=("supervisor", "number"),
                name="a_number_is_of_one_course_only",
            ),
        ),
    ]
