"""Change during and after treatment against statsmodels and a known course."""

import numpy as np
import pytest

from depthwork.outcome.columns import OutcomeError
from depthwork.outcome.piecewise import piecewise

MONTHS = np.array([0, 1, 2, 3, 4, 5, 6, 9, 12, 18.0])


def courses(after=-0.4, people=40, seed=5, months=MONTHS, spread_after=0.0):
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), len(months))
    time = np.tile(months, people)
    end = np.where(person % 2, 6.0, 5.0)
    u = rng.normal(0, [4, 0.4], (people, 2))
    w = rng.normal(0, spread_after, people)
    score = 25 + u[person, 0] + (-1.5 + u[person, 1]) * np.minimum(time, end)
    score += (after + w[person]) * np.maximum(time - end, 0) + rng.normal(0, 2, len(time))
    return person, time, score, end


def test_both_slopes_are_those_of_statsmodels():
    from statsmodels.regression.mixed_linear_model import MixedLM

    person, time, score, end = courses()
    ours = piecewise(person, time, score, end=end, after_differs=False)
    exog = np.column_stack([np.ones_like(time), np.minimum(time, end), np.maximum(time - end, 0)])
    theirs = MixedLM(score, exog, person, exog_re=exog[:, :2]).fit(reml=True, method=["bfgs", "lbfgs"])
    assert ours.reml_deviance == pytest.approx(-2 * theirs.llf, abs=1e-3)
    fitted = [ours.intercept, ours.during.value, ours.after.value]
    assert fitted == pytest.approx(list(theirs.fe_params), rel=1e-3)
    assert [ours.during.se, ours.after.se] == pytest.approx(list(theirs.bse_fe)[1:], rel=5e-3)


@pytest.mark.parametrize(("after", "verdict"), [(-0.4, "continuing"), (0.0, "holding"), (0.5, "losing")])
def test_the_course_after_the_end_is_named(after, verdict):
    person, time, score, end = courses(after=after)
    found = piecewise(person, time, score, end=end)
    assert found.verdict == verdict
    assert (found.n_people, found.n_followed) == (40, 40)
    turned = piecewise(person, time, 100 - score, end=end, higher_is_better=True)
    assert turned.verdict == verdict


def test_people_may_differ_after_the_end_too():
    person, time, score, end = courses(spread_after=0.5)
    wide, narrow = (piecewise(person, time, score, end=end, after_differs=one) for one in (True, False))
    assert wide.random == ("intercept", "during", "after")
    assert wide.after.se > 1.5 * narrow.after.se
    assert wide.reml_deviance < narrow.reml_deviance
    assert piecewise(person, time, score, end=end).random == wide.random


def test_one_follow_up_time_gives_no_slope_after_the_end():
    person, time, score, _ = courses(months=np.array([0, 1, 2, 3, 4, 5, 8.0]))
    found = piecewise(person, time, score, end=np.full(len(person), 5.0))
    assert found.after is None
    assert found.verdict is None
    assert "two times or more" in found.withheld
    assert found.during.value == pytest.approx(-1.5, abs=0.3)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda p, t, s, e: (p, t, s, np.append(e[:-1], 99.0)), "treatment ends at another time"),
        (lambda p, t, s, e: (p, t, s, e[:-1]), "every row needs the end"),
        (lambda p, t, s, e: (p, t, s, np.append(e[:-1], np.nan)), "no end of treatment"),
        (lambda p, t, s, e: (p[:10], t[:10], s[:10], e[:10]), "needs at least 3"),
        (lambda p, t, s, e: (p, t, np.full(len(s), 7.0), e), "every score is the same"),
        (lambda p, t, s, e: (p, np.append(t[:-1], 0.0), s, e), "hold the same person and time"),
    ],
)
def test_courses_that_cannot_be_fitted_are_refused(spoil, complaint):
    person, time, score, end = spoil(*courses())
    with pytest.raises(OutcomeError, match=complaint):
        piecewise(person, time, score, end=end)
