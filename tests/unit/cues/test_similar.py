"""Where was something like this said, and what returns."""

import pytest

from depthwork.cues.similar import Passages, key_words
from depthwork.cues.themes import returning
from depthwork.transcripts.model import transcript_of

TREATMENT = [
    transcript_of([("C", "My father checked the joints with a bus ticket."), ("T", "With a ticket.")]),
    transcript_of([("C", "I had the shopping to do and the tram was late."), ("C", "Nothing else.")]),
    transcript_of([("C", "In the dream there was a bus and nobody had tickets, my father drove.")]),
]


def test_a_line_finds_itself_first_and_its_kin_next():
    found = Passages(TREATMENT).like("He checked it with the corner of a bus ticket.")
    assert (found[0].source, found[0].turn) == (0, 0)
    assert (found[1].source, found[1].turn) in {(0, 1), (2, 0)}
    assert {f.source for f in found} >= {0, 2}
    assert "ticket" in found[0].shared


def test_endings_do_not_hide_a_likeness():
    assert any(f.source == 2 for f in Passages(TREATMENT).like("ticketing", least=0.03))


def test_an_unrelated_line_finds_nothing():
    assert Passages(TREATMENT).like("Umbrellas!") == []


@pytest.mark.parametrize("text", ["", "   ", "the and of", "😀"])
def test_a_line_without_content_finds_nothing(text):
    assert Passages(TREATMENT).like(text) == []


def test_an_empty_treatment_finds_nothing():
    assert Passages([]).like("ticket") == []


def test_likeness_of_a_line_with_itself_is_one():
    texts = [transcript_of([("C", "green stove"), ("C", "river and coat")])]
    assert Passages(texts).like("green stove")[0].likeness == pytest.approx(1.0, abs=1e-4)


def test_key_words_leave_out_the_small_words():
    assert key_words("And then he took the bus ticket, the bus!") == ["took", "bus", "ticket"]


def test_a_returning_word_is_a_theme_with_its_lines():
    themes = returning(TREATMENT)
    words = {theme.word for theme in themes} | {w for theme in themes for w in theme.company}
    assert words & {"ticket", "tickets"}
    theme = next(t for t in themes if t.word in ("ticket", "tickets", "father"))
    assert theme.hours == (0, 2)
    assert all("ticket" in line.quote or "father" in line.quote for line in theme.lines)


def test_what_stands_in_one_hour_is_no_theme():
    assert not any(theme.word == "shopping" for theme in returning(TREATMENT))


def test_the_therapists_words_make_no_theme():
    hours = [
        transcript_of([("T", "umbrella"), ("C", "yes")]),
        transcript_of([("T", "umbrella"), ("C", "no")]),
    ]
    assert returning(hours) == []


def test_a_return_needs_two_hours():
    with pytest.raises(ValueError, match="2 hours"):
        returning(TREATMENT, least_hours=1)
    assert returning(TREATMENT[:1]) == []
