"""R11: tables go forward and back without changing a row; killed in the middle they go on; older practices open."""

import gzip
import json
import shutil

import pytest

from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure

RELEASED = REPO / "tests" / "trust" / "released"
TOOL = REPO / "tests" / "trust" / "migrating.py"


def tool(*arguments):
    done = run(TOOL, *arguments, timeout=3000)
    assert done.returncode == 0, done.stderr[-2500:]
    return json.loads(done.stdout)


def opened(folder):
    """Every sealed value of a folder's practice: how many open, how many do not."""
    done = run(REPO / "tests" / "trust" / "erasure.py", "readable", folder, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout).values()
    return sum(open_ for open_, _ in found), sum(shut for _, shut in found)


@pytest.mark.slow
@figure(
    "R11",
    tried="every migration after an app's first, back and forward again on a sealed practice; every table hashed by what both versions know",
    passes="rows changed 0, values that no longer open 0",
    tier="nightly",
)
def test_every_migration_goes_back_and_forward_again(filled, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(filled, home)
    told = tool("round", home)
    assert told["differ"] == {}
    assert told["tried"] + len(told["one_way"]) > 5
    open_, shut = opened(home)
    assert open_ > 500
    assert shut == 0
    ways = f"; one-way by its own word: {', '.join(told['one_way'])}" if told["one_way"] else ""
    return Tried(told["tried"], f"rows changed 0 of {told['rows']:,}, opened {open_:,} of {open_:,}{ways}")


@pytest.mark.slow
@figure(
    "R11",
    tried="kills at a random moment of the way forward",
    passes="half 0 of 50, rows changed 0",
    tier="nightly",
)
def test_a_migration_that_is_killed_goes_on(filled, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(filled, home)
    told = tool("cut", home, 50)
    assert told["halves"] == []
    assert opened(home)[1] == 0
    return Tried(
        told["times"], f"half 0, rows changed 0; {told['times'] - told['whole']} were cut before their end"
    )


VALUES = {"0.1.0": 14}  # sealed values in the practice kept of each version


def versions():
    return sorted(file.name.removesuffix(".sqlite3.gz") for file in RELEASED.glob("*.sqlite3.gz"))


@pytest.mark.slow
@figure(
    "R11",
    tried="a practice of every released version, brought up to date and opened",
    passes="opens 100%",
    tier="release",
)
def test_a_practice_of_every_released_version_opens(tmp_path):
    import depthwork

    assert depthwork.__version__ in versions()
    values = 0
    for version in versions():
        home = tmp_path / version
        home.mkdir()
        (home / "practice.sqlite3").write_bytes(
            gzip.decompress((RELEASED / f"{version}.sqlite3.gz").read_bytes())
        )
        (home / "secret").write_text((RELEASED / f"{version}.secret").read_text())
        tool("forward", home)
        open_, shut = opened(home)
        assert (open_, shut) == (VALUES[version], 0)
        values += open_
    return Tried(len(versions()), f"opened {values} values of {', '.join(versions())}, shut 0")
