"""Who opened a record without its clinician: what the clinician reads on Today, and the client in a place of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from depthwork.practice.audit.models import Event
from depthwork.practice.keeping.escrow import PURPOSE
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.actions.emergency import OPEN_FOR, REASONS

TOLD_FOR: Final = timedelta(days=30)  # to the clinician, on Today
KEPT_FOR: Final = timedelta(days=365)  # to the client, in their place
ASKED: Final = "emergency.asked"
OPENED: Final = "emergency.opened"


@dataclass(frozen=True, slots=True)
class Told:
    """One step: who, why, when, of whom, and whether somebody still reads."""

    verb: str
    client_id: UUID
    who: tuple[str, ...]
    why: str
    when: datetime
    is_open: bool

    @property
    def until(self) -> datetime:
        """When it ends by itself."""
        return self.when + OPEN_FOR

    @property
    def was_opened(self) -> bool:
        """Whether it came to more than asking."""
        return self.verb == OPENED


def told_to(person: Person, *, now: datetime) -> list[Told]:
    """What others did with the records of a clinician's clients in the last thirty days, newest first."""
    mine = Involvement.objects.filter(person=person, part=Part.CLINICIAN, ends_at=None).values("client")
    events = Event.objects.filter(
        verb__in=(ASKED, OPENED),
        practice=person.practice_id,
        client__in=mine,
        utc__gte=_moment(now - TOLD_FOR),
    )
    return _told(events.exclude(actor=person.id).order_by("-n"), now=now)


def opened_for(client: UUID, *, now: datetime) -> list[Told]:
    """How often a client's record was opened so in the last year, newest first."""
    events = Event.objects.filter(verb=OPENED, client=client, utc__gte=_moment(now - KEPT_FOR))
    return _told(events.order_by("-n"), now=now)


def _told(events: Iterable[Event], *, now: datetime) -> list[Told]:
    rows = list(events)
    if not rows:
        return []
    ids = {one.actor for one in rows} | {UUID(one.object_id) for one in rows}
    names = {one.id: str(one) for one in Person.objects.filter(id__in=ids)}
    reading = Involvement.objects.filter(
        client__in={one.client for one in rows}, part=Part.COVER, purpose=PURPOSE, ends_at__gt=now
    )
    open_now = set(reading.values_list("client", flat=True))
    newest: set[UUID | None] = set()
    found = []
    for one in rows:
        two = [one.actor, UUID(one.object_id)] if one.verb == OPENED else [one.actor]
        is_open = one.verb == OPENED and one.client in open_now and one.client not in newest
        if one.verb == OPENED:
            newest.add(one.client)
        assert one.client is not None
        found.append(
            Told(
                one.verb, one.client, tuple(names[pk] for pk in two if pk in names),
                str(REASONS.get(one.reason, "")), datetime.fromisoformat(one.utc), is_open,
            )
        )  # fmt: skip
    return found


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
