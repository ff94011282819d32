"""Federal holidays of the United States, which are no business days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

SOURCE = (
    "5 U.S.C. 6103; a holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after"
)
_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
# Month, weekday (Monday is 0), which of the month; the last is -1.
_MOVING = ((1, 0, 3), (2, 0, 3), (5, 0, -1), (9, 0, 1), (10, 0, 2), (11, 3, 4))


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    if which > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def _kept(day: date) -> date:
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """The days on which the holidays of a year are kept; the New Year may be kept in the year before.

    Examples
    --------
    >>> date(2026, 7, 3) in federal_holidays(2026)
    True
    """
    fixed = {_kept(date(year, month, day)) for month, day in _FIXED}
    return frozenset(fixed | {_nth(year, *one) for one in _MOVING})


def holidays_around(day: date) -> frozenset[date]:
    """The holidays of the year before, this year and the two after: enough for any booking."""
    return frozenset().union(*(federal_holidays(year) for year in range(day.year - 1, day.year + 3)))
