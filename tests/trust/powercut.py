"""A disk that loses what was not synced: record what SQLite writes, cut the power anywhere, look at what is left.

The workload runs once under a file system of ours (apsw) that notes every write, sync, creation and deletion. A cut
then takes the notes up to some point and makes the disk of that moment: what was synced stands; of the rest each
512-byte sector stands or not, as chance has it; names that were made or removed since the directory was last synced
stand up to some point of their order. An honest fsync is assumed: a disk that lies about it is outside.

The writing library is the one that apsw brings (named in the figure), since Python's own takes no file system of
ours; what is left is then opened, rolled back and checked by Python's own library, which the practice runs on.
"""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
Note = tuple[Any, ...]


class _File(apsw.VFSFile):
    def __init__(self, vfs: _Recorder, name: Any, flags: list[int]) -> None:
        self.vfs, self.path = vfs, str(name.filename() if hasattr(name, "filename") else name)
        if not os.path.exists(self.path):
            vfs.notes.append(("create", self.path))
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.vfs.notes.append(("write", self.path, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self.vfs.notes.append(("truncate", self.path, size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self.vfs.notes.append(("sync", self.path))
        # the recording itself needs no real sync: nothing reads these files after the run


class _Recorder(apsw.VFS):
    def __init__(self, notes: list[Note]) -> None:
        self.notes = notes
        super().__init__("depthwork-recorder", "")

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        return _File(self, name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        self.notes.append(("delete", name, bool(sync_folder)))
        super().xDelete(name, sync_folder)


@dataclass
class Recording:
    """What was written in one run, and what the tables held after each transaction that was acknowledged."""

    notes: list[Note]
    states: list[str]


def state_of(connection: Any) -> str:
    """A hash of every row, through either library."""
    digest = hashlib.sha256()
    for row in connection.execute("select id, version, words from note order by id"):
        digest.update(repr(tuple(row)).encode())
    for row in connection.execute("select n, verb from audit order by n"):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def record(folder: Path, pragmas: str, *, transactions: int = 220, seed: int = 1) -> Recording:
    """Notes kept, changed and removed under these pragmas, each with its audit row, in one process."""
    notes: list[Note] = []
    recorder = _Recorder(notes)
    draw, states = random.Random(seed), []
    connection = apsw.Connection(str(folder / "practice.sqlite3"), vfs="depthwork-recorder")
    try:
        if (
            "=WAL" in pragmas
        ):  # so that the index of the WAL lies in memory, not in a shared file past our notes
            connection.execute("pragma locking_mode=exclusive").fetchall()
        connection.execute(pragmas).fetchall()
        connection.execute("pragma wal_autocheckpoint=40").fetchall()
        connection.execute(
            "create table note (id integer primary key, version integer, words blob);"
            "create table audit (n integer primary key, verb text)"
        )
        connection.execute("pragma wal_checkpoint(truncate)").fetchall()
        states.append(state_of(connection))
        notes.append(("acknowledged", 0))
        for n in range(1, transactions + 1):
            connection.execute("begin immediate")
            way = draw.random()
            words = draw.randbytes(draw.choice((40, 300, 900, 5_000)))
            if way < 0.6 or n < 20:
                connection.execute("insert into note values (?, 1, ?)", (n, words))
            elif way < 0.9:
                connection.execute(
                    "update note set words=?, version=version+1 where id=?", (words, draw.randrange(1, n))
                )
            else:
                connection.execute("delete from note where id=?", (draw.randrange(1, n),))
            connection.execute("insert into audit values (?, 'kept')", (n,))
            connection.execute("commit")
            states.append(state_of(connection))
            notes.append(("acknowledged", n))  # only now does anyone say "saved"
        stop = len(notes)
    finally:
        connection.close()
        recorder.unregister()
    return Recording(notes[:stop], states)


@dataclass
class _Disk:
    """What has certainly reached the disk, and what may have."""

    bodies: dict[int, bytearray] = field(default_factory=dict)  # by file, as synced
    waiting: dict[int, list[Note]] = field(default_factory=dict)  # by file, since its last sync
    names: dict[str, int] = field(default_factory=dict)  # as synced
    renamed: list[tuple[str, int | None]] = field(default_factory=list)  # since the folder was last synced
    now: dict[str, int] = field(default_factory=dict)  # as running programs see it
    files: int = 0
    acknowledged: int = 0

    def take(self, note: Note) -> None:
        kind = note[0]
        if kind == "acknowledged":
            self.acknowledged = note[1]
        elif kind == "create":
            self.files += 1
            self.now[note[1]] = self.files
            self.bodies[self.files], self.waiting[self.files] = bytearray(), []
            self.renamed.append((note[1], self.files))
        elif kind == "delete":
            self.now.pop(note[1], None)
            self.renamed.append((note[1], None))
            if note[2]:
                self._sync_folder()
        elif kind == "sync":
            file = self.now[note[1]]
            for one in self.waiting[file]:
                _apply(self.bodies[file], one)
            self.waiting[file] = []
            if (note[1], file) in self.renamed:  # SQLite syncs the folder with a new journal's first sync
                self._sync_folder()
        else:
            self.waiting[self.now[note[1]]].append(note)

    def _sync_folder(self) -> None:
        for name, file in self.renamed:
            _name(self.names, name, file)
        self.renamed = []

    def after_a_cut(self, draw: random.Random) -> dict[str, bytes]:
        names, found = dict(self.names), {}
        for name, file in self.renamed[: draw.randint(0, len(self.renamed))]:
            _name(names, name, file)
        for name, file in names.items():
            body = bytearray(self.bodies[file])
            fate = draw.choice((0.0, 0.5, 0.5, 0.9, 1.0))  # how much of what was not synced happens to stand
            for one in self.waiting[file]:
                for piece in _sectors(one):
                    if draw.random() < fate:
                        _apply(body, piece)
            found[name] = bytes(body)
        return found


def _name(names: dict[str, int], name: str, file: int | None) -> None:
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file


def _sectors(note: Note) -> Iterator[Note]:
    if note[0] == "truncate":
        yield note
        return
    _, path, at, data = note
    begin = 0
    while begin < len(data):
        end = min(len(data), begin + SECTOR - (at + begin) % SECTOR)
        yield ("write", path, at + begin, data[begin:end])
        begin = end


def _apply(body: bytearray, note: Note) -> None:
    if note[0] == "truncate":
        del body[note[2] :]
        body.extend(b"\0" * (note[2] - len(body)))
        return
    _, _, at, data = note
    body.extend(b"\0" * (at - len(body)))
    body[at : at + len(data)] = data


@dataclass(frozen=True, slots=True)
class Damage:
    """Of so many cuts: after how many an acknowledged row was missing, and after how many the file was corrupt."""

    cuts: int
    lost: int
    corrupt: int


def cut(recording: Recording, folder: Path, *, cuts: int, seed: int = 3) -> Damage:
    """Cut the power at `cuts` random moments, and open what is left with Python's own library."""
    draw, disk, at = random.Random(seed), _Disk(), 0
    first = recording.notes.index(("acknowledged", 0))
    moments = sorted(draw.randrange(first + 1, len(recording.notes) + 1) for _ in range(cuts))
    lost = corrupt = 0
    for moment in moments:
        while at < moment:
            disk.take(recording.notes[at])
            at += 1
        for file in folder.iterdir():
            file.unlink()
        for name, body in disk.after_a_cut(draw).items():
            (folder / Path(name).name).write_bytes(body)
        try:
            with closing(sqlite3.connect(folder / "practice.sqlite3")) as left:
                # What is on the disk now is all there is: how it is synced while it is looked at does not matter.
                left.execute("pragma synchronous=off")
                whole = left.execute("pragma integrity_check").fetchone()[0] == "ok"
                state = state_of(left) if whole else ""
        except sqlite3.DatabaseError:
            whole, state = False, ""
        if not whole:
            corrupt += 1
        elif state not in recording.states[disk.acknowledged :]:
            # An earlier state lost what was acknowledged; one that never was is half of a transaction.
            lost += state in recording.states
            corrupt += state not in recording.states
    return Damage(len(moments), lost, corrupt)
