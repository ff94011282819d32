"""Several small look-ups in one journey to the database.

A page that gathers from ten tables of one client need not go ten times. SQLite gives the rows of all of them as one
statement, PostgreSQL takes the statements together; what comes back is read as each query would have read it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

T = TypeVar("T")
U = TypeVar("U")
Rows = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Look(Generic[T]):
    """What a room wants to know, not asked yet: its queries, and what it makes of their rows.

    `read` is given one list for each query, in no order of its own: it sorts what has to be in order.
    """

    asks: tuple[Rows, ...]
    read: Callable[..., T]

    def now(self) -> T:
        """Asked by itself."""
        return self.read(*rows_at_once(*self.asks))

    def then(self, made: Callable[[T], U]) -> Look[U]:
        """The same, of which something else is made."""
        return Look(self.asks, lambda *rows: made(self.read(*rows)))


def look(*asks: Rows) -> Callable[[Callable[..., T]], Look[T]]:
    """Make a `Look` of the function that reads: ``@look(queryset, another)``."""
    return lambda read: Look(asks, read)


def at_once(*looks: Look[Any]) -> list[Any]:
    """What several rooms want to know, in one journey."""
    rows = iter(rows_at_once(*(one for asked in looks for one in asked.asks)))
    return [asked.read(*(next(rows) for _ in asked.asks)) for asked in looks]


def rows_at_once(*asked: Rows) -> list[list[Any]]:
    """The rows of several queries, each as its queryset gives them, in no order; one journey.

    A queryset that was cut (`[:60]`) is cut in its own order. Those that nothing can come of are not asked.

    Assumptions
    -----------
    1. All are of one database.
    2. None is a union, and none is large: on SQLite each row is as wide as the widest.
    """
    wanted = [one if one.query.is_sliced else one.order_by() for one in asked]
    if len(wanted) < 2:
        return [list(one) for one in wanted]
    connection = connections[wanted[0].db]
    compilers: list[Any] = [one.query.get_compiler(connection=connection) for one in wanted]
    statements = []
    for n, compiler in enumerate(compilers):
        try:
            statements.append((n, *compiler.as_sql()))
        except EmptyResultSet:
            continue
    told: list[list[Sequence[Any]]] = [[] for _ in wanted]
    if statements:
        journey = _in_a_row if connection.vendor == "postgresql" else _as_one
        with connection.cursor() as cursor:
            journey(cursor, statements, compilers, told)
    return [_read(one, compilers[n], told[n]) for n, one in enumerate(wanted)]


def _as_one(
    cursor: Any, statements: list[Any], compilers: list[Any], told: list[list[Sequence[Any]]]
) -> None:
    """SQLite: one statement, each row with the number of its query before it."""
    width = max(compilers[n].col_count for n, _, _ in statements)
    # An empty row of no type comes first: the driver reads a column of them all by the type of the first.
    parts = [f"select null{', null' * width} where 0"]
    values: list[Any] = []
    for n, sql, given in statements:
        rest = ", null" * (width - compilers[n].col_count)
        parts.append(f"select {n}, *{rest} from ({sql})")  # noqa: S608  (what the querysets say, and numbers)
        values += given
    cursor.execute(" union all ".join(parts), values)
    for row in cursor.fetchall():
        told[row[0]].append(row[1 : 1 + compilers[row[0]].col_count])


def _in_a_row(
    cursor: Any, statements: list[Any], compilers: list[Any], told: list[list[Sequence[Any]]]
) -> None:
    """PostgreSQL: all statements in one message, their answers one after the other."""
    cursor.execute("; ".join(sql for _, sql, _ in statements), [v for *_, given in statements for v in given])
    for at, (n, _, _) in enumerate(statements):
        if at:
            cursor.nextset()
        told[n] = cursor.fetchall()


def _read(rows: Rows, compiler: Any, told: list[Sequence[Any]]) -> list[Any]:
    """The rows as this queryset makes objects or tuples of them: its own machinery, whose answer is here already."""
    if not told:
        return []
    compiler.execute_sql = lambda *args, **kwargs: [told]
    here = rows.all()
    here.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
    return list(here)
