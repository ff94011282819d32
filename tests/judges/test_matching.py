"""Style matching against the printed vector, and by hand."""

import json
from pathlib import Path

import pytest

from depthwork.language.hour import spoken
from depthwork.language.withheld import Withheld
from depthwork.process.matching import CATEGORIES, match, percentages, style_matching, turn_matching
from depthwork.transcripts import transcript_of

LSM = json.loads((Path(__file__).parent / "vectors_process.json").read_text())["lsm"]


def test_nine_classes_and_their_mean_are_those_printed():
    first, second = (dict(zip(CATEGORIES, LSM[name], strict=True)) for name in "ab")
    found = match(first, second)
    assert [round(value, 6) for value in found.classes.values()] == LSM["per_category"]
    assert round(found.value, 6) == LSM["lsm"]


def test_percentages_of_a_sentence_worked_by_hand():
    found = percentages(["i'm", "not", "sure", "about", "the", "dog", "and", "all", "of", "it"])
    assert found["articles"] == 10.0  # the
    assert found["personal_pronouns"] == 10.0  # i'm
    assert found["impersonal_pronouns"] == 10.0  # it
    assert found["negations"] == 10.0  # not
    assert found["quantifiers"] == 10.0  # all
    assert found["conjunctions"] == 10.0  # and
    assert found["prepositions"] == 20.0  # about of
    assert found["auxiliary_verbs"] == 10.0  # i'm


def turns(*pairs):
    return spoken(transcript_of(pairs))


def test_the_same_words_match_fully():
    hour = turns(("C", "i am not sure of it and " * 8), ("T", "i am not sure of it and " * 8))
    assert style_matching(hour[:1], hour[1:]).value == pytest.approx(1.0)


def test_matching_is_withheld_under_fifty_words_of_one_speaker():
    hour = turns(("C", "word " * 49), ("T", "word " * 90))
    assert style_matching(hour[:1], hour[1:]) == Withheld(
        "style_matching", "one speaker has 49 words; 50 from each are needed"
    )


def test_a_turn_is_matched_with_the_turn_it_answers_only_when_both_are_long():
    hour = turns(
        ("T", "the dog and " * 9), ("C", "the dog and " * 9), ("T", "the dog"), ("C", "the dog and " * 9)
    )
    found = turn_matching(hour, speaker="C", other="T")
    assert [(pair.turn, pair.answers) for pair in found] == [(1, 0)]
    assert found[0].value == pytest.approx(1.0)
