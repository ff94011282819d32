"""A Q-sort against a prototype and the two halves of a rating scale, against worked cases and numpy."""

import numpy as np
import pytest

from depthwork.language.withheld import Withheld
from depthwork.process.adherence import PILES, AdherenceError, adherence, check_sort, leaning

CARDS = [f"q{n}" for n in range(1, 101)]
SORT = dict(zip(CARDS, [pile for pile, n in PILES.items() for _ in range(n)], strict=True))


def test_the_piles_hold_a_hundred_cards_around_five():
    assert sum(PILES.values()) == 100
    assert sum(pile * n for pile, n in PILES.items()) == 500
    assert sum((pile - 5) ** 2 * n for pile, n in PILES.items()) == 432


@pytest.mark.parametrize(
    ("swapped", "r"),
    # Two cards change places: r falls by the two squared distances over twice the sum of squares, 864.
    [(("q1", "q100"), 1 - 128 / 864), (("q1", "q50"), 1 - 32 / 864), (("q1", "q2"), 1.0)],
)
def test_two_cards_that_change_places_lower_r_as_worked_by_hand(swapped, r):
    a, b = swapped
    other = {**SORT, a: SORT[b], b: SORT[a]}
    found = adherence(SORT, other)
    assert found.r == pytest.approx(r, abs=1e-12)
    if r < 1:
        assert found.z == pytest.approx(np.arctanh(r), abs=1e-12)


def test_the_same_order_is_one_and_the_opposite_order_minus_one():
    assert adherence(SORT, SORT).r == 1.0
    assert adherence(SORT, SORT).z is None
    assert adherence(SORT, {card: 10 - pile for card, pile in SORT.items()}).r == -1.0


def test_r_is_that_of_numpy_with_factor_scores_of_any_scale():
    rng = np.random.default_rng(7)
    for scale in (1e-3, 1.0, 40.0):
        prototype = dict(zip(CARDS, (rng.normal(size=100) * scale + 3).tolist(), strict=True))
        shuffled = dict(zip(CARDS, rng.permutation(list(SORT.values())).tolist(), strict=True))
        expected = np.corrcoef(list(shuffled.values()), list(prototype.values()))[0, 1]
        assert adherence(shuffled, prototype).r == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("sort", "says"),
    [
        ({**SORT, "q1": 2}, "pile 1 holds 4 cards and should hold 5"),
        ({**SORT, "q1": 0}, "none of the piles 1 to 9"),
        ({}, "pile 1 holds 0 cards"),
        ({**SORT, "q101": 5}, "pile 5 holds 19 cards and should hold 18"),
    ],
)
def test_a_sort_whose_piles_do_not_fit_is_refused(sort, says):
    with pytest.raises(AdherenceError, match=says):
        check_sort(sort)


@pytest.mark.parametrize(
    ("prototype", "says"),
    [
        ({**SORT, "q1": float("nan")}, "no number"),
        (dict.fromkeys(CARDS, 3.0), "compares nothing"),
        ({f"x{n}": 1.0 for n in range(100)}, "different cards"),
        ({**SORT, "q1": 1e308, "q2": -1e308}, "compares nothing"),
    ],
)
def test_a_prototype_that_cannot_be_compared_is_refused(prototype, says):
    with pytest.raises(AdherenceError, match=says):
        adherence(SORT, prototype)


HALVES = {"psychodynamic": ("a", "b", "c"), "cognitive": ("d", "e")}


def test_the_two_means_and_their_difference_as_worked_by_hand():
    found = leaning({"a": 6, "b": 3, "c": 0, "d": 1, "e": 2.5, "f": 6}, **HALVES)
    assert (found.psychodynamic, found.cognitive, found.difference) == (3.0, 1.75, 1.25)


def test_an_item_that_was_not_rated_withholds_both_means():
    for ratings in ({"a": 6, "b": 3, "c": 0, "d": 1, "e": None}, {"a": 6}):
        assert isinstance(leaning(ratings, **HALVES), Withheld)


@pytest.mark.parametrize("value", [-1, 7, float("nan")])
def test_a_rating_off_the_scale_is_refused_by_its_item(value):
    with pytest.raises(AdherenceError, match="b: not between 0 and 6"):
        leaning({"a": 6, "b": value, "c": 0, "d": 1, "e": 2}, **HALVES)


def test_halves_that_share_an_item_or_are_empty_are_refused():
    with pytest.raises(AdherenceError, match="both halves"):
        leaning({}, psychodynamic=("a",), cognitive=("a",))
    with pytest.raises(AdherenceError, match="no items"):
        leaning({}, psychodynamic=(), cognitive=("a",))
