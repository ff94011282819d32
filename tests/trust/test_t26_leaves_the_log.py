"""T26: destroyed keys leave every file of the database, the write-ahead log among them; and each connection is as asked."""

import json
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

from depthwork.practice.config import durable
from depthwork.practice.config.database import pragmas, sqlite_file
from depthwork.practice.keeping.places import put_aside, remove_aside
from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure

LOOK = """
import json, pathlib, sys
asked = json.load(sys.stdin)
blobs, found = [bytes.fromhex(one) for one in asked["blobs"]], {}
for file in pathlib.Path(asked["folder"]).rglob("*"):
    if file.is_file():
        data = file.read_bytes()
        if n := sum(blob in data for blob in blobs):
            found[file.name] = n
print(json.dumps(found))
"""
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = (
    "select sealed_key from vault_grant where data_key_id in (select id from vault_data_key where owner=?)",
    "select inbox_private from vault_data_key where owner=?",
    "select wrapped from vault_item_key where owner=?",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """12 notes of 3 clients, in a folder as `init` makes it."""
    folder = tmp_path_factory.mktemp("small") / "home"
    done = run(REPO / "tests" / "trust" / "home.py", folder, 12, 3)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def standing(folder, blobs):
    """In which files the bytes stand, at any offset.

    Looked at by another process: one that opens and closes a file loses the locks of its own connection to it.
    """
    asked = json.dumps({"folder": str(folder), "blobs": [blob.hex() for blob in blobs]})
    done = run("-c", LOOK, stdin=asked)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.slow
@figure(
    "T26",
    tried="sealed keys of a client whose keys were destroyed, as bytes in every file of a practice in WAL mode",
    passes="standing anywhere 0",
    tier="nightly",
)
def test_destroyed_keys_stand_in_no_file_of_the_database(small, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(small, home)
    file = home / "practice.sqlite3"
    # A worker that stays connected keeps the log alive: closing the last connection would cut it anyhow.
    with closing(sqlite3.connect(file, isolation_level=None)) as worker:
        assert worker.execute("pragma journal_mode=wal").fetchone()[0] == "wal"
        worker.execute("pragma wal_autocheckpoint=0")
        owners = worker.execute(
            "select owner from vault_data_key where owner in (select id from treatments_client) group by owner order by 1"
        ).fetchall()
        blobs = [bytes(row[0]) for sql in KEYS for row in worker.execute(sql, owners[0])]
        assert len(blobs) > 8
        for table in ("vault_grant", "vault_data_key", "vault_item_key"):  # the keys' pages stand in the log
            worker.execute(f"update {table} set created_at='2026-01-01 00:00:00'")
        before = standing(home, blobs)
        assert before["practice.sqlite3-wal"] == len(blobs) == before["practice.sqlite3"]
        done = run(
            REPO / "tests" / "trust" / "erasure.py",
            "shred",
            home,
            0,
            home=home,
            DEPTHWORK_SQLITE_BACKPORTED="1",
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert done.stdout.strip().replace("-", "") == owners[0][0]
        assert (home / "practice.sqlite3-wal").exists()
        assert standing(home, blobs) == {}
        others = [bytes(row[0]) for sql in KEYS for row in worker.execute(sql, owners[1])]
    assert standing(home, others)["practice.sqlite3"] == len(others)
    return Tried(len(blobs), "standing anywhere 0")


@pytest.fixture
def in_wal(tmp_path, monkeypatch, django_db_blocker):
    """A Django connection to a file in WAL mode, and a worker beside it that keeps the log alive."""
    monkeypatch.setattr("depthwork.practice.config.database.sqlite_is_fixed", lambda: True)
    file = tmp_path / "one.sqlite3"
    handler = ConnectionHandler({"default": sqlite_file(file)})
    own = handler["default"]
    with django_db_blocker.unblock():  # a database of its own
        with own.cursor() as cursor:
            cursor.execute("create table vault_grant (id integer primary key, sealed_key blob)")
        worker = sqlite3.connect(file, isolation_level=None)
        worker.execute("select * from vault_grant").fetchall()
        monkeypatch.setattr(durable, "connection", own)
        yield own, worker, tmp_path
        worker.close()
        own.close()


def test_what_was_deleted_leaves_the_log_at_once(in_wal):
    own, _worker, folder = in_wal
    secret = b"a sealed key of forty bytes, or a little more"
    with own.cursor() as cursor:
        cursor.execute("insert into vault_grant (sealed_key) values (%s)", [secret])
        cursor.execute("delete from vault_grant")
    assert standing(folder, [secret]) == {"one.sqlite3-wal": 1}
    assert durable.forget_destroyed() is True
    assert standing(folder, [secret]) == {}
    assert (folder / "one.sqlite3-wal").stat().st_size == 0


def test_a_reader_who_is_still_looking_is_waited_for_and_not_for_ever(in_wal, monkeypatch):
    own, worker, folder = in_wal
    monkeypatch.setattr(durable, "PATIENCE_MS", 200)
    with own.cursor() as cursor:
        cursor.execute("insert into vault_grant (sealed_key) values (%s)", [b"looked at"])
        worker.execute("begin")
        worker.execute("select * from vault_grant").fetchall()
        cursor.execute("delete from vault_grant")
    began = time.monotonic()
    assert durable.forget_destroyed() is False
    assert time.monotonic() - began < 5
    worker.execute("commit")
    assert durable.forget_destroyed() is True
    assert standing(folder, [b"looked at"]) == {}
    with own.cursor() as cursor:
        cursor.execute("pragma busy_timeout")
        assert cursor.fetchone() == (20_000,)


class Fake:
    """A connection as Django makes it, on a file."""

    vendor, closed = "sqlite", False

    def __init__(self, file, command, *, told=None):
        self.connection = sqlite3.connect(file)
        self.connection.executescript(command)
        self.settings_dict = {"OPTIONS": {"init_command": told or command}}

    def is_in_memory_db(self):
        return False

    def close(self):
        self.closed = True


def test_a_connection_as_it_was_asked_for_is_taken(tmp_path):
    one = Fake(tmp_path / "a.sqlite3", pragmas())
    durable.ask_back(None, connection=one)
    assert not one.closed


@pytest.mark.parametrize(
    ("said", "does"),
    [
        ("synchronous=EXTRA", "synchronous=OFF"),
        ("synchronous=EXTRA", "synchronous=NORMAL"),
        ("secure_delete=ON", "secure_delete=OFF"),
        ("foreign_keys=ON", "foreign_keys=OFF"),
        ("journal_mode=DELETE", "journal_mode=WAL"),
        ("journal_mode=DELETE", "journal_mode=MEMORY"),
        ("mmap_size=0", "mmap_size=1000000"),
        ("temp_store=MEMORY", "temp_store=FILE"),
    ],
)
def test_a_connection_that_does_otherwise_is_refused_in_clear_words(tmp_path, monkeypatch, said, does):
    monkeypatch.setattr("depthwork.practice.config.database.sqlite_is_fixed", lambda: False)
    assert said in pragmas()
    one = Fake(tmp_path / "a.sqlite3", pragmas().replace(said, does), told=pragmas())
    with pytest.raises(durable.NotAsAsked, match=f"SQLite was told {said.partition('=')[0]}"):
        durable.ask_back(None, connection=one)
    assert one.closed


@pytest.mark.django_db
def test_every_new_connection_of_the_site_is_asked():
    from django.db.backends.signals import connection_created

    assert any(key[0] == "depthwork.durable" for key, *_ in connection_created.receivers)
    durable.ask_back(None, connection=connection)


@pytest.mark.django_db
def test_nothing_is_cut_inside_a_transaction(django_assert_num_queries):
    with django_assert_num_queries(0):
        durable.forget_destroyed()


# What a restore puts aside


def aside(folder, *days):
    for day in days:
        for ending in ("", "-wal"):
            (folder / f"practice.sqlite3.before-restore-{day}{ending}").write_bytes(b"x")


def test_what_a_restore_put_aside_goes_after_thirty_days(tmp_path):
    target = tmp_path / "practice.sqlite3"
    target.write_bytes(b"living")
    aside(tmp_path, "20261001-120000", "20261110-120000", "of-my-own")
    assert [one.name for one in put_aside(target, now=NOW)] == [
        "practice.sqlite3.before-restore-20261001-120000"
    ]
    assert remove_aside(target, now=NOW) == 1
    left = sorted(one.name for one in tmp_path.iterdir())
    assert left == sorted(
        ["practice.sqlite3"]
        + [
            f"practice.sqlite3.before-restore-{day}{end}"
            for day in ("20261110-120000", "of-my-own")
            for end in ("", "-wal")
        ]
    )
    assert remove_aside(target, now=NOW + timedelta(days=30)) == 1


@pytest.mark.slow
def test_the_command_and_the_doctor_know_them(small, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(small, home)
    old = datetime.now(UTC) - timedelta(days=31)
    aside(home, f"{old:%Y%m%d-%H%M%S}")
    said = run("-m", "depthwork", "doctor", "--home", home).stdout
    assert "a restore put aside" in said
    done = run("-m", "depthwork", "backup", "--expire", "--home", home)
    assert "1 databases that a restore put aside" in done.stdout, done.stderr
    assert not list(home.glob("*before-restore*"))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="tried on PostgreSQL: make test-postgres")
@pytest.mark.django_db(transaction=True)
def test_postgres_writes_the_tables_of_keys_anew(cast):
    def files():
        with connection.cursor() as cursor:
            cursor.execute("select relname, pg_relation_filenode(oid) from pg_class where relname = any(%s)", [list(durable.KEY_TABLES)])  # fmt: skip
            return dict(cursor.fetchall())

    before = files()
    durable.forget_destroyed()
    after = files()
    assert set(before) == set(durable.KEY_TABLES)
    assert all(after[table] != before[table] for table in before)
