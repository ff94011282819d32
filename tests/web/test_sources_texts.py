"""A note between its paragraphs, its passages and its editor."""

from hypothesis import given, settings
from hypothesis import strategies as st

from depthwork.practice.sources.texts import (
    cut,
    note_turns,
    paragraphs,
    text_of,
    with_marks,
    without_marks,
)

WORDS = st.text(alphabet="abé ñ.\U0001f5fb", min_size=1, max_size=12).filter(lambda t: t.strip() == t)


@st.composite
def notes(draw):
    """Paragraphs with passages that may overlap, touch, or reach over paragraphs."""
    turns = [["N", words, None, None] for words in draw(st.lists(WORDS, min_size=1, max_size=4))]
    length = len(text_of(turns))
    passages = []
    for kind in draw(st.lists(st.sampled_from(["recalled", "hazy", "reverie", "forgotten"]), unique=True)):
        start = draw(st.integers(0, length - 1))
        passages.append({"start": start, "end": draw(st.integers(start + 1, length)), "kind": kind})
    return turns, sorted(passages, key=lambda p: (p["start"], p["end"], p["kind"]))


@given(notes())
@settings(max_examples=300, deadline=None)
def test_a_note_comes_back_from_its_editor_letter_for_letter(note):
    turns, passages = note
    again, ranges = without_marks(with_marks(turns, passages))
    assert text_of(again) == text_of(turns)
    assert ranges == passages


@given(notes(), st.data())
@settings(max_examples=300, deadline=None)
def test_what_is_cut_leaves_the_rest_and_its_passages(note, data):
    turns, passages = note
    text = text_of(turns)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    left, moved = cut(turns, passages, start, end)
    kept = text_of(left)
    assert "".join(kept.split()) == "".join((text[:start] + text[end:]).split())
    assert all(0 <= p["start"] < p["end"] <= len(kept) for p in moved)


@given(st.text(alphabet="ab \n{}/hazyrevi", max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_gives_ranges_that_lie_in_it(text):
    turns, passages = without_marks(text)
    assert all(0 <= p["start"] < p["end"] <= len(text_of(turns)) for p in passages)
    assert all(turn[1].strip() for turn in turns)


def test_two_words_are_a_note():
    assert without_marks("Late again.")[0] == [["N", "Late again.", None, None]]


def test_passages_become_ranges_of_the_canonical_text():
    turns, passages = without_marks(
        "He knocked. {hazy}Her sister, or the aunt?{/hazy}\n\n{reverie}A van.{/reverie}"
    )
    text = text_of(turns)
    assert [(text[p["start"] : p["end"]], p["kind"]) for p in passages] == [
        ("Her sister, or the aunt?", "hazy"),
        ("A van.", "reverie"),
    ]


def test_a_mark_left_open_reaches_to_the_end():
    turns, passages = without_marks("One. {forgotten}What she said.")
    assert passages == [{"start": 5, "end": 19, "kind": "forgotten"}]
    assert text_of(turns) == "One. What she said."


def test_line_ends_and_accents_are_counted_as_marks_count_them():
    assert note_turns("cafe\u0301\r\n\r\nnext") == [["N", "café", None, None], ["N", "next", None, None]]


def test_a_paragraph_is_set_in_pieces():
    turns, passages = without_marks("One {hazy}two {reverie}three{/hazy} four{/reverie}")
    assert [(p.text, p.kinds) for p in paragraphs(turns, passages)[0]] == [
        ("One ", ()),
        ("two ", ("hazy",)),
        ("three", ("hazy", "reverie")),
        (" four", ("reverie",)),
    ]
