"""Marks survive an edited text, or are shown as detached; none is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes import mark

from depthwork.coding.anchor import anchor_of, anchored, reanchor, settle
from depthwork.coding.marks import Span
from depthwork.transcripts.model import transcript_of

TURNS = [
    ("T", "What came to mind on the way here?"),
    ("C", "I would lie there listening for the stairs. Nobody came up the stairs."),
    ("T", "Nobody came."),
    ("C", "No. And you were late too, today 👩‍👧 of all days. Café, then home."),
]


def marked(words: str, turns=TURNS, nth: int = 0):
    text = transcript_of(turns).text
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return anchored(mark("wish", "w_closeness", start, start + len(words)), transcript_of(turns))


def edited(*changes: tuple[str, str], turns=TURNS):
    new = []
    for speaker, text in turns:
        for old, to in changes:
            text = text.replace(old, to)
        new.append((speaker, text))
    return transcript_of(new)


def test_a_mark_in_an_unchanged_text_stays_where_it_was():
    given_mark = marked("listening for the stairs")
    result = reanchor(given_mark, transcript_of(TURNS))
    assert (result.state, result.mark) == ("same", given_mark)


def test_a_mark_moves_with_its_words():
    result = reanchor(marked("Nobody came up"), edited(("on the way here", "just now")))
    assert result.state == "moved"
    text = edited(("on the way here", "just now"))
    assert text.text[result.mark.span.start : result.mark.span.end] == "Nobody came up"


def test_a_turn_put_before_it_moves_turn_number_and_speaker_along():
    turns = [("T", "Good morning."), *TURNS]
    result = reanchor(marked("listening for the stairs"), transcript_of(turns))
    assert (result.mark.turn, result.mark.speaker) == (2, "C")


def test_of_two_like_places_the_context_decides():
    second = marked("the stairs", nth=1)
    result = reanchor(second, edited(("What came to mind on the way here?", "And?")))
    text = edited(("What came to mind on the way here?", "And?")).text
    assert result.mark.span.start == text.rindex("the stairs")


def test_a_span_across_turns_is_found_again():
    across = marked("the stairs.\nNobody came.\nNo. And")
    result = reanchor(across, edited(("What came", "And what came")))
    assert result.state == "moved"
    assert result.mark.quote == across.quote


def test_typographic_marks_and_line_ends_do_not_detach():
    turns = [("C", "He said, 'not now, Cle', and went out to the car - again.")]
    changed = [("C", "He said, ‘not now, Cle’, and went out to the car – again.")]
    result = reanchor(marked("'not now, Cle', and went", turns), transcript_of(changed))
    assert result.state == "moved"
    assert result.mark.quote == "‘not now, Cle’, and went"


def test_a_small_change_inside_the_words_is_called_edited():
    result = reanchor(marked("listening for the stairs"), edited(("listening for", "listening out for")))
    assert result.state == "edited"
    assert result.mark.quote == "listening out for the stairs"


def test_words_that_are_gone_are_detached_and_the_mark_is_kept():
    given_mark = marked("listening for the stairs")
    result = reanchor(given_mark, edited(("lie there listening for the stairs", "sleep")))
    assert result.state == "detached"
    assert result.mark == given_mark


def test_a_few_letters_without_their_context_are_not_guessed():
    short = marked("No")
    result = reanchor(short, transcript_of([("C", "Once. No more of that. No.")]))
    assert result.state == "detached"


def test_a_mark_that_kept_no_words_is_detached():
    assert reanchor(replace(marked("Nobody came up"), quote=""), transcript_of(TURNS)).state == "detached"


def test_offsets_are_code_points_with_emoji_and_combining_letters():
    turns = [("C", "x\u0323\u0307 y 👩‍👧‍👦 and then I left the room for good.")]
    given_mark = marked("I left the room", turns)
    result = reanchor(given_mark, transcript_of([("C", "Well, " + turns[0][1])]))
    assert result.mark.span.start == given_mark.span.start + 6


def test_a_mark_is_never_put_on_half_an_emoji():
    text = transcript_of([("C", "she sent 👩 again and again")])
    given_mark = anchored(mark("wish", "w_closeness", 9, 10), text)
    assert given_mark.quote == "👩"
    result = reanchor(given_mark, transcript_of([("C", "she sent 👩‍👧 again and again")]))
    assert result.state == "detached"


def test_an_accent_added_to_the_last_letter_does_not_cut_it():
    given_mark = anchored(
        mark("wish", "w_closeness", 0, 16), transcript_of([("C", "a long way to qx and back home")])
    )
    result = reanchor(given_mark, transcript_of([("C", "a long way to qx\u0323 and back home")]))
    assert result.state in ("edited", "detached")


def test_settling_keeps_every_mark_in_order():
    marks = [marked("Nobody came up"), marked("of all days"), marked("listening for")]
    result = settle(marks, transcript_of([("C", "Something else altogether.")]))
    assert [a.mark.id for a in result] == [m.id for m in marks]
    assert {a.state for a in result} == {"detached"}


def test_a_span_past_the_end_is_refused():
    with pytest.raises(ValueError, match="ends at"):
        anchor_of("short", Span(2, 9))


def test_four_hundred_marks_in_a_long_hour_settle_quickly():
    import time

    turns = [
        ("C", f"Sentence number {i} about the house and the sea and nobody in particular.")
        for i in range(900)
    ]
    transcript = transcript_of(turns)
    marks = [
        anchored(mark("theme", "sea", at, at + 14), transcript)
        for at in range(0, len(transcript.text) - 20, 150)
    ][:400]
    begin = time.process_time()
    result = settle(marks, transcript_of([("T", "Hello."), *turns]))
    assert time.process_time() - begin < 5
    assert sum(a.state == "moved" for a in result) == len(marks) == 400


words = st.text(alphabet="abcde \n'é👩\u200d", min_size=0, max_size=30)


@given(words, words, words, words, words)
@settings(max_examples=150, deadline=None)
def test_whatever_is_edited_a_mark_is_found_by_its_own_words_or_left_unchanged(a, quote, b, c, d):
    old = transcript_of([("C", a + quote + b)])
    if not quote or old.text[len(a) : len(a) + len(quote)] != quote:
        return
    given_mark = anchored(mark("wish", "w_closeness", len(a), len(a) + len(quote)), old)
    new = transcript_of([("C", c + quote + d)])
    result = reanchor(given_mark, new)
    if result.state == "detached":
        assert result.mark == given_mark
    else:
        found = new.text[result.mark.span.start : result.mark.span.end]
        assert found == result.mark.quote
        if result.state in ("same", "moved"):
            assert found.replace("\n", " ") == quote.replace("\n", " ")
