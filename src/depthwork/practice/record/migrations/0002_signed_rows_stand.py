"""What is signed stands: the database itself refuses a change.

A sealed cell may change only together with its key (bytes 2 to 17 name the key), which is what a rotation of
keys does: the same words under another key. Everything else of a signed note or an addendum is frozen.
"""

from django.db import migrations

TABLES = {
    "record_progress_note": (
        "OLD.signed_at IS NOT NULL",
        (
            "id", "client_id", "treatment_id", "session_id", "on", "created_at", "version", "signed_at",
            "signed_by_id",
        ),
        ("times", "modality", "state", "plan", "risk", "medication"),
    ),
    "record_addendum": (
        "1 = 1",
        ("id", "client_id", "note_id", "created_at", "created_by_id"),
        ("words",),
    ),
    "record_signature": ("1 = 1", ("id", "client_id", "note_id", "addendum_id"), ("value",)),
}
SAYS = "what is signed is not changed; write an addendum"


def _differs(vendor, column):
    sign = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    return f'NEW."{column}" {sign} OLD."{column}"'


def _rewritten(vendor, column):
    """The cell changed and its key did not, or it appeared, or it vanished."""
    cut = "substr({row}.\"{c}\", 2, 16)" if vendor == "sqlite" else "substring({row}.\"{c}\" from 2 for 16)"
    new, old = cut.format(row="NEW", c=column), cut.format(row="OLD", c=column)
    return (
        f'({_differs(vendor, column)} AND (NEW."{column}" IS NULL OR OLD."{column}" IS NULL OR {new} = {old}))'
    )


def make(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for table, (when, frozen, sealed) in TABLES.items():
        changed = " OR ".join(
            [_differs(vendor, c) for c in frozen] + [_rewritten(vendor, c) for c in sealed]
        )
        if vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {table}_stands BEFORE UPDATE ON {table} WHEN {when} AND ({changed}) "
                f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
            )
        elif vendor == "postgresql":
            schema_editor.execute(
                f"CREATE FUNCTION {table}_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_stands BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({when} AND ({changed})) "
                f"EXECUTE FUNCTION {table}_stands()"
            )


def take_away(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_stands")
        elif schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_stands ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_stands()")


class Migration(migrations.Migration):
    # SQLite drops a table's triggers when it rebuilds the table: a later AlterField has to make them again.
    dependencies = [("record", "0001_initial")]
    operations = [migrations.RunPython(make, take_away, elidable=False)]
