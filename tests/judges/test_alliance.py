"""The control chart and the drops against worked vectors."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depthwork.outcome.alliance import control_chart, recent_drop, rupture_repair
from depthwork.outcome.columns import OutcomeError

SCORES = [62, 64, 63, 66, 65, 67, 50, 61, 66, 68, 69, 70]


def test_the_chart_of_the_worked_vector():
    chart = control_chart(SCORES)
    assert chart.centre == 64.25
    assert chart.moving_range == pytest.approx(4.1818, abs=5e-5)
    assert chart.sigma == pytest.approx(3.7073, abs=5e-5)
    assert (chart.lower, chart.upper) == pytest.approx((53.1281, 75.3719), abs=5e-5)
    assert [(one.index, one.rule, one.repaired_at) for one in chart.signals] == [(6, "beyond", 8)]
    assert control_chart(SCORES, z=2).lower == pytest.approx(56.8354, abs=5e-5)


@pytest.mark.parametrize(("k", "between", "used"), [(1, None, 5.2007), (2, None, 5.2007), (1, 12.0, 12.0)])
def test_the_drop_of_the_worked_vector(k, between, used):
    found = rupture_repair(SCORES, k=k, sd_between=between)
    assert found.slope == pytest.approx(0.486014, abs=5e-7)
    assert found.sd_within == pytest.approx(5.2007, abs=5e-5)
    assert found.sd_used == pytest.approx(used, abs=5e-5)
    assert [(one.peak, one.trough, one.drop, one.repaired_at) for one in found.episodes] == [(5, 6, 17, 9)]


def test_the_stricter_spread_can_silence_a_drop():
    assert rupture_repair(SCORES, k=2, sd_between=12.0).episodes == ()


def test_a_score_that_should_fall_gives_the_mirrored_chart():
    up, down = control_chart(SCORES), control_chart([100 - one for one in SCORES], higher_is_better=False)
    assert [one.index for one in down.signals] == [one.index for one in up.signals]
    assert down.centre == pytest.approx(100 - up.centre)
    assert (down.lower, down.upper) == pytest.approx((100 - up.upper, 100 - up.lower))
    mirrored = rupture_repair([100 - one for one in SCORES], higher_is_better=False)
    assert mirrored.episodes == rupture_repair(SCORES).episodes


def test_an_hour_without_a_score_keeps_its_place():
    scores = [*SCORES[:3], None, *SCORES[3:]]
    assert [one.index for one in control_chart(scores).signals] == [7]
    (episode,) = rupture_repair(scores).episodes
    assert (episode.peak, episode.trough, episode.repaired_at) == (6, 7, 10)


def test_a_drop_that_lasts_counts_from_its_peak_and_may_stay_open():
    found = rupture_repair([80, 81, 80, 82, 70, 61, 55, 60, 62, 61, 60, 61]).episodes
    assert [(one.peak, one.trough, one.drop, one.repaired_at) for one in found] == [(3, 6, 27, None)]


def test_repair_after_too_many_sessions_is_none():
    scores = [80, 81, 80, 82, 55, 60, 61, 62, 63, 64, 90]
    (episode,) = rupture_repair(scores).episodes
    assert episode.repaired_at is None
    (episode,) = rupture_repair(scores, repair_within=6).episodes
    assert episode.repaired_at == 10


def test_run_rules_see_what_a_limit_does_not():
    steady = [70, 72, 70, 72, 70, 72, 70, 72, 70, 72]
    low = control_chart([*steady, *[68.9] * 8], first_only=True, z=6)
    rules = {one.rule for one in low.signals}
    assert "eight_in_a_row" in rules or "four_of_five" in rules
    assert control_chart(steady).signals == ()


@pytest.mark.parametrize("scores", [[], [50], [50, 60, 55, 58, 57], [None] * 9])
def test_too_few_scores_are_withheld_with_the_reason(scores):
    chart, found = control_chart(scores), rupture_repair(scores)
    assert chart.centre is None
    assert "needs 6" in chart.withheld
    assert "needs 6" in found.withheld


def test_a_score_that_never_moves_has_no_limits():
    chart = control_chart([9] * 12)
    assert chart.lower is None
    assert "never moved" in chart.withheld
    assert rupture_repair([9] * 12).episodes == ()


def test_a_recent_drop_is_measured_against_the_last_three():
    assert recent_drop([9, 9, 8, 10, 6.5]) == 2.5
    assert recent_drop([9, 9, 8, 10, 8]) is None
    assert recent_drop([9, 6]) is None
    assert recent_drop([1, 1, 1, 4], higher_is_better=False) == 3


def test_scores_that_are_no_numbers_are_refused():
    for call in (control_chart, rupture_repair, recent_drop):
        with pytest.raises(OutcomeError, match="not a number"):
            call([1, 2, "three", 4, 5, 6])
    with pytest.raises(OutcomeError):
        control_chart(SCORES, z=0)
    with pytest.raises(OutcomeError):
        rupture_repair(SCORES, k=-1)


@given(st.lists(st.integers(0, 60), min_size=6, max_size=25), st.sampled_from([1, 2]))
@settings(max_examples=80, deadline=None)
def test_every_drop_is_as_deep_as_it_must_be_and_never_rises_on_the_way(scores, k):
    found = rupture_repair(scores, k=k)
    for one in found.episodes:
        assert all(later <= sooner for sooner, later in pairwise(scores[one.peak : one.trough + 1]))
        assert one.drop == scores[one.peak] - scores[one.trough] >= k * found.sd_used
        if one.repaired_at is not None:
            assert one.trough < one.repaired_at <= one.trough + 5
            assert scores[one.repaired_at] >= scores[one.peak]
