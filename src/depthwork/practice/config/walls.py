"""Row-level security, found from the models: which practice a row belongs to, as SQL, and the policies that ask it.

After every `migrate` on PostgreSQL each table of a practice carries one policy, forced, whose name holds a digest
of its condition: what is missing or old is one look into the catalogue. A model that leads to no practice stops
the migration unless it stands in `OF_NO_PRACTICE`. The roles and their grants are made here too.
"""

# ruff: noqa: S608  (names of tables and columns come from the models)
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

# Tables whose rows belong to no practice: Django's own lists, sign-ins (half a key, no words), the drill's canaries.
OF_NO_PRACTICE = {
    "auth.Group", "auth.Group_permissions", "auth.Permission", "contenttypes.ContentType",
    "sessions.Session", "vault.Canary",
}  # fmt: skip
HERE = "(select nullif(current_setting('depthwork.practice', true), '')::uuid)"
WHO = "(select nullif(current_setting('depthwork.person', true), '')::uuid)"
# Rows that are only added to, and tables that only the owner writes.
GRANTS = {"audit_event": "select, insert", "audit_head": "select", "django_migrations": "select"}


class Unplaced(Exception):
    """A model whose rows cannot be told to belong to a practice."""


@dataclass(frozen=True, slots=True)
class Wall:
    """One table's policy: which rows are seen, and which may be written."""

    table: str
    sees: str
    writes: str

    @property
    def name(self) -> str:
        """Old conditions are told from new ones by the name."""
        return f"of_the_practice_{hashlib.sha256((self.sees + self.writes).encode()).hexdigest()[:12]}"

    def sql(self) -> list[str]:
        return [
            f'alter table "{self.table}" enable row level security',
            f'alter table "{self.table}" force row level security',
            f'create policy {self.name} on "{self.table}" using ({self.sees}) with check ({self.writes})',
        ]


def _tables() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [m for m in found if m._meta.managed and not m._meta.proxy]


def walls() -> list[Wall]:
    """The wall of every table that belongs to a practice."""
    return [wall_of(model) for model in _tables() if model._meta.label not in OF_NO_PRACTICE]


def wall_of(model: type[models.Model]) -> Wall:
    """The wall of one table. Raises Unplaced where no column leads to a practice."""
    table = model._meta.db_table
    sees = _condition(model, f'"{table}"', 0, ())
    if table == "audit_event":  # some acts are nobody's; who is signed in writes in no other name
        sees = f'({sees} or "{table}"."practice" is null)'
        return Wall(table, sees, f'{sees} and ("actor" is null or {WHO} is null or "actor" = {WHO})')
    return Wall(table, sees, sees)


def _condition(
    model: type[models.Model], alias: str, depth: int, seen: tuple[type[models.Model], ...]
) -> str:
    column = _practice_column(model)
    if column is not None:
        return f'{alias}."{column}" = {HERE}'
    client = apps.get_model("treatments", "Client")
    fields = {field.name: field for field in model._meta.concrete_fields}
    if "owner" in fields and not fields["owner"].is_relation:  # a client, or the practice itself
        return (
            f'({alias}."owner" = {HERE} or exists (select 1 from "{client._meta.db_table}" r{depth}'
            f' where r{depth}."id" = {alias}."owner" and {_condition(client, f"r{depth}", depth + 1, seen)}))'
        )
    for field in _ways(model):
        target = field.related_model
        if target in seen or target is model:
            continue
        try:
            inner = _condition(target, f"r{depth}", depth + 1, (*seen, model))
        except Unplaced:
            continue
        return (
            f'exists (select 1 from "{target._meta.db_table}" r{depth}'
            f' where r{depth}."{field.target_field.column}" = {alias}."{field.column}" and {inner})'
        )
    raise Unplaced(f"{model._meta.label}: no column leads to a practice")


def _practice_column(model: type[models.Model]) -> str | None:
    if model._meta.label == "people.Practice":
        return "id"
    for field in model._meta.concrete_fields:
        if field.name in ("practice", "organisation"):
            return str(field.column)
    return None


def _ways(model: type[models.Model]) -> list[Any]:
    """Foreign keys that are never empty, those to a client first."""
    found = [f for f in model._meta.concrete_fields if f.is_relation and not f.null]
    return sorted(found, key=lambda field: field.name != "client")


def doors() -> dict[str, tuple[type[models.Model], str]]:
    """What can be named before anyone is known: `policy_doors` of a model, door -> field."""
    return {
        door: (model, field)
        for model in _tables()
        for door, field in getattr(model, "policy_doors", {}).items()
    }


