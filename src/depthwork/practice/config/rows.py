"""Whose rows this connection may see. PostgreSQL itself holds to it; on SQLite all of this does nothing.

A request, a job or a command says `within(practice=...)` or comes in by a door: something secret that one row
holds (a person's id from the session, a link's token). `config/walls.py` makes the policies that ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.signals import connection_created


@dataclass(frozen=True, slots=True)
class Scope:
    """One practice, and the person who is signed in; empty: no rows at all."""

    practice: str = ""
    person: str = ""


NOBODY = Scope()
# None is outside of any request or job: a command, which works as the owner of the tables.
_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


def _is_walled() -> bool:
    return connection.vendor == "postgresql"


def _ask(sql: str, values: tuple[Any, ...]) -> Any:
    """Beside Django's cursor: what is asked here belongs to the connection, not to a page."""
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def tell(scope: Scope | None) -> None:
    """Tell the connection. What was set inside a transaction that fails is taken back with it, like the scope itself."""
    scope = scope or NOBODY
    _ask(
        "select set_config('depthwork.practice', %s, false), set_config('depthwork.person', %s, false)",
        (scope.practice, scope.person),
    )


@contextmanager
def within(*, practice: UUID | None = None, person: UUID | None = None) -> Iterator[None]:
    """See the rows of one practice, or none, until the end of the block."""
    before = _scope.set(Scope(str(practice or ""), str(person or "")))
    try:
        if _is_walled():
            tell(_scope.get())
        yield
    finally:
        _scope.reset(before)
        if _is_walled() and connection.connection is not None:
            _tell_or_close(_scope.get())


def _tell_or_close(scope: Scope | None) -> None:
    from django.db import Error

    try:
        tell(scope)
    except Error:  # a broken connection, or a transaction that is about to be rolled back
        if not connection.in_atomic_block:
            connection.close()


def enter(*, practice: UUID) -> None:
    """From here to the end of the surrounding block: the rows of this practice."""
    if _is_walled() and _scope.get() is not None:
        _scope.set(Scope(str(practice)))
        tell(_scope.get())


def enter_by(door: str, name: str) -> bool:
    """The same by a door: whether a row of some practice holds this name. Outside of a block nothing is closed.

    A door that does not open leaves the reader standing where they stood: who is signed in and follows a dead link is
    told so on a page of their own practice.
    """
    if not _is_walled() or _scope.get() is None:
        return True
    (found,) = _ask("select depthwork_behind(%s, %s)::text", (door, name))
    if found:
        _scope.set(Scope(found, name if door == "person" else ""))
        tell(_scope.get())
    return bool(found)


def leave() -> None:
    """Back outside, within the same block."""
    if _is_walled() and _scope.get() is not None:
        _scope.set(NOBODY)
        tell(NOBODY)


def stands_behind(door: str, name: str) -> bool:
    """Whether any practice has a row with this name: names to sign in with are unique across practices."""
    return (
        bool(_ask("select depthwork_behind(%s, %s) is not null", (door, name))[0]) if _is_walled() else False
    )


def each_practice() -> Iterator[None]:
    """One round for each practice, seeing its rows alone; on SQLite one round for all."""
    if not _is_walled() or _is_all_seeing():
        yield
        return
    for (practice,) in _practices():
        with within(practice=practice):
            yield


def here() -> str:
    """The practice whose rows are seen, as text; empty where no wall narrows them."""
    scope = _scope.get()
    return scope.practice if _is_walled() and scope is not None else ""


def _practices() -> list[tuple[UUID]]:
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute("select depthwork_practices()")
        return list(cursor.fetchall())


def _is_all_seeing() -> bool:
    """Whether this is a command's connection, which no policy narrows."""
    return _scope.get() is None and bool(
        _ask("select rolsuper or rolbypassrls from pg_roles where rolname = current_user", ())[0]
    )


def _again(sender: Any, connection: Any, **kwargs: Any) -> None:
    """A connection made anew in the middle of a block learns where it is."""
    if connection.alias == "default" and connection.vendor == "postgresql" and _scope.get() is not None:
        tell(_scope.get())


connection_created.connect(_again, dispatch_uid="depthwork.rows")


class RowsMiddleware:
    """The rows of the practice of whoever is signed in, or of nobody, for the length of the request."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        with within():
            if _is_walled() and (person := _person_of(request.session)):
                enter_by("person", person)
            return self.get_response(request)


def _person_of(session: Any) -> str:
    """Who is signed in, or half-way through it (the second factor is still to come)."""
    from django.contrib.auth import SESSION_KEY

    found = session.get(SESSION_KEY) or (session.get("account_login") or {}).get("user_pk")
    try:
        return str(UUID(str(found)))
    except ValueError:
        return ""
