"""What the thread of a treatment is drawn from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from depthwork.wording import gettext_noop

from .unfilled import Unfilled

HourState = Literal["held", "late", "missed", "planned"]
HappeningKind = Literal["life", "medication", "frame", "adjunct"]
SphereRow = Literal["then", "now", "here"]


@dataclass(frozen=True, slots=True)
class Hour:
    """One bead. `share` is how much of the hour was held (0..1); `number` is None for a consultation
    that was held, and for a missed or planned hour, which has no number."""

    on: dt.date
    state: HourState
    number: int | None = None
    share: float = 1.0
    words: str = ""
    href: str = ""

    @property
    def is_consultation(self) -> bool:
        """An hour before the treatment: held, and not counted."""
        return self.number is None and self.state in ("held", "late")


@dataclass(frozen=True, slots=True)
class Happening:
    """What came from outside, above the line: a life event, a medication change, an event of the frame."""

    on: dt.date
    kind: HappeningKind
    words: str
    more: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """A break: the line hangs loose from the last hour before `first` to the first hour after `last`."""

    first: dt.date
    last: dt.date
    words: str


@dataclass(frozen=True, slots=True)
class Strain:
    """A knot after the hour of `on`; the line is bound again before the hour of `repaired_on`, if it was."""

    on: dt.date
    repaired_on: dt.date | None = None
    words: str = gettext_noop("strain")


@dataclass(frozen=True, slots=True)
class Dream:
    on: dt.date
    words: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class OwnNote:
    """The clinician's own note of an hour, for its writer alone: where it stands, never what it says."""

    on: dt.date
    href: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An episode told in an hour: of then, now or here; the pattern as ever, or another way."""

    on: dt.date
    sphere: SphereRow
    as_ever: bool
    href: str = ""


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme of the clinician's own, and the hours in which it was marked."""

    words: str
    on: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One thin line under the thread.

    `points` in order of date; a value of None is a form asked for and not filled, and the line breaks there;
    `unfilled` says by its day what became of it.
    `band` is (low, high, words), `cut` is (value, words), both in the measure's own points. `steps` are sudden
    steps as (from day, to day, words), drawn heavier. `after` is (months after the end, value): open rings under
    the follow-ups, joined to nothing.
    """

    name: str
    instrument: str
    points: tuple[tuple[dt.date, float | None], ...]
    band: tuple[float, float, str] | None = None
    cut: tuple[float, str] | None = None
    decimals: int = 0
    steps: tuple[tuple[dt.date, dt.date, str], ...] = ()
    after: tuple[tuple[int, float], ...] = ()
    unfilled: tuple[tuple[dt.date, Unfilled], ...] = ()


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A form after the end, `months` later. None: still to come; True: answered; False: left open, or declined."""

    months: int
    answered: bool | None = None
    href: str = ""
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """A whole treatment; `hours` in order of date. `ends_on` is the agreed or actual last day."""

    key: str
    title: str
    hours: tuple[Hour, ...]
    first_call: dt.date | None = None
    ends_on: dt.date | None = None
    is_over: bool = False  # the last day has been
    happenings: tuple[Happening, ...] = ()
    aways: tuple[Away, ...] = ()
    strains: tuple[Strain, ...] = ()
    dreams: tuple[Dream, ...] = ()
    told: tuple[Told, ...] = ()
    themes: tuple[ThemeRow, ...] = ()
    lines: tuple[MeasureLine, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    own_notes: tuple[OwnNote, ...] = ()
    sentence: str = ""
    note: str = ""

    def days(self) -> tuple[dt.date, dt.date]:
        """First and last day that anything stands on."""
        days = [hour.on for hour in self.hours]
        days += [item.on for group in (self.happenings, self.dreams, self.told) for item in group]
        days += [day for line in self.lines for day, _ in line.points]
        days += [day for day in (self.first_call, self.ends_on) if day is not None]
        if not days:
            raise ValueError("a thread needs at least one hour")
        return min(days), max(days)

    def away_between(self, before: dt.date, after: dt.date) -> Away | None:
        """The break that lies between two hours, if there is one."""
        return next((a for a in self.aways if a.last >= before and a.first <= after), None)
