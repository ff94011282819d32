"""Where something like this was said."""

import pytest

from depthwork.patterns.likeness import like_this
from depthwork.transcripts import transcript_of

HOUR = transcript_of(
    [
        ("C", "He locked the gate at nine. Then it rained, and nobody came."),
        ("T", "The gates were always locked."),
        ("C", "I like bread."),
    ],
    source="hour",
)


def test_the_nearest_passage_comes_first():
    found = like_this("the gate was locked", [HOUR])
    assert [like.turn for like in found] == [1, 0]


def test_offsets_hold_the_quote_letter_for_letter():
    for like in like_this("locked gate bread rained", [HOUR]):
        assert HOUR.text[like.start : like.end] == like.quote


def test_one_shared_common_word_is_not_a_likeness():
    assert like_this("the bread and the wine", [HOUR]) == ()


def test_a_query_of_one_word_finds_that_word():
    assert [like.turn for like in like_this("bread", [HOUR])] == [2]


def test_a_long_turn_is_cut_at_its_sentences():
    long = transcript_of([("C", "The gate was locked. " + "It rained all day long in the yard. " * 12)])
    found = like_this("locked gate", [long])
    assert found[0].quote.startswith("The gate was locked.")
    assert len(found[0].quote.split()) <= 40


@pytest.mark.parametrize("words", ["", "   ", "(laughs)", "🙂"])
def test_words_without_a_word_find_nothing(words):
    assert like_this(words, [HOUR]) == ()


def test_no_text_finds_nothing():
    assert like_this("gate", []) == ()
    assert like_this("gate", [transcript_of([])]) == ()
