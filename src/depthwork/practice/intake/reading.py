"""On which day something that arrives now will be read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta


def next_reading(arrives: datetime, *, weekdays: Collection[int], until: time) -> date:
    """The first reading day whose hour has not passed. `arrives` is wall time of the practice.

    Raises ValueError when no weekday is named: then nothing true can be promised.
    """
    if not weekdays:
        raise ValueError("name at least one weekday on which inquiries are read")
    day = arrives.date()
    if arrives.time() >= until:
        day += timedelta(days=1)
    while day.weekday() not in weekdays:
        day += timedelta(days=1)
    return day
