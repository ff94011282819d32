"""Agreement against published examples and other implementations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depthwork.coding.agreement import alpha, fleiss_kappa, in_words, kappa, kappa_of_table, percent

KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, None],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
FLEISS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def test_kappa_of_the_two_by_two_table_is_point_four():
    assert kappa_of_table([[20, 5], [10, 15]]).value == pytest.approx(0.4, abs=1e-12)


def test_the_same_table_as_two_lists_of_codes_gives_the_same_kappa():
    a = ["yes"] * 25 + ["no"] * 25
    b = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert kappa(a, b).value == pytest.approx(0.4, abs=1e-12)
    assert percent(a, b).value == pytest.approx(70.0)


def test_cohens_published_table_of_1968_plain_and_weighted():
    shares = [[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]]
    weights = [[0, 1, 3], [1, 0, 6], [3, 6, 0]]
    assert kappa_of_table(shares).value == pytest.approx(0.491525, abs=5e-7)
    assert kappa_of_table(shares, weights=weights).value == pytest.approx(0.347826, abs=5e-7)


def test_fleiss_published_table_of_ten_by_five():
    assert fleiss_kappa(FLEISS).value == pytest.approx(0.209931, abs=5e-7)


def test_fleiss_agrees_with_statsmodels():
    from statsmodels.stats.inter_rater import fleiss_kappa as theirs

    assert fleiss_kappa(FLEISS).value == pytest.approx(theirs(np.array(FLEISS)), abs=1e-12)


@pytest.mark.parametrize(
    ("level", "published"),
    [("nominal", 0.7434), ("ordinal", 0.8154), ("interval", 0.8491), ("ratio", 0.7974)],
)
def test_krippendorffs_alpha_of_the_published_example(level, published):
    result = alpha(KRIPPENDORFF, level=level)
    assert result.value == pytest.approx(published, abs=5e-5)
    assert result.units == 11


codes = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=60)


@given(codes)
@settings(max_examples=60, deadline=None)
def test_kappa_agrees_with_scikit_learn(pairs):
    import warnings

    from sklearn.metrics import cohen_kappa_score

    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    for weights in (None, "linear", "quadratic"):
        ours = kappa(a, b, weights=weights, order=range(5))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = cohen_kappa_score(a, b, labels=list(range(5)), weights=weights)
        if ours.value is None:
            assert not np.isfinite(theirs) or len(set(a) | set(b)) == 1
        else:
            assert ours.value == pytest.approx(theirs, abs=1e-12)


@given(codes)
@settings(max_examples=40, deadline=None)
def test_kappa_of_a_table_agrees_with_statsmodels(pairs):
    from statsmodels.stats.inter_rater import cohens_kappa

    table = np.zeros((5, 5))
    for x, y in pairs:
        table[x, y] += 1
    ours = kappa_of_table(table)
    if ours.value is not None:
        assert ours.value == pytest.approx(cohens_kappa(table).kappa, abs=1e-12)


def _alpha_by_the_definition(rows, level):
    """Slow and plain: mean squared distance within units over that between all values."""
    units = [[v for v in column if v is not None] for column in zip(*rows, strict=True)]
    units = [u for u in units if len(u) > 1]
    everything = [v for u in units for v in u]
    count = {v: everything.count(v) for v in everything}

    def distance(c, k):
        if level == "nominal":
            return float(c != k)
        if level == "ordinal":
            low, high = min(c, k), max(c, k)
            between = sum(n for v, n in count.items() if low <= v <= high)
            return (between - (count[c] + count[k]) / 2) ** 2
        if level == "interval":
            return (c - k) ** 2
        return ((c - k) / (c + k)) ** 2 if c + k else 0.0

    observed = sum(
        distance(c, k) / (len(u) - 1)
        for u in units for i, c in enumerate(u) for j, k in enumerate(u) if i != j
    )  # fmt: skip
    n = len(everything)
    expected = sum(
        distance(c, k) for i, c in enumerate(everything) for j, k in enumerate(everything) if i != j
    )
    return None if expected == 0 else 1 - (n - 1) * observed / expected


value = st.one_of(st.none(), st.integers(0, 4))


@given(
    st.lists(st.tuples(value, value, value), min_size=1, max_size=12),
    st.sampled_from(["nominal", "ordinal", "interval", "ratio"]),
)
@settings(max_examples=80, deadline=None)
def test_alpha_agrees_with_its_plain_definition(units, level):
    rows = [list(row) for row in zip(*units, strict=True)]
    ours = alpha(rows, level=level)
    pairable = [u for u in units if sum(v is not None for v in u) > 1]
    if not pairable:
        assert ours.value is None
        return
    theirs = _alpha_by_the_definition(rows, level)
    if theirs is None:
        assert ours.value is None
    else:
        assert ours.value == pytest.approx(theirs, abs=1e-9)


def test_no_common_unit_gives_a_reason_and_no_number():
    for result in (
        percent([], []),
        kappa([], []),
        alpha([[1, None], [None, 2]]),
        fleiss_kappa(np.zeros((0, 3))),
    ):
        assert result.value is None
        assert result.reason


def test_one_code_throughout_gives_a_reason_and_no_kappa():
    result = kappa(["denial"] * 5, ["denial"] * 5)
    assert result.value is None
    assert "one code" in result.reason


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match="same units"):
        kappa(["a"], ["a", "b"])


def test_weights_without_an_order_are_refused():
    with pytest.raises(ValueError, match="order"):
        kappa([1, 2], [1, 2], weights="linear")


def test_a_code_outside_the_order_is_refused():
    with pytest.raises(ValueError, match="ordered"):
        kappa([1, 9], [1, 2], order=[1, 2])


@pytest.mark.parametrize(
    ("number", "icc", "word"),
    [
        (0.39, False, "weak"), (0.40, False, "fair"), (0.60, False, "good"), (0.75, False, "good"),
        (0.751, False, "excellent"), (0.39, True, "weak"), (0.59, True, "fair"), (0.74, True, "good"),
        (0.75, True, "excellent"),
    ],
)  # fmt: skip
def test_words_for_agreement_follow_the_display_rule(number, icc, word):
    assert in_words(number, icc=icc) == word
