"""Agree the frame, change it, announce a break."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from depthwork.practice.keeping.escrow import PURPOSE
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.actions import emergency
from depthwork.practice.treatments.actions.letting_go import hours_with_words, let_go_hours
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.actions.renewing import renew
from depthwork.practice.treatments.calendar import occurrences, zone_of
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Break, Ending, Frame, FrameEvent, Session, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.models import Grant

PER_WEEK = {
    "fortnightly": 1,
    "weekly": 1,
    "twice_weekly": 2,
    "three_weekly": 3,
    "four_weekly": 4,
    "five_weekly": 5,
}


@transaction.atomic
def agree_frame(
    *,
    treatment: Treatment,
    by: Person,
    from_date: date,
    frequency: str,
    slots: Sequence[tuple[int, time]],
    length_minutes: int = 50,
    place: str = "office",
    seat: str = "chair",
    terms: dict[str, Any] | None = None,
    words: str | None = None,
) -> Frame:
    """The frame from a date on. What differs from the frame before becomes an event on the thread.

    Hours to come that stood in the frame before and do not stand in this one are taken out of the calendar; one on
    which something was written stays, and so does one that was moved by itself.
    """
    if length_minutes <= 0:
        raise CourseError(_("an hour has a length in minutes above zero"))
    if frequency not in PER_WEEK:
        raise CourseError(_("the frequency is one of: %(values)s") % {"values": ", ".join(PER_WEEK)})
    if len(slots) != PER_WEEK[frequency]:
        raise CourseError(
            _("%(label)s needs %(per_week)s times in the week, not %(n)s")
            % {"label": Frame.Frequency(frequency).label, "per_week": PER_WEEK[frequency], "n": len(slots)}
        )
    if len(set(slots)) != len(slots):
        raise CourseError(_("two of the times are the same"))
    before = (
        Frame.objects.filter(treatment=treatment, from_date__lte=from_date).order_by("-from_date").first()
    )
    row = Frame.objects.filter(treatment=treatment, from_date=from_date).first() or Frame(
        client=treatment.client, treatment=treatment, from_date=from_date
    )
    row.frequency, row.length_minutes, row.place, row.seat = frequency, length_minutes, place, seat
    row.slots = [{"weekday": weekday, "time": at.strftime("%H:%M")} for weekday, at in sorted(slots)]
    row.terms = terms or {}
    row.save()
    if before is not None:  # also one that was agreed from the same day: it is no less a change
        for kind in changed(before, row):
            FrameEvent.objects.create(
                client=treatment.client, treatment=treatment, on=from_date, kind=kind, words=words
            )
        _refit(treatment, before, row)
    note("frame.agreed", row, by=by)
    return row


def _refit(treatment: Treatment, before: Frame, now: Frame) -> None:
    """Hours to come that were planned by the frame before: kept where the new one has them, else taken out."""
    later = Frame.objects.filter(treatment=treatment, from_date__gt=now.from_date).order_by("from_date")
    until = later.values_list("from_date", flat=True).first() or date.max
    planned = Session.objects.filter(
        treatment=treatment, status=Session.Status.PLANNED, day__gte=now.from_date, day__lt=until
    )
    series = [hour for hour in planned if (hour.day.weekday(), hour.wall_time) in _slots(before)]
    if not series:
        return
    stands = {
        (at.day, at.wall_time)
        for at in occurrences(
            sorted(_slots(now)),
            frequency=now.frequency,
            zone=treatment.client.practice.time_zone,
            first=now.from_date,
            until=max(hour.day for hour in series),
            anchor=now.from_date,
        )
    }
    gone = [hour.pk for hour in series if (hour.day, hour.wall_time) not in stands]
    let_go_hours(Session.objects.filter(pk__in=set(gone) - hours_with_words(gone)))
    kept = [hour.pk for hour in series if hour.pk not in gone]
    Session.objects.filter(pk__in=kept).update(length_minutes=now.length_minutes, place=now.place)


def _slots(frame: Frame) -> set[tuple[int, time]]:
    return {(int(one["weekday"]), time.fromisoformat(one["time"])) for one in frame.slots}


def changed(before: Frame, after: Frame) -> list[str]:
    """Which parts of the frame differ."""
    kinds = [
        kind
        for kind, name in (
            ("frequency", "frequency"),
            ("length", "length_minutes"),
            ("place", "place"),
            ("seat", "seat"),
        )
        if getattr(before, name) != getattr(after, name)
    ]
    kinds += _of_the_week(before, after)
    was, now = before.terms or {}, after.terms or {}
    for kind, name in (("fee", "fee"), ("agreement", "missed_session"), ("link", "link")):
        if (was.get(name) or "") != (now.get(name) or ""):
            kinds.append(kind)
    return kinds


def _of_the_week(before: Frame, after: Frame) -> list[str]:
    """Another day, or another time of the same day. Days that only come or go with the frequency are no change of day."""
    was, now = _times(before), _times(after)
    only_more = before.frequency != after.frequency and (set(was) <= set(now) or set(now) <= set(was))
    kinds = [] if set(was) == set(now) or only_more else ["day"]
    both = set(was) & set(now)
    if any(len(was[day]) == len(now[day]) and was[day] != now[day] for day in both):
        kinds.append("time")
    return kinds


def _times(frame: Frame) -> dict[int, list[time]]:
    found: dict[int, list[time]] = {}
    for day, at in sorted(_slots(frame)):
        found.setdefault(day, []).append(at)
    return found


@transaction.atomic
def announce_break(
    *,
    treatment: Treatment,
    by: Person,
    from_date: date,
    to_date: date,
    announced_on: date | None = None,
    cover: Person | None = None,
    cover_name: str | None = None,
    cover_phone: str | None = None,
    reason: str | None = None,
) -> Break:
    """Weeks without hours. Planned hours inside it are taken out; a covering colleague may open what is needed.

    Someone outside the practice is named with a number and opens nothing.
    """
    if cover is not None and cover_name:
        raise CourseError(_("name one who covers: a colleague of the practice, or someone outside"))
    if to_date < from_date:
        raise CourseError(_("the break ends before it begins; look at the two dates"))
    ending = Ending.objects.filter(treatment=treatment).first()
    if ending is not None and to_date >= ending.on:
        raise CourseError(
            _("the break reaches beyond the end of the treatment; end it before, or move the ending")
        )
    if Break.objects.filter(treatment=treatment, from_date__lte=to_date, to_date__gte=from_date).exists():
        raise CourseError(_("another break already covers some of these days; change that one"))
    if Session.objects.filter(
        treatment=treatment, day__range=(from_date, to_date), status=Session.Status.HELD
    ).exists():
        raise CourseError(_("an hour was held on one of these days; the break cannot cover it"))
    row = Break.objects.create(
        client=treatment.client,
        treatment=treatment,
        from_date=from_date,
        to_date=to_date,
        announced_on=announced_on,
        cover=cover,
        cover_name=cover_name or None,
        cover_phone=cover_phone or None,
        reason=reason,
    )
    let_go_hours(
        Session.objects.filter(
            treatment=treatment, day__range=(from_date, to_date), status=Session.Status.PLANNED
        )
    )
    if cover is not None:
        let_cover(treatment=treatment, cover=cover, until=to_date)
    note("break.announced", row, by=by)
    return row


@transaction.atomic
def withdraw_break(*, pause: Break, by: Person) -> bool:
    """The break will not be taken; what was given to cover it ends, and what the colleague has otherwise stands.

    A break that has begun is taken back by somebody who is there again: what its colleague opened in an emergency ends
    as well. Gives whether there was such a thing.
    """
    note("break.withdrawn", pause, by=by)
    cover, client, treatment = pause.cover, pause.client_id, pause.treatment
    now = datetime.now(zone_of(by.practice.time_zone))
    has_begun = pause.from_date <= now.date() <= pause.to_date
    pause.delete()
    if cover is None:
        return False
    ended = has_begun and emergency.end_for(client=client, reader=cover, by=by)
    vault.take_back(owner=client, reader=cover.id, purpose="cover")
    _covering(cover, client).update(ends_at=now)
    until = Break.objects.filter(client_id=client, cover=cover, to_date__gte=now.date()).aggregate(
        last=Max("to_date")
    )["last"]
    if until is not None:
        let_cover(treatment=treatment, cover=cover, until=until)
    renew(client)
    return ended


def in_emergency(breaks: Iterable[Break], *, on: date) -> set[UUID]:
    """Of these breaks, those that have begun and whose colleague reads the record in an emergency just now."""
    begun = [one for one in breaks if one.cover_id and one.from_date <= on <= one.to_date]
    if not begun:
        return set()
    reading = emergency.reading({one.client_id for one in begun}, now=datetime.now(UTC))
    return {one.pk for one in begun if (one.cover_id, one.client_id) in reading}


def _covering(cover: Person, client: UUID) -> QuerySet[Involvement]:
    """The part that breaks give; one that an emergency gives stands beside it and ends by itself."""
    parts = Involvement.objects.filter(person=cover, client=client, part=Part.COVER)
    return parts.exclude(purpose=PURPOSE)


@transaction.atomic
def tell_break(*, pause: Break, by: Person, on: date) -> Break:
    """The client was told of the break on a day."""
    pause.announced_on = on
    pause.save(update_fields=["announced_on"])
    note("break.told", pause, by=by)
    return pause


@transaction.atomic
def let_cover_in(*, pause: Break, by: Person) -> None:
    """Once the two compared keys: what a covering colleague could not open when the break was announced."""
    if pause.cover is None:
        raise CourseError(_("nobody of the practice is named for this break"))
    let_cover(treatment=pause.treatment, cover=pause.cover, until=pause.to_date)
    if not opens_for_cover(pause):
        raise CourseError(_("compare key fingerprints with this colleague first (Practice, People)"))
    note("break.cover_let_in", pause, by=by)


def opens_for_cover(pause: Break) -> bool:
    """Whether the record of the client opens for the colleague who covers, to the end of the break; yes without one."""
    return not closed_to_cover([pause])


def closed_to_cover(breaks: Iterable[Break]) -> set[UUID]:
    """Of these breaks, those whose covering colleague cannot open the record to the end of it; one query."""
    covered = [one for one in breaks if one.cover is not None]
    if not covered:
        return set()
    rows = Grant.objects.live().filter(
        data_key__owner__in={one.client_id for one in covered},
        data_key__compartment="record",
        reader_id__in={one.cover_id for one in covered},
    )
    ends: dict[tuple[UUID, UUID], list[datetime | None]] = {}
    for owner, reader, ends_at in rows.values_list("data_key__owner", "reader_id", "ends_at"):
        ends.setdefault((owner, reader), []).append(ends_at)
    return {
        one.pk
        for one in covered
        if not any(
            end is None or end >= _end_of(one.to_date, one.cover)
            for end in ends.get((one.client_id, one.cover_id), ())
        )
    }


def _end_of(day: date, cover: Person) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone_of(cover.practice.time_zone))


def let_cover(*, treatment: Treatment, cover: Person, until: date) -> None:
    """The covering colleague may open name, contact, appointments and the record until the break is over."""
    ends_at = _end_of(until, cover)
    row = _covering(cover, treatment.client_id).first()
    if row is None:
        row = Involvement(
            person=cover,
            client=treatment.client_id,
            part=Part.COVER,
            practice=cover.practice_id,
            purpose="cover",
        )
    if row.ends_at is None or row.ends_at < ends_at:
        row.ends_at = ends_at
        row.save()
    if ends_at <= datetime.now(ends_at.tzinfo):
        return  # a break that is over and is written down now opens nothing
    with suppress(NoKey):  # fingerprints not compared yet: named on the page, but with nothing to open
        vault.share(
            owner=treatment.client_id,
            compartments=["administration", "record"],
            reader=cover.id,
            purpose="cover",
            ends_at=ends_at,
        )
