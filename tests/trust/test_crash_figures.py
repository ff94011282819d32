"""R2 and R5: a process killed at any point, and many who save the same row at once. On files, with forks."""

import json
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from depthwork.practice.config.database import pragmas
from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure


def connect(database: Path) -> sqlite3.Connection:
    """A connection as the practice makes it: the same pragmas, immediate transactions."""
    own = sqlite3.connect(database, timeout=30, isolation_level=None)
    own.executescript(pragmas())
    return own


def in_children(count: int, work: Callable[[int], None]) -> list[int]:
    """Fork `count` processes that run `work(number)`; gives their ids."""
    children = []
    for number in range(count):
        child = os.fork()
        if child == 0:
            try:
                work(number)
            finally:
                os._exit(0)
        children.append(child)
    return children


def kills(folder: Path, times: int) -> tuple[int, int, int, int]:
    """Two writers, killed at a random moment, again and again: acknowledged, lost, gaps, damaged."""
    database, acks = folder / "practice.sqlite3", folder / "acks"
    with closing(connect(database)) as own:
        own.executescript(
            "create table note (n integer primary key, words text, who integer);"
            "create table audit (n integer primary key, verb text)"
        )
    acks.touch()

    def write(number: int) -> None:
        with closing(connect(database)) as own, acks.open("a", buffering=1) as told:
            while True:
                own.execute("begin immediate")
                n = own.execute("select coalesce(max(n), 0) + 1 from audit").fetchone()[0]
                own.execute("insert into audit values (?, 'kept')", [n])
                own.execute("insert into note values (?, ?, ?)", [n, "words " * 50, number])
                own.execute("commit")
                told.write(f"{n}\n")  # only now does anyone say "saved"

    draw = random.Random(2)
    for _ in range(times):
        children = in_children(2, write)
        time.sleep(draw.uniform(0.05, 0.25))
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    acknowledged = [int(line) for line in acks.read_text().split() if line]
    with closing(connect(database)) as own:
        damaged = own.execute("pragma integrity_check").fetchone()[0] != "ok"
        there = {row[0] for row in own.execute("select n from note")}
        audit = [row[0] for row in own.execute("select n from audit order by n")]
    gaps = len(audit) - (audit[-1] if audit else 0) + len(set(audit) ^ there)
    return len(acknowledged), len(set(acknowledged) - there), gaps, int(damaged)


@figure(
    "R2",
    tried="kills of two writers at a random moment",
    passes="acknowledged words lost 0, gaps 0, damaged 0",
)
def test_a_kill_loses_no_acknowledged_word(tmp_path):
    acknowledged, lost, gaps, damaged = kills(tmp_path, 12)
    assert acknowledged > 0
    assert (lost, gaps, damaged) == (0, 0, 0)
    return Tried(12, f"lost 0 of {acknowledged} acknowledged")


@pytest.mark.slow
@figure(
    "R2",
    tried="five hundred kills of two writers",
    passes="acknowledged words lost 0, gaps 0, damaged 0",
    tier="release",
)
def test_five_hundred_kills_lose_no_acknowledged_word(tmp_path):
    acknowledged, lost, gaps, damaged = kills(tmp_path, 500)
    assert (lost, gaps, damaged) == (0, 0, 0)
    return Tried(500, f"lost 0 of {acknowledged} acknowledged")


def race(filled: Path, folder: Path, *, savers: int, rounds: int) -> list[list[int]]:
    """Equal saves at one moment, in a copy of a practice: see `race.py`."""
    shutil.copytree(filled, folder)
    done = run(REPO / "tests" / "trust" / "race.py", folder, savers, rounds, timeout=3600)
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[list[int]] = json.loads(done.stdout)
    return found


@figure(
    "R5",
    tried="twenty equal saves of one note, at once, through its page",
    passes="in each round 1 kept, 19 x 409, other 0",
)
def test_of_twenty_equal_saves_one_is_kept(filled, tmp_path):
    assert race(filled, tmp_path / "copy", savers=20, rounds=2) == [[1, 19, 0]] * 2
    return Tried(40, "kept 1, 409 x 19, other 0 in 2 of 2 rounds")


@pytest.mark.slow
@figure(
    "R5",
    tried="fifty rounds of twenty equal saves",
    passes="in each round 1 kept, 19 x 409, other 0",
    tier="nightly",
)
def test_of_fifty_times_twenty_equal_saves_one_is_kept(filled, tmp_path):
    assert race(filled, tmp_path / "copy", savers=20, rounds=50) == [[1, 19, 0]] * 50
    return Tried(1000, "kept 1, 409 x 19, other 0 in 50 of 50 rounds")
