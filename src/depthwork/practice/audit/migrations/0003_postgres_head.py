"""On PostgreSQL an event follows the last one, whoever writes it: the end of the chain stands in a row of its own.

A practice sees its own events alone; the chain runs through those of all. The head says number and hash and nothing
else, and only the trigger, as the owner of the tables, moves it. SQLite has had such a trigger since 0002.
"""

from django.db import migrations

SAYS = "an audit event follows the last one"
GENESIS = "0" * 64


def make(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
    schema_editor.execute(
        f"""create table audit_head (one boolean primary key default true check (one), n bigint not null, own text not null);
        insert into audit_head (n, own) select coalesce(max(n), 0),
            coalesce((select own from audit_event order by n desc limit 1), '{GENESIS}') from audit_event;
        create function audit_follows() returns trigger language plpgsql
            security definer set search_path = pg_catalog, {schema}, pg_temp as $$
            declare head audit_head; begin
                select * into head from audit_head for update;
                if new.n <> head.n + 1 or new.previous <> head.own then
                    raise exception '{SAYS}' using errcode = 'integrity_constraint_violation';
                end if;
                update audit_head set n = new.n, own = new.own;
                return new;
            end $$;
        create trigger audit_event_follows before insert on audit_event
            for each row execute function audit_follows();""",
        params=None,
    )


def take_away(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("drop trigger audit_event_follows on audit_event", params=None)
    schema_editor.execute("drop function audit_follows()", params=None)
    schema_editor.execute("drop table audit_head", params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunPython(make, take_away)]
