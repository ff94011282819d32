"""Therapeutic cycles against the printed vectors, and against a hand-worked hour."""

import json
from pathlib import Path

import numpy as np
import pytest

from depthwork.language.hour import spoken
from depthwork.language.withheld import Withheld
from depthwork.process.cycles import Cycles, cycles, cycles_of, patterns_of, softened, standard_scores
from depthwork.transcripts import transcript_of

VECTORS = json.loads((Path(__file__).parent / "vectors_process.json").read_text())


def scores(vector):
    return standard_scores(vector["input"]["et"]), standard_scores(vector["input"]["ab"])


def test_raw_scores_patterns_and_cycle_are_those_printed():
    vector = VECTORS["tcm_raw"]
    emotion, abstraction = scores(vector)
    np.testing.assert_allclose(emotion, vector["expect"]["z_et"], atol=5e-5)
    np.testing.assert_allclose(abstraction, vector["expect"]["z_ab"], atol=5e-5)
    patterns = patterns_of(emotion, abstraction)
    assert list(patterns) == vector["expect"]["patterns"]
    assert [list(cycle) for cycle in cycles_of(patterns)] == vector["expect"]["cycles"]


def test_smoothed_scores_patterns_and_cycle_are_those_printed():
    vector = VECTORS["tcm_smoothed"]
    emotion, abstraction = map(softened, scores(vector))
    np.testing.assert_allclose(emotion, vector["expect"]["z_et"], atol=5e-5)
    np.testing.assert_allclose(abstraction, vector["expect"]["z_ab"], atol=5e-5)
    patterns = patterns_of(emotion, abstraction)
    assert list(patterns) == vector["expect"]["patterns"]
    assert [list(cycle) for cycle in cycles_of(patterns)] == vector["expect"]["cycles"]


@pytest.mark.parametrize(
    ("letters", "open_ends", "expected"),
    [
        ("RCR", False, ()),  # no connecting block
        ("RCDR", False, ((1, 2),)),
        ("DDR", False, ()),
        ("DDR", True, ((0, 1),)),
        ("RDD", True, ((1, 2),)),
        ("RDRDR", False, ((1, 1), (3, 3))),
        ("D", True, ((0, 0),)),
        ("", True, ()),
    ],
)
def test_a_cycle_is_a_closed_run_with_a_connecting_block(letters, open_ends, expected):
    names = {"R": "relaxing", "B": "reflecting", "C": "experiencing", "D": "connecting"}
    assert cycles_of([names[letter] for letter in letters], open_ends=open_ends) == expected


def hand_worked():
    """Eight blocks of ten words; feeling words 0 0 2 4 2 0 0 0, abstract nouns 0 0 0 3 3 2 0 0."""
    feeling, abstract = (0, 0, 2, 4, 2, 0, 0, 0), (0, 0, 0, 3, 3, 2, 0, 0)
    blocks = [
        " ".join(["sad"] * f + ["truth"] * a + ["lamp"] * (10 - f - a))
        for f, a in zip(feeling, abstract, strict=True)
    ]
    return transcript_of([("T" if i % 2 else "C", block) for i, block in enumerate(blocks)])


def test_an_hour_worked_by_hand_gives_its_percentages_patterns_and_cycle():
    found = cycles(spoken(hand_worked()), block_words=10)
    assert isinstance(found, Cycles)
    assert [block.emotion for block in found.blocks] == [0, 0, 20, 40, 20, 0, 0, 0]
    assert [block.abstraction for block in found.blocks] == [0, 0, 0, 30, 30, 20, 0, 0]
    assert [block.pattern[0] for block in found.blocks] == ["r", "r", "e", "c", "c", "r", "r", "r"]
    assert found.blocks[5].pattern == "reflecting"
    # mean 10; deviations -10 -10 10 30 10 -10 -10 -10, their squares 1600 in all
    assert found.blocks[3].emotion_z == pytest.approx(30 / (1600 / 7) ** 0.5)
    assert found.cycles == ((2, 5),)
    assert found.shares == {"relaxing": 0.5, "reflecting": 0.125, "experiencing": 0.125, "connecting": 0.25}


def test_stability_compares_even_blocks_with_odd_ones():
    found = cycles(spoken(hand_worked()), block_words=10)
    # even: r e c r, odd: r c reflecting r
    assert found.stability == pytest.approx(1 - (abs(0.5 - 0.5) + 0.25 + 0.25 + 0) / 2)


def test_blocks_name_the_turns_that_hold_them():
    found = cycles(spoken(hand_worked()), block_words=10)
    assert [block.turns for block in found.blocks] == [(i, i) for i in range(8)]


@pytest.mark.parametrize(("words", "blocks"), [(1274, 8), (1275, 9), (1350, 9)])
def test_the_last_block_is_kept_with_half_its_words_or_more(words, blocks):
    text = " ".join(
        f"{'sad' if i % 7 == 0 and i < 600 else 'truth' if i > 900 else 'lamp'}" for i in range(words)
    )
    found = cycles(spoken(transcript_of([("C", text)])))
    assert len(found.blocks) == blocks


def test_cycles_are_withheld_under_eight_blocks():
    found = cycles(spoken(transcript_of([("C", "sad truth lamp " * 300)])))
    assert found == Withheld("cycles", "6 blocks of 150 words; 8 are needed")


def test_cycles_are_withheld_where_feeling_words_do_not_vary():
    found = cycles(spoken(transcript_of([("C", "lamp " * 1500)])))
    assert found == Withheld("cycles", "the share of emotion words is the same in every block")


def test_a_block_holds_at_least_one_word():
    with pytest.raises(ValueError, match="at least one word"):
        cycles((), block_words=0)
