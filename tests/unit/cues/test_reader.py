"""The engine that ships: what each cue carries, and how it bears odd texts."""

import json
import time

import pytest

from depthwork.cues.engine import CONSTRUCTS, Cue, Engine, EngineError, cue_at, engine, engines
from depthwork.cues.gold import read_folder
from depthwork.cues.reader import LEVELS, Reader
from depthwork.transcripts.model import transcript_of
from tests.unit.cues import GOLD

HOUR = transcript_of(
    [
        ("T", "You missed last week."),
        (
            "C",
            "It was fine. I told my husband he could stick it, and then I baked him a cake. He never looked up.",
        ),
        ("T", "I wonder if you were angry with me, as with your father, and it was safer to stay away."),
        ("C", "[pause 8s] He'd read the paper through supper. I was nine. I wanted him to look at me once."),
    ]
)


@pytest.fixture(scope="module")
def found():
    return Reader().propose(HOUR)


def test_the_default_engine_is_an_engine():
    assert isinstance(engine(), Engine)
    assert "depthwork" in engines()


def test_an_unknown_engine_is_refused_with_the_list():
    with pytest.raises(EngineError, match="depthwork"):
        engine("nobody")


def test_every_cue_quotes_exactly_what_its_offsets_hold(found):
    assert found
    for cue in found:
        assert HOUR.text[cue.start : cue.end] == cue.quote
        assert HOUR.turn_at(cue.start) == cue.turns[0]
        assert cue.construct in CONSTRUCTS


def test_every_cue_gives_a_reason_and_a_chance(found):
    for cue in found:
        assert len(cue.why) > 10
        assert cue.construct == "risk" or 0 < cue.confidence < 1


def test_a_link_to_the_therapist_and_the_past_is_an_interpretation(found):
    cue = next(cue for cue in found if cue.construct == "intervention")
    assert cue.turns == (2, 2)
    assert cue.code == "interpretation_transference"
    assert "therapist" in cue.attributes["person"]


def test_a_husband_is_a_figure_of_the_present(found):
    assert any(
        cue.construct == "figure" and cue.attributes == {"label": "husband", "sphere": "current"}
        for cue in found
    )


def test_the_same_text_gives_the_same_cues(found):
    assert Reader().propose(HOUR) == found


def test_a_cue_is_written_as_the_contract_says(found):
    written = json.loads(json.dumps(found[0].as_dict()))
    assert list(written) == [
        "construct", "turns", "start", "end", "code", "attributes", "confidence", "why", "quote",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("C", "")],
        [("C", "   ")],
        [("T", "..."), ("C", "[pause 90s]")],
        [("C", "😀 e\u0301 \u200b ((((((")],
        [("Anna", "My mother came."), ("Dr B", "And then?")],
        [("C", "a" * 20000)],
        [("C", '"' * 5000)],
        [("C", "İstanbul'da annem ile konuştum, ẞ")],
    ],
)
def test_odd_texts_are_borne(pairs):
    transcript = transcript_of(pairs)
    for cue in Reader().propose(transcript):
        assert transcript.text[cue.start : cue.end] == cue.quote


def test_code_points_hold_before_and_after_an_emoji():
    transcript = transcript_of(
        [("C", "😀😀 I hope I don't wake up."), ("C", "👍 My sister rang and she cried.")]
    )
    cues = Reader().propose(transcript)
    assert any(cue.construct == "risk" and cue.quote == "I hope I don't wake up" for cue in cues)


def test_arrangements_give_hardly_a_cue():
    transcript = transcript_of(
        [
            ("T", "Shall we look at the dates for March?"),
            ("C", "Yes. I can do the fourth and the eleventh."),
            ("T", "The eleventh at four. And the invoice came through?"),
            ("C", "It did, I paid it on Friday by card."),
            ("T", "Good. There's a new form for the insurance."),
            ("C", "I'll sign it now. Which box?"),
        ]
    )
    kinds = [
        cue.construct
        for cue in Reader().propose(transcript)
        if cue.construct not in ("figure", "intervention")
    ]
    assert kinds == []


def test_a_defense_carries_the_level_of_its_code():
    assert set(LEVELS.values()) == set(range(1, 8))
    assert len(LEVELS) == 30


def test_cues_of_an_8000_word_hour_take_about_a_second(capsys):
    pairs = [
        (turn.speaker, turn.text)
        for coded in read_folder(GOLD)
        if not coded.is_note
        for turn in coded.transcript.turns
    ]
    words, take = 0, []
    for pair in pairs:
        take.append(pair)
        words += len(pair[1].split())
        if words >= 8000:
            break
    hour = transcript_of(take)
    Reader().propose(HOUR)
    spent = []
    for _ in range(3):
        began = time.process_time()
        Reader().propose(hour)
        spent.append(time.process_time() - began)
    with capsys.disabled():
        print(f"\n  cues for {words} words: {min(spent):.2f} s of one core")
    assert min(spent) < 2.0


def test_a_cue_may_cover_part_of_a_turn():
    cue = cue_at(HOUR, "figure", "partner", (1, 1), why="because", confidence=0.5, within=(23, 30))
    assert cue.quote == "husband"
    assert isinstance(cue, Cue)
