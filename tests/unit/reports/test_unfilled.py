"""Not asked, left open and declined are three different things on every chart that has forms on it."""

import datetime as dt

import pytest

from depthwork.reports.charts.alliance import Alliance, AlliancePoint, alliance_chart
from depthwork.reports.charts.course import Course, course_chart
from depthwork.reports.charts.sparkline import sparkline
from depthwork.reports.charts.thread import thread_chart
from depthwork.reports.charts.thread_data import FollowUp, Hour, MeasureLine, Thread

DAYS = [dt.date(2026, 1, 6) + dt.timedelta(weeks=n) for n in range(6)]
VALUES = (14.0, 12.0, None, 9.0)  # the sixth week was never asked, the fifth neither


def course(what):
    unfilled = ((DAYS[2], what),) if what else ()
    points = tuple(zip(DAYS, VALUES, strict=False))
    points = points if what else tuple(p for p in points if p[1] is not None)
    return course_chart(Course("c", "Anxiety", "GAD-7", points, 0, 21, unfilled=unfilled))


def thread(what):
    unfilled = ((DAYS[2], what),) if what else ()
    points = tuple(p for p in zip(DAYS, VALUES, strict=False) if what or p[1] is not None)
    hours = tuple(Hour(day, "held", n) for n, day in enumerate(DAYS, start=1))
    return thread_chart(
        Thread("t", "The thread", hours, lines=(MeasureLine("Anxiety", "GAD-7", points, unfilled=unfilled),))
    )


def between(what):
    points = tuple(
        AlliancePoint(n, value, unfilled=what if value is None else None)
        for n, value in enumerate(VALUES, start=1)
        if what or value is not None
    )
    return alliance_chart(Alliance("a", "Between us", "Check-in", points, 0, 21, None))


def small(what):
    values = [value for value in VALUES if what or value is not None]
    return sparkline(values, key="s", name="GAD-7", low=0, high=21, unfilled={2: what} if what else {})


@pytest.mark.parametrize("drawn", [course, thread, between, small])
def test_what_became_of_a_form_is_drawn_three_ways(drawn):
    left, declined, never = drawn("left open"), drawn("declined"), drawn(None)
    for drawings in zip(*((c.wide, c.narrow) for c in (left, declined, never)), strict=True):
        if drawings[0] is None:
            continue
        rings = [svg.count('class="unfilled"') for svg in drawings]
        bars = [svg.count('class="tick"') for svg in drawings]
        assert (rings[0] - rings[2], rings[1] - rings[2]) == (1, 0)
        assert (bars[0] - bars[2], bars[1] - bars[2]) == (0, 1)


@pytest.mark.parametrize("drawn", [course, thread, between, small])
def test_the_table_beneath_says_which_it_was(drawn):
    for what in ("left open", "declined"):
        cells = [cell for row in drawn(what).rows for cell in row]
        assert what in cells
        assert "not filled" not in cells
    cells = [cell for row in drawn(None).rows for cell in row]
    assert not {"left open", "declined", "not filled"} & {c for c in cells if isinstance(c, str)}


def test_a_follow_up_that_was_declined_is_a_bar_and_one_left_open_a_ring():
    hours = tuple(Hour(day, "held", n) for n, day in enumerate(DAYS, start=1))

    def after(*follow_ups):
        return thread_chart(Thread("t", "T", hours, ends_on=DAYS[-1], follow_ups=follow_ups))

    said = after(FollowUp(3, True), FollowUp(6, False), FollowUp(12, False, declined=True), FollowUp(24))
    assert [row[2] for row in said.rows[-4:]] == ["answered", "left open", "declined", "to come"]
    none = after(FollowUp(3, True), FollowUp(6, True), FollowUp(12, True), FollowUp(24))
    assert said.wide.count('class="tick"') == none.wide.count('class="tick"') + 1
    assert said.wide.count('class="ring"') == none.wide.count('class="ring"') + 1
