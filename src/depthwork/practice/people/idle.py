"""The lock of a machine that nobody asks anything: closed, asleep, switched off, taken away.

A request locks its own sign-in when it comes too late. Where none comes the row would keep its half of the keys, so
each minute, and at the start and the end of serving, the rows themselves are looked through.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as SignIn
from django.db import connection

from depthwork.practice.config.durable import forget_destroyed
from depthwork.practice.people.middleware import SEEN, WAITING_SINCE, since
from depthwork.practice.vault import sessions

# Which half waits on which moment.
_HALVES = ((sessions.SLOT, SEEN), (sessions.WAITING, WAITING_SINCE))


def close_idle(*, at: datetime) -> int:
    """Take its half out of every sign-in that was idle too long, and delete those that ran out.

    Gives how many were closed or deleted.
    """
    done = SignIn.objects.filter(expire_date__lte=at).delete()[0]
    now = int(at.timestamp())
    for row in SignIn.objects.order_by():
        told = row.get_decoded()
        late = [
            slot
            for slot, moment in _HALVES
            if slot in told and not 0 <= since(told, moment, now=now) <= settings.IDLE_LOCK_SECONDS
        ]
        done += _without(row, late)
    _forget_the_journal(done)
    return done


def close_all() -> int:
    """Take both halves out of every sign-in: the house closes."""
    done = sum(_without(row, [slot for slot, _ in _HALVES]) for row in SignIn.objects.order_by())
    _forget_the_journal(done)
    return done


def _without(row: SignIn, slots: list[str]) -> int:
    """Save a row without these; one that somebody is just saving themselves is left for the next minute."""
    told = row.get_decoded()
    if not any(slot in told for slot in slots):
        return 0
    for slot in slots:
        told.pop(slot, None)
    here = SignIn.objects.filter(session_key=row.session_key, session_data=row.session_data)
    return here.update(session_data=SessionStore().encode(told))


def _forget_the_journal(changed: int) -> None:
    """SQLite's journal still holds the page as it was."""
    if changed and connection.vendor == "sqlite":
        forget_destroyed()
