"""T14: whoever holds the program's own account cannot harm the copy that another account keeps; and it comes back soon.

The copy is set up as the guide says: the keeper's account fetches the backups into a folder of its own. Two accounts are
needed for it, so it is tried where the tests may change theirs.
"""

import hashlib
import mmap
import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from depthwork.practice.keeping import backup as keeping
from depthwork.practice.vault.age import new_identity
from depthwork.practice.vault.errors import VaultError
from tests.trust.figures import Tried, figure

PROGRAM, KEEPER = 65_501, 65_502
TEN_GB, MINUTES = 10 << 30, 15


def attempts(file, folder):
    """Ways to take a file away or to write over it, each to be tried by the program's account."""
    outside = file.parent.parent / "out" / "junk"

    def opened(mode):
        return lambda: open(file, mode).close()

    def flags(which):
        return lambda: os.close(os.open(file, which))

    def mapped():
        with open(file, "r+b") as handle:
            mmap.mmap(handle.fileno(), 0).close()

    def database():
        with closing(sqlite3.connect(file)) as own:
            own.execute("create table x (n)")

    def vacuumed():
        with closing(sqlite3.connect(outside)) as own:
            own.execute("vacuum into ?", [str(file)])

    return {
        "unlink": file.unlink, "remove": lambda: os.remove(file), "rmtree": lambda: shutil.rmtree(folder),
        "rmdir": lambda: os.rmdir(folder), "rename away": lambda: file.rename(file.with_name("x")),
        "rename out": lambda: os.rename(file, outside.with_name("taken")), "rename over": lambda: os.replace(outside, file),
        "copy over": lambda: shutil.copy(outside, file), "move over": lambda: shutil.move(str(outside), str(file)),
        "link over": lambda: os.link(outside, file), "symlink over": lambda: os.symlink(outside, file),
        "open w": opened("w"), "open wb": opened("wb"), "open a": opened("a"), "open r+": opened("r+b"), "open x": opened("x"),
        "truncate": lambda: os.truncate(file, 0), "trunc flag": flags(os.O_WRONLY | os.O_TRUNC), "write flag": flags(os.O_RDWR),
        "append flag": flags(os.O_WRONLY | os.O_APPEND), "map": mapped, "chmod": lambda: file.chmod(0o777),
        "chmod folder": lambda: folder.chmod(0o777), "chown": lambda: os.chown(file, PROGRAM, PROGRAM),
        "chown folder": lambda: os.chown(folder, PROGRAM, PROGRAM), "utime": lambda: os.utime(file, (0, 0)),
        "new file": lambda: (folder / "ransom.txt").write_text("x"), "new folder": lambda: (folder / "x").mkdir(),
        "rename folder": lambda: folder.rename(folder.with_name("gone")), "sqlite": database, "vacuum into": vacuumed,
        "xattr": lambda: os.setxattr(file, "user.x", b"x"), "fifo": lambda: os.mkfifo(folder / "p"),
        "become keeper": lambda: os.setuid(KEEPER), "become root": lambda: os.setuid(0), "chroot": lambda: os.chroot(folder),
        "move folder": lambda: shutil.move(str(folder), str(outside.parent)), "hard link in": lambda: os.link(outside, folder / "l"),
    }  # fmt: skip


def as_program(file, folder) -> list[str]:
    """The attempts that succeeded, tried by a child with the program's account."""
    heard, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(PROGRAM)
            os.setuid(PROGRAM)
            done = []
            for name, act in attempts(file, folder).items():
                try:
                    act()
                    done.append(name)
                except Exception:  # refused, in whatever words
                    continue
            os.write(tell, "\n".join([*done, "to the end"]).encode())
        finally:
            os._exit(0)
    os.close(tell)
    os.waitpid(child, 0)
    with os.fdopen(heard) as said:
        found = said.read().split("\n")
    assert found[-1] == "to the end"
    return found[:-1]


@pytest.fixture
def way():
    """A folder that every account may pass through; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="dw-two-accounts-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.getuid() != 0, reason="two accounts are needed; run as root in a container")
@figure(
    "T14",
    tried="deleting and overwriting the keeper's copies with the program's account",
    passes="succeeded 0 of 50",
)
def test_the_programs_account_cannot_harm_the_keepers_copies(way):
    kept, out = way / "kept", way / "out"
    for folder, owner in ((kept, KEEPER), (out, PROGRAM)):
        folder.mkdir()
        os.chown(folder, owner, owner)
        folder.chmod(0o755)
    tried, done, before = 0, [], {}
    for name in ("one.data.age", "one.keys.age"):
        file = kept / name
        file.write_bytes(os.urandom(5_000))
        os.chown(file, KEEPER, KEEPER)
        file.chmod(0o444)
        before[name] = hashlib.sha256(file.read_bytes()).hexdigest()
        (out / "junk").write_bytes(b"ransom")
        os.chown(out / "junk", PROGRAM, PROGRAM)
        tried += len(attempts(file, kept))
        done += as_program(file, kept)
    assert done == []
    assert {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in kept.iterdir()} == before
    assert tried >= 50
    return Tried(tried, "succeeded 0, bytes unchanged")


@pytest.mark.skipif(os.getuid() != 0, reason="two accounts are needed; run as root in a container")
def test_without_an_account_of_its_own_a_copy_is_harmed(way):
    kept, out = way / "kept", way / "out"
    for folder in (kept, out):
        folder.mkdir()
        os.chown(folder, PROGRAM, PROGRAM)
    (kept / "one").write_bytes(b"x" * 100)
    os.chown(kept / "one", PROGRAM, PROGRAM)
    assert "unlink" in as_program(kept / "one", kept)


def test_the_program_itself_writes_over_no_backup(filled, tmp_path):
    people = [new_identity()[1], new_identity()[1]]
    keeping.write(filled / "practice.sqlite3", tmp_path / "b", recipients=people, now=datetime.now(UTC))
    with pytest.raises(VaultError, match="never overwritten"):
        keeping.write(filled / "practice.sqlite3", tmp_path / "b", recipients=people, now=datetime.now(UTC))


@pytest.mark.slow
@figure(
    "T14",
    tried="a practice of 200 MB restored from its backup, timed; ten gigabytes by proportion",
    passes="at most 15 minutes for 10 GB",
    tier="release",
)
def test_a_practice_is_back_soon(filled, tmp_path):
    big = tmp_path / "big.sqlite3"
    shutil.copy(filled / "practice.sqlite3", big)
    with closing(sqlite3.connect(big)) as own:
        own.execute("create table weight (n integer primary key, blob blob)")
        own.executemany(
            "insert into weight (blob) values (?)", ((os.urandom(20_000),) for _ in range(10_000))
        )
        own.commit()
    identity, recipient = new_identity()
    keeping.write(big, tmp_path / "b", recipients=[recipient, new_identity()[1]], now=datetime.now(UTC))
    began, used = time.perf_counter(), time.process_time()
    keeping.restore(
        *keeping.paths(tmp_path / "b"), identity=identity, target=tmp_path / "back" / "practice.sqlite3"
    )
    spent, cpu, size = time.perf_counter() - began, time.process_time() - used, big.stat().st_size
    minutes = spent * TEN_GB / size / 60
    told = f"{size >> 20} MB in {spent:.1f} s ({cpu:.1f} s of CPU): {minutes:.1f} minutes for 10 GB"
    assert minutes <= MINUTES, told
    return Tried(1, told)
