"""T21: inputs that are guided by what they reach inside each reader, to ways that no changed file takes by chance."""

from __future__ import annotations

import re
from importlib.util import find_spec

import pytest

from tests.trust import fuzzing
from tests.trust.conftest import run
from tests.trust.figures import Tried, figure
from tests.trust.guided import ENDINGS

EACH = 100_000
guided = pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no build for this machine")


def guide(name: str, runs: int) -> tuple[str, int, int, int]:
    """How it ended, inputs read, and the ways through the reader at the beginning and at the end."""
    done = run("-m", "tests.trust.guided", name, runs, timeout=1500)
    told = done.stderr + done.stdout
    read = re.search(r"number_of_executed_units: (\d+)", told)
    ways = [int(n) for n in re.findall(r"(?:INITED|DONE) +cov: (\d+)", told)]
    ended = ENDINGS.get(done.returncode, "whole" if done.returncode == 0 else told[-2000:])
    return ended, int(read[1]) if read else 0, ways[0] if ways else 0, ways[-1] if ways else 0


@guided
@pytest.mark.slow
@figure(
    "T21",
    tried="inputs guided by what they reach inside each reader (atheris)",
    passes="crashes 0, hangs 0, over 1 GB 0",
    tier="nightly",
)
def test_no_guided_input_breaks_a_reader():
    total, first, last = 0, 0, 0
    for one in fuzzing.readers():
        ended, read, before, after = guide(one.name, EACH)
        assert (one.name, ended) == (one.name, "whole")
        assert read >= EACH, one.name
        total, first, last = total + read, first + before, last + after
    return Tried(
        total, f"crashed 0, hung 0, grown 0; {len(fuzzing.readers())} readers, from {first:,} to {last:,} branches"
    )  # fmt: skip


@guided
@figure(
    "T21",
    tried="inputs until the guided reading finds a fault that lies behind four letters (is it blind?)",
    passes="found",
)
def test_the_guided_reading_is_not_blind():
    ended, read, _before, _after = guide("a planted reader", 300_000)
    assert ended == "crashed"
    return Tried(read, "found")
