"""The core theme over a treatment, its concordance and its counter-examples."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes import hour, mark, told

from depthwork.patterns import Treatment, patterns
from depthwork.patterns.ccrt import ccrt
from depthwork.patterns.concordance import concordance
from depthwork.patterns.told import told_in

CORE = ("w_care_help", "ro_distant", "rs_withdrawn")
OTHER = ("w_care_help", "ro_helpful", "rs_close_open")


def course(*early_and_late, sphere="past"):
    """One episode an hour."""
    return [hour(n, *told(0, sphere, *parts)) for n, parts in enumerate(early_and_late, start=1)]


def test_below_three_episodes_there_is_no_core_theme():
    found = patterns(course(CORE, CORE))
    assert found.ccrt.core is None
    assert found.concordance is None
    assert "core theme: 2 episodes, 3 are the least for a report" in found.ccrt.withheld


def test_three_episodes_give_a_core_theme_and_counts_but_no_share():
    found = patterns(course(CORE, CORE, OTHER)).ccrt
    assert (found.core.wish, found.core.response_of_other, found.core.response_of_self) == CORE
    wish = found.of("wish")[0]
    assert (wish.episodes, wish.share, wish.change) == (3, None, None)
    assert any(reason.startswith("shares: 3 episodes") for reason in found.withheld)


def test_ten_episodes_give_shares_and_a_change_from_early_to_late():
    found = patterns(course(*[CORE] * 5, *[OTHER] * 4, CORE)).ccrt
    distant = next(c for c in found.components if c.code == "ro_distant")
    assert (distant.episodes, distant.share) == (6, 0.6)
    assert (distant.early, distant.late) == (5, 1)
    assert distant.change == pytest.approx(1.0 - 0.2)
    assert found.withheld == ()


def test_a_change_needs_three_episodes_on_each_side():
    found = patterns(course(*[CORE] * 10), late_from=9).ccrt
    assert found.components[0].change is None
    assert "change: 8 early and 2 late, 3 each are the least" in found.withheld


def test_late_is_the_later_half_of_the_hours_read_whole():
    assert patterns(course(*[CORE] * 4)).late_from == 3
    assert patterns(course(*[CORE] * 5)).late_from == 4
    assert patterns(course(CORE)).late_from is None


def test_components_are_counted_by_sphere():
    hours = [hour(1, *told(0, "past", *CORE), *told(200, "therapist", *CORE), *told(400, "current", *OTHER))]
    found = patterns(hours).ccrt
    wish = found.of("wish")[0]
    assert wish.by_sphere == {"past": 1, "current": 1, "therapist": 1, "self": 0}
    assert found.by_sphere["therapist"] == 1


def test_negative_share_is_given_for_other_and_self():
    found = patterns(course(CORE, CORE, OTHER)).ccrt
    assert found.other.negative_share == pytest.approx(2 / 3)
    assert found.self.episodes_with_negative == 2


def test_the_concordance_puts_each_line_in_then_now_or_here():
    hours = [
        hour(1, *told(0, "past", *CORE), *told(200, "current", *CORE)),
        hour(2, *told(0, "therapist", *CORE), *told(200, "self", *CORE), *told(400, None, *CORE)),
    ]
    row = patterns(hours).concordance.rows[0]
    assert [len(cell) for cell in (row.then, row.now, row.here, row.self, row.unplaced)] == [1] * 5
    assert row.names == ("care and help",)


def test_the_whole_pattern_is_told_early_and_late():
    found = patterns(course(CORE, CORE, CORE, OTHER, CORE, OTHER)).concordance
    assert ((found.early.n, found.early.of), (found.late.n, found.late.of)) == ((3, 3), (1, 3))
    assert (found.whole.n, found.whole.of) == (4, 6)


def test_a_part_with_two_codes_holds_where_one_of_them_stands():
    needy = ("w_care_help", "ro_needy_upset", "rs_withdrawn")
    hours = course(CORE, needy, OTHER)
    found = patterns(
        hours,
        pattern={
            "wish": ["w_care_help"],
            "response_of_other": ["ro_distant", "ro_needy_upset"],
            "response_of_self": ["rs_withdrawn"],
        },
    ).concordance
    assert found.rows[1].all.n == 2
    assert found.whole.n == 2


def test_counter_examples_hold_the_wish_and_went_another_way():
    found = patterns(course(CORE, CORE, OTHER, ("w_giving", "ro_helpful", "rs_helpful"))).concordance
    assert [c.hour for c in found.counter_examples] == [3]
    assert {line.code for line in found.counter_examples[0].responses} == {"ro_helpful", "rs_close_open"}
    assert found.counter_count == 1


def test_an_untold_response_is_no_counter_example():
    wish_only = [mark("episode", "mother", 0, 90, sphere="past"), mark("wish", "w_care_help", 5, 9)]
    found = patterns([*course(CORE, CORE, CORE), hour(4, *wish_only)]).concordance
    assert found.counter_examples == ()


def test_an_expected_response_says_so_on_its_line():
    expected = [
        mark("episode", "mother", 0, 90, sphere="past"),
        mark("wish", "w_care_help", 5, 9),
        mark("response_of_other", "ro_distant", 10, 20, expected=True),
        mark("response_of_self", "rs_withdrawn", 30, 40),
    ]
    found = patterns([*course(CORE, CORE), hour(3, *expected)]).concordance
    assert [line.expected for line in found.rows[1].then] == [False, False, True]


wishes = st.sampled_from(["w_closeness", "w_giving", "w_control"])
others = st.sampled_from(["ro_distant", "ro_helpful", "ro_other"])
selves = st.sampled_from(["rs_anxious", "rs_accepted"])
spheres = st.sampled_from(["past", "current", "therapist", "self"])
treatments = st.lists(
    st.tuples(st.lists(st.tuples(spheres, wishes, others, selves), max_size=3), st.booleans()), max_size=9
)


@given(treatments)
@settings(max_examples=60, deadline=None)
def test_counts_agree_with_a_plain_recount_over_the_hours(treatment):
    hours, plain = [], []
    for number, (stories, whole) in enumerate(treatment, start=1):
        marks = [m for i, s in enumerate(stories) for m in told(200 * i, *s)]
        hours.append(hour(number, *marks, reading=None) if not whole else hour(number, *marks))
        plain += [(number, *story) for story in stories if whole]
    built = Treatment(hours)
    all_told = told_in(built)
    found = ccrt(all_told, late_from=4)
    assert found.episodes == len(plain)
    expected = Counter(code for _, _, *parts in plain for code in parts)
    assert {c.code: c.episodes for c in found.components} == dict(expected)
    for c in found.components:
        assert c.early == sum(c.code in parts for number, _, *parts in plain if number < 4)
        assert sum(c.by_sphere.values()) == c.episodes
    pattern = {"wish": ["w_giving"], "response_of_other": ["ro_distant", "ro_other"]}
    shown = concordance(built, all_told, pattern, late_from=4)
    whole_count = sum(w == "w_giving" and o in ("ro_distant", "ro_other") for _, _, w, o, _ in plain)
    assert shown.whole.n == whole_count
    every = sum(w == "w_giving" for stories, _ in treatment for _, w, _, _ in stories)
    row = shown.rows[0]
    assert sum(len(x) for x in (row.then, row.now, row.here, row.self, row.unplaced)) == every
