"""Two coders: first the same places, then the same codes; unlike codes are never pooled."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes import DIPPED, WHOLE, mark, marks_file

from depthwork.coding.marks import Span
from depthwork.coding.marks_file import Reading
from depthwork.coding.two_coders import HourPair, PairError, compare, match, span_f1

CODES = ["denial", "undoing", "humor", "rationalization", "projection"]


def defenses(codes, *, shift=0, coder="ana", origin=None, **given):
    return [
        mark(
            "defense", code, 100 * i + shift, 100 * i + 50 + shift, origin=origin or f"coder:{coder}", **given
        )
        for i, code in enumerate(codes)
    ]


def pair(a, b, *, name="hour", reading=WHOLE, sha="a" * 64):
    return HourPair(name, marks_file(*a, reading=reading), marks_file(*b, reading=reading, sha=sha))


def test_places_that_overlap_by_half_are_one_place():
    a, b = [Span(0, 10), Span(20, 30)], [Span(3, 13), Span(26, 36)]
    assert match(a, b) == [(0, 0)]  # 7 of 13 shared; 4 of 16 shared


def test_an_overlap_of_exactly_one_half_counts():
    assert match([Span(0, 10)], [Span(0, 20)]) == [(0, 0)]


def test_a_long_mark_does_not_take_the_partner_that_a_short_one_needs():
    a, b = [Span(0, 10), Span(0, 14)], [Span(0, 12), Span(0, 20)]
    assert len(match(a, b)) == 2


spans = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 8)).map(lambda p: Span(p[0], p[0] + p[1])), max_size=5
)


@given(spans, spans)
@settings(max_examples=150, deadline=None)
def test_matching_finds_as_many_pairs_as_trying_all(a, b):
    best = 0
    for size in range(min(len(a), len(b)), 0, -1):
        if any(
            all(a[i].iou(b[j]) >= 0.5 for i, j in zip(chosen, order, strict=True))
            for chosen in combinations(range(len(a)), size)
            for order in permutations(range(len(b)), size)
        ):
            best = size
            break
    found = match(a, b)
    assert len(found) == best
    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)
    assert all(a[i].iou(b[j]) >= 0.5 for i, j in found)


@given(spans, spans)
@settings(max_examples=60, deadline=None)
def test_span_f1_is_the_same_whichever_coder_comes_first(a, b):
    assert span_f1(a, b).value == span_f1(b, a).value


def test_span_f1_of_two_shared_places_among_five():
    a = [Span(0, 10), Span(20, 30), Span(40, 50)]
    b = [Span(0, 10), Span(21, 31)]
    assert span_f1(a, b).value == pytest.approx(2 * 2 / 5)


def test_nothing_marked_by_either_gives_a_reason():
    assert span_f1([], []).reason


def test_identical_codings_agree_fully():
    c = compare([pair(defenses(CODES), defenses(CODES, coder="ben"))]).constructs["defense"]
    assert (c.units, c.percent, c.kappa, c.alpha, c.span_f1) == (5, 100, 1, 1, 1)


def test_one_hour_gives_no_interval_and_says_why():
    c = compare([pair(defenses(CODES), defenses(CODES))]).constructs["defense"]
    assert c.kappa_ci is None
    assert c.reasons["kappa_ci"].startswith("one hour only")


def test_several_hours_give_an_interval_that_holds_the_value_and_repeats_by_seed():
    hours = [
        pair(defenses(CODES), defenses([*CODES[:3], "denial", "humor"])),
        pair(defenses(CODES), defenses(CODES)),
        pair(defenses(CODES[::-1]), defenses(CODES)),
        pair(defenses(CODES * 3), defenses(CODES * 3)),
    ]
    first, second = compare(hours, seed=3), compare(hours, seed=3)
    c = first.constructs["defense"]
    assert c.kappa_ci == second.constructs["defense"].kappa_ci
    assert c.kappa_ci[0] < c.kappa < c.kappa_ci[1]
    assert c.units == 30


def test_the_interval_is_drawn_over_hours_and_not_over_marks():
    alike = [pair(defenses(CODES), defenses(["denial", *CODES[:4]])) for _ in range(6)]
    c = compare(alike).constructs["defense"]
    assert c.kappa_ci[0] == pytest.approx(c.kappa)
    assert c.kappa_ci[1] == pytest.approx(c.kappa)


def test_a_defense_is_compared_by_level_too():
    c = compare([pair(defenses(["denial", "undoing"]), defenses(["rationalization", "undoing"]))])
    level = c.constructs["defense"].coarser["level"]
    assert level["percent"] == 100
    assert c.constructs["defense"].percent == 50


def test_a_response_is_compared_by_polarity_too():
    a = [mark("response_of_other", "ro_distant", 0, 9), mark("response_of_other", "ro_helpful", 50, 59)]
    b = [
        mark("response_of_other", "ro_rejecting", 0, 9),
        mark("response_of_other", "ro_helpful", 50, 59, polarity="negative"),
    ]
    assert compare([pair(a, b)]).constructs["response_of_other"].coarser["polarity"]["percent"] == 50


def test_accepted_cues_and_unaided_codes_are_never_pooled():
    aided = [*defenses(CODES[:2]), *defenses(["humor"], shift=900, origin="cue:rules@1")]
    for m in aided:
        assert m.is_code
    hours = [pair(aided, aided)]
    assert compare(hours).constructs["defense"].units == 2
    assert compare(hours, basis="accepted").constructs["defense"].units == 1
    assert any("never pooled" in note for note in compare(hours).notes)


@pytest.mark.parametrize("status", ["proposed", "rejected"])
def test_proposed_and_rejected_marks_do_not_count(status):
    c = compare([pair(defenses(CODES, status=status), defenses(CODES, status=status))])
    assert c.constructs == {}


def test_hours_read_blind_are_not_pooled_with_hours_read_knowing():
    hours = [
        pair(defenses(CODES), defenses(CODES)),
        pair(defenses(CODES), defenses(CODES[::-1]), reading=Reading("whole", False)),
        pair(defenses(CODES), defenses(CODES[::-1]), reading=DIPPED),
    ]
    result = compare(hours)
    assert (result.hours, result.blind) == (1, True)
    assert result.constructs["defense"].kappa == 1
    assert "2 hour(s) not read whole and blind by both are left out" in result.notes


def test_where_no_hour_was_read_blind_the_comparison_says_so():
    result = compare([pair(defenses(CODES), defenses(CODES), reading=None)])
    assert not result.blind
    assert result.constructs["defense"].units == 5
    assert result.notes


def test_codings_of_different_texts_are_refused():
    with pytest.raises(PairError, match="different texts"):
        compare([pair(defenses(CODES), defenses(CODES), sha="b" * 64)])
