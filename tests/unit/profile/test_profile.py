"""The profile of an hour: its contract, what it withholds, and text that is not as expected."""

import doctest
import importlib
import json

import pytest

from depthwork.language.dictionaries import plain
from depthwork.patterns.profile import profile_of
from depthwork.transcripts import Transcript, Turn, transcript_of

KEYS = {
    "source", "provenance", "of", "turns", "words", "talk_share", "cycles", "referential", "style_matching", "pronouns",
    "time_focus", "hedges", "negations", "disfluency", "silence", "minimal_responses", "turn_matching",
    "withheld",
}  # fmt: skip
MEASURES = KEYS - {"source", "provenance", "of", "turns", "words", "withheld"}
# Single figures of a measure that is said otherwise: an hour without times has no length, latency or rate.
TIMELESS = {f"silence.{name}" for name in ("share", "latency_client_s", "latency_therapist_s", "rate_client", "rate_therapist")}  # fmt: skip

ASKED = (
    "You told me of the drive and of the house before it. "
    "What came to mind when you sat in the car, and how was it for you then?"
)
TOLD = (
    "I was sad and I sat in the car. [pause 6s] Maybe it was the loneliness, the truth is I never said anything to my "
    "mother about the house, and she, um, she sort of looked at the window. "
)


def full_hour(n=30):
    return transcript_of([pair for i in range(n) for pair in (("T", ASKED), ("C", TOLD * (1 + i % 3)))])


def test_a_full_hour_fills_every_measure():
    found = profile_of(full_hour()).as_dict()
    assert set(found) == KEYS
    assert {part["measure"] for part in found["withheld"]} == TIMELESS
    assert all(found[measure] is not None for measure in MEASURES)


def test_the_parts_have_the_fields_of_the_contract():
    found = profile_of(full_hour()).as_dict()
    assert {"block_words", "blocks", "shares", "count"} <= set(found["cycles"])
    assert {"index", "emotion", "abstraction", "pattern"} <= set(found["cycles"]["blocks"][0])
    assert set(found["cycles"]["shares"]) == {"relaxing", "reflecting", "experiencing", "connecting"}
    assert {"dictionary", "mean", "high_share", "mean_high"} <= set(found["referential"])
    assert {"T", "C"} <= set(found["words"])
    for measure in ("talk_share", "style_matching", "hedges", "negations", "disfluency"):
        assert isinstance(found[measure], float)


def test_a_profile_is_json_without_nan():
    json.dumps(profile_of(full_hour()).as_dict(), allow_nan=False)


def test_one_turn_withholds_with_reasons_and_nothing_is_nan():
    found = profile_of(transcript_of([("C", "Fine.")])).as_dict()
    assert {part["measure"] for part in found["withheld"]} == MEASURES
    assert all(part["reason"] for part in found["withheld"])
    assert all(found[measure] is None for measure in MEASURES)


def test_a_withheld_measure_is_never_also_shown():
    found = profile_of(full_hour(4)).as_dict()
    for part in found["withheld"]:
        value = found
        for name in part["measure"].split("."):
            value = value[name]
        assert value is None


def test_a_note_is_described_from_its_paragraphs():
    note = transcript_of([("N", TOLD * 3), ("N", "Late.")], provenance="notes")
    found = profile_of(note)
    assert found.of == "N"
    assert found.words["N"] > 100
    assert found.as_dict()["pronouns"] is not None
    assert [turn.turn for turn in found.referential.turns] == [0]
    assert {"style_matching", "talk_share", "silence", "disfluency"} <= {
        part.measure for part in found.withheld
    }


def test_a_dictionary_of_ones_own_stands_in_the_profile():
    found = profile_of(full_hour(), dictionary=plain("mine.txt", ["car"])).as_dict()
    assert found["referential"]["dictionary"] == "mine.txt"


def test_the_therapists_words_do_not_enter_the_clients_measures():
    quiet = transcript_of([("T", "maybe " * 200), ("C", "lamp bowl " * 60)])
    assert profile_of(quiet).as_dict()["hedges"] == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\u2026",
        "(laughs)",
        "\U0001f44d\U0001f3fd \u2764\ufe0f",
        "\u0301\u0301",
        "\ud800",
        "\x00",
        "a\u0301" * 50,
        "- -- '",
    ],
)
def test_ugly_text_is_counted_or_withheld(text):
    found = profile_of(transcript_of([("T", ASKED), ("C", text), ("Aunt May", text)]))
    json.dumps(found.as_dict(), allow_nan=False)


def test_an_hour_without_turns_is_all_withheld():
    found = profile_of(Transcript("empty", "text", "verbatim", ()))
    assert {part["measure"] for part in found.as_dict()["withheld"]} == MEASURES


def test_the_turns_of_blocks_are_indices_of_the_transcript():
    hour = full_hour()
    for block in profile_of(hour).cycles.blocks:
        assert 0 <= block.turns[0] <= block.turns[1] < len(hour.turns)


def test_a_profile_is_the_same_each_time():
    assert profile_of(full_hour()) == profile_of(full_hour())


def test_an_hour_of_eight_thousand_words_is_profiled_within_a_second():
    import time

    hour = full_hour(110)
    begin = time.process_time()
    profile_of(hour)
    assert time.process_time() - begin < 1.0


def test_times_do_not_change_what_is_counted_from_words():
    plain_hour = full_hour()
    timed = Transcript(
        "x", "vtt", "verbatim",
        tuple(Turn(t.index, t.speaker, t.text, 10.0 * t.index, 10.0 * t.index + 8) for t in plain_hour.turns),
    )  # fmt: skip
    a, b = profile_of(plain_hour).as_dict(), profile_of(timed).as_dict()
    assert {k: a[k] for k in ("cycles", "referential", "hedges")} == {
        k: b[k] for k in ("cycles", "referential", "hedges")
    }


@pytest.mark.parametrize(
    "module",
    [
        "language.tokens", "language.pieces", "language.dictionaries", "language.abstraction", "language.scores",
        "language.smoothing", "process.cycles", "process.referential", "process.matching", "process.talk",
        "patterns.profile",
    ],
)  # fmt: skip
def test_the_examples_in_the_docstrings_hold(module):
    found = doctest.testmod(importlib.import_module(f"depthwork.{module}"))
    assert found.attempted > 0
    assert found.failed == 0
