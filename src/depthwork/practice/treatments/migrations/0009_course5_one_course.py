"""One course under way for a client with the same clinician.

Where two were, the one that began last goes on. The others are ended without an ending: their page still offers to
write one, and nothing of them is touched.
"""

from django.db import migrations, models


def let_one_go_on(apps, schema_editor):
    Treatment = apps.get_model("treatments", "Treatment")
    seen = set()
    rows = Treatment.objects.filter(state="active").order_by("-starts_on", "-created_at")
    for pk, client, clinician in list(rows.values_list("pk", "client_id", "clinician_id")):
        if (client, clinician) in seen:
            Treatment.objects.filter(pk=pk).update(state="ended")
        seen.add((client, clinician))


class Migration(migrations.Migration):
    dependencies = [("treatments", "0008_course5_endings")]
    operations = [
        migrations.RunPython(let_one_go_on, migrations.RunPython.noop),
        migrations.AddConstraint(
            "treatment",
            models.UniqueConstraint(
                condition=models.Q(state="active"),
                fields=("client", "clinician"),
                name="one_course_under_way_with_a_clinician",
            ),
        ),
    ]
