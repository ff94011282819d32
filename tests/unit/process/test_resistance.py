"""What is hard to say: listed, never summed."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes import mark

from depthwork.process.resistance import lateness, missed, moments, shifts_after, topic_shifts


def test_moments_are_listed_in_the_order_of_the_text_by_name():
    marks = [mark("resistance", "turns_to_clock", 50, 60), mark("resistance", "falls_silent", 0, 9)]
    assert [m.name for m in moments(marks)] == ["falls silent", "turns to the clock"]


def test_five_hours_are_too_few_for_lateness():
    assert lateness([0, 5, 3, 0, 9]).withheld == "fewer than 6 hours"


def test_a_time_that_never_varied_says_nothing():
    assert lateness([5] * 8).withheld == "the time of arrival never varied"


def test_a_run_of_late_hours_passes_the_limit():
    result = lateness([0, 1, 0, 0, 2, 0, 1, 0, 15, 18, 20])
    assert result.above
    assert min(result.above) >= 8


def test_coming_early_counts_as_on_time():
    assert lateness([-10, 0, 0, 0, 0, 4]).minutes[0] == 0


@pytest.mark.parametrize("minutes", [[1, 2, 3, 4, 5, math.inf], [1, 2, 3, 4, 5, math.nan]])
def test_minutes_that_are_no_numbers_are_refused(minutes):
    with pytest.raises(ValueError, match="minutes"):
        lateness(minutes)


def test_two_of_the_last_eight_missed_are_worth_a_look():
    hours = ["no_show"] * 3 + ["held"] * 6 + ["cancelled_late", "no_show"]
    result = missed(hours)
    assert (result.of, result.missed, result.worth_a_look) == (8, 2, True)
    assert result.by_notice == {"cancelled_late": 1, "no_show": 1}


def test_one_of_eight_is_not():
    assert not missed(["held"] * 7 + ["cancelled_early"]).worth_a_look


def test_a_change_of_words_is_found_where_it_happens():
    garden = [["rose", "soil", "spade"], ["soil", "seed", "rose"]] * 6
    office = [["desk", "boss", "memo"], ["memo", "desk", "phone"]] * 6
    shifts = topic_shifts([*garden, *office], k=4)
    assert [s.gap for s in shifts] == [12]


def test_too_few_sentences_or_no_words_give_no_shift():
    assert topic_shifts([["a"]] * 19) == ()
    assert topic_shifts([[]] * 40) == ()


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), min_size=6, max_size=24))
@settings(max_examples=60, deadline=None)
def test_sliding_windows_give_the_cosine_of_counting_anew(sentences):
    k = 3
    found = {s.gap: s.similarity for s in topic_shifts(sentences, k=k)}
    for gap, similarity in found.items():
        left = Counter(w for s in sentences[gap - k : gap] for w in s)
        right = Counter(w for s in sentences[gap : gap + k] for w in s)
        product = sum(n * right[w] for w, n in left.items())
        length = math.sqrt(sum(n * n for n in left.values()) * sum(n * n for n in right.values()))
        assert similarity == pytest.approx(product / length if length else 0.0)


def test_a_long_hour_is_tiled_in_linear_time():
    import time

    begin = time.process_time()
    topic_shifts([[f"w{i % 997}", f"v{i % 89}"] for i in range(20_000)])
    assert time.process_time() - begin < 6


def test_a_shift_by_the_client_right_after_an_interpretation_is_told():
    shifts = [(5, "C"), (6, "T"), (9, "C"), (20, "C")]
    assert shifts_after(shifts, [4, 7]) == (5, 9)
