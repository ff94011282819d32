"""Parallels between then, now and here, and how alike the therapist's episodes are to the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes import DIPPED, hour, told

from depthwork.patterns import Treatment, patterns
from depthwork.patterns.parallels import cosine, matched, profile, therapist_similarity
from depthwork.patterns.told import told_in

CORE = ("w_care_help", "ro_distant", "rs_withdrawn")
OTHER = ("w_giving", "ro_helpful", "rs_confident")


def test_a_part_in_all_three_spheres_comes_first():
    hours = [
        hour(1, *told(0, "past", *CORE), *told(200, "current", *OTHER), *told(400, "current", *CORE)),
        hour(2, *told(0, "therapist", *CORE), *told(200, "past", *OTHER)),
    ]
    found = patterns(hours).parallels
    assert {p.code for p in found[:3]} == set(CORE)
    assert [s.sphere for s in found[0].spheres] == ["past", "current", "therapist"]
    assert {p.code for p in found[3:]} == set(OTHER)


def test_a_part_in_one_sphere_only_is_no_parallel():
    assert patterns([hour(n, *told(0, "past", *CORE)) for n in range(5)]).parallels == ()


def test_the_sphere_self_makes_no_parallel():
    found = patterns([hour(1, *told(0, "past", *CORE), *told(200, "self", *CORE))])
    assert found.parallels == ()


def test_lines_of_an_hour_dipped_into_are_shown_and_not_counted():
    hours = [hour(1, *told(0, "past", *CORE)), hour(2, *told(0, "therapist", *CORE), reading=DIPPED)]
    first = patterns(hours).parallels[0]
    assert [(s.episodes, len(s.lines)) for s in first.spheres] == [(1, 1), (0, 1)]


def test_two_episodes_with_the_therapist_are_too_few_for_a_similarity():
    hours = [hour(n, *told(0, "past", *CORE), *told(200, "therapist", *CORE)) for n in (1, 2)]
    found = patterns(hours).similarity
    assert found.cosine is None
    assert found.withheld == "2 with the therapist and 2 with others; 3 each are the least"


def test_the_same_profile_here_and_there_has_cosine_one():
    hours = [hour(n, *told(0, "past", *CORE), *told(200, "therapist", *CORE)) for n in range(1, 5)]
    found = patterns(hours).similarity
    assert found.cosine == pytest.approx(1)
    assert found.p < 0.01


def test_profiles_without_a_common_part_have_cosine_zero():
    hours = [hour(n, *told(0, "past", *CORE), *told(200, "therapist", *OTHER)) for n in range(1, 5)]
    found = patterns(hours).similarity
    assert (found.cosine, found.p) == (0, 1)


def test_the_similarity_repeats_by_seed():
    hours = [
        hour(n, *told(0, "past", *CORE), *told(200, "therapist", *(CORE if n % 2 else OTHER)))
        for n in range(1, 9)
    ]
    told_all = told_in(Treatment(hours))
    assert therapist_similarity(told_all, seed=4) == therapist_similarity(told_all, seed=4)
    ps = {therapist_similarity(told_all, seed=s).p for s in range(6)}
    assert max(ps) - min(ps) < 0.1


def test_a_profile_is_the_pervasiveness_of_each_component():
    hours = [hour(n, *told(0, "past", *(CORE if n < 4 else OTHER))) for n in range(1, 5)]
    found = profile(told_in(Treatment(hours)).counted)
    assert found.shape == (36,)
    assert sorted(found[found > 0]) == [0.25] * 3 + [0.75] * 3


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.lists(st.floats(0, 1), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_cosine_agrees_with_the_sum_of_products(a, b):
    x, y = np.array(a), np.array(b)
    length = (sum(v * v for v in a) * sum(v * v for v in b)) ** 0.5
    ours = cosine(x, y)
    if ours is not None and length > 1e-100:
        assert ours == pytest.approx(sum(p * q for p, q in zip(a, b, strict=True)) / length)


def test_clients_are_more_like_themselves_than_like_each_other():
    rng = np.random.default_rng(1)
    own = rng.random((12, 36))
    found = matched([(x, x + 0.1 * rng.random(36)) for x in own], seed=2)
    assert found.own > found.mismatched
    assert found.p < 0.01


def test_unrelated_profiles_show_no_likeness():
    rng = np.random.default_rng(3)
    found = matched([(rng.random(36), rng.random(36)) for _ in range(12)], seed=2)
    assert found.p > 0.05


def test_two_clients_or_an_empty_profile_are_too_little():
    x = np.ones(4)
    assert matched([(x, x)] * 2, seed=1) is None
    assert matched([(x, x), (x, x), (x * 0, x)], seed=1) is None