def _practice_of(model: type[models.Model], alias: str) -> str:
    column = _practice_column(model)
    if column is not None:
        return f'{alias}."{column}"'
    for field in _ways(model):
        target = field.related_model
        return (
            f'(select {_practice_of(target, "t" + alias)} from "{target._meta.db_table}" t{alias}'
            f' where t{alias}."{field.target_field.column}" = {alias}."{field.column}")'
        )
    raise Unplaced(f"{model._meta.label}: a door that leads nowhere")


def _functions(schema: str) -> list[str]:
    safe = f"security definer set search_path = pg_catalog, {schema}, pg_temp set row_security = off"
    cases = []
    for door, (model, field) in sorted(doors().items()):
        one = model._meta.get_field(field)
        cast = "::uuid" if isinstance(one, models.UUIDField) else ""
        cases.append(
            f"if door = '{door}' then return (select {_practice_of(model, 'a')}"
            f' from "{model._meta.db_table}" a where a."{one.column}" = named{cast}); end if;'
        )
    return [
        "create or replace function depthwork_behind(door text, named text) returns uuid language plpgsql stable"
        f" {safe} as $$ begin {' '.join(cases)} return null; end $$",
        f"create or replace function depthwork_practices() returns setof uuid language sql stable {safe}"
        ' as $$ select "id" from "people_practice" order by "created_at", "id" $$',
    ]


def missing(cursor: Any) -> list[str]:
    """Tables whose wall is not there, not forced, or not the one the models ask for."""
    cursor.execute(
        "select c.relname, c.relrowsecurity and c.relforcerowsecurity, coalesce(array_agg(p.polname::text)"
        " filter (where p.polname is not null), '{}') from pg_class c left join pg_policy p on p.polrelid = c.oid"
        " where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace group by 1, 2"
    )
    there = {table: (forced, names) for table, forced, names in cursor.fetchall()}
    found = []
    for wall in walls():
        forced, names = there.get(wall.table, (False, []))
        if not forced or list(names) != [wall.name]:
            found.append(wall.table)
    return found


def unplaced_tables(cursor: Any) -> list[str]:
    """Tables in the database that no model knows: nothing of a client may lie in one."""
    known = {model._meta.db_table for model in _tables()} | {"django_migrations", "cache", "audit_head"}
    cursor.execute("select tablename from pg_tables where schemaname = current_schema()")
    return sorted({name for (name,) in cursor.fetchall()} - known)


def raise_walls(connection: Any, *, role: str | None = None) -> int:
    """Bring every policy, function and grant up to date. Gives how many tables were changed."""
    asked = {wall.table: wall for wall in walls()}
    with connection.cursor() as cursor:
        cursor.execute("select quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        for sql in _functions(schema):
            cursor.execute(sql)
        changed = missing(cursor)
        for table in changed:
            cursor.execute("select policyname from pg_policies where tablename = %s and schemaname = current_schema()", [table])  # fmt: skip
            for (old,) in cursor.fetchall():
                cursor.execute(f'drop policy "{old}" on "{table}"')
            for sql in asked[table].sql():
                cursor.execute(sql)
        if role is not None:
            grant(cursor, role, schema)
    return len(changed)


def grant(cursor: Any, role: str, schema: str) -> None:
    """What the site's role may do: rows, never tables; of the audit it may only add."""
    cursor.execute("select quote_ident(%s)", [role])
    name = cursor.fetchone()[0]
    cursor.execute(f"grant usage on schema {schema} to {name}")
    cursor.execute(f"grant select, insert, update, delete on all tables in schema {schema} to {name}")
    cursor.execute(f"grant usage, select on all sequences in schema {schema} to {name}")
    cursor.execute(
        f"alter default privileges in schema {schema} grant select, insert, update, delete on tables to {name}"
    )
    cursor.execute("select tablename from pg_tables where schemaname = current_schema()")
    present = {table for (table,) in cursor.fetchall()}
    for table, may in GRANTS.items():
        if table in present:
            cursor.execute(f'revoke all on "{table}" from {name}')
            cursor.execute(f'grant {may} on "{table}" to {name}')
    for function in ("depthwork_behind(text, text)", "depthwork_practices()"):
        cursor.execute(f"revoke all on function {function} from public")
        cursor.execute(f"grant execute on function {function} to {name}")


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Django's `post_migrate`: all tables are there by now."""
    from django.conf import settings
    from django.db import connections

    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    role = settings.DATABASE_SITE_ROLE
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s and rolname <> current_user", [role])
        is_there = cursor.fetchone() is not None
    raise_walls(connection, role=role if is_there else None)
