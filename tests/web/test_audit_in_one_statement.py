"""An event of the audit is one statement on SQLite; what it computes is the chain's own arithmetic."""

import sqlite3
import threading
import uuid
from hashlib import sha256

import pytest
from django.db import connection

from depthwork.practice.audit.actions import _FOLLOW, record
from depthwork.practice.audit.chain import after_the_number, digest, verify
from depthwork.practice.audit.models import Event

pytestmark = pytest.mark.django_db
ODD = ['"', "\\", "é", "e\u0301", "😀", "שלום", "a\nb", "\u2028", "%s", "'; drop", "[1,"]


@pytest.mark.skipif(connection.vendor == "postgresql", reason="there a lock comes first")
def test_an_event_is_written_in_one_statement(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        record(verb="act", by=cast.ana.id, practice=cast.practice.id)


@pytest.mark.parametrize("reason", ODD)
def test_the_database_computes_the_hash_that_the_program_computes(cast, reason):
    record(verb="first", by=None)
    made = record(
        verb="act", by=cast.ana.id, practice=cast.practice.id, object_type="client", object_id=cast.client.id,
        client=cast.client.id, reason=reason,
    )  # fmt: skip
    stands = Event.objects.get(n=made.n)
    assert stands.own == digest(stands)
    assert verify(Event.objects.all()).is_whole


def test_what_was_written_is_what_is_given_back(cast):
    made = record(
        verb="act", by=cast.ana.id, practice=cast.practice.id, object_id=uuid.uuid4(), reason="x" * 200
    )
    stands = Event.objects.get(n=made.n)
    for one in Event._meta.concrete_fields:
        assert getattr(made, one.attname) == getattr(stands, one.attname), one
    assert not made._state.adding


def test_every_part_of_an_event_is_under_its_hash(cast):
    made = record(verb="act", by=cast.ana.id, practice=cast.practice.id, client=cast.client.id)
    for name in (
        "n",
        "utc",
        "practice",
        "actor",
        "verb",
        "object_type",
        "object_id",
        "client",
        "reason",
        "previous",
    ):
        changed = Event.objects.get(n=made.n)
        setattr(changed, name, made.n + 1 if name == "n" else "changed")
        assert digest(changed) != made.own, name


def test_writers_at_the_same_moment_make_one_chain(tmp_path):
    """Each on its own connection to one file, as two workers write: nobody waits in vain, and no place is taken twice."""
    file = tmp_path / "audit.sqlite3"
    with sqlite3.connect(file) as made:
        made.execute(
            "create table audit_event (n integer primary key, previous text, own text, utc text, practice text, actor text,"
            " verb text, object_type text, object_id text, client text, reason text)"
        )
    faults = []

    def write(verb):
        own = sqlite3.connect(file, timeout=20, isolation_level=None)
        own.execute("pragma synchronous=off")
        own.create_function("SHA256", 1, lambda text: sha256(text.encode()).hexdigest(), deterministic=True)
        event = Event(utc="now", verb=verb, object_id="")
        values = [after_the_number(event), "now", None, None, verb, "", "", None, ""]
        try:
            for _ in range(60):
                own.execute(_FOLLOW.replace("%s", "?"), values).fetchone()
        except sqlite3.Error as error:
            faults.append(error)
        own.close()

    threads = [threading.Thread(target=write, args=(verb,)) for verb in ("one", "two", "three")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    with sqlite3.connect(file) as kept:
        rows = kept.execute("select n, previous, own, verb from audit_event order by n").fetchall()
    events = [
        Event(n=n, previous=before, own=own, utc="now", verb=verb, object_id="")
        for n, before, own, verb in rows
    ]
    assert len(events) == 180
    assert verify(events).is_whole
