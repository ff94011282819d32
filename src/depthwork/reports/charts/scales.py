"""From values and days to pixels, and the marks of an axis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from depthwork import wording


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from `low..high` to `start..end` pixels; a single value stands in the middle."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Days:
    """Dates to pixels."""

    first: dt.date
    last: dt.date
    start: float
    end: float

    def __call__(self, day: dt.date) -> float:
        return Scale(self.first.toordinal(), self.last.toordinal(), self.start, self.end)(day.toordinal())

    def holds(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def month_starts(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first of each month within the days, both ends included."""
    day = first.replace(day=1)
    if day < first:
        day = next_month(day)
    while day <= last:
        yield day
        day = next_month(day)


def next_month(day: dt.date) -> dt.date:
    """The first of the month after."""
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_name(day: dt.date) -> str:
    """A month by its name."""
    return wording.day(day, "F")


def short_month(day: dt.date) -> str:
    """A month in three letters."""
    return wording.day(day, "M")


def say_day(day: dt.date) -> str:
    """A date as people say it, with its year: "3 March 2026"."""
    return wording.day(day)


def nice_ticks(low: float, high: float, *, about: int = 4) -> list[float]:
    """Round values that span `low..high`: steps of 1, 2 or 5 times a power of ten."""
    if high <= low:
        return [low]
    raw = (high - low) / max(about, 1)
    power = 10.0 ** _floor_log10(raw)
    step = next((m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999), 10 * power)
    first = -(-low // step)
    ticks = []
    index = 0
    while (first + index) * step <= high + step * 1e-9:
        ticks.append(round((first + index) * step, 10))
        index += 1
    return ticks


def _floor_log10(value: float) -> int:
    exponent = 0
    while value >= 10:
        value /= 10
        exponent += 1
    while value < 1:
        value *= 10
        exponent -= 1
    return exponent


def say(value: float | None, decimals: int = 0) -> str | None:
    """A value in words of a table; None stays a gap."""
    if value is None:
        return None
    # Half up, as every page rounds: the machine's own way would give 9.2 for 9.25 beside a sentence with 9.3.
    text = str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))
    if float(text) == 0:
        text = text.lstrip("-")
    return wording.decimal(text.replace("-", "\N{MINUS SIGN}"))
