"""However marks overlap, the words stand letter for letter, elements nest, and every entry has its place."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from depthwork.practice.casework.page.column import Entry, passages_of
from depthwork.practice.casework.page.underline import Layer, drawn, stage_of
from depthwork.transcripts import transcript_of

TEXTS = st.text("ab <>&\"'(é🙂)[]\u0301", min_size=0, max_size=40)


class _Reader(HTMLParser):
    """Words outside the numbers, and whether every element was closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.open, self.nests = "", [], True

    def handle_starttag(self, tag, attrs):
        if tag != "line":
            self.open.append(tag)

    def handle_endtag(self, tag):
        self.nests &= bool(self.open) and self.open.pop() == tag

    def handle_data(self, data):
        if "sup" not in self.open:
            self.words += data


@st.composite
def marked(draw):
    text = draw(TEXTS.filter(bool))
    spans = draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text) + 5)), max_size=6))
    layers = [
        Layer(start, end, draw(st.sampled_from(["", "cue", "long"])), str(n), n)
        for n, (start, end) in enumerate(spans, 1)
        if start < end
    ]
    return text, layers


@settings(max_examples=300, deadline=None)
@given(marked())
def test_the_words_stand_letter_for_letter_and_elements_nest(given_):
    text, layers = given_
    reader = _Reader()
    reader.feed(drawn(text, 0, [*layers, *stage_of(text, 0)]))
    assert reader.words == text
    assert reader.nests
    assert reader.open == []


@settings(max_examples=200, deadline=None)
@given(marked())
def test_every_mark_that_ends_in_a_turn_has_its_number_once(given_):
    text, layers = given_
    html = drawn(text, 0, layers)
    for layer in layers:
        if layer.end <= len(text):
            assert html.count(f"<sup>{layer.number}</sup>") == 1


def _entry(n, start, end, turn, last):
    return Entry(
        key=str(n), kind="code", number=n, turn=turn, last_turn=last, construct="wish", code="w_closeness",
        head="Wish", name="closeness", about="", by="", quote="", start=start, end=end,
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=30), st.lists(st.integers(0, 29), max_size=25))
def test_every_turn_stands_once_and_every_entry_beside_its_own(texts, marked_turns):
    hour = transcript_of([("C", text) for text in texts])
    entries = []
    for n, turn in enumerate(sorted(t for t in marked_turns if t < len(texts)), 1):
        start = hour.offsets[turn]
        if hour.turns[turn].text:
            entries.append(_entry(n, start, start + 1, turn, turn))
    passages = passages_of(hour, entries)
    assert [line.number for p in passages for line in p.turns] == list(range(1, len(texts) + 1))
    assert [e.number for p in passages for e in p.entries] == [e.number for e in entries]
    for passage in passages:
        numbers = {line.number for line in passage.turns}
        assert all(entry.turn + 1 in numbers for entry in passage.entries)
        assert len(passage.turns) <= 12


def test_a_pause_is_drawn_as_long_as_it_was():
    html = drawn("Yes. [pause 9s] No.", 0, stage_of("Yes. [pause 9s] No.", 0))
    assert re.search(r'<svg width="63"', html)
    assert "[pause 9s]" in html
