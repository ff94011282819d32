"""Start-up: help comes at once, and nothing heavy is imported before it is needed."""

import os
import re
import subprocess
import sys

import pytest

HEAVY = {"scipy", "polars", "numba", "sklearn", "pandas", "pyarrow", "dask"}
BUDGET_S = 0.3


def start(*arguments):
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "depthwork", *arguments],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": "src"},
    )  # fmt: skip


def imported(stderr):
    return {match.split(".")[0] for match in re.findall(r"\| +([\w.]+)$", stderr, re.MULTILINE)}


def test_help_imports_nothing_heavy():
    found = start("--help")
    assert found.returncode == 0
    assert not imported(found.stderr) & (HEAVY | {"numpy", "django", "rich", "yaml"})


@pytest.mark.parametrize("command", [["profile", "--help"], ["transcript", "--help"]])
def test_help_of_a_command_imports_nothing_heavy(command):
    found = start(*command)
    assert found.returncode == 0
    assert not imported(found.stderr) & (HEAVY | {"numpy", "django"})


def test_a_profile_needs_numpy_at_most(tmp_path):
    hour = tmp_path / "hour.txt"
    hour.write_text("T: How was it?\n\nC: I sat in the car by the sea.\n" * 60)
    found = start("profile", str(hour), "--json")
    assert found.returncode == 0
    assert not imported(found.stderr) & (HEAVY | {"django", "rich"})


def test_help_stands_within_its_budget():
    def seconds():
        before = os.times()
        subprocess.run(
            [sys.executable, "-m", "depthwork", "--help"], capture_output=True, check=True, timeout=60
        )
        after = os.times()
        return after.children_user - before.children_user + after.children_system - before.children_system

    # Processor time, the least of several: what else the machine does only ever adds.
    assert min(seconds() for _ in range(5)) < BUDGET_S
