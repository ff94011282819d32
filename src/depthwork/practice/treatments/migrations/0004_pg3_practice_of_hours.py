"""Treatments and hours name the practice of their client, so that a wall between practices compares one column.

Behind a policy that looked each client up, a caseload cost three such looks a line. The column is no second truth:
the database fills it in from the client at every insert and change, whatever was said.
"""

from django.db import migrations, models

TABLES = ("treatments_treatment", "treatments_session")
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
    if vendor == "postgresql":
        schema_editor.execute(
            "create function treatments_of_the_client() returns trigger language plpgsql as $$ begin"
            f" new.practice := {THE_CLIENTS}; return new; end $$",
            params=None,
        )
        for table in TABLES:
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
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("drop function if exists treatments_of_the_client()")


class Migration(migrations.Migration):
    dependencies = [("treatments", "0003_postgres_missed_hours")]
    operations = [
        migrations.AddField("session", "practice", models.UUIDField(editable=False, null=True)),
        migrations.AddField("treatment", "practice", models.UUIDField(editable=False, null=True)),
        migrations.RunPython(make, take_away),
    ]
