"""Plan hours, and say what became of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.config.dates import in_words
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.calendar import Moment, moment, occurrences, overlaps, zone_of
from depthwork.practice.treatments.errors import Changed, CourseError, OddHour
from depthwork.practice.treatments.models import Break, Ending, Frame, FrameEvent, Session, Treatment

MOST_AHEAD = timedelta(days=731)
TAKES_PLACE = (Session.Status.PLANNED, Session.Status.HELD)
_WHICH = {
    "skipped": gettext_lazy("the clocks jump over this time on that day; choose a time before or after"),
    "doubled": gettext_lazy(
        "the clocks show this time twice on that day; say whether the first or the second is meant"
    ),
}


def _row(treatment: Treatment, at: Moment, length_minutes: int, place: str) -> Session:
    return Session(
        client=treatment.client,
        treatment=treatment,
        clinician_id=treatment.clinician_id,
        day=at.day,
        wall_time=at.wall_time,
        zone=at.zone,
        starts_at=at.starts_at,
        length_minutes=length_minutes,
        place=place,
    )


def _collision(
    clinician: Any, starts_at: datetime, minutes: int, *, except_for: Any = None
) -> Session | None:
    """An hour of the same clinician that shares a minute with this one."""
    near = Session.objects.filter(
        clinician_id=clinician,
        starts_at__gt=starts_at - timedelta(hours=12),
        starts_at__lt=starts_at + timedelta(hours=12),
        status__in=TAKES_PLACE,
    )
    for other in near:
        if other.pk != except_for and overlaps(starts_at, minutes, other.starts_at, other.length_minutes):
            return other
    return None


def _may_stand_on(treatment: Treatment, day: date) -> None:
    """No hour stands in a break or after the ending."""
    if Break.objects.filter(treatment=treatment, from_date__lte=day, to_date__gte=day).exists():
        raise CourseError(_("that day lies in a break; choose another day, or take the break back"))
    if Ending.objects.filter(treatment=treatment, on__lt=day).exists():
        raise CourseError(
            _("the treatment ends before that day; choose an earlier day, or correct the ending")
        )


@transaction.atomic
def plan_hour(
    *,
    treatment: Treatment,
    by: Person,
    day: date,
    wall_time: time,
    length_minutes: int = 50,
    place: str = "office",
    zone: str | None = None,
    which: str | None = None,
) -> Session:
    """One hour. A time that the clock skips or doubles has to be said (`which`: "first" or "second")."""
    if length_minutes <= 0:
        raise CourseError(_("an hour has a length in minutes above zero"))
    at = moment(day, wall_time, zone or treatment.client.practice.time_zone, second=which == "second")
    if at.oddity == "skipped" or (at.oddity == "doubled" and which not in ("first", "second")):
        raise OddHour(_WHICH[at.oddity], oddity=at.oddity)
    if _collision(treatment.clinician_id, at.starts_at, length_minutes) is not None:
        raise CourseError(
            _("another hour already stands at that time; choose another time, or move that one")
        )
    _may_stand_on(treatment, at.day)
    row = _row(treatment, at, length_minutes, place)
    row.save(force_insert=True)
    if _is_beside_the_series(row):
        FrameEvent.objects.create(
            client=treatment.client, treatment=treatment, on=row.day, kind="extra_session"
        )
    note("session.planned", row, by=by)
    return row


def _is_beside_the_series(hour: Session) -> bool:
    """Whether an hour is one more than the frame of its day has; before a frame there is nothing to be beside."""
    frame = (
        Frame.objects.filter(treatment_id=hour.treatment_id, from_date__lte=hour.day)
        .order_by("-from_date")
        .first()
    )
    if frame is None:
        return False
    slots = {(int(s["weekday"]), time.fromisoformat(s["time"])) for s in frame.slots}
    return (hour.day.weekday(), hour.wall_time) not in slots


@transaction.atomic
def plan_series(
    *, treatment: Treatment, by: Person, until: date, first: date | None = None
) -> tuple[list[Session], list[str]]:
    """The hours of the frame up to a date: breaks are left out, hours that exist are kept, odd clocks are named.

    Gives the new hours and a line for each that could not be planned as agreed. At most two years ahead: a year
    mistyped would fill the calendar of a lifetime.
    """
    if until > datetime.now(zone_of(treatment.client.practice.time_zone)).date() + MOST_AHEAD:
        raise CourseError(_("hours are planned two years ahead at most; choose an earlier day"))
    frames = list(Frame.objects.filter(treatment=treatment).order_by("from_date"))
    if not frames:
        raise CourseError(_("agree the frame first: day, hour and length"))
    breaks = list(Break.objects.filter(treatment=treatment).values_list("from_date", "to_date"))
    ending = Ending.objects.filter(treatment=treatment).values_list("on", flat=True).first()
    last = min(until, ending) if ending else until
    first = first or frames[0].from_date
    taken = set(Session.objects.filter(treatment=treatment).values_list("day", "wall_time"))
    room = None
    if treatment.hours_agreed:
        counted = [Session.Status.PLANNED, Session.Status.HELD]
        room = (
            treatment.hours_agreed - Session.objects.filter(treatment=treatment, status__in=counted).count()
        )
    zone, made, said = treatment.client.practice.time_zone, [], []
    stand = _hours_between(treatment.clinician_id, first, last)
    for index, frame in enumerate(frames):
        stop = frames[index + 1].from_date - timedelta(days=1) if index + 1 < len(frames) else last
        slots = [(int(s["weekday"]), time.fromisoformat(s["time"])) for s in frame.slots]
        begin = max(first, frame.from_date)
        for at in occurrences(
            slots,
            frequency=frame.frequency,
            zone=zone,
            first=begin,
            until=min(stop, last),
            anchor=frame.from_date,
        ):
            if (at.day, at.wall_time) in taken or any(a <= at.day <= b for a, b in breaks):
                continue
            if room is not None and room <= 0:
                break
            if at.oddity != "plain":
                said.append(f"{in_words(at.day)}, {at.wall_time:%H:%M}: {_WHICH[at.oddity]}")
            near = (stand.get(_utc_day(at.starts_at) + timedelta(days=n), ()) for n in (-1, 0, 1))
            if any(overlaps(at.starts_at, frame.length_minutes, *one) for one in chain(*near)):
                words = _("another hour stands there; this one was not planned")
                said.append(f"{in_words(at.day)}, {at.wall_time:%H:%M}: {words}")
                continue
            made.append(_row(treatment, at, frame.length_minutes, frame.place))
            stand.setdefault(_utc_day(at.starts_at), []).append((at.starts_at, frame.length_minutes))
            if room is not None:
                room -= 1
    if made:
        Session.objects.bulk_create(made)
        note("session.series_planned", treatment, by=by)
    return made, said


def _utc_day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _hours_between(clinician: Any, first: date, last: date) -> dict[date, list[tuple[datetime, int]]]:
    """The hours of a clinician that take their place, day by day (UTC): start and minutes; one query."""
    rows = Session.objects.filter(
        clinician_id=clinician,
        day__gte=first - timedelta(days=2),
        day__lte=last + timedelta(days=2),
        status__in=TAKES_PLACE,
    )
    found: dict[date, list[tuple[datetime, int]]] = {}
    for starts_at, minutes in rows.values_list("starts_at", "length_minutes"):
        found.setdefault(_utc_day(starts_at), []).append((starts_at, minutes))
    return found


@transaction.atomic
def move_hour(
    *,
    session: Session,
    by: Person,
    day: date,
    wall_time: time,
    which: str | None = None,
    version: int | None = None,
) -> Session:
    """Another time for one planned hour."""
    if session.status != Session.Status.PLANNED:
        raise CourseError(_("only an hour to come can be moved"))
    at = moment(day, wall_time, session.zone, second=which == "second")
    if at.oddity == "skipped" or (at.oddity == "doubled" and which not in ("first", "second")):
        raise OddHour(_WHICH[at.oddity], oddity=at.oddity)
    if (
        _collision(session.clinician_id, at.starts_at, session.length_minutes, except_for=session.pk)
        is not None
    ):
        raise CourseError(
            _("another hour already stands at that time; choose another time, or move that one")
        )
    _may_stand_on(session.treatment, at.day)
    expected = session.version if version is None else version
    done = Session.objects.filter(pk=session.pk, version=expected, status=Session.Status.PLANNED).update(
        day=at.day, wall_time=at.wall_time, starts_at=at.starts_at, version=expected + 1
    )
    if not done:
        raise Changed(_("someone else has changed this hour in the meantime; nothing was overwritten"))
    session.refresh_from_db(fields=["day", "wall_time", "starts_at", "version"])
    note("session.moved", session, by=by)
    return session


def number_hours(treatment: Treatment) -> None:
    """Held hours are counted in the order of their start; the others carry no number."""
    rows = list(
        Session.objects.filter(treatment=treatment, status=Session.Status.HELD)
        .order_by("starts_at")
        .values_list("pk", "number")
    )
    wrong = [(pk, n) for n, (pk, number) in enumerate(rows, start=1) if number != n]
    if not wrong:
        return
    Session.objects.filter(pk__in=[pk for pk, _n in wrong]).update(
        number=F("number") + 20000
    )  # out of each other's way
    for pk, n in wrong:
        Session.objects.filter(pk=pk).update(number=n)


def _may_have_been(session: Session, status: str) -> None:
    """An hour to come was not held nor missed; one that was cancelled takes its time back only where it is free."""
    zone = zone_of(session.zone)
    is_to_come = session.day > datetime.now(zone).date()
    if is_to_come and status in (Session.Status.HELD, Session.Status.MISSED_NO_NOTICE):
        raise CourseError(_("this hour is still to come; move it if it was held on another day"))
    if status not in TAKES_PLACE or session.status in TAKES_PLACE:
        return
    _may_stand_on(session.treatment, session.day)
    minutes = session.length_minutes
    if _collision(session.clinician_id, session.starts_at, minutes, except_for=session.pk) is not None:
        raise CourseError(_("another hour stands at that time now; move that one first"))


@transaction.atomic
def record_attendance(
    *,
    session: Session,
    by: Person,
    status: str,
    late_minutes: int = 0,
    started_at: datetime | None = None,
    stopped_at: datetime | None = None,
    version: int | None = None,
) -> Session:
    """Held (how late, from when to when), missed with or without notice, cancelled by whom."""
    if status not in Session.Status.values:
        raise CourseError(
            _("attendance is one of: %(values)s") % {"values": ", ".join(Session.Status.values)}
        )
    if started_at and stopped_at and stopped_at <= started_at:
        raise CourseError(_("the hour stops before it starts; look at the two times"))
    if late_minutes < 0 or late_minutes > session.length_minutes:
        raise CourseError(_("lateness is between 0 minutes and the length of the hour"))
    _may_have_been(session, status)
    expected = session.version if version is None else version
    held = status == Session.Status.HELD
    number = None
    if held:
        top = (
            Session.objects.filter(treatment_id=session.treatment_id, number__isnull=False)
            .order_by("-number")
            .values_list("number", flat=True)
            .first()
        )
        number = session.number or (top or 0) + 1
    done = Session.objects.filter(pk=session.pk, version=expected).update(
        status=status,
        number=number,
        late_minutes=late_minutes if held else 0,
        started_at=started_at if held else None,
        stopped_at=stopped_at if held else None,
        version=expected + 1,
    )
    if not done:
        raise Changed(_("someone else has changed this hour in the meantime; nothing was overwritten"))
    session.refresh_from_db(
        fields=["status", "number", "late_minutes", "started_at", "stopped_at", "version"]
    )
    number_hours(session.treatment)
    session.refresh_from_db(fields=["number"])
    note("session.attendance", session, by=by)
    return session


@transaction.atomic
def keep_line(
    *,
    session: Session,
    by: Person,
    line: str,
    first_words: str | None = None,
    last_words: str | None = None,
    after: dict[str, Any] | None = None,
    version: int | None = None,
) -> Session:
    """The one line of an hour that the clinician keeps, and what else was left in that minute.

    `version` is the one that was opened; a lost race writes nothing.
    """
    expected = session.version if version is None else version
    if not Session.objects.filter(pk=session.pk, version=expected).update(version=expected + 1):
        raise Changed(_("someone else has changed this hour in the meantime; nothing was overwritten"))
    session.version = expected + 1
    session.kept_line = line.strip() or None
    if first_words is not None:
        session.first_words = first_words.strip() or None
    if last_words is not None:
        session.last_words = last_words.strip() or None
    if after is not None:
        session.after = after
    session.save(update_fields=["kept_line", "first_words", "last_words", "after"])
    note("session.line_kept", session, by=by)
    return session


@transaction.atomic
def skip_remembering(*, session: Session, by: Person) -> None:
    """The clinician chooses to see cues without leaving a line first."""
    session.skipped_remembering = True
    session.save(update_fields=["skipped_remembering"])
    note("session.remembering_skipped", session, by=by)
