"""R2 and R5: a process killed at any point, and many who save the same row at once. On files, with forks."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from depthwork.practice.config.database import pragmas
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


def one_winner(database: Path, *, savers: int) -> tuple[int, int]:
    """Equal saves of one version at once: how many won, how many were told that it had changed. (A helper of R5.)"""
    results = database.with_suffix(".results")
    results.write_text("")

    def save(number: int) -> None:
        with closing(connect(database)) as own:
            version = own.execute("select version from page").fetchone()[0]
            time.sleep(0.01)
            own.execute("begin immediate")
            won = own.execute("update page set words=?, version=version+1 where version=?", [str(number), version]).rowcount  # fmt: skip
            own.execute("commit")
        with results.open("a") as handle:
            handle.write(f"{won}\n")

    with closing(connect(database)) as own:
        before = own.execute("select version from page").fetchone()[0]
    for child in in_children(savers, save):
        os.waitpid(child, 0)
    lines = results.read_text().split()
    with closing(connect(database)) as own:
        after = own.execute("select version from page").fetchone()[0]
    assert after - before == lines.count("1")  # as many versions as winners: nothing was overwritten unseen
    return lines.count("1"), lines.count("0")


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


def rounds(folder: Path, times: int, savers: int) -> list[tuple[int, int]]:
    database = folder / "page.sqlite3"
    with closing(connect(database)) as own:
        own.executescript("create table page (words text, version integer); insert into page values ('', 1)")
    return [one_winner(database, savers=savers) for _ in range(times)]


@figure("R5", tried="rounds of eight equal saves of one version", passes="none overwritten unseen")
def test_of_equal_saves_none_is_overwritten_unseen(tmp_path):
    found = rounds(tmp_path, 4, 8)
    assert all(won >= 1 and won + told == 8 for won, told in found)
    return Tried(
        32, f"won {sum(w for w, _ in found)}, told of a change {sum(t for _, t in found)}, overwritten 0"
    )


@pytest.mark.slow
@figure("R5", tried="fifty rounds of twenty equal saves", passes="none overwritten unseen", tier="nightly")
def test_of_a_thousand_equal_saves_none_is_overwritten_unseen(tmp_path):
    found = rounds(tmp_path, 50, 20)
    assert all(won >= 1 and won + told == 20 for won, told in found)
    return Tried(1000, "overwritten 0")
