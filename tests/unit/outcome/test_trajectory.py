"""The band of comparable courses, and what is not said too early."""

import numpy as np
import pytest

from depthwork.outcome.columns import OutcomeError
from depthwork.outcome.trajectory import band, expectation, placed


def archive(people=150, seed=1, sessions=(0, 2, 4, 8, 12, 16)):
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), len(sessions))
    session = np.tile(np.array(sessions, dtype=float), people)
    u = rng.normal(0, [4, 1], (people, 2))
    score = 18 + u[person, 0] + (-2.5 + u[person, 1]) * np.log1p(session) + rng.normal(0, 2, len(session))
    return [f"c{one}" for one in person], list(session), list(score)


def test_under_a_hundred_cases_a_labelled_prior_stands_in():
    found = expectation(*archive(people=99), sd=6.0)
    assert (found.kind, found.n_cases) == ("prior", 99)
    assert "weak prior" in found.label
    assert "99 of 100" in found.label


def test_from_a_hundred_cases_the_practice_s_own_archive_is_used():
    found = expectation(*archive(people=100), sd=None)
    assert (found.kind, found.n_cases) == ("archive", 100)
    assert found.mean[1] == pytest.approx(-2.5, abs=0.3)


def test_a_case_needs_two_scores():
    person, session, score = archive(people=100)
    person.append("once"), session.append(0.0), score.append(20.0)
    assert expectation(person, session, score, sd=6.0).n_cases == 100
    short = expectation(["a", "b"], [0, 0], [9, 9], sd=6.0)
    assert (short.kind, short.n_cases) == ("prior", 0)


def test_the_prior_gains_nine_tenths_of_a_standard_deviation_by_session_16():
    found = expectation([], [], [], sd=5.0)
    start, end = band(found, first=20, sessions=[0, 16])
    assert start.expected == 20
    assert end.expected == pytest.approx(20 - 0.9 * 5.0)
    assert end.high - end.expected == pytest.approx(1.281552 * 0.8 * 5.0, rel=1e-5)
    rising = expectation([], [], [], sd=5.0, higher_is_better=True)
    assert band(rising, first=20, sessions=[16])[0].expected == pytest.approx(24.5)


def test_the_archive_s_band_holds_the_share_it_names():
    found = expectation(*archive(people=400), sd=None)
    score = archive(people=2000, seed=9)[2]
    scores = np.array(score).reshape(2000, -1)
    inside = 0
    for row in scores[:500]:
        (point,) = band(found, first=row[0], sessions=[16])
        inside += point.low <= row[-1] <= point.high
    assert inside / 500 == pytest.approx(0.80, abs=0.05)


def test_the_band_given_the_first_score_is_the_hand_worked_one():
    found = expectation(*archive(people=400), sd=None)
    g, noise = np.array(found.covariance), found.sd_residual**2
    x = np.log1p(8)
    both = np.array([[1, 0], [1, x]])
    v = both @ g @ both.T + noise * np.eye(2)
    mean = found.mean[0] + found.mean[1] * x + v[1, 0] / v[0, 0] * (25 - found.mean[0])
    half = 1.2815515655446004 * np.sqrt(v[1, 1] - v[1, 0] ** 2 / v[0, 0])
    (point,) = band(found, first=25, sessions=[8])
    assert (point.expected, point.low, point.high) == pytest.approx((mean, mean - half, mean + half))


def test_nothing_is_said_before_session_six():
    found = expectation([], [], [], sd=5.0)
    early = placed(found, first=20, session=5, score=40)
    assert early.place is None
    assert "not said before session 6" in early.withheld
    assert placed(found, first=20, session=6, score=40).place == "not_on_track"
    assert placed(found, first=20, session=6, score=18).place == "inside"
    assert placed(found, first=20, session=8, score=2).place == "better"


def test_where_higher_is_better_the_sides_change_places():
    found = expectation([], [], [], sd=5.0, higher_is_better=True)
    assert placed(found, first=20, session=8, score=2).place == "not_on_track"
    assert placed(found, first=20, session=8, score=40).place == "better"


def test_a_prior_needs_a_spread_and_a_band_a_later_session():
    with pytest.raises(OutcomeError, match="needs the spread"):
        expectation([], [], [], sd=None)
    found = expectation([], [], [], sd=5.0)
    with pytest.raises(OutcomeError, match="from the first score on"):
        band(found, first=20, first_session=4, sessions=[2])
    with pytest.raises(OutcomeError, match="between 0 and 1"):
        band(found, first=20, sessions=[2], level=1.5)
    with pytest.raises(OutcomeError, match="counted from 0"):
        expectation(["a"], [-1], [3], sd=5.0)
