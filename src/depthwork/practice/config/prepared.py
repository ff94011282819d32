"""A query that is asked on every second page, planned by PostgreSQL once for each connection instead of each time.

Behind the walls a plan of five tables costs more than its execution. Django leaves prepared statements off for the
sake of connection poolers, and cannot switch them on for one query alone: its own cursors put the values into the
statement, which is then never the same twice.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models import QuerySet

ASKED_ONLY = (
    2**31
)  # uses after which psycopg prepares by itself; at None, as Django has it, it refuses when asked too


def prepared(rows: QuerySet[Any, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of a `values_list` without JSON; on PostgreSQL by a prepared statement, elsewhere as ever.

    The plan that is kept knows no value: what decides which index serves (a status, a kind) must stand in the query
    itself.
    """
    connection = connections[rows.db]
    if connection.vendor != "postgresql":
        return list(rows)
    compiler = rows.query.get_compiler(connection=connection)
    sql, values = compiler.as_sql()
    with asking(connection) as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    return list(compiler.results_iter([found], tuple_expected=True))


def asking(connection: Any) -> Any:
    """A cursor of Django's on a statement that the server keeps: values travel beside it, not inside it."""
    connection.ensure_connection()
    return connection._prepare_cursor(_cursor()(connection.connection))


@cache
def _cursor() -> Any:
    import psycopg

    class Prepared(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            return super().execute(query, params, **{**more, "prepare": True, "binary": True})

    return Prepared


def _keep_plans(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Let a new connection prepare, and plan once: by itself the server weighs each time whether to plan anew."""
    if connection.vendor == "postgresql":
        connection.connection.prepare_threshold = ASKED_ONLY
        with connection.wrap_database_errors:
            connection.connection.execute("set plan_cache_mode = force_generic_plan")


connection_created.connect(_keep_plans, dispatch_uid="depthwork.prepared")
