"""Hours in wall time: a series keeps its clock when the clocks change. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Oddity = Literal["plain", "skipped", "doubled"]

DAYS_BETWEEN = {
    "fortnightly": 14,
    "weekly": 7,
    "twice_weekly": 7,
    "three_weekly": 7,
    "four_weekly": 7,
    "five_weekly": 7,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall-clock time in a zone and the instant it stands for.

    `oddity` is "skipped" where the clock jumps over that time (the instant is the one the jump leads to) and
    "doubled" where it comes twice (`second` chooses the later one): these are shown, never guessed in silence.
    """

    day: date
    wall_time: time
    zone: str
    starts_at: datetime
    oddity: Oddity = "plain"


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its IANA name, or ValueError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"“{name}” is not a time zone; write it as Europe/London") from None


def day_in(zone: str, at: datetime) -> date:
    """The day on which a moment falls where that zone's clocks hang."""
    return at.astimezone(zone_of(zone)).date()


def moment(day: date, wall_time: time, zone: str, *, second: bool = False) -> Moment:
    """The instant of a wall-clock time."""
    info = zone_of(zone)
    first = datetime.combine(day, wall_time, tzinfo=info).replace(fold=0)
    later = first.replace(fold=1)
    back = first.astimezone(UTC).astimezone(info)
    if back.replace(tzinfo=None, fold=0) != first.replace(tzinfo=None, fold=0):
        return Moment(day, wall_time, zone, first.astimezone(UTC), "skipped")
    if first.utcoffset() != later.utcoffset():
        return Moment(day, wall_time, zone, (later if second else first).astimezone(UTC), "doubled")
    return Moment(day, wall_time, zone, first.astimezone(UTC))


def occurrences(
    slots: Sequence[tuple[int, time]],
    *,
    frequency: str,
    zone: str,
    first: date,
    until: date,
    anchor: date | None = None,
) -> Iterator[Moment]:
    """The hours of a frame from `first` to `until`, both included, in order.

    `slots` are (weekday 0-6, wall time). A fortnightly series counts its weeks from `anchor`.
    """
    step = DAYS_BETWEEN[frequency]
    start_of_week = (anchor or first) - timedelta(days=(anchor or first).weekday())
    week = start_of_week
    while week <= until:
        for weekday, wall_time in sorted(slots):
            day = week + timedelta(days=weekday)
            if first <= day <= until:
                yield moment(day, wall_time, zone)
        week += timedelta(days=step)


def overlaps(start: datetime, minutes: int, other_start: datetime, other_minutes: int) -> bool:
    """Whether two hours share a minute."""
    return start < other_start + timedelta(minutes=other_minutes) and other_start < start + timedelta(
        minutes=minutes
    )
