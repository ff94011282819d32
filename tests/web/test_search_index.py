"""The index narrows and the text decides: it finds what a scan finds, in the same order."""

from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from depthwork.practice.audit.actions import record
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.treatments.models import Session
from depthwork.practice.ui import search
from depthwork.practice.ui.search_index import AT_MOST, Cell, Hit, Index
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of, treatment_of

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
    monkeypatch.setattr(search, "INDEX_BYTES", 100)
    with opened(cast.ana.unlocked):
        found = search.search(cast.ana.person, "line of hour", session="none")
    assert len(found) == 3
    assert "none" not in search._indexes


def test_an_index_counts_its_own_size():
    small, large = index_of(["a few words"]), index_of(["a few words " * 1000])
    assert small.size < large.size
    assert large.size > 12_000


def test_a_dropped_text_is_found_no_more():
    index = index_of(["a heron", "two herons"])
    index.drop("kind", WHO)  # the last of that name
    index.drop("kind", WHO)  # and nothing more
    assert [hit.after for hit in index.find("heron")] == [""]


@pytest.fixture
def indexed(cast):
    """Ana's index of three kept lines and a note, and what a later search finds."""
    with opened(cast.ana.unlocked):
        source = Source.objects.create(
            client=cast.client, treatment=cast.treatment, kind="material", provenance="notes"
        )
        SourceVersion.objects.create(client=cast.client, source=source, text="a heron on the weir")
    session = cast.ana.browser().cookies["dw-session"].value
    search._indexes.clear()

    def find(words):
        with opened(cast.ana.unlocked):
            return [
                hit.before + hit.words + hit.after
                for hit in search.search(cast.ana.person, words, session=session)
            ]

    assert find("heron") == ["a heron on the weir"]
    return SimpleNamespace(cast=cast, source=source, find=find, index=lambda: search._indexes[session])


def changed(cast):
    record(verb="line.kept", by=cast.ana.id, practice=cast.practice.id, client=cast.client.id)


def test_after_a_change_only_what_changed_is_opened_anew(indexed, monkeypatch):
    before, cast = indexed.index(), indexed.cast
    with opened(cast.ana.unlocked):
        first, second = Session.objects.filter(client=cast.client)[:2]
        first.kept_line = "a kestrel over the dunes"
        first.save()
        second.kept_line = None
        second.save()
    changed(cast)
    opened_now = []
    real = search._opened
    monkeypatch.setattr(search, "_opened", lambda one, rows: (opened_now.append(cell) or cell for cell in real(one, rows)))  # fmt: skip
    assert indexed.find("kestrel") == ["a kestrel over the dunes"]
    assert {cell.row for cell in opened_now} <= {first.id.hex, second.id.hex}
    assert indexed.index() is before
    assert indexed.find("line of hour") == ["line of hour 3"]
    assert indexed.find("heron") == ["a heron on the weir"]


def test_what_was_burned_or_removed_is_found_no_more(indexed):
    cast = indexed.cast
    with opened(cast.ana.unlocked):
        vault.burn(owner=cast.client.id, item=indexed.source.id, by=cast.ana.id)
    changed(cast)
    assert indexed.find("heron") == []
    Session.objects.filter(client=cast.client, number=1).delete()
    changed(cast)
    assert indexed.find("line of hour") == ["line of hour 2", "line of hour 3"]


def test_what_was_taken_back_is_found_no_more(indexed):
    cast = indexed.cast
    vault.take_back(owner=cast.client.id, reader=cast.ana.id, compartments=["process_notes"])
    changed(cast)
    assert indexed.find("heron") == []


def test_an_index_that_changed_too_much_is_built_anew(indexed, monkeypatch):
    monkeypatch.setattr(search, "FEW", 0)
    before, cast = indexed.index(), indexed.cast
    with opened(cast.ana.unlocked):
        row = Session.objects.filter(client=cast.client).first()
        row.kept_line = "a kestrel over the dunes"
        row.save()
    changed(cast)
    assert indexed.find("kestrel") == ["a kestrel over the dunes"]
    assert indexed.index() is not before


def test_a_change_that_names_nobody_is_looked_for_everywhere(indexed):
    cast = indexed.cast
    with opened(cast.ana.unlocked):
        row = Session.objects.filter(client=cast.client).first()
        row.kept_line = "a kestrel over the dunes"
        row.save()
    before = indexed.index()
    record(verb="line.kept", by=cast.ana.id, practice=cast.practice.id)
    assert indexed.find("kestrel") == ["a kestrel over the dunes"]
    assert indexed.index() is before


def test_after_a_change_of_one_client_the_rows_of_the_others_are_not_asked_for(cast, monkeypatch):
    second = treatment_of(cast.ana, client_of(cast.ana, "Second"), hours=1).client
    session = cast.ana.browser().cookies["dw-session"].value
    search._indexes.clear()
    asked = []
    real = search._heads
    monkeypatch.setattr(
        search, "_heads", lambda one, reach, of: asked.append(set(of)) or real(one, reach, of)
    )
    with opened(cast.ana.unlocked):
        assert len(search.search(cast.ana.person, "line of hour", session=session)) == 4
        assert set(map(frozenset, asked)) == {frozenset({cast.client.id, second.id})}
        asked.clear()
        changed(cast)
        assert len(search.search(cast.ana.person, "line of hour", session=session)) == 4
        assert set(map(frozenset, asked)) == {frozenset({cast.client.id})}
