"""Defenses by level; withheld below ten."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes import mark

from depthwork.process.defenses import (
    functioning,
    functioning_interval,
    level_names,
    level_of,
    profile,
    profile_of,
)

codes = st.lists(st.sampled_from(sorted(level_of())), min_size=10, max_size=60)


def test_below_ten_defenses_only_counts_are_given():
    result = profile_of(["denial"] * 9)
    assert result.withheld == "fewer than 10 defenses"
    assert result.odf is None
    assert result.mature is None
    assert result.counts == {"denial": 9}


def test_ten_defenses_are_enough():
    assert profile_of(["denial"] * 10).odf == 3


def test_labels_that_are_not_counted_change_nothing():
    with_labels = profile_of(["denial"] * 10 + ["no_defense"] * 5 + ["defense_unclear"])
    assert with_labels.odf == profile_of(["denial"] * 10).odf
    assert with_labels.uncounted == {"no_defense": 5, "defense_unclear": 1}


def test_a_code_of_another_codebook_version_is_kept_and_not_counted():
    assert profile_of(["denial"] * 10 + ["older_code"]).uncounted == {"older_code": 1}


def test_the_therapists_defenses_do_not_count_for_the_client():
    marks = [mark("defense", "denial", i, i + 1) for i in range(10)]
    marks += [mark("defense", "humor", 50, 60, speaker="T")]
    assert profile(marks).n == 10
    assert profile(marks, speaker=None).n == 11


def test_the_paragraphs_of_a_note_speak_for_the_client():
    assert profile([mark("defense", "denial", speaker="N")]).n == 1


@given(codes)
@settings(max_examples=80, deadline=None)
def test_the_profile_agrees_with_counting_one_by_one(given):
    result = profile_of(given)
    levels = [level_of()[code] for code in given]
    mean = sum(levels) / len(levels)
    variance = sum((x - mean) ** 2 for x in levels) / len(levels)
    assert result.odf == pytest.approx(mean)
    assert result.se == pytest.approx((variance / len(levels)) ** 0.5, abs=1e-7)
    assert result.mature + result.neurotic + result.immature == pytest.approx(100)
    assert result.depressive + result.non_depressive == pytest.approx(result.immature)
    assert sum(result.code_percent.values()) == pytest.approx(100)


def test_no_defense_and_impossible_levels_are_refused():
    with pytest.raises(ValueError, match="no defense"):
        functioning({})
    with pytest.raises(ValueError, match="levels run"):
        functioning({8: 1})


def test_the_interval_over_hours_repeats_by_seed_and_holds_the_value():
    hours = [{7: 3, 3: 1}, {7: 1, 3: 4}, {6: 2}, {4: 2, 7: 2}]
    total = {k: sum(h.get(k, 0) for h in hours) for k in range(1, 8)}
    interval = functioning_interval(hours, seed=1)
    assert interval == functioning_interval(hours, seed=1)
    assert interval[0] <= functioning(total)[0] <= interval[1]


def test_one_hour_gives_no_interval():
    assert functioning_interval([{7: 20}, {}], seed=1) is None


def test_every_level_has_a_name():
    assert list(level_names()) == [1, 2, 3, 4, 5, 6, 7]
