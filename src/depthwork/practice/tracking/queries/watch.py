"""Who would see a risk answer now."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from depthwork.practice.people.models import Practice
from depthwork.practice.tracking.models import CoverTest, Deputy, Request, Watch
from depthwork.practice.tracking.watching import Situation, reasons_against
from depthwork.practice.treatments.models import Break, Treatment
from depthwork.practice.vault.models import Grant


def watch_of(practice_id: UUID) -> Watch:
    """The practice's arrangement; an unsaved one that promises nothing if there is none."""
    return Watch.objects.filter(practice_id=practice_id).first() or Watch(practice_id=practice_id)


def who_covers(
    *, client_id: UUID, treatment_id: UUID | None, named: UUID | None, now: datetime
) -> UUID | None:
    """The covering colleague of this moment: of the break, else the deputy, else the person named after the end."""
    on_break = _breaks(treatment_id, now, now).exclude(cover=None).first() if treatment_id else None
    if on_break is not None:
        return on_break.cover_id
    clinician = Treatment.objects.filter(id=treatment_id).values_list("clinician_id", flat=True).first()
    if named is not None and named != clinician and _has_ended(client_id, treatment_id):
        return named
    return Deputy.objects.filter(client_id=client_id).values_list("colleague_id", flat=True).first() or named


def _has_ended(client_id: UUID, treatment_id: UUID | None) -> bool:
    """Whether the treatment has ended; of a client asked without one, whether all that there were have."""
    states = Treatment.objects.filter(client_id=client_id)
    if treatment_id is not None:
        states = states.filter(id=treatment_id)
    found = list(states.values_list("state", flat=True))
    return bool(found) and all(state == Treatment.State.ENDED for state in found)


def _breaks(treatment_id: UUID, start: datetime, end: datetime):  # type: ignore[no-untyped-def]
    return Break.objects.filter(
        treatment_id=treatment_id, from_date__lte=end.date(), to_date__gte=start.date()
    ).order_by("from_date")


def reasons_now(
    *,
    client_id: UUID,
    practice_id: UUID,
    treatment_id: UUID | None,
    named: UUID | None,
    now: datetime,
    until: datetime,
) -> tuple[str, ...]:
    """What speaks against a risk question between now and `until`; see `watching.REASONS`."""
    watch = watch_of(practice_id)
    clinician = Treatment.objects.filter(id=treatment_id).values_list("clinician_id", flat=True).first()
    breaks = list(_breaks(treatment_id, now, until)) if treatment_id else []
    deputy = Deputy.objects.filter(client_id=client_id).values_list("colleague_id", flat=True).first()
    ended = _has_ended(client_id, treatment_id)
    covers = {b.cover_id for b in breaks if b.cover_id}
    # After the end a colleague who answers for the form is the one who covers; the clinician still needs a deputy.
    answering = named if ended and named is not None and named != clinician else None
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
            has_break_cover=bool(breaks) and all(b.cover_id for b in breaks),
            has_ended=ended,
            has_named_person=named is not None,
            has_deputy=bool(answering or deputy),
            key_lasts=lasts,
            last_test=min(tests) if tests and None not in tests else None,  # type: ignore[type-var]
        )
    )


def _key_lasts(client_id: UUID, reader: UUID, until: datetime) -> bool:
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
    from depthwork.practice.people.models import Person

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
    return at.astimezone(ZoneInfo(practice.time_zone)).time()
