"""Ten thousand sealed notes of 600 words: read beside a plain table, and searched."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from tests.bench.rows import Contestant, Goal, Row
from tests.bench.site import database
from tests.keys import keys_for

NOTES, WORDS, CLIENTS = 10_000, 600, 40
RARE = "quartermaster"


def texts(count: int, *, words: int = WORDS, seed: int = 8) -> Iterator[str]:
    """Invented notes; one in a thousand holds the rare word."""
    draw = random.Random(seed)
    known = ["".join(draw.choices("abdegilmnoprstu", k=draw.randint(2, 9))) for _ in range(4_000)]
    for n in range(count):
        told = draw.choices(known, k=words)
        if n % 1000 == 500:
            told[words // 2] = RARE
        yield " ".join(told)


@contextmanager
def practice(count: int = NOTES) -> Iterator[Any]:
    """A clinician of 40 clients with that many notes, each of which can be burned alone; and their plain twin."""
    with database():
        yield filled(count)


def filled(count: int) -> Any:
    """Fill the database that stands."""
    from django.db import connection

    from depthwork.practice.sources.models import Source, SourceVersion
    from depthwork.practice.treatments.models import Session
    from depthwork.practice.vault.models import ItemKey
    from depthwork.practice.vault.unlocked import opened
    from tests import cast as people

    cast = people.everybody()
    told = texts(count)
    with connection.cursor() as cursor:
        cursor.execute("create table plain_note (id char(32) primary key, client_id char(32), source_id char(32), text text)")  # fmt: skip
    with opened(cast.ana.unlocked):
        for n in range(CLIENTS):
            client = people.client_of(cast.ana, f"Client {n}")
            treatment = people.treatment_of(cast.ana, client, hours=1)
            hour = Session.objects.get(treatment=treatment)
            share = count // CLIENTS
            sources = [
                Source(
                    client=client, treatment=treatment, session=hour, kind="process_note", provenance="notes"
                )
                for _ in range(share)
            ]
            keys_for(client.id, [one.id for one in sources])
            Source.objects.bulk_create(sources)
            versions = [SourceVersion(client=client, source=one, text=next(told)) for one in sources]
            plain = [(v.id.hex, client.id.hex, v.source_id.hex, v.__dict__["text"]) for v in versions]
            SourceVersion.objects.bulk_create(versions)
            with connection.cursor() as cursor:
                cursor.executemany("insert into plain_note values (%s, %s, %s, %s)", plain)
    assert ItemKey.objects.count() >= count // CLIENTS * CLIENTS
    return cast


@cache
def plain_model() -> Any:
    """The plain twin as a model, so that both are read by the same machinery."""
    from django.db import models

    class PlainNote(models.Model):
        id = models.UUIDField(primary_key=True)
        client_id = models.UUIDField()
        source_id = models.UUIDField()
        text = models.TextField()

        class Meta:
            app_label = "sources"
            managed = False
            db_table = "plain_note"

    return PlainNote


def read_plain(model: Any) -> int:
    """Every note of the plain twin."""
    return sum(len(text) for *_, text in model.objects.values_list("pk", "client_id", "source_id", "text"))


def read_sealed() -> int:
    """Every note, opened as a page that looks over many opens it."""
    from depthwork.practice.sources.models import SourceVersion
    from depthwork.practice.treatments.many import open_rows

    rows = SourceVersion.objects.order_by()
    return sum(len(text or "") for *_, text in open_rows(rows, "text", also=["source_id"], item="source_id"))


def _reading() -> Iterator[list[Contestant]]:
    with practice() as cast:
        from depthwork.practice.vault.unlocked import opened

        model = plain_model()
        with opened(cast.ana.unlocked):
            yield [
                Contestant("sealed, keys at hand", read_sealed, NOTES),
                Contestant("plain SQLite", lambda: read_plain(model), NOTES),
            ]


def _reading_anew() -> Iterator[list[Contestant]]:
    with practice() as cast:
        from depthwork.practice.vault.unlocked import opened

        model = plain_model()

        def anew() -> int:
            with opened(cast.ana.unlocked):
                return read_sealed()

        def first() -> int:
            cast.ana.unlocked.warm.clear()
            return anew()

        yield [
            Contestant("sealed, in a request of an unlocked sign-in", anew, NOTES),
            Contestant("sealed, the first request after an unlock", first, NOTES),
            Contestant("plain SQLite", lambda: read_plain(model), NOTES),
        ]


def unlocked_session(cast: Any) -> str:
    """The key of a sign-in that is unlocked and was at work just now."""
    from django.contrib.sessions.backends.db import SessionStore

    from depthwork.practice.people.middleware import SEEN
    from depthwork.practice.vault import sessions

    store = SessionStore()
    sessions.split(cast.ana.unlocked, store)
    store[SEEN] = int(time.time())
    store.save()
    return str(store.session_key)


def _searching() -> Iterator[list[Contestant]]:
    with practice() as cast:
        from depthwork.practice.audit.actions import record
        from depthwork.practice.treatments.models import Session
        from depthwork.practice.ui import search
        from depthwork.practice.vault.unlocked import opened

        key, person = unlocked_session(cast), cast.ana.person
        hour = Session.objects.filter(client=cast.client).first()

        def scan() -> int:
            with opened(cast.ana.unlocked):
                return len(search.scan(person, RARE))

        def build() -> int:
            search.purge(session=key)
            return indexed()

        def indexed() -> int:
            with opened(cast.ana.unlocked):
                return len(search.search(person, RARE, session=key))

        def changed() -> int:
            """A search after a line was kept: what changed is opened, the rest is in memory."""
            with opened(cast.ana.unlocked):
                row = Session.objects.get(id=hour.id)
                row.kept_line = "one more line"
                row.save()
                record(verb="line.kept", by=person.id, practice=person.practice_id, client=cast.client.id)
            return indexed()

        assert scan() == build() == indexed() == changed() == NOTES // 1000
        yield [
            Contestant("scan", scan, 1),
            Contestant("a line kept, and a search after it", changed, 1),
            Contestant("building the index", build, 1),
            Contestant("the index", indexed, 1),
        ]


def _unlocking() -> Iterator[list[Contestant]]:
    from depthwork.practice.vault import primitives

    salt = random.Random(1).randbytes(16)
    yield [Contestant("one unlock", lambda: primitives.derive_root("gravel lantern orchard seven", salt), 1)]


ROWS = [
    Row(
        "unlock: one passphrase, at least 0.1 s by design",
        "unlocks",
        _unlocking,
        (Goal("one unlock", None, 0.5),),
    ),
    Row("sealed reads", "notes", _reading, (Goal("sealed, keys at hand", "plain SQLite", 0.7),)),
    Row(
        "sealed reads of 10,000 notes that burn alone",
        "notes",
        _reading_anew,
        (
            Goal("sealed, in a request of an unlocked sign-in", "plain SQLite", 0.7),
            Goal("sealed, the first request after an unlock", "plain SQLite", 0.7),
        ),
        why="a note that can be burned alone has a key of its own, and the first request after an unlock opens all ten "
        "thousand keys; later ones find them in memory.",
    ),
    Row(
        "search of 10,000 sealed notes",
        "searches",
        _searching,
        (
            Goal("scan", None, 0.060),
            Goal("a line kept, and a search after it", None, 0.060),
            Goal("building the index", None, 2.0),
            Goal("the index", None, 0.005),
        ),
        why="a scan fetches forty megabytes and opens ten thousand cells, and Python's part for keys, places and rows is "
        "half of it (docs/decisions/0732). It is met only where one letter is looked for, or where no index fits.",
    ),
]
