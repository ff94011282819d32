"""T01, T02, R9, R10: what lies on the disk, what a backup holds, and that it comes back bit for bit."""

import os
import random
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from depthwork.practice.keeping import backup as keeping
from depthwork.practice.vault import recovery
from depthwork.practice.vault.age import identity_of, new_identity
from depthwork.practice.vault.errors import VaultError
from tests.trust.figures import Tried, figure
from tests.trust.home import names, notes

HEAD = 12


def secrets():
    """Every word 5-gram of every note, every name and every address: all of them, not a sample."""
    grams = set()
    for note in notes(500):
        words = note.split()
        grams.update(" ".join(words[i : i + 5]).encode() for i in range(len(words) - 4))
    for name, address in names(50):
        grams.update((name.encode(), address.encode()))
    return grams


def found_in(files, grams):
    """Which of the words stand in the bytes of the files, at any offset."""
    heads = {}
    for gram in grams:
        heads.setdefault(gram[:HEAD], []).append(gram)
    found = set()
    for file in files:
        data = file.read_bytes()
        for at in range(len(data) - HEAD):
            for gram in heads.get(data[at : at + HEAD], ()):
                if data.startswith(gram, at):
                    found.add(gram)
    return found


def files_of(folder: Path):
    return [file for file in folder.rglob("*") if file.is_file()]


@pytest.fixture(scope="module")
def grams():
    return secrets()


@pytest.fixture
def backup(filled, tmp_path):
    """A backup for two people and the drill, with its three identities."""
    people = [new_identity(), new_identity()]
    drill = (filled / "drill.key").read_text().strip()
    from depthwork.practice.vault.age import recipient_of

    target = tmp_path / "disk" / "one"
    target.parent.mkdir()
    keeping.write(
        filled / "practice.sqlite3", target, recipients=[*(r for _, r in people), recipient_of(drill)],
        now=datetime.now(UTC), secret="s",
    )  # fmt: skip
    return target, people[0][0], drill


@figure(
    "T01",
    tried="5-grams of 500 notes, names and addresses of 50 clients in all files of a practice",
    passes="found 0",
)
def test_a_stolen_folder_holds_no_word(filled, grams):
    names = sorted(file.name for file in files_of(filled) if not file.name.startswith("gate-"))
    assert names[:2] == ["drill.key", "practice.sqlite3"]
    assert found_in(files_of(filled), grams) == set()
    return Tried(len(grams), "found 0")


@figure(
    "T01", tried="the same words in a plain database (is the search blind?)", passes="found more than 99%"
)
def test_the_search_finds_words_where_they_are(grams, tmp_path):
    with closing(sqlite3.connect(tmp_path / "plain")) as plain:
        plain.execute(
            "pragma page_size=65536"
        )  # a note fits its page: no word is cut in two by the file's own seams
        plain.execute("create table note (text)")
        plain.executemany("insert into note values (?)", [(note,) for note in notes(500)])
        plain.executemany("insert into note values (?)", [(" ".join(pair),) for pair in names(50)])
        plain.commit()
    share = len(found_in([tmp_path / "plain"], grams)) / len(grams)
    assert share > 0.99
    return Tried(len(grams), f"found {share:.1%}")


@figure(
    "T02",
    tried="the same words in the bytes of a backup; openings with a key that is not among its recipients",
    passes="found 0, opened 0",
)
def test_a_stolen_backup_holds_no_word(backup, grams, tmp_path):
    target, _, _ = backup
    assert found_in(keeping.paths(target), grams) == set()
    for file in keeping.paths(target):
        for n in range(20):
            with pytest.raises(VaultError):
                keeping.read(file, new_identity()[0], tmp_path / f"x{n}")
            assert not (tmp_path / f"x{n}").exists()
    return Tried(len(grams), "found 0; opened 0 of 40")


