"""The database itself refuses to change or remove an event."""

from django.db import migrations

SAYS = "the audit is append-only"


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"""create or replace function audit_append_only() returns trigger as $$
                begin raise exception '{SAYS}'; end $$ language plpgsql;
            create trigger audit_event_stays before update or delete on audit_event
                for each row execute function audit_append_only();
            create trigger audit_event_is_not_emptied before truncate on audit_event
                for each statement execute function audit_append_only();""",
            params=None,
        )
        return
    for act in ("update", "delete"):
        schema_editor.execute(
            f"create trigger audit_event_no_{act} before {act} on audit_event begin select raise(abort, '{SAYS}'); end"
        )
    # An event follows the last one: no gap, no second writer at the same place.
    schema_editor.execute(
        "create trigger audit_event_follows before insert on audit_event"
        " when new.n <> coalesce((select max(n) from audit_event), 0) + 1"
        " begin select raise(abort, 'an audit event follows the last one'); end"
    )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("drop function audit_append_only() cascade", params=None)
        return
    for name in ("no_update", "no_delete", "follows"):
        schema_editor.execute(f"drop trigger audit_event_{name}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
