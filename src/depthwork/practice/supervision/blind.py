"""What is closed to who was invited: hours outside the days agreed; while they code blind, the rest of that client.

Who came for training sees their sheet only.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Part
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.predicates import parts_of
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision.models import CodingSheet, Exercise, Supervision
from depthwork.practice.supervision.queries import shared_day, shared_source
from depthwork.practice.treatments.models import Session

_ABOUT_THE_CLIENT = frozenset(
    {
        P.READ_PROCESS_NOTES, P.MARK_HOURS, P.COMMENT_HOURS, P.READ_RECORD, P.READ_MEASURES, P.SEE_ADMINISTRATION,
    }
)  # fmt: skip


def is_closed(person: Person, permission: P, row: Any) -> bool:
    """Whether a row of a client is closed to someone, whatever else they may.

    Only who was invited into the treatment can be a blind coder of it, so nobody else is asked about.
    """
    if permission not in _ABOUT_THE_CLIENT or isinstance(row, (CodingSheet, Exercise)):
        return False
    client = row.policy_client
    if client is None or Part.SUPERVISOR not in parts_of(person, client):
        return False
    invited = list(
        Supervision.objects.filter(
            client_id=client, supervisor=person, ended_at=None, ends_at__gt=timezone.now()
        )
    )
    if not invited:
        return False
    if all(one.purpose == Supervision.Purpose.TRAINING for one in invited):
        return True
    if not any(_is_inside(one, row) for one in invited):
        return True
    return bool(coded_blind(person, {client}))


def _is_inside(shared: Supervision, row: Any) -> bool:
    """Whether an hour, a text, a mark or a comment lies in what was agreed. Other rows have no day of their own."""
    if isinstance(row, Session):
        return row.treatment_id == shared.treatment_id and shared_day(shared, row.day)
    source = row if isinstance(row, Source) else getattr(row, "source", None)
    return not isinstance(source, Source) or shared_source(shared, source)


def coded_blind(person: Person, clients: set[UUID]) -> set[UUID]:
    """Of these clients those whom someone codes blind now: a sheet of theirs is open, or is sealed and waits.

    Until an exercise is open nothing of the others is shown, and the chart neither.
    """
    if not clients:
        return set()
    theirs = CodingSheet.objects.filter(client_id__in=clients, coder=person, source__burned_at=None)
    own = theirs.filter(sealed_at=None, set_aside_at=None).values_list("client_id", flat=True)
    found = set(own)
    others = CodingSheet.objects.filter(
        client_id__in=clients - found, sealed_at=None, set_aside_at=None
    ).exclude(coder=person)
    waits = theirs.filter(sealed_at__isnull=False, exercise__opened_at=None, exercise__sheets__in=others)
    return found.union(waits.values_list("client_id", flat=True))
