"""Two passphrases are worked on at a time, over all workers of a practice: each takes 64 MiB and every core it finds.

Who comes meanwhile stands in line, in the order of coming within a worker. The line is shorter than a worker has
threads, so that those who are signed in go on reading; who finds it full, or has stood long enough, is told to come
again. A place is a lock on a file that the system lets go with its process: one that is killed takes none with it.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

PLACES = ("gate-1", "gate-2")
IN_LINE = 12  # of one worker; `serving.THREADS` is more
PATIENCE_S = 20.0
LOOK_AGAIN_S = 0.01
NO_LOCK = -1
STEP_BACK = 5


class Crowded(Exception):
    """Too many passphrases at once; nothing was tried, and nothing is counted against anyone."""

    def __init__(self) -> None:
        super().__init__("too many sign in at this moment; try again in half a minute")


_door = threading.Condition()
_line: deque[object] = deque()
_inside: set[object] = set()


@contextmanager
def through(folder: Path) -> Iterator[None]:
    """Be one of two inside the block, or raise Crowded before it. `folder` is where the workers meet."""
    me = object()
    with _door:
        if len(_line) >= IN_LINE:
            raise Crowded
        _line.append(me)
    try:
        lock = _place_for(me, folder, time.monotonic() + PATIENCE_S)
        try:
            with _door:
                _inside.add(me)
                _leave(_line, me)
            yield
        finally:
            if lock != NO_LOCK:
                os.close(lock)
    finally:
        with _door:
            _leave(_line, me)
            _leave(_inside, me)


def gently(act: Callable[[], bytes]) -> bytes:
    """Run an act on a thread that lets others go first: it may take every core, and pages have to turn meanwhile.

    Eight lanes of two passphrases weigh as much as three readers then, and as eight before. Where nobody else has work
    it costs nothing.
    """
    with ThreadPoolExecutor(1, initializer=_step_back) as hand:
        return hand.submit(act).result()


def _step_back() -> None:
    if sys.platform == "linux":  # elsewhere a priority belongs to the whole process
        me = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, me, os.getpriority(os.PRIO_PROCESS, me) + STEP_BACK)


def _leave(where: deque[object] | set[object], me: object) -> None:
    if me in where:
        where.remove(me)
        _door.notify_all()


def _place_for(me: object, folder: Path, until: float) -> int:
    """Wait for a place: first in line here, fewer than two inside here, and a lock that no other worker holds."""
    while True:
        with _door:
            if not _door.wait_for(
                lambda: _line[0] is me and len(_inside) < len(PLACES), until - time.monotonic()
            ):
                raise Crowded
        lock = _locked(folder)
        if lock is not None:
            return lock
        if time.monotonic() > until:
            raise Crowded
        time.sleep(LOOK_AGAIN_S)


def _locked(folder: Path) -> int | None:
    for name in PLACES:
        try:
            file = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:  # no folder yet, or one that cannot be written: this process counts alone
            return NO_LOCK
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
        else:
            return file
    return None
