"""When to ask again after the end, and what became of the gain."""

from datetime import date
from itertools import pairwise

import pytest

from depthwork.outcome.followup import follow_up_dates, followed_up, kept, months_after
from depthwork.outcome.reliable_change import Yardstick

END = date(2026, 1, 31)
PHQ9 = Yardstick(points=6, cutoff=10)


def test_months_end_where_the_month_ends():
    assert months_after(END, 1) == date(2026, 2, 28)
    assert months_after(END, 12) == date(2027, 1, 31)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_after(date(2026, 11, 15), 2) == date(2027, 1, 15)


def test_no_day_belongs_to_two_follow_ups():
    due = follow_up_dates(END)
    assert [one.months for one in due] == [3, 6, 12, 24]
    for early, late in pairwise(due):
        assert early.opens <= early.on <= early.closes < late.opens <= late.on
    assert due[0].opens > END


def test_the_answer_nearest_to_its_day_counts():
    scores = [
        (date(2026, 4, 1), 9.0),
        (date(2026, 4, 28), 7.0),
        (date(2026, 5, 20), 8.0),
        (date(2025, 12, 1), 3.0),
    ]
    three, six, *_ = followed_up(END, scores, on=date(2026, 7, 1))
    assert (three.score, three.answered_on) == (7.0, date(2026, 4, 28))
    assert (six.score, six.withheld) == (None, "open")


def test_a_follow_up_is_missing_only_once_its_time_is_over():
    states = [one.withheld for one in followed_up(END, [], on=date(2026, 8, 15))]
    assert states == ["no answer in its time", "open", "not yet due", "not yet due"]


def test_an_unanswered_form_is_no_score():
    assert followed_up(END, [(date(2026, 4, 30), None)], on=date(2026, 5, 1))[0].score is None


@pytest.mark.parametrize("months", [(), (0, 3), (6, 3), (3, 3)])
def test_months_that_do_not_rise_are_refused(months):
    with pytest.raises(ValueError, match="must rise"):
        follow_up_dates(END, months)


@pytest.mark.parametrize(
    ("first", "end", "later", "outcome", "had_improved"),
    [
        (20, 8, 2, "continued_gain", True),
        (20, 8, 9, "maintained", True),
        (20, 8, 14, "relapsed", True),
        (20, 18, 17, "maintained", False),
        (None, 8, 14, "relapsed", None),
    ],
)
def test_what_became_of_the_gain(first, end, later, outcome, had_improved):
    found = kept(first, end, later, PHQ9)
    assert (found.outcome, found.had_improved) == (outcome, had_improved)


def test_without_a_score_at_the_end_or_later_nothing_is_said():
    assert kept(20, None, 4, PHQ9).withheld == "no score at the end"
    assert kept(20, 8, None, PHQ9).withheld == "no score at the follow-up"
