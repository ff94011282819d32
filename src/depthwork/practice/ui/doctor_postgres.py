"""What the doctor asks a PostgreSQL server. `serve` does not start where the server or the site's role is unsafe."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from depthwork.practice.config import walls
from depthwork.practice.ui.doctor import Finding

# What an answer must stand on before it is given, and what PostgreSQL calls it.
DURABLE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
    "data_sync_retry": ("off",),
    "data_checksums": ("on",),
}
_SIGNED = ("record_progress_note", "record_addendum", "record_signature")
TRIGGERS = {
    "audit_event_stays", "audit_event_is_not_emptied", "audit_event_follows", "record_progress_note_keeps_its_writer",
    *(f"{table}_{does}" for table in _SIGNED for does in ("stands", "stays", "keeps_its_key", "is_not_emptied")),
}  # fmt: skip


def look(*, serving: bool = False) -> Iterator[Finding]:
    """The server, the site's role, the walls and the triggers; the gravest first.

    The doctor works as the owner and judges the role that the site is meant to have; what is about to serve is
    judged by the role that it came with.
    """
    with connection.cursor() as cursor:
        for name, allowed in DURABLE.items():
            cursor.execute("select current_setting(%s)", [name])
            value = cursor.fetchone()[0]
            if value not in allowed:
                yield Finding("server_not_durable", "refuse", f"PostgreSQL would answer before the words are safe: {name} is {value}", f"Set {name} to {allowed[0]} in postgresql.conf." if name != "data_checksums" else "Stop the server and run pg_checksums --enable.")  # fmt: skip
        cursor.execute("select rolname, rolsuper, rolbypassrls from pg_roles where rolname in (current_user, %s)", [settings.DATABASE_SITE_ROLE])  # fmt: skip
        roles = {name: (boss, past) for name, boss, past in cursor.fetchall()}
        cursor.execute("select current_user")
        me = cursor.fetchone()[0]
        site = me if serving or settings.DATABASE_SITE_ROLE not in roles else settings.DATABASE_SITE_ROLE
        if roles[site][0] or roles[site][1]:
            yield Finding("role_sees_all", "refuse", f"the site's role {site} passes every wall of the database", "Make it NOSUPERUSER NOBYPASSRLS (guide, PostgreSQL).")  # fmt: skip
        cursor.execute(
            "select exists (select 1 from pg_tables where schemaname = current_schema() and tablename = 'audit_event'"
            " and pg_has_role(%s, tableowner, 'usage'))",
            [site],
        )
        if cursor.fetchone()[0]:
            yield Finding("role_owns", "refuse", f"the site's role {site} owns the tables and could take the walls down", "Let another role own them, and put its address into DATABASE_OWNER_URL (guide, PostgreSQL).")  # fmt: skip
        if missing := walls.missing(cursor):
            yield Finding("walls_missing", "refuse", f"{len(missing)} tables have no wall between practices, {missing[0]} among them", "Run: depthwork upgrade.")  # fmt: skip
        if strange := walls.unplaced_tables(cursor):
            yield Finding("tables_strange", "mend", f"{len(strange)} tables are not Depthwork's, {strange[0]} among them", "Give them a database of their own.")  # fmt: skip
        cursor.execute(
            "select tgname::text from pg_trigger where not tgisinternal and tgenabled in ('O', 'A')"
        )
        gone = TRIGGERS - {name for (name,) in cursor.fetchall()}
        if gone:
            yield Finding("triggers_gone", "refuse", f"what is signed or audited could be changed: the guard {sorted(gone)[0]} is gone", "Restore the last backup into an empty database.")  # fmt: skip
        cursor.execute("select has_table_privilege(%s, 'audit_event', 'update, delete, truncate')", [site])
        if cursor.fetchone()[0]:
            yield Finding("audit_writable", "refuse", f"the site's role {site} may change the audit", "Run: depthwork upgrade; it gives the right grants.")  # fmt: skip


def stops() -> Finding | None:
    """The first thing for which `serve` does not start."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return Finding("tables_old", "refuse", "the tables are older than the program, or not there", "Run: depthwork upgrade (or init, or move).")  # fmt: skip
    return next((one for one in look(serving=True) if one.level == "refuse"), None)
