"""On PostgreSQL a refusal to change the audit carries the code of a broken rule, as it does on SQLite."""

from django.db import migrations

SAYS = "the audit is append-only"


def _refuse(schema_editor, using=""):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "create or replace function audit_append_only() returns trigger as $$"
            f" begin raise exception '{SAYS}'{using}; end $$ language plpgsql",
            params=None,
        )


def make(apps, schema_editor):
    _refuse(schema_editor, " using errcode = 'integrity_constraint_violation'")


def take_away(apps, schema_editor):
    _refuse(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_postgres_head")]
    operations = [migrations.RunPython(make, take_away)]
