"""Append an event, in the transaction of the act it speaks of."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.db import connection, transaction

from depthwork.practice.audit.chain import GENESIS, digest
from depthwork.practice.audit.models import Event


def _head() -> tuple[int, str] | None:
    """The last event of all practices. On PostgreSQL there is one writer of the chain at a time, until commit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # One journey, two statements: the second looks only after the lock is held.
            cursor.execute("select pg_advisory_xact_lock(7305416); select n, own from audit_head")
            cursor.nextset()
            return cursor.fetchone()
    return Event.objects.order_by("-n").values_list("n", "own").first()


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
    with transaction.atomic():
        last = _head()
        event = Event(
            n=(last[0] if last else 0) + 1,
            utc=datetime.now(UTC).isoformat(timespec="microseconds"),
            practice=practice,
            actor=by,
            verb=verb,
            object_type=object_type,
            object_id=str(object_id),
            client=client,
            reason=reason[:120],
            previous=last[1] if last else GENESIS,
        )
        event.own = digest(event)
        event.save(force_insert=True)
        return event
