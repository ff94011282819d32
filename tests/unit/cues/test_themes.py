"""What returns over the hours of a treatment."""

import pytest

from depthwork.cues.themes import key_words, returning
from depthwork.transcripts.model import transcript_of

TREATMENT = [
    transcript_of([("C", "My father checked the joints with a bus ticket."), ("T", "With a ticket.")]),
    transcript_of([("C", "I had the shopping to do and the tram was late."), ("C", "Nothing else.")]),
    transcript_of([("C", "In the dream there was a bus and nobody had tickets, my father drove.")]),
]


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
