"""Passages to read again: what is said openly is shown, idiom passes."""

from pathlib import Path

import pytest

from depthwork.cues.danger import passages
from depthwork.cues.turns import describe
from depthwork.cues.words import data_text
from depthwork.transcripts.model import transcript_of

LINES = [
    tuple(part.strip() for part in line.split("|"))
    for line in Path(__file__).with_name("danger_lines.txt").read_text(encoding="utf-8").splitlines()
    if "|" in line and not line.startswith("#")
]

ASIDE = Path(__file__).with_name("danger_lines") / "aside.txt"


def kinds_in(*pairs):
    transcript = transcript_of(pairs)
    return [(cue.turns[0], cue.code) for cue in passages(transcript, describe(transcript))]


@pytest.mark.parametrize(("kind", "line"), [row for row in LINES if row[0] != "-"])
def test_open_words_of_danger_are_shown(kind, line):
    assert kinds_in(("C", line)), kind


@pytest.mark.parametrize("line", [line for kind, line in LINES if kind == "-"])
def test_idiom_and_harmless_words_pass(line):
    assert kinds_in(("C", line)) == []


def test_the_therapists_question_is_no_passage():
    assert kinds_in(("T", "Have you thought of killing yourself?")) == []


def test_a_bare_denial_is_no_passage():
    assert kinds_in(("T", "Have you thought of killing yourself?"), ("C", "No, I'd never kill myself.")) == []


def test_a_quiet_answer_to_a_direct_question_is_shown():
    assert kinds_in(
        ("T", "Are you planning on ending your life?"), ("C", "I suppose I am. Friday, when he's on nights.")
    ) == [(1, "suicide_active")]


def test_words_in_a_note_are_read_too():
    assert kinds_in(("N", "He said, very low, that he hopes not to wake up."))


def test_a_passage_has_no_confidence_and_quotes_its_words():
    transcript = transcript_of([("C", "It rained. Some nights I hope I don't wake up. Then I make tea.")])
    (cue,) = passages(transcript, describe(transcript))
    assert cue.confidence is None
    assert cue.quote == "Some nights I hope I don't wake up"
    assert transcript.text[cue.start : cue.end] == cue.quote


def test_two_kinds_in_one_turn_are_both_shown():
    found = kinds_in(("C", "He kicked me in the stomach. I've been saving up tablets since then."))
    assert {kind for _, kind in found} == {"abuse", "suicide_active"}


def rows_of(name):
    """Lines of one list: their kind and what is said."""
    text = ASIDE.read_text(encoding="utf-8") if name == "aside" else data_text(f"danger_lines_{name}.txt")
    return [line.split(": ", 1) for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("name", ["built", "kept", "wide"])
def test_most_oblique_words_of_danger_are_shown_even_without_their_place(name):
    shown = [bool(kinds_in(("C", line))) for kind, line in rows_of(name) if kind != "none"]
    assert sum(shown) >= 0.7 * len(shown)


@pytest.mark.parametrize("name", ["built", "kept", "wide"])
def test_few_misleading_lines_are_shown(name):
    shown = [bool(kinds_in(("C", line))) for kind, line in rows_of(name) if kind == "none"]
    assert sum(shown) <= len(shown) / 6


def test_a_loose_word_counts_where_the_therapist_takes_it_up():
    said = ("C", "I've been going up to that roof, mostly just looking.")
    assert kinds_in(said, ("T", "Thank you for telling me. How close have you come?"))


def test_the_list_kept_aside_shares_no_line_with_the_lists_built_on():
    built = {line for name in ("built", "kept", "wide") for _, line in rows_of(name)}
    assert not built & {line for _, line in rows_of("aside")}
