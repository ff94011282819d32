"""The index narrows and the text decides: it finds what a scan finds, in the same order."""

from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from depthwork.practice.ui import search
from depthwork.practice.ui.search import AT_MOST, Cell, Hit, Index

WHO = UUID(int=7)
words = st.text("abÄß.’ \n\tİ", max_size=24)


def index_of(texts):
    index = Index(WHO, "session", 0)
    for text in texts:
        index.add(Cell(WHO, "kind", WHO, None, text))
    return index.close()


def by_hand(texts, asked):
    """Cell by cell, as `scan` compares."""
    wanted = asked.strip().lower()
    found = [(text, text.lower().find(wanted)) for text in texts]
    return [(text, at) for text, at in found if at >= 0][:AT_MOST]


@given(st.lists(words, max_size=8), words)
@example(["the sea, the sea"], "sea, the")
@example(["a b"], "a  b")
@example(["ab", "cab abc"], "ab")
@example(["one\ntwo"], "one\ntwo")
def test_the_index_finds_what_a_scan_finds(texts, asked):
    if not asked.strip():
        return
    hits = index_of(texts).find(asked)
    assert [(hit.before + hit.words + hit.after) for hit in hits] == [
        text[max(0, at - 60) : at + len(asked.strip().lower()) + 60] for text, at in by_hand(texts, asked)
    ]


def test_words_that_stand_everywhere_are_found_in_order_up_to_the_most():
    texts = [f"text {n} of the many" for n in range(AT_MOST + 50)]
    hits = index_of(texts).find("of the")
    assert len(hits) == AT_MOST
    assert all(isinstance(hit, Hit) and hit.words == "of the" for hit in hits)
    assert hits[0].before == "text 0 "


def test_an_index_beyond_its_cap_is_not_kept(cast, monkeypatch):
    from depthwork.practice.vault.unlocked import opened

    monkeypatch.setattr(search, "INDEX_BYTES", 100)
    with opened(cast.ana.unlocked):
        found = search.search(cast.ana.person, "line of hour", session="none")
    assert len(found) == 3
    assert "none" not in search._indexes


def test_an_index_counts_its_own_size():
    small, large = index_of(["a few words"]), index_of(["a few words " * 1000])
    assert small.size < large.size
    assert large.size > 12_000