@figure("T02", tried="keys in the data file of a backup", passes="0 rows")
def test_the_data_file_holds_no_key(backup, tmp_path):
    target, identity, _ = backup
    keeping.read(keeping.paths(target)[0], identity, tmp_path / "data")
    with closing(sqlite3.connect(tmp_path / "data")) as data:
        present = {row[0] for row in data.execute("select name from sqlite_master where type='table'")}
        rows = sum(data.execute(f'select count(*) from "{name}"').fetchone()[0] for name in present & set(keeping.KEY_TABLES + keeping.FLEETING))  # fmt: skip
    assert rows == 0
    return Tried(len(keeping.KEY_TABLES), "0 rows")


def test_a_backup_needs_two_people(filled, tmp_path):
    with pytest.raises(VaultError, match="two recipients"):
        keeping.write(
            filled / "practice.sqlite3", tmp_path / "b", recipients=[new_identity()[1]], now=datetime.now(UTC)
        )
    assert not any(tmp_path.iterdir())


def test_a_backup_is_never_overwritten(backup, filled):
    target, _, _ = backup
    with pytest.raises(VaultError, match="never overwritten"):
        keeping.write(filled / "practice.sqlite3", target, recipients=[new_identity()[1], new_identity()[1]], now=datetime.now(UTC))  # fmt: skip


def test_a_recovery_code_opens_a_backup(filled, tmp_path):
    code = recovery.fresh_code()
    identity, recipient = identity_of(recovery.backup_secret_of(code))
    keeping.write(filled / "practice.sqlite3", tmp_path / "b", recipients=[recipient, new_identity()[1]], now=datetime.now(UTC))  # fmt: skip
    assert keeping.read(keeping.paths(tmp_path / "b")[0], identity, tmp_path / "data").part == "data"


def drill(backup, filled, tmp_path, times):
    target, identity, secret = backup
    exact = 0
    with closing(sqlite3.connect(filled / "practice.sqlite3")) as live:
        expected = keeping.table_hashes(live)
    for n in range(times):
        goal = tmp_path / f"drill{n}" / "practice.sqlite3"
        keeping.restore(*keeping.paths(target), identity=secret if n % 2 else identity, target=goal)
        with closing(sqlite3.connect(goal)) as restored:
            got = keeping.table_hashes(restored)
        same = all(got[name] == expected[name] for name in expected if name not in keeping.FLEETING)
        exact += same and keeping.canaries_open(goal, secret) == keeping.CANARIES
        shutil.rmtree(goal.parent)
    return exact


@figure(
    "R10",
    tried="restores into a temporary place, every table compared, canaries opened",
    passes="bit-exact 100%",
)
def test_a_restore_is_bit_exact(backup, filled, tmp_path):
    assert drill(backup, filled, tmp_path, 3) == 3
    return Tried(3, "bit-exact 3 of 3")


@pytest.mark.slow
@figure("R10", tried="a hundred drills", passes="bit-exact 100 of 100", tier="nightly")
def test_a_hundred_drills_are_bit_exact(backup, filled, tmp_path):
    assert drill(backup, filled, tmp_path, 100) == 100
    return Tried(100, "bit-exact 100 of 100")


@figure(
    "R10",
    tried="damaged backups: bits flipped, cut short, files exchanged",
    passes="silently accepted 0 of 200",
)
def test_no_damaged_backup_is_accepted(backup, tmp_path):
    target, identity, _ = backup
    data, keys = keeping.paths(target)
    draw, whole, accepted = random.Random(10), data.read_bytes(), 0
    for n in range(199):
        bad = bytearray(whole)
        if n % 3 == 0:
            bad[draw.randrange(len(bad))] ^= 1 << draw.randrange(8)
        elif n % 3 == 1:
            del bad[draw.randrange(1, len(bad)) :]
        else:
            at = draw.randrange(len(bad) - 64)
            bad[at : at + 64] = os.urandom(64)
        file = tmp_path / "bad.data.age"
        file.write_bytes(bad)
        try:
            keeping.read(file, identity, tmp_path / "opened")
            accepted += 1
        except VaultError:
            pass
    with pytest.raises(VaultError):
        keeping.restore(keys, data, identity=identity, target=tmp_path / "swapped" / "p")
    assert accepted == 0
    assert not (tmp_path / "swapped" / "p").exists()
    return Tried(200, "accepted 0")


