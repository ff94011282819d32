"""Triangles, the ladder, strain and themes over a treatment."""

from __future__ import annotations

import pytest
from tests.codes import DIPPED, hour, mark

from depthwork.patterns import patterns


def interpretation(start, *person, conflict=()):
    return mark(
        "intervention", "interpretation_transference", start, start + 10, speaker="T",
        person=list(person), conflict=list(conflict),
    )  # fmt: skip


def defenses(n, code="denial"):
    return [mark("defense", code, 20 * i, 20 * i + 9) for i in range(n)]


def test_corners_and_sides_carry_counts_hours_and_lines():
    hours = [
        hour(2, interpretation(0, "therapist", "past", conflict=["defense", "feeling"])),
        hour(5, interpretation(0, "past", "therapist")),
        hour(6, interpretation(0, "therapist", "past"), reading=DIPPED),
    ]
    found = patterns(hours).triangles
    side = next(s for s in found.person.sides if s.ends == ("therapist", "past"))
    assert (side.count, side.first, side.last, len(side.lines)) == (2, 2, 5, 3)
    therapist = found.person.corners[0]
    assert (therapist.name, therapist.count, len(therapist.lines)) == ("therapist", 2, 3)
    assert found.counts.therapist_past_rate == 1
    assert found.conflict.sides[1].ends == ("defense", "feeling")
    assert found.conflict.sides[1].count == 1


def test_the_rate_of_words_needs_every_hour_to_know_its_words():
    known = hour(1, interpretation(0, "past"), therapist_words=500)
    unknown = hour(2, interpretation(0, "past"))
    assert patterns([known]).triangles.counts.per_1000_words == 2
    assert patterns([known, unknown]).triangles.counts.per_1000_words is None


def test_a_rung_has_a_value_from_ten_defenses_on():
    found = patterns([hour(1, *defenses(9)), hour(2, *defenses(10))]).ladder
    assert [rung.odf for rung in found.rungs] == [None, 3.0]
    assert found.profile.n == 19


def test_neighbouring_hours_are_gathered_until_a_value_can_be_given():
    found = patterns([hour(n, *defenses(4)) for n in range(1, 8)]).ladder
    assert [(s.first, s.last, s.n) for s in found.stretches] == [(1, 3, 12), (4, 6, 12)]


def test_early_and_late_profiles_are_withheld_on_their_own():
    hours = [hour(1, *defenses(12)), hour(2, *defenses(3, "humor"))]
    found = patterns(hours).ladder
    assert (found.early.odf, found.late.odf, found.late.n) == (3, None, 3)
    assert found.late.withheld == "fewer than 10 defenses"


def test_an_hour_without_a_defense_is_an_empty_rung_and_one_dipped_into_counts_nothing():
    found = patterns([hour(1), hour(2, *defenses(11), reading=DIPPED), hour(3, *defenses(10))]).ladder
    assert [(r.n, r.counted) for r in found.rungs] == [(0, True), (0, False), (10, True)]
    assert len(found.rungs[1].lines) == 11
    assert len(found.lines["denial"]) == 21


def test_the_interval_of_functioning_needs_enough_defenses():
    few = patterns([hour(1, *defenses(4)), hour(2, *defenses(4, "humor"))]).ladder
    assert few.interval is None
    many = patterns([hour(1, *defenses(8)), hour(2, *defenses(8, "humor")), hour(3, *defenses(8))]).ladder
    assert many.interval[0] <= many.profile.odf <= many.interval[1]


def strain(start, *, repaired=None, code="withdrawal_denial", **given):
    about = {} if repaired is None else {"repaired": repaired}
    return mark("rupture_withdrawal", code, start, start + 10, attributes=about, **given)


def test_strained_hours_are_told_with_what_became_of_them():
    hours = [
        hour(1),
        hour(2, strain(0, repaired=True)),
        hour(
            3, strain(0), mark("rupture_confrontation", "confrontation_defends_self", 50, 60, repaired=False)
        ),
        hour(4, strain(0, speaker="T"), mark("rupture_resolution", "repair_invite_feelings", 20, 30)),
        hour(5, strain(0), reading=DIPPED),
    ]
    found = patterns(hours).strain
    assert [h.mended for h in found.hours] == [True, False, None, None]
    counts = found.counts
    assert (counts.hours, counts.strained_hours, counts.withdrawal, counts.confrontation) == (4, 3, 3, 1)
    assert (counts.by_therapist, counts.repaired, counts.not_repaired, counts.not_said) == (1, 1, 1, 2)
    assert counts.attempted == 1
    assert [h.hour for h in found.open] == [3]
    assert len(found.hours[2].strains[0].attempts) == 1


def test_themes_that_differ_in_case_only_are_one_and_shown_as_mostly_written():
    hours = [
        hour(1, mark("theme", "the_garden", 0, 9, label="The garden")),
        hour(2, mark("theme", "the_garden", 0, 9, label="the  garden")),
        hour(3, mark("theme", "the_garden", 0, 9, label="the garden"), reading=DIPPED),
        hour(4, mark("theme", "money", 0, 9)),
    ]
    first, second = patterns(hours).themes
    assert (first.label, first.hours, first.hours_counted, first.of) == ("the garden", (1, 2, 3), 2, 3)
    assert (first.first, first.last, len(first.lines)) == (1, 3, 3)
    assert second.label == "money"


@pytest.mark.parametrize("field", ["total", "count", "score", "n"])
def test_moments_that_are_hard_to_say_are_lists_without_a_sum(field):
    hours = [
        hour(1, mark("resistance", "falls_silent", 0, 9)),
        hour(2, mark("resistance", "turns_to_clock", 0, 9)),
    ]
    found = patterns(hours).hard_to_say
    assert [(h.name, len(h.lines)) for h in found] == [("falls silent", 1), ("turns to the clock", 1)]
    assert not hasattr(found[0], field)


@pytest.mark.slow
def test_a_long_treatment_stays_within_four_budgets_on_a_busy_machine():
    from tests.bench.patterns import BUDGET_MS, measure

    assert measure(runs=5)["patterns_best_ms"] < 4 * BUDGET_MS
