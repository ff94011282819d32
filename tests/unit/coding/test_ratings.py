"""Ratings that both coders gave: over hours where there are enough, over places without an interval where not."""

from __future__ import annotations

import pytest
from tests.codes import mark, marks_file

from depthwork.coding.icc import FORMS, icc
from depthwork.coding.ratings import ratings
from depthwork.coding.two_coders import HourPair, compare

# Shrout and Fleiss (1979), table 2: the first two judges.
JUDGES = ((9, 2), (6, 1), (8, 4), (7, 1), (10, 5), (6, 2))


def pair(a, b, *, codes=("wish", "w_being_understood")):
    construct, code = codes
    return mark(construct, code, intensity=a), mark(construct, code, intensity=b)


def test_from_five_hours_on_hours_are_rated_by_their_mean():
    hours = [[pair(a - 1, b - 1), pair(a + 1, b + 1)] for a, b in JUDGES]
    found = ratings("wish", hours)["intensity"]
    assert (found.over, found.targets) == ("hours", 6)
    assert found.forms == icc(JUDGES)
    assert tuple(found.forms) == FORMS


def test_the_first_two_judges_of_the_published_table_come_out_by_hand():
    found = ratings("wish", [[pair(a, b)] for a, b in JUDGES])["intensity"].forms
    # One-way analysis of variance, written out.
    ms = [(a + b) / 2 for a, b in JUDGES]
    grand = sum(ms) / 6
    between = 2 * sum((m - grand) ** 2 for m in ms) / 5
    within = sum((a - b) ** 2 / 2 for a, b in JUDGES) / 6
    assert found["1,1"].value == pytest.approx((between - within) / (between + within))


def test_places_of_few_hours_are_rated_without_an_interval():
    found = ratings("wish", [[pair(a, b) for a, b in JUDGES]])["intensity"]
    assert (found.over, found.targets) == ("places", 6)
    for form, one in found.forms.items():
        assert one.value == icc(JUDGES)[form].value
        assert (one.low, one.high) == (None, None)


def test_what_one_coder_alone_rated_is_left_out():
    assert ratings("wish", [[pair(3, None)], []]) == {}


def test_one_place_gives_a_reason_and_no_number():
    found = ratings("wish", [[pair(3, 4)]])["intensity"]
    assert (found.forms, found.reason) == ({}, "one place only; agreement on a rating needs two")


def test_a_defense_is_rated_by_the_level_of_its_code():
    codes = ["denial", "humor", "projection", "undoing"]
    a = marks_file(*(mark("defense", c, 100 * i, 100 * i + 50) for i, c in enumerate(codes)))
    found = compare([HourPair("hour", a, a)]).constructs["defense"].ratings["level"]
    assert found.targets == 4
    assert found.forms["2,1"].value == pytest.approx(1.0)