def test_what_was_destroyed_after_a_backup_stays_destroyed_when_it_is_restored(backup, tmp_path):
    target, identity, _ = backup
    first = tmp_path / "a" / "p"
    keeping.restore(*keeping.paths(target), identity=identity, target=first)
    with closing(sqlite3.connect(first)) as old:
        owner = old.execute("select owner from vault_data_key where compartment='sud'").fetchone()[0]
        item, its_owner = old.execute(
            "select item, owner from vault_item_key where owner<>?", [owner]
        ).fetchone()
    stones = [
        ("a" * 32, owner, None, "", "2026-11-22 05:00:00", "b" * 32, "2026-12-22"),
        ("c" * 32, its_owner, item, "", "2026-11-22 05:00:00", "b" * 32, "2026-12-22"),
    ]
    again = tmp_path / "b" / "p"
    keeping.restore(*keeping.paths(target), identity=identity, target=again, tombstones=stones)
    with closing(sqlite3.connect(again)) as new:
        assert new.execute("select count(*) from vault_data_key where owner=?", [owner]).fetchone() == (0,)
        assert new.execute("select wrapped from vault_item_key where item=?", [item]).fetchone() == (None,)
        assert new.execute("select count(*) from vault_data_key where owner=?", [its_owner]).fetchone() == (
            4,
        )
        assert new.execute("select count(*) from vault_tombstone").fetchone() == (2,)
    assert keeping.tombstones_in(again) == sorted(stones)


def writers_during(backups, filled, tmp_path):
    """Two processes write pairs that belong together, while backups are taken: a torn one has half a pair."""
    database = tmp_path / "live.sqlite3"
    shutil.copy(filled / "practice.sqlite3", database)
    with closing(sqlite3.connect(database)) as live:
        live.execute("create table pair (n integer, half text, who integer)")
        live.commit()
    stop, children = tmp_path / "stop", []
    for who in (1, 2):
        child = os.fork()
        if child == 0:
            with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as own:
                n = 0
                while not stop.exists():
                    own.execute("begin immediate")
                    own.execute("insert into pair values (?, 'left', ?)", [n, who])
                    own.execute("insert into pair values (?, 'right', ?)", [n, who])
                    own.execute("commit")
                    n += 1
                    time.sleep(0.002)
            os._exit(0)
        children.append(child)
    identity, recipient = new_identity()
    torn = 0
    try:
        for n in range(backups):
            target = tmp_path / f"b{n}"
            keeping.write(database, target, recipients=[recipient, new_identity()[1]], now=datetime.now(UTC))
            keeping.read(keeping.paths(target)[0], identity, tmp_path / f"d{n}")
            with closing(sqlite3.connect(tmp_path / f"d{n}")) as copy:
                left, right = (copy.execute("select count(*) from pair where half=?", [half]).fetchone()[0] for half in ("left", "right"))  # fmt: skip
                torn += left != right
            for file in (*keeping.paths(target), tmp_path / f"d{n}"):
                file.unlink()
    finally:
        stop.touch()
        for child in children:
            os.waitpid(child, 0)
    return torn


@figure("R9", tried="backups while two processes write", passes="torn 0")
def test_no_backup_is_torn(filled, tmp_path):
    assert writers_during(4, filled, tmp_path) == 0
    return Tried(4, "torn 0")


@pytest.mark.slow
@figure("R9", tried="two hundred backups while two processes write", passes="torn 0 of 200", tier="nightly")
def test_no_backup_of_two_hundred_is_torn(filled, tmp_path):
    assert writers_during(200, filled, tmp_path) == 0
    return Tried(200, "torn 0")
