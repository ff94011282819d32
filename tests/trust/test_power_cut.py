"""R3: the power goes at any moment. What was acknowledged stands, in the two modes that the practice runs in."""

import re
from pathlib import Path

import pytest

from depthwork.practice.config.database import pragmas
from tests.trust.figures import Tried, figure

apsw = pytest.importorskip("apsw", reason="apsw is not installed: no disk of ours to cut")
from tests.trust import powercut  # noqa: E402

SAFE = (("WAL", "FULL"), ("DELETE", "EXTRA"))
UNSAFE = (("WAL", "NORMAL"), ("WAL", "OFF"), ("DELETE", "NORMAL"), ("DELETE", "OFF"))


def in_mode(journal: str, synchronous: str) -> str:
    """The pragmas of the practice, with another journal and another synchronous mode."""
    changed = re.sub(r"journal_mode=\w+", f"journal_mode={journal}", pragmas())
    return re.sub(r"synchronous=\w+", f"synchronous={synchronous}", changed)


def damage(tmp_path: Path, mode: tuple[str, str], cuts: int) -> powercut.Damage:
    live, left = tmp_path / "-".join(mode), tmp_path / ("-".join(mode) + "-left")
    live.mkdir()
    left.mkdir()
    recording = powercut.record(live, in_mode(*mode))
    assert len(recording.states) == 221
    return powercut.cut(recording, left, cuts=cuts)


def held(tmp_path: Path, cuts: int) -> Tried:
    for mode in SAFE:
        found = damage(tmp_path, mode, cuts)
        assert (found.lost, found.corrupt) == (0, 0), (mode, found)
    return Tried(
        2 * cuts, f"lost 0, corrupt 0 (written by SQLite {apsw.sqlite_lib_version()}, opened by Python's own)"
    )


def failed(tmp_path: Path, cuts: int) -> Tried:
    told = []
    for mode in UNSAFE:
        found = damage(tmp_path, mode, cuts)
        assert found.lost + found.corrupt > 0, (mode, found)
        told.append(f"{mode[0]}/{mode[1]} lost {found.lost}, corrupt {found.corrupt}")
    return Tried(len(UNSAFE) * cuts, "; ".join(told))


@figure("R3", tried="power cuts, in WAL/FULL and in DELETE/EXTRA", passes="lost 0, corrupt 0")
def test_a_power_cut_loses_no_acknowledged_word(tmp_path):
    return held(tmp_path, 50)


@figure("R3", tried="the same cuts on NORMAL and OFF (is the simulator blind?)", passes="damage in each mode")
def test_the_simulator_sees_what_unsafe_modes_lose(tmp_path):
    return failed(tmp_path, 30)


@pytest.mark.slow
@figure(
    "R3",
    tried="two thousand power cuts in each of the two modes",
    passes="lost 0, corrupt 0 of 4,000",
    tier="release",
)
def test_two_thousand_power_cuts_lose_no_acknowledged_word(tmp_path):
    return held(tmp_path, 2000)


@pytest.mark.slow
@figure(
    "R3",
    tried="two thousand cuts in each mode of NORMAL and OFF (is the simulator blind?)",
    passes="damage in each mode",
    tier="release",
)
def test_two_thousand_cuts_of_unsafe_modes_are_seen(tmp_path):
    return failed(tmp_path, 2000)


def test_a_deletion_that_no_folder_sync_followed_may_come_back(tmp_path):
    """Why EXTRA and not FULL: the journal of a committed transaction that returns takes the transaction back."""
    found = damage(tmp_path, ("DELETE", "FULL"), 60)
    assert found.lost > 0
    assert found.corrupt == 0
