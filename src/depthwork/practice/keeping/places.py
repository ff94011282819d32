"""Where a backup or a restore works, so that one which is cut off at any point leaves what stood there whole."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

PREFIX = (
    ".unfinished-depthwork-"  # nothing else is called so: what a killed run left is taken away by this name
)
YOUNG_S = 60  # between its making and its lock, a folder of a run at work looks like one that was left
SIDES = ("-wal", "-shm", "-journal")


@contextmanager
def private_folder(beside: Path) -> Iterator[Path]:
    """A folder that only its owner can enter, gone afterwards, on the disk that will hold the result.

    One that a killed run left is taken away first: it holds a copy of the keys, which must not outlive them.
    """
    beside.mkdir(parents=True, exist_ok=True)
    _clear(beside)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=beside))
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # ends with the process, however it ends
    try:
        yield folder
    finally:
        os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)


def _clear(beside: Path) -> None:
    for folder in beside.glob(PREFIX + "*"):
        if folder.is_symlink() or not folder.is_dir() or time.time() - folder.stat().st_mtime < YOUNG_S:
            continue
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # a run that is still at work
        finally:
            os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)


BEFORE = ".before-restore-"  # what a restore puts aside: a whole database, with every key of that day
KEPT_FOR = timedelta(
    days=30
)  # as the key files of backups: what was destroyed since could still be read in it


def put_aside(target: Path, *, now: datetime, older_than: timedelta = KEPT_FOR) -> list[Path]:
    """The databases that restores put aside longer ago than keys may be kept; the day stands in the name."""
    found = []
    for file in sorted(target.parent.glob(f"{target.name}{BEFORE}*")):
        day = file.name.partition(BEFORE)[2]
        with suppress(ValueError):  # another name is not of our making, and is left alone
            if now - datetime.strptime(day, "%Y%m%d-%H%M%S").replace(tzinfo=UTC) >= older_than:
                found.append(file)
    return found


def remove_aside(target: Path, *, now: datetime) -> int:
    """Remove them, with the logs that stand beside them."""
    gone = put_aside(target, now=now)
    for file in gone:
        for ending in ("", *SIDES):
            file.with_name(file.name + ending).unlink(missing_ok=True)
    return len(gone)


def put_in_place(fresh: Path, target: Path, kept: str) -> bool:
    """Put a restored database where the practice looks for it; the one that stood there stays beside it as `kept`.

    There is no moment without a database. What lay in the old one's log is brought into it first, for a log that
    stayed behind would be read into the new one. Gives whether one stood there.
    """
    stood = target.exists()
    if stood:
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(target, timeout=10)) as old:
            old.execute("pragma wal_checkpoint(truncate)")
        for ending in SIDES:
            with suppress(FileNotFoundError):
                target.with_name(target.name + ending).rename(target.with_name(kept + ending))
        try:
            os.link(target, target.with_name(kept))
        except OSError:  # a file system without links
            shutil.copy2(target, target.with_name(kept))
    fresh.chmod(0o600)
    os.replace(fresh, target)
    return stood
