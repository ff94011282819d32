"""What the growth model does with ordinary and with ugly data."""

import numpy as np
import pytest
from tests.judges.test_growth import simulated

from depthwork.outcome.columns import OutcomeError
from depthwork.outcome.growth import growth
from depthwork.outcome.growth_inference import degrees_of_freedom


def test_rows_need_no_order_and_people_may_have_any_label():
    person, time, score = simulated()
    first = growth(person, time, score)
    order = np.random.default_rng(0).permutation(len(person))
    names = np.array([f"client {one}" for one in person])[order]
    again = growth(names, time[order], score[order])
    assert again.reml_deviance == pytest.approx(first.reml_deviance, abs=1e-7)
    assert again.slope == pytest.approx(first.slope, rel=1e-8)
    far = growth(person * 10**12, time, score)
    assert far.slope == pytest.approx(first.slope, rel=1e-9)


def test_centring_moves_the_intercept_and_nothing_else():
    person, time, score = simulated()
    zero, middle, four = (growth(person, time, score, centre=centre) for centre in (0.0, "mean", 4.0))
    assert zero.slope == pytest.approx(four.slope)
    assert zero.reml_deviance == four.reml_deviance == middle.reml_deviance
    assert four.intercept == pytest.approx(zero.intercept + 4 * zero.slope)
    assert four.sd_slope == pytest.approx(zero.sd_slope)
    assert middle.centre == pytest.approx(time.mean())
    moved = growth(person, time - 4, score)
    assert four.intercept == pytest.approx(moved.intercept)
    assert four.se_intercept == pytest.approx(moved.se_intercept)
    assert four.sd_intercept == pytest.approx(moved.sd_intercept, rel=1e-5)
    assert four.correlation == pytest.approx(moved.correlation, rel=1e-4)


@pytest.mark.parametrize(("unit", "shift"), [(7.0, 0.0), (1.0, 20260000.0), (1e-4, 0.0)])
def test_units_of_time_do_not_change_the_fit(unit, shift):
    person, time, score = simulated()
    first, other = growth(person, time, score), growth(person, time * unit + shift, score, centre=shift)
    assert other.slope * unit == pytest.approx(first.slope, rel=1e-5)
    assert other.intercept == pytest.approx(first.intercept, rel=1e-6)
    assert other.sd_intercept == pytest.approx(first.sd_intercept, rel=1e-4)


def test_a_missing_score_leaves_its_row_out():
    person, time, score = simulated(missing=-1)
    holes = score.copy()
    holes[::7] = np.nan
    kept = ~np.isnan(holes)
    ours, other = growth(person, time, holes), growth(person[kept], time[kept], score[kept])
    assert (ours.n_rows, ours.reml_deviance) == (other.n_rows, other.reml_deviance)


def test_people_with_the_same_slope_give_a_singular_fit_in_words():
    rng = np.random.default_rng(4)
    person = np.repeat(np.arange(30), 5)
    time = np.tile(np.arange(5.0), 30)
    score = 20 - time + rng.normal(0, 1, 150)
    score -= np.repeat([score[person == one].mean() - 18 for one in range(30)], 5)
    fitted = growth(person, time, score)
    assert fitted.is_singular
    assert fitted.messages[0].startswith("singular fit: ")
    found = degrees_of_freedom(fitted)
    assert found.df_slope is None
    assert "singular" in found.withheld


@pytest.mark.parametrize(
    ("person", "time", "score", "complaint"),
    [
        ([1] * 6, range(6), [5, 4, 4, 3, 2, 2], "there is one person"),
        ([1, 1, 1, 2, 2, 2], [0, 1, 2] * 2, [5, 4, 4, 3, 2, 2], "there are two people"),
        ([1, 2, 3], [0, 0, 0], [np.nan] * 3, "there is no score"),
        ([], [], [], "there is no score"),
        ([1, 1, 2, 2, 3, 3], [0, 1] * 3, [5, 4, 3, 2, 4, 1], "more than two scores a person"),
        ([1, 2, 3] * 3, [4] * 9, range(9), "every score has the same time"),
        ([1, 2, 3] * 3, [0, 0, 0, 1, 1, 1, 2, 2, 2], [7] * 9, "every score is the same"),
        ([1, 2, 3] * 4, np.repeat(range(4), 3), np.repeat(range(4), 3) * 2, "lie exactly on lines"),
        ([1, 2, 3] * 3, range(9), ["a"] * 9, "score holds something that is not a number"),
        ([1, 2, 3] * 3, [np.nan] + [1] * 8, range(9), "row 1: no time"),
        ([1, 2, 3] * 3, [np.inf] + [1] * 8, range(9), "time holds a value that is not finite"),
        ([1, 2], [1, 2, 3], [1, 2, 3], "columns of one length"),
    ],
)
def test_data_that_cannot_be_fitted_are_refused_in_one_line(person, time, score, complaint):
    with pytest.raises(OutcomeError) as caught:
        growth(person, list(time), list(score))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_centre_that_is_no_time_is_refused():
    for centre in ("median", float("nan")):
        with pytest.raises(OutcomeError, match="centre is a time"):
            growth(*simulated(), centre=centre)


def test_nothing_is_left_random():
    first, again = (growth(*simulated()) for _ in range(2))
    assert first.reml_deviance == again.reml_deviance
