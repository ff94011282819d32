"""Who would see a risk answer now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from depthwork.practice.people.models import Person, Practice, Role
from depthwork.practice.tracking.models import CoverTest, Deputy, Request, Watch
from depthwork.practice.tracking.watching import Situation, reasons_against
from depthwork.practice.treatments.calendar import day_in, zone_of
from depthwork.practice.treatments.models import Break, Treatment
from depthwork.practice.vault.models import Grant


def watch_of(practice_id: UUID) -> Watch:
    """The practice's arrangement; an unsaved one that promises nothing if there is none."""
    return Watch.objects.filter(practice_id=practice_id).first() or Watch(practice_id=practice_id)


def who_covers(
    *, client_id: UUID, treatment_id: UUID | None, named: UUID | None, now: datetime
) -> UUID | None:
    """The covering colleague of this moment: of the break, else the deputy, else the person named after the end.

    Only somebody who would really see it: a clinician whose sign-in is open and who holds the key now.
    """
    course = _course(treatment_id)
    asked: list[UUID | None] = [b.cover_id for b in _breaks(treatment_id, course.zone, now, now)]
    if named != course.clinician and _has_ended(client_id, treatment_id):
        asked.append(named)
    asked += [_deputy_of(client_id), named]
    able = _able(asked)
    return next((one for one in asked if one in able and _key_lasts(client_id, one, now)), None)


@dataclass(frozen=True, slots=True)
class _Course:
    clinician: UUID | None = None
    zone: str = "UTC"


def _course(treatment_id: UUID | None) -> _Course:
    row = (
        Treatment.objects.filter(id=treatment_id)
        .values_list("clinician_id", "client__practice__time_zone")
        .first()
    )
    return _Course(*row) if row else _Course()


def _deputy_of(client_id: UUID) -> UUID | None:
    return Deputy.objects.filter(client_id=client_id).values_list("colleague_id", flat=True).first()


def _able(ids: Iterable[UUID | None]) -> set[UUID]:
    """Those of them whose sign-in is open and who still are clinicians: to nobody else would an alert be shown."""
    found = Person.objects.filter(id__in={one for one in ids if one}, is_active=True)
    return {one.id for one in found if one.has_role(Role.CLINICIAN)}


def _has_ended(client_id: UUID, treatment_id: UUID | None) -> bool:
    """Whether the treatment has ended; of a client asked without one, whether all that there were have."""
    states = Treatment.objects.filter(client_id=client_id)
    if treatment_id is not None:
        states = states.filter(id=treatment_id)
    found = list(states.values_list("state", flat=True))
    return bool(found) and all(state == Treatment.State.ENDED for state in found)


def _breaks(treatment_id: UUID | None, zone: str, start: datetime, end: datetime) -> list[Break]:
    """Breaks that touch a stretch of time, by the days of the practice's own clock."""
    if treatment_id is None:
        return []
    first, last = day_in(zone, start), day_in(zone, end)
    return list(
        Break.objects.filter(treatment_id=treatment_id, from_date__lte=last, to_date__gte=first).order_by(
            "from_date"
        )
    )


def reasons_now(
    *,
    client_id: UUID,
    practice_id: UUID,
    treatment_id: UUID | None,
    named: UUID | None,
    now: datetime,
    until: datetime,
) -> tuple[str, ...]:
    """What speaks against a risk question between now and `until`; see `watching.REASONS`.

    Whoever could not see the answer, because their sign-in is closed or they are no clinician now, is not counted.
    """
    watch, course = watch_of(practice_id), _course(treatment_id)
    breaks = _breaks(treatment_id, course.zone, now, until)
    deputy = _deputy_of(client_id)
    able = _able([deputy, named, *(b.cover_id for b in breaks)])
    deputy, named = (one if one in able else None for one in (deputy, named))
    ended = _has_ended(client_id, treatment_id)
    covers = {b.cover_id for b in breaks if b.cover_id in able}
    # After the end a colleague who answers for the form is the one who covers; the clinician still needs a deputy.
    answering = named if ended and named != course.clinician else None
    readers = covers | ({answering} if answering else {deputy} if deputy else set())
    lasts = all(_key_lasts(client_id, reader, until) for reader in readers)
    tests = [
        CoverTest.objects.filter(colleague_id=reader, acknowledged_at__isnull=False)
        .order_by("-acknowledged_at")
        .values_list("acknowledged_at", flat=True)
        .first()
        for reader in readers
    ]
    return reasons_against(
        Situation(
            now=now,
            until=until,
            is_always_on=watch.is_always_on,
            last_beat=watch.last_beat,
            unbroken_since=watch.unbroken_since,
            in_break=bool(breaks),
            has_break_cover=bool(breaks) and all(b.cover_id in able for b in breaks),
            has_ended=ended,
            has_named_person=named is not None,
            has_deputy=bool(answering or deputy),
            key_lasts=lasts,
            last_test=min(tests) if tests and None not in tests else None,  # type: ignore[type-var]
        )
    )


def _key_lasts(client_id: UUID, reader: UUID | None, until: datetime) -> bool:
    return (
        Grant.objects.filter(
            data_key__owner=client_id,
            data_key__compartment="record",
            data_key__retired_at=None,
            reader_id=reader,
        )
        .filter(Q(ends_at=None) | Q(ends_at__gte=until))
        .exists()
    )


def reasons_for(request: Request, *, now: datetime) -> tuple[str, ...]:
    """The same, asked again when a form is opened: what held when it went out may hold no more."""
    return reasons_now(
        client_id=request.client_id,
        practice_id=request.client.practice_id,
        treatment_id=request.treatment_id,
        named=request.answers_for_id,
        now=now,
        until=max(request.expires_at or now, now),
    )


def covering_name(request: Request, *, now: datetime) -> str:
    """The display name of who sees a risk answer if the clinician has not."""
    found = who_covers(
        client_id=request.client_id, treatment_id=request.treatment_id, named=request.answers_for_id, now=now
    )
    name = Person.objects.filter(id=found).values_list("display_name", flat=True).first() if found else None
    return name or ""


def beats_since(practice: Practice, *, now: datetime) -> timedelta | None:
    """For how long the host has been on without a pause; None while it is not proven."""
    watch = watch_of(practice.id)
    if (
        watch.last_beat is None
        or watch.unbroken_since is None
        or now - watch.last_beat > timedelta(minutes=15)
    ):
        return None
    return now - watch.unbroken_since


def clock(practice: Practice, at: datetime) -> time:
    """The practice's wall time."""
    return at.astimezone(zone_of(practice.time_zone)).time()


def is_able(person: Person) -> bool:
    """Whether an alert would be shown to this person, were it handed on."""
    return person.is_active and person.has_role(Role.CLINICIAN)
