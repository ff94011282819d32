"""Silence from times and comments, worked by hand."""

import pytest

from depthwork.language.hour import spoken
from depthwork.language.withheld import Withheld
from depthwork.process.silence import silence
from depthwork.transcripts import Transcript, Turn, transcript_of


def timed(*turns):
    return spoken(
        Transcript(
            "x", "vtt", "verbatim",
            tuple(Turn(i, who, text, start, end) for i, (who, text, start, end) in enumerate(turns)),
        )
    )  # fmt: skip


HOUR = timed(
    ("T", "How?", 0, 2),
    ("C", "Well [pause 4s] then", 6, 20),  # answers after 4 s; 4 s within
    ("T", "And?", 21, 22),
    ("C", "I see", 34, 36),  # after 12 s
    ("T", "So", 35, 40),  # overlaps
    ("C", "yes", 41, 60),  # after 1 s
)


def test_gaps_and_noted_pauses_add_up():
    found = silence(HOUR)
    assert [(p.turn, p.seconds) for p in found.pauses] == [(0, 4.0), (1, 4.0), (2, 12.0)]
    assert found.silences == 1
    assert found.longest_s == 12.0
    assert found.total_s == 4 + 4 + 1 + 12 + 0 + 1
    assert found.share == pytest.approx(22 / 60)
    assert found.basis == "times and comments"


def test_latency_is_the_median_gap_before_an_answer():
    found = silence(HOUR)
    assert found.latency_client_s == 4.0  # 4, 12, 1
    assert found.latency_therapist_s is None  # two answers only


def test_a_pause_noted_where_the_gap_stands_is_counted_once():
    found = silence(timed(("T", "How?", 0, 2), ("C", "[pause 6s] Fine.", 7, 9)))
    assert [(p.turn, p.seconds) for p in found.pauses] == [(0, 6.0)]


def test_noted_pauses_stand_alone_without_times():
    found = silence(spoken(transcript_of([("C", "I [pause 12s] know"), ("T", "[silence 3s]")])))
    assert found.silences == 1
    assert found.share is None
    assert found.basis == "comments"


def test_speech_rate_needs_half_a_minute_and_fifty_words():
    found = silence(timed(("C", "word " * 60, 0, 30), ("T", "word " * 60, 31, 60)))
    assert found.rate_client == pytest.approx(120)
    assert found.rate_therapist is None


def test_silence_is_withheld_without_times_and_pauses():
    assert silence(spoken(transcript_of([("C", "I know")]))) == Withheld(
        "silence", "the transcript has no times and no pauses with a length"
    )


def test_silence_is_withheld_where_the_times_leave_no_gap():
    found = silence(timed(("T", "How?", 0, 2), ("C", "Fine.", 2, 9)))
    assert found == Withheld("silence", "each turn begins where the last one ends, so no pause can be seen")


def test_times_that_run_backwards_do_no_harm():
    found = silence(
        timed(("T", "How?", 50, 40), ("C", "Fine.", 10, 12), ("T", "So", 20, None), ("C", "x", None, 3))
    )
    assert found.longest_s == 8.0
