"""Hours keep their wall time; odd clocks are named. (Every zone over ten years: `tests/trust/test_course_figures.py`.)"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from depthwork.practice.treatments.calendar import moment, occurrences, overlaps, zone_of

SEVENTEEN = time(17, 0)


def test_adding_seven_days_of_utc_would_drift():
    before = moment(date(2026, 3, 3), SEVENTEEN, "America/New_York")
    naive = (before.starts_at + timedelta(days=7)).astimezone(ZoneInfo("America/New_York"))
    assert naive.time() == time(18, 0)
    assert (
        moment(date(2026, 3, 10), SEVENTEEN, "America/New_York")
        .starts_at.astimezone(ZoneInfo("America/New_York"))
        .time()
        == SEVENTEEN
    )


def test_a_time_that_the_clock_jumps_over_is_named():
    assert moment(date(2026, 3, 8), time(2, 30), "America/New_York").oddity == "skipped"


def test_a_time_that_comes_twice_is_named_and_can_be_chosen():
    first = moment(date(2026, 11, 1), time(1, 30), "America/New_York")
    second = moment(date(2026, 11, 1), time(1, 30), "America/New_York", second=True)
    assert first.oddity == second.oddity == "doubled"
    assert second.starts_at - first.starts_at == timedelta(hours=1)


def test_a_fortnightly_series_counts_from_its_first_week():
    days = [
        m.day
        for m in occurrences(
            [(3, SEVENTEEN)],
            frequency="fortnightly",
            zone="Europe/Berlin",
            first=date(2026, 1, 5),
            until=date(2026, 2, 28),
        )
    ]
    assert [(b - a).days for a, b in pairwise(days)] == [14] * (len(days) - 1)
    later = [
        m.day
        for m in occurrences(
            [(3, SEVENTEEN)],
            frequency="fortnightly",
            zone="Europe/Berlin",
            first=date(2026, 1, 20),
            until=date(2026, 2, 28),
            anchor=date(2026, 1, 5),
        )
    ]
    assert set(later) <= set(days)


def test_twice_a_week_stands_in_order():
    found = list(
        occurrences(
            [(4, time(8)), (1, time(10))],
            frequency="twice_weekly",
            zone="UTC",
            first=date(2026, 1, 5),
            until=date(2026, 1, 18),
        )
    )
    assert [(m.day.weekday(), m.wall_time.hour) for m in found] == [(1, 10), (4, 8), (1, 10), (4, 8)]


def test_hours_that_touch_do_not_overlap():
    start = datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert not overlaps(start, 50, start + timedelta(minutes=50), 50)
    assert overlaps(start, 50, start + timedelta(minutes=49), 50)


def test_an_unknown_zone_is_refused_in_words():
    with pytest.raises(ValueError, match="write it as Europe/London"):
        zone_of("London")
