"""A query that is asked on every second page, planned by PostgreSQL once for each connection instead of each time.

Behind the walls a plan of four tables costs more than its execution. Django leaves prepared statements off for the
sake of connection poolers, and cannot switch them on for one query alone.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.models import QuerySet


def prepared(rows: QuerySet[Any, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of a `values_list`; on PostgreSQL by a prepared statement, elsewhere as ever."""
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
    import psycopg

    class Prepared(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            return super().execute(query, params, **{**more, "prepare": True})

    connection.ensure_connection()
    return connection._prepare_cursor(Prepared(connection.connection))
