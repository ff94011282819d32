"""A disk that is full, or fails, at a moment of our choosing: each write, sync, truncation and creation is a point.

The workload is that of `powercut`: it runs through a file system of ours, which refuses from one point on (a full disk)
or at that point alone (a bad sector, a cable). Whoever asked is told what the library tells them; then the disk is
sound again, and it is looked at what stands.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

TRANSACTIONS = 60


class _File(apsw.VFSFile):
    def __init__(self, vfs: _Disk, name: Any, flags: list[int]) -> None:
        self.vfs = vfs
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.vfs.point()
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self.vfs.point()
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self.vfs.point(sync=True)  # no real sync: the machine itself does not fall


class _Disk(apsw.VFS):
    """Counts its points; at `fails_at` it refuses, once or from then on."""

    def __init__(self, name: str) -> None:
        self.seen, self.fails_at, self.stays, self.error = 0, 0, False, apsw.FullError
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        if flags[0] & apsw.SQLITE_OPEN_CREATE:
            self.point()
        return _File(self, name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        self.point(sync=True)
        super().xDelete(name, sync_folder)

    def point(self, *, sync: bool = False) -> None:
        self.seen += 1
        if self.fails_at and (self.seen == self.fails_at or (self.stays and self.seen > self.fails_at)):
            # A full disk refuses to grow; what is there already can still be synced and deleted.
            if sync and self.error is apsw.FullError:
                return
            raise self.error("the disk refuses")


@dataclass(slots=True)
class Refused:
    """What one broken run left."""

    acknowledged: int
    lost: int
    half: int
    corrupt: int
    was_told: bool


def _work(connection: Any, *, seed: int) -> tuple[dict[int, bytes], set[int], bool]:
    """Transactions until one is refused: what was acknowledged, which were tried, whether anyone was told."""
    draw, stands, tried = random.Random(seed), {}, set()
    for n in range(1, TRANSACTIONS + 1):
        words, tried = draw.randbytes(draw.choice((40, 900, 5_000, 9_000))), tried | {n}
        try:
            connection.execute("begin immediate")
            connection.execute("insert into note values (?, 1, ?)", (n, words))
            if n > 3:
                connection.execute("update note set words=?, version=version+1 where id=?", (words, n - 2))
            connection.execute("insert into audit values (?, 'kept')", (n,))
            connection.execute("commit")
        except apsw.Error:
            with suppress(apsw.Error):
                connection.execute("rollback")
            return stands, tried, True
        stands[n] = words
        if n > 3:
            stands[n - 2] = words
    return stands, tried, False


def one(
    folder: Path, pragmas: str, *, fails_at: int, stays: bool, error: type[apsw.Error], seed: int = 4
) -> tuple[Refused, int]:
    """One run with one refusal; and how many points it met."""
    file = folder / f"{fails_at}-{stays}-{error.__name__}.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as made:
        made.executescript(pragmas)
        made.execute("create table note (id integer primary key, version integer, words blob)")
        made.execute("create table audit (n integer primary key, verb text)")
    name = f"refuses-{file.stem}"
    disk = _Disk(name)
    connection = apsw.Connection(str(file), vfs=name)
    try:
        for pragma in pragmas.split(";"):
            if pragma.strip():
                connection.execute(pragma)
        disk.seen, disk.fails_at, disk.stays, disk.error = 0, fails_at, stays, error
        stands, tried, told = _work(connection, seed=seed)
        points, disk.fails_at = disk.seen, 0
    finally:
        connection.close()
        disk.unregister()
    there: dict[int, bytes] = {}
    audit: set[int] = set()
    with closing(sqlite3.connect(file, isolation_level=None)) as after:
        try:
            corrupt = int(after.execute("pragma integrity_check").fetchone()[0] != "ok")
            there = dict(after.execute("select id, words from note"))
            audit = {row[0] for row in after.execute("select n from audit")}
        except sqlite3.DatabaseError:
            corrupt = 1
    for left in folder.glob(f"{file.name}*"):
        left.unlink()
    # The transaction that was refused may stand or not; those acknowledged stand, and none stands by half.
    last = max(tried)
    lost = sum(n not in there or (there[n] != words and last - 2 != n) for n, words in stands.items())
    half = len(set(there) ^ audit)
    return Refused(len(stands), lost, half, corrupt, told), points
