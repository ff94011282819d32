"""Append an event, in the transaction of the act it speaks of."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.db import connection, transaction

from depthwork.practice.audit.chain import GENESIS, after_the_number, digest
from depthwork.practice.audit.models import Event

# A number, the hash before it and its own from the chain as it stands, all in one statement: SQLite holds its writer's
# lock from the first word of it to the last, and no transaction is opened for it where none is open.
_FOLLOW = f"""INSERT INTO "audit_event"
("n", "previous", "own", "utc", "practice", "actor", "verb", "object_type", "object_id", "client", "reason")
SELECT n, previous, SHA256(previous || '[' || n || ',' || %s), %s, %s, %s, %s, %s, %s, %s, %s FROM (SELECT
coalesce((SELECT max("n") FROM "audit_event"), 0) + 1 AS n,
coalesce((SELECT "own" FROM "audit_event" ORDER BY "n" DESC LIMIT 1), '{GENESIS}') AS previous)
RETURNING "n", "previous", "own"
"""  # noqa: S608  (a constant of the program)


def record(
    *,
    verb: str,
    by: uuid.UUID | None,
    practice: uuid.UUID | None = None,
    object_type: str = "",
    object_id: object = "",
    client: uuid.UUID | None = None,
    reason: str = "",
) -> Event:
    """Write one event. `verb` and `reason` come from code or a fixed list, never from a person's free text."""
    event = Event(
        utc=datetime.now(UTC).isoformat(timespec="microseconds"),
        practice=practice,
        actor=by,
        verb=verb,
        object_type=object_type,
        object_id=str(object_id),
        client=client,
        reason=reason[:120],
    )
    if connection.vendor == "sqlite":
        _append(event)
    else:
        _append_by_turns(event)
    return event


def _append(event: Event) -> None:
    names = ("utc", "practice", "actor", "verb", "object_type", "object_id", "client", "reason")
    fields = [Event._meta.get_field(name) for name in names]
    values = [one.get_db_prep_save(getattr(event, one.attname), connection) for one in fields]
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [after_the_number(event), *values])
        event.n, event.previous, event.own = cursor.fetchone()
    event._state.adding, event._state.db = False, connection.alias


def _append_by_turns(event: Event) -> None:
    """On PostgreSQL a statement sees the rows of before it began: the lock comes first, in a journey of its own."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # One journey, two statements: the second looks only after the lock is held, until commit.
            cursor.execute("select pg_advisory_xact_lock(7305416); select n, own from audit_head")
            cursor.nextset()
            last = cursor.fetchone()
        event.n, event.previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
        event.own = digest(event)
        event.save(force_insert=True)
