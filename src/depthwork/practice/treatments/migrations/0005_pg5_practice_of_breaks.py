"""Breaks and changes of the frame name the practice of their client, as treatments and hours do since 0004.

A caseload looks for both on every line; behind a policy that asked for the client, what it found cost two looks more.
"""

from django.db import migrations, models

TABLES = ("treatments_break", "treatments_frame_event")
THE_CLIENTS = "(select practice_id from treatments_client where id = new.client_id)"


def make(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for table in TABLES:
        schema_editor.execute(
            f"update {table} set practice = (select practice_id from treatments_client c where c.id = client_id)"
        )
        if vendor == "sqlite":
            for name, when in (("begins", "insert"), ("stays", "update of client_id, practice")):
                schema_editor.execute(
                    f"create trigger {table}_{name}_with_its_client after {when} on {table}"
                    f" when new.practice is not {THE_CLIENTS}"
                    f" begin update {table} set practice = {THE_CLIENTS} where id = new.id; end"
                )
        elif vendor == "postgresql":  # the function is 0004's
            schema_editor.execute(
                f"create trigger {table}_with_its_client before insert or update of client_id, practice on {table}"
                " for each row execute function treatments_of_the_client()"
            )


def take_away(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "sqlite":
            for name in ("begins", "stays"):
                schema_editor.execute(f"drop trigger if exists {table}_{name}_with_its_client")
        elif schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"drop trigger if exists {table}_with_its_client on {table}")


class Migration(migrations.Migration):
    dependencies = [("treatments", "0004_pg3_practice_of_hours")]
    operations = [
        migrations.AddField("break", "practice", models.UUIDField(editable=False, null=True)),
        migrations.AddField("frameevent", "practice", models.UUIDField(editable=False, null=True)),
        migrations.RunPython(make, take_away),
        migrations.AddIndex(
            "break",
            models.Index(
                fields=["treatment", "to_date", "from_date", "announced_on", "practice"], name="breaks_ahead"
            ),
        ),
        migrations.AddIndex(
            "frameevent", models.Index(fields=["treatment", "on", "practice"], name="changes_of_a_frame")
        ),
    ]
