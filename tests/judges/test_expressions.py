"""Pronouns, time, hedges, negations and disfluency, each in sentences counted by hand."""

import pytest

from depthwork.language.hour import spoken
from depthwork.language.withheld import Withheld
from depthwork.process.disfluency import disfluency
from depthwork.process.hedges import hedges, negations
from depthwork.process.pronouns import pronouns
from depthwork.process.time_focus import time_focus
from depthwork.transcripts import transcript_of


def said(text, n=100):
    """A client's turn of exactly n words: the text, then a word that no list holds."""
    words = spoken(transcript_of([("C", text)]))[0].words
    padding = " ".join(["lamp", "bowl"][i % 2] for i in range(n - len(words)))
    return spoken(transcript_of([("C", f"{text} ; {padding}")]))


def test_pronouns_count_forms_and_contractions_once():
    found = pronouns(said("I'm sure my mother told us we\u2019re late and you let yourself in, me too"))
    assert (found.i, found.we, found.you) == (3.0, 2.0, 2.0)
    assert found.we_ratio == pytest.approx(2 / 5)


def test_the_ratio_of_we_has_no_value_without_i_or_we():
    assert pronouns(said("you")).we_ratio is None


@pytest.mark.parametrize(
    ("text", "past", "present", "future"),
    [
        ("she walked home and I waited", 2, 0, 0),
        ("I know it is late now", 0, 3, 0),
        ("I'll be there tomorrow, going to the sea next week", 0, 0, 4),
        ("he went last week", 2, 0, 0),
        ("I need to feed the tired dog indeed", 0, 1, 0),
        ("put cut let", 0, 0, 0),
    ],
)
def test_time_words_are_placed(text, past, present, future):
    found = time_focus(said(text))
    assert (found.past, found.future) == (past, future)
    if "going" not in text:
        assert found.present == present


def test_the_time_index_is_past_among_past_and_present():
    assert time_focus(said("she walked and I know it was so")).index == pytest.approx(2 / 3)


def test_the_time_index_has_no_value_where_nothing_is_placed():
    assert time_focus(said("")).index is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("maybe it was sort of strange, I guess", 3),
        ("what kind of dog, some sort of spaniel, a kind of terrier", 0),
        ("a little bit odd", 1),
        ("I'm not sure", 1),
        ("kind of", 1),
    ],
)
def test_hedges_count_phrases_once_and_no_kinds_of_things(text, count):
    assert hedges(said(text)).count == count
    assert hedges(said(text)).per_100 == count


def test_negations_count_contractions_once():
    found = negations(said("no I don\u2019t, nobody never did nothing and I cannot"))
    assert found.count == 6


def test_disfluency_counts_each_kind():
    found = disfluency(said("Um, I I went to the fo- the forest, you know, and, like, it was very very dark"))
    assert (found.filled_pauses, found.repeats, found.broken_off, found.fillers) == (1, 1, 1, 2)
    assert found.per_100 == pytest.approx(100 * 5 / 101)


@pytest.mark.parametrize(
    "text", ["do you know him", "I like dogs and well water", "a kind man I mean to meet", "no, no, no"]
)
def test_words_with_a_meaning_are_not_fillers(text):
    found = disfluency(said(f"so {text} then"))
    assert (found.fillers, found.repeats) == (0, 0)


def test_a_comment_is_not_speech():
    found = disfluency(said("yes (um, sort of laughs) [um] then"))
    assert found.filled_pauses == 0


@pytest.mark.parametrize("measure", [pronouns, time_focus, hedges, negations, disfluency])
def test_rates_are_withheld_under_fifty_words(measure):
    found = measure(said("I", n=49))
    assert found == Withheld(measure.__name__, "49 words; 50 are needed")
    assert not isinstance(measure(said("I", n=50)), Withheld)
