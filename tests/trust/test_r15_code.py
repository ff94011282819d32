"""R15: the code itself: lint, types, the checks of bandit, and how much of it the suite runs through."""

import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.trust.conftest import REPO
from tests.trust.figures import Tried, figure

WHOLE = ("depthwork/practice/vault/", "depthwork/practice/policy/", "depthwork/measures/")


# What bandit weighs and somebody has read: rule, file, how many. One more in any file is a finding again.
SAFE_LOADER = "a subclass of the safe loader, compiled where there is one"
OWN_NAMES = "names of our own tables and columns, never a word from outside"
OWN_MARKUP = "the one place where our own markup is made; a test holds that there is no other"
READ = {
    ("B506", "coding/codebook.py"): (1, SAFE_LOADER),
    ("B506", "evidence/published.py"): (1, SAFE_LOADER),
    ("B506", "measures/library.py"): (1, SAFE_LOADER),
    ("B506", "practice/policy/dated.py"): (1, SAFE_LOADER),
    ("B506", "practice/ui/fiction/book.py"): (1, SAFE_LOADER),
    ("B308", "practice/config/markup.py"): (1, OWN_MARKUP),
    ("B703", "practice/config/markup.py"): (1, OWN_MARKUP),
    ("B608", "practice/audit/actions.py"): (1, OWN_NAMES),
    ("B608", "practice/config/at_once.py"): (1, OWN_NAMES),
    ("B608", "practice/config/walls.py"): (5, OWN_NAMES),
    ("B608", "practice/keeping/backup.py"): (10, OWN_NAMES),
    ("B608", "practice/keeping/moving.py"): (3, OWN_NAMES),
    ("B608", "practice/keeping/orphans.py"): (1, OWN_NAMES),
}


def tool(*command, timeout=1200, **env):
    return subprocess.run(
        [sys.executable, *command], cwd=REPO, capture_output=True, text=True, check=False, timeout=timeout,
        env={**os.environ, "PYTHONPATH": str(REPO / "src"), **env},
    )  # fmt: skip


@figure(
    "R15",
    tried="every file of the program and of its tests, by ruff (with its security rules)",
    passes="findings 0",
)
def test_the_lint_finds_nothing():
    done = tool("-m", "ruff", "check", "--quiet", "--output-format", "concise", "src", "tests")
    assert done.returncode == 0, done.stdout[-2000:]
    files = list((REPO / "src").rglob("*.py")) + list((REPO / "tests").rglob("*.py"))
    return Tried(len(files), "findings 0")


@pytest.mark.slow
@figure(
    "R15",
    tried="types: strict on the library, the vault, the policy and the keeping of backups",
    passes="findings 0",
    tier="nightly",
)
def test_the_types_hold():
    done = tool("-m", "mypy")
    assert done.returncode == 0, done.stdout[-2000:]
    return Tried(1, done.stdout.strip().splitlines()[-1])


@pytest.mark.slow
@figure(
    "R15",
    tried="the program's lines by bandit",
    passes="of high or medium weight 0 beyond those read and listed with their reason",
    tier="nightly",
)
def test_bandit_finds_nothing_of_weight():
    if importlib.util.find_spec("bandit") is None:
        pytest.skip("bandit is not installed: uv pip install bandit")
    done = tool("-m", "bandit", "-r", "src/depthwork", "-f", "json", "-q", "-x", "*/migrations/*")
    told = json.loads(done.stdout)
    weighty = [one for one in told["results"] if one["issue_severity"] in ("HIGH", "MEDIUM")]
    found = Counter((one["test_id"], one["filename"].partition("depthwork/")[2]) for one in weighty)
    assert unread(found) == {}
    assert set(READ) == set(found), "what is no longer found needs no reason"
    lines = told["metrics"]["_totals"]["loc"]
    return Tried(
        int(lines),
        f"of weight 0 beyond {len(weighty)} read; light ones {len(told['results']) - len(weighty)}",
    )


def unread(found: Counter) -> dict:
    """The findings beyond those that somebody has read."""
    return {key: n for key, n in found.items() if n > READ.get(key, (0, ""))[0]}


def test_one_finding_more_than_was_read_is_a_finding():
    key = ("B608", "practice/keeping/orphans.py")
    assert unread(Counter({key: 1})) == {}
    assert unread(Counter({key: 2})) == {key: 2}
    assert unread(Counter({("B602", "cli/serve.py"): 1})) == {("B602", "cli/serve.py"): 1}


def shares(report: dict) -> tuple[float, dict[str, float]]:
    """Branch coverage of all, and of each room that must be covered wholly."""

    def share(files) -> float:
        totals = [one["summary"] for one in files]
        there = sum(one["num_statements"] + one.get("num_branches", 0) for one in totals)
        run = sum(one["covered_lines"] + one.get("covered_branches", 0) for one in totals)
        return 100 * run / there if there else 0.0

    files = report["files"]
    return share(files.values()), {
        room: share([one for name, one in files.items() if room in name]) for room in WHOLE
    }


@pytest.mark.slow
@figure(
    "R15",
    tried="statements and branches that the fast tests run through",
    passes="at least 92% of all; vault, policy and scoring 100%",
    tier="release",
)
def test_the_suite_runs_through_the_program(tmp_path):
    kept = os.environ.get("DEPTHWORK_COVERAGE")  # a report that a run of the whole suite has left
    file = REPO / kept if kept else tmp_path / "coverage.json"
    if not kept:
        tool("-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", "not slow", "-p", "no:cacheprovider", "--cov=depthwork",
             "--cov-branch", f"--cov-report=json:{file}", timeout=7200)  # fmt: skip
    every, rooms = shares(json.loads(file.read_text()))
    told = f"{every:.1f}% of all, " + ", ".join(
        f"{room.split('/')[-2]} {share:.1f}%" for room, share in rooms.items()
    )
    assert every >= 92, told
    assert min(rooms.values()) == 100, told
    return Tried(1, told)


@pytest.mark.slow
@figure(
    "R15",
    tried="the tests of policy, vault and scoring, twenty times over, in another order each time",
    passes="flaky 0 of 20",
    tier="release",
)
def test_no_test_of_the_core_is_flaky():
    times = int(os.environ.get("DEPTHWORK_TIMES", "20"))
    failed = []
    for n in range(times):
        files = [
            "tests/trust/test_doors.py",
            "tests/web/test_vault_fields.py",
            "tests/web/test_vault_corners.py",
            "tests/unit/measures",
        ]
        order = files[n % 4 :] + files[: n % 4]
        done = tool(
            "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", *order, PYTHONHASHSEED=str(n)
        )
        if done.returncode:
            failed.append(done.stdout[-300:])
    assert failed == []
    return Tried(times, "flaky 0")


def test_a_file_that_is_not_run_through_lowers_the_share():
    def file(statements, run):
        return {
            "summary": {
                "num_statements": statements,
                "covered_lines": run,
                "num_branches": 0,
                "covered_branches": 0,
            }
        }

    report = {
        "files": {
            "src/depthwork/practice/vault/a.py": file(90, 90),
            "src/depthwork/practice/vault/b.py": file(10, 0),
        }
    }
    every, rooms = shares(report)
    assert (every, rooms["depthwork/practice/vault/"]) == (90.0, 90.0)
