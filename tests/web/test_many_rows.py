"""Thousands of rows opened at once: the same words as one by one, and the same doors shut."""

import pytest
from django.db import connection

from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.treatments.many import CLOSED, item_column, open_rows
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import Locked, Tampered
from depthwork.practice.vault.models import ItemKey
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(cast):
    with opened(cast.ana.unlocked):
        source = Source.objects.create(
            client=cast.client, treatment=cast.treatment, kind="material", provenance="notes"
        )
        SourceVersion.objects.create(client=cast.client, source=source, text="two words", file=b"\x00drawing")
    return source


def test_many_rows_are_opened_as_one_by_one(cast, note):
    with opened(cast.ana.unlocked):
        rows = SourceVersion.objects.filter(source=note)
        assert list(open_rows(rows, "text", "file", "turns", also=["number"], item="source_id")) == [
            (rows.get().id.hex, cast.client.id.hex, 1, "two words", b"\x00drawing", None)
        ]
        lines = open_rows(Session.objects.order_by("number"), "kept_line", "last_words")
        kept = {row[0]: row[2:] for row in lines}
        for one in Session.objects.filter(client=cast.client):
            assert kept[one.id.hex] == (one.kept_line, one.last_words)
        assert {kept[one.id.hex][0] for one in Session.objects.filter(client=cast.other)} == {CLOSED}
        clients = {pk: name for pk, _owner, name in open_rows(Client.objects.all(), "name")}
        assert clients == {cast.client.id.hex: "Cleo Marsh", cast.other.id.hex: CLOSED}
    with pytest.raises(Locked):
        list(open_rows(Session.objects.all(), "kept_line"))


def test_among_many_rows_what_burned_or_has_no_key_is_closed_and_what_was_altered_stops(cast, note):
    rows = SourceVersion.objects.filter(source=note)
    with opened(cast.mara.unlocked):
        assert [row[2] for row in open_rows(rows, "text", item="source_id")] == [CLOSED]
    with opened(cast.ana.unlocked):
        whole = rows.values_list("text", flat=True).get().blob
        broken = whole[:-1] + bytes([whole[-1] ^ 1])
        with connection.cursor() as cursor:
            cursor.execute("update sources_version set text = %s", [broken])
        with pytest.raises(Tampered):
            list(open_rows(rows, "text", item="source_id"))
        vault.burn(owner=cast.client.id, item=note.id, by=cast.ana.id)
        assert [row[2] for row in open_rows(rows, "text", item="source_id")] == [CLOSED]
        ItemKey.objects.all().delete()
        assert [row[2] for row in open_rows(rows, "text", item="source_id")] == [CLOSED]
    assert repr(CLOSED) == "<closed>"


def test_what_burns_with_a_row_is_found_from_its_own_rule():
    assert item_column(SourceVersion) == "source_id"
    assert item_column(Source) == "id"
    assert item_column(Client) is None


def test_beyond_the_most_a_note_s_key_is_opened_and_not_kept(cast, note, monkeypatch):
    monkeypatch.setattr("depthwork.practice.vault.unlocked.WARM_AT_MOST", 0)
    with opened(cast.ana.unlocked):
        cast.ana.unlocked.warm.clear()
        assert note.versions.get().text == "two words"
        assert cast.ana.unlocked.warm == {}
