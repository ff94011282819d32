"""What is signed stays: neither taken out nor put aside by another row, and its writer's name stands with it.

A signed note, an addendum and a signature are deleted only when nobody holds a key of the client's record any more:
that is how a whole client is erased. A cell moves to another key only if that key is the client's living one.
SQLite also has to be told that a row put in the place of another (`or replace`) deletes without saying so.
"""

from django.db import migrations

SAYS = "what is signed is not changed; write an addendum"
NOTE, ADDENDUM, SIGNATURE = "record_progress_note", "record_addendum", "record_signature"
SIGNED = {NOTE: "OLD.signed_at IS NOT NULL", ADDENDUM: "1 = 1", SIGNATURE: "1 = 1"}
SEALED = {
    NOTE: ("times", "modality", "state", "plan", "risk", "medication"),
    ADDENDUM: ("words",),
    SIGNATURE: ("value",),
}
KEYS = "SELECT 1 FROM vault_data_key k WHERE k.owner = OLD.client_id AND k.compartment = 'record'"
PLACES = {NOTE: ("id", "session_id"), ADDENDUM: ("id",), SIGNATURE: ("id", "note_id", "addendum_id")}


def _elsewhere(vendor, table):
    """A cell that came to stand under a key which is not the living one."""
    cut, differs = ("substr(NEW.\"{c}\", 2, 16)", "IS NOT") if vendor == "sqlite" else ("substring(NEW.\"{c}\" from 2 for 16)", "IS DISTINCT FROM")  # fmt: skip
    found = [
        f'(NEW."{c}" {differs} OLD."{c}" AND NOT EXISTS ({KEYS} AND k.retired_at IS NULL AND k.key_id = {cut.format(c=c)}))'
        for c in SEALED[table]
    ]
    return f"{SIGNED[table]} AND ({' OR '.join(found)})"


def _in_its_place(table):
    """Another row that would take the place of a signed one."""
    same = " OR ".join(f'n."{c}" = NEW."{c}"' for c in PLACES[table])
    stands = "n.signed_at IS NOT NULL AND " if table == NOTE else ""
    return f'EXISTS (SELECT 1 FROM "{table}" n WHERE {stands}({same}))'


def guards(vendor):
    """Name -> (table, when it looks, what it refuses)."""
    found = {}
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    for table, signed in SIGNED.items():
        found[f"{table}_stays"] = (table, "DELETE", f"{signed} AND EXISTS ({KEYS})")
        found[f"{table}_keeps_its_key"] = (table, "UPDATE", _elsewhere(vendor, table))
        if vendor == "sqlite":
            found[f"{table}_is_not_replaced"] = (table, "INSERT", _in_its_place(table))
    found[f"{NOTE}_keeps_its_writer"] = (NOTE, "UPDATE", f"{SIGNED[NOTE]} AND NEW.created_by_id {differs} OLD.created_by_id")  # fmt: skip
    if vendor == "sqlite":
        found[f"{NOTE}_is_not_pushed_out"] = (NOTE, "UPDATE", f'EXISTS (SELECT 1 FROM "{NOTE}" n WHERE n.id <> OLD.id AND n.signed_at IS NOT NULL AND (n.id = NEW.id OR n.session_id = NEW.session_id))')  # fmt: skip
    return found


def make(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, (table, act, refused) in guards(vendor).items():
        if vendor == "sqlite":
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {refused} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END")  # fmt: skip
        elif vendor == "postgresql":
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {refused} THEN "
                f"RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
                f"RETURN {'OLD' if act == 'DELETE' else 'NEW'}; END $$"
            )
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")  # fmt: skip
    if vendor == "postgresql":
        for table in SIGNED:
            schema_editor.execute(f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_stands()")  # fmt: skip


def take_away(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, (table, _, _) in guards(vendor).items():
        if vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        elif vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
    if vendor == "postgresql":
        for table in SIGNED:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_is_not_emptied ON {table}")


class Migration(migrations.Migration):
    # As with 0002: SQLite drops a table's triggers when it rebuilds the table.
    dependencies = [("record", "0002_signed_rows_stand"), ("vault", "0001_initial")]
    operations = [migrations.RunPython(make, take_away, elidable=False)]
