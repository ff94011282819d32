"""R7: by every road that leads to its bytes, a signed note stays as it was signed."""

from __future__ import annotations

import uuid
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import RestrictedError

from depthwork.practice.record import actions, queries
from depthwork.practice.record.models import Addendum, ProgressNote, Signature
from depthwork.practice.record.signing import Standing
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault import rotation
from depthwork.practice.vault.unlocked import opened
from tests.trust.figures import Tried, figure

pytestmark = pytest.mark.django_db
WORDS = {
    "times": {"start": "17:02", "stop": "17:50"},
    "modality": "individual, in the room",
    "state": "Sleeps five hours; works.",
    "plan": "Continue weekly.",
    "risk": "Asked; denies.",
    "medication": "none",
}
TABLES = ("record_progress_note", "record_addendum", "record_signature")


def signed_pages(cast):
    """A signed note with an addendum, and the hour after it, which has no note yet."""
    first, second = Session.objects.select_related("client", "treatment__client").filter(client=cast.client)[
        :2
    ]
    by = cast.ana.person
    note = actions.begin_progress_note(treatment=first.treatment, session=first, by=by, on=first.day, **WORDS)
    note = actions.sign_progress_note(note=note, by=by, version=1)
    addendum = actions.add_addendum(note=note, words="She rang: six hours, not five.", by=by)
    return note, addendum, second


