"""Intraclass correlations against Shrout and Fleiss (1979), R's psych and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depthwork.coding.icc import FORMS, icc, mean_squares
from depthwork.coding.tails import f_quantile

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
VALUES = {
    "1,1": 0.165742, "2,1": 0.289764, "3,1": 0.714841, "1,k": 0.442797, "2,k": 0.620051, "3,k": 0.909316,
}  # fmt: skip
# Lower and upper bounds that R's psych::ICC prints for the same table.
BOUNDS = {
    "1,1": (-0.133, 0.72), "2,1": (0.019, 0.76), "3,1": (0.342, 0.95),
    "1,k": (-0.884, 0.91), "2,k": (0.071, 0.93), "3,k": (0.676, 0.99),
}  # fmt: skip


def test_the_mean_squares_are_the_published_ones():
    ms = mean_squares(SHROUT_FLEISS)
    assert ms.between == pytest.approx(11.241667, abs=5e-7)
    assert ms.within == pytest.approx(6.263889, abs=5e-7)
    assert ms.judges == pytest.approx(32.486111, abs=5e-7)
    assert ms.error == pytest.approx(1.019444, abs=5e-7)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_has_the_published_value(form):
    assert icc(SHROUT_FLEISS)[form].value == pytest.approx(VALUES[form], abs=5e-7)


@pytest.mark.parametrize("form", FORMS)
def test_each_interval_is_the_one_that_psych_prints(form):
    result = icc(SHROUT_FLEISS)[form]
    low, high = BOUNDS[form]
    assert result.low == pytest.approx(low, abs=0.0006)
    assert result.high == pytest.approx(high, abs=0.006)


@given(st.floats(0.001, 0.999), st.floats(1, 60), st.floats(1, 60))
@settings(max_examples=60, deadline=None)
def test_the_f_quantile_agrees_with_scipy(p, d1, d2):
    from scipy.stats import f

    assert f_quantile(p, d1, d2) == pytest.approx(float(f.ppf(p, d1, d2)), rel=1e-6)


def test_ratings_that_are_all_the_same_give_a_reason():
    result = icc([[3, 3], [3, 3], [3, 3]])["2,1"]
    assert result.value is None
    assert result.reason


def test_judges_who_agree_exactly_give_one():
    result = icc([[1, 1], [2, 2], [5, 5]])
    for form in FORMS:
        assert result[form].value == pytest.approx(1.0)


@pytest.mark.parametrize("table", [[[1, 2]], [[1], [2]], [[1, float("nan")], [2, 3]], [1, 2, 3]])
def test_a_table_with_gaps_or_too_few_is_refused(table):
    with pytest.raises(ValueError, match="targets by judges"):
        icc(table)


@given(st.integers(2, 8), st.integers(2, 5), st.integers(0, 2**16))
@settings(max_examples=40, deadline=None)
def test_intervals_hold_their_value_and_the_mean_of_judges_is_steadier(n, k, seed):
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n, 1)) * 3 + rng.normal(size=(n, k))
    result = icc(table)
    for form in FORMS:
        r = result[form]
        if r.low is not None and r.high is not None and r.value is not None and r.value > 0:
            assert r.low <= r.value <= r.high
    if result["3,1"].value and result["3,1"].value > 0:
        assert result["3,k"].value >= result["3,1"].value