def everything():
    """Every byte of the three tables that belongs to a signed note."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            signed = "where signed_at is not null" if table == TABLES[0] else ""
            cursor.execute(f'select * from "{table}" {signed} order by id')
            found[table] = [
                tuple(bytes(c) if isinstance(c, memoryview) else c for c in row) for row in cursor
            ]
    return found


def columns(table):
    with connection.cursor() as cursor:
        return [one.name for one in connection.introspection.get_table_description(cursor, table)]


def key(row):
    return row.pk.hex if connection.vendor == "sqlite" else row.pk


def statements(note, addendum, second):
    """Raw SQL that would change or take out a signed row, as its text and parameters."""
    other = uuid.uuid4().hex if connection.vendor == "sqlite" else uuid.uuid4()
    value = {
        "on": "2020-01-01", "created_at": "2020-01-01 00:00:00+00:00", "signed_at": "2020-01-01 00:00:00+00:00",
        "version": 9,
    }  # fmt: skip
    for row, table in ((note, TABLES[0]), (addendum, TABLES[1]), (Signature.objects.get(note=note), TABLES[2])):  # fmt: skip
        for name in columns(table):
            yield f'update "{table}" set "{name}" = null where id = %s', [key(row)]
            if name.endswith("id"):
                yield f'update "{table}" set "{name}" = %s where id = %s', [other, key(row)]
            elif name in value:
                yield f'update "{table}" set "{name}" = %s where id = %s', [value[name], key(row)]
            else:  # sealed: noise under the same key, under a key of one's own, and another cell's bytes
                with connection.cursor() as cursor:
                    cursor.execute(f'select "{name}" from "{table}" where id = %s', [key(row)])
                    blob = bytes(cursor.fetchone()[0])
                for forged in (blob[:40] + bytes(len(blob) - 40), b"\x01" + bytes(16) + blob[17:], b"", b"\x01"):  # fmt: skip
                    yield f'update "{table}" set "{name}" = %s where id = %s', [forged, key(row)]
        yield f'delete from "{table}" where id = %s', [key(row)]
        yield f'delete from "{table}"', []
        if connection.vendor == "sqlite":
            names = ", ".join(f'"{c}"' for c in columns(table))
            changed = ", ".join("x'00'" if c in ("state", "words", "value") else f'"{c}"' for c in columns(table))  # fmt: skip
            yield f'insert or replace into "{table}" ({names}) select {changed} from "{table}" where id = %s', [key(row)]  # fmt: skip
            yield f'replace into "{table}" ({names}) select {changed} from "{table}"', []
        else:
            yield f'truncate "{table}" cascade', []
    for name, id in (("session", note.session_id), ("treatment", note.treatment_id), ("client", note.client_id)):  # fmt: skip
        own = id.hex if connection.vendor == "sqlite" else id
        yield f'delete from "treatments_{name}" where id = %s', [own]
    if connection.vendor == "sqlite":
        late = ProgressNote.objects.get(session=second)
        yield f'update or replace "{TABLES[0]}" set id = %s where id = %s', [key(note), key(late)]
        yield f'update or replace "{TABLES[0]}" set session_id = %s where id = %s', [note.session_id.hex, key(late)]  # fmt: skip


def calls(cast, note, addendum, late):
    """The roads of the program: rows, query sets, actions and pages."""
    by, signature = cast.ana.person, Signature.objects.get(note=note)

    def saves(row, name, value):
        setattr(row, name, value)
        row.save()

    for part in (*ProgressNote.PARTS, "modality"):
        yield lambda part=part: saves(ProgressNote.objects.get(pk=note.pk), part, "something else")
        yield lambda part=part: ProgressNote.objects.filter(pk=note.pk).update(**{part: None})
        yield lambda part=part: actions.change_progress_note(note=note, by=by, version=1, **{part: "else"})
        yield lambda part=part: saves(ProgressNote(pk=note.pk, client=note.client, treatment=note.treatment, on=note.on), part, "anew")  # fmt: skip
    yield lambda: saves(Addendum.objects.get(pk=addendum.pk), "words", "otherwise")
    yield lambda: saves(Signature.objects.get(pk=signature.pk), "value", b"another")
    yield lambda: ProgressNote.objects.filter(pk=note.pk).update(signed_at=None, signed_by=None)
    yield lambda: ProgressNote.objects.filter(pk=note.pk).update(created_by=cast.mara.person)
    yield lambda: ProgressNote.objects.filter(pk=note.pk).update(session=None)
    yield lambda: Addendum.objects.filter(pk=addendum.pk).update(created_by=cast.mara.person)
    yield lambda: Signature.objects.filter(pk=signature.pk).update(note=late)
    yield lambda: Signature.objects.all().delete()
    yield lambda: Addendum.objects.all().delete()
    yield lambda: ProgressNote.objects.filter(pk=note.pk).delete()
    yield lambda: note.session.delete()
    yield lambda: note.treatment.delete()
    yield lambda: note.client.delete()
    yield lambda: actions.let_go_progress_note(note=note, by=by)
    yield lambda: actions.sign_progress_note(note=note, by=by, version=1)
    browser, sent = cast.ana.browser(), {"on": note.on.isoformat(), "state": "By the page.", "version": "1"}
    address = f"/progress-notes/{note.id}/"
    yield lambda: browser.post(address, sent)
    yield lambda: browser.post(address, sent, headers={"X-Autosave": "1"})
    yield lambda: browser.post(f"{address}let-go/")
    yield lambda: browser.post(f"/hours/{note.session_id}/progress-note/", sent)
    yield lambda: cast.mara.browser().post(address, sent)


@figure(
    "R7",
    tried="changes and removals of a signed note, its addendum and its signature: rows, query sets, actions, pages, raw SQL",
    passes="original bytes changed 0",
)
def test_no_road_changes_a_signed_note(cast):
    with opened(cast.ana.unlocked):
        note, addendum, second = signed_pages(cast)
        late = actions.begin_progress_note(
            treatment=second.treatment, session=second, by=cast.ana.person, on=second.day, state="Late."
        )
        before, tried, changed = everything(), 0, []
        for act in calls(cast, note, addendum, late):
            tried += 1
            with suppress(DatabaseError, RestrictedError, CourseError), transaction.atomic():
                act()
            changed += [tried] * (everything() != before)
        for text, values in statements(note, addendum, second):
            tried += 1
            with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(text, values)
                connection.check_constraints()
            changed += [text] * (everything() != before)
        assert changed == []
        [leaf] = queries.opened_notes([queries.note_named(note.id)])
        assert (leaf.standing, leaf.added[0].standing) == (Standing.HOLDS, Standing.HOLDS)
    return Tried(tried, "bytes changed 0; the signatures hold")


@figure(
    "R7",
    tried="rotations of the record's key under a signed note (may its bytes move with the key, and only then?)",
    passes="words and signatures hold after each",
)
def test_a_signed_note_moves_with_its_key_and_only_then(cast):
    with opened(cast.ana.unlocked):
        note, _, _ = signed_pages(cast)
        for _ in range(5):
            before = everything()
            rotation.rotate(owner=note.client_id, compartment="record")
            assert everything() != before
            [leaf] = queries.opened_notes([queries.note_named(note.id)])
            assert leaf.note.state == WORDS["state"]
            assert (leaf.standing, leaf.added[0].standing) == (Standing.HOLDS, Standing.HOLDS)
    return Tried(5, "words and signatures hold")


@figure(
    "R7",
    tried="words of a signed note changed by someone who took the database's guards down (is the change seen?)",
    passes="each shown as not what was signed",
)
def test_a_change_past_the_guards_breaks_the_signature(cast):
    parts = (*ProgressNote.PARTS, "modality")
    with opened(cast.ana.unlocked):
        note, _, _ = signed_pages(cast)
        with connection.cursor() as cursor:
            for name in ("stands", "keeps_its_key"):
                on = " on record_progress_note" if connection.vendor == "postgresql" else ""
                cursor.execute(f"drop trigger record_progress_note_{name}{on}")
        seen = 0
        for part in parts:
            with transaction.atomic():
                row = ProgressNote.objects.get(pk=note.pk)
                setattr(row, part, "Not as it was.")
                row.save()
                [leaf] = queries.opened_notes([queries.note_named(note.id)])
                seen += leaf.standing is Standing.BROKEN
                transaction.set_rollback(True)
    assert seen == len(parts)
    return Tried(len(parts), f"seen {seen} of {len(parts)}")
