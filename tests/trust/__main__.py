"""Run the trust figures and print them beside their targets, into TRUST.md.

`python -m tests.trust` runs every push tier; `--full` the nightly and release tiers too, one test after the other,
each in a process of its own, so that a long night can be cut and taken up again. What each figure found last, and
when, is kept in `last_runs.json`: a quick run does not wipe out what a night has shown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.trust.figures import TITLES

REPO = Path(__file__).resolve().parent.parent.parent
FILE = REPO / "TRUST.md"
MEMORY = REPO / "tests" / "trust" / "last_runs.json"
HEAD = ("id", "threat or property", "tried", "times", "happened", "passes at", "tier", "last run")
Row = dict[str, Any]


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.trust", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("--full", action="store_true", help="the nightly and release tiers too")
    parser.add_argument("--only", default="", metavar="IDS", help="rows to run, with commas: T01,R3")
    parser.add_argument(
        "--resume", action="store_true", help="leave out slow figures that held within --days"
    )
    parser.add_argument(
        "--days", type=float, default=1.0, help="how long a slow figure holds for --resume (1)"
    )
    parser.add_argument(
        "--minutes", type=float, default=0, help="start no further test after so many minutes"
    )
    parser.add_argument(
        "--each", type=float, default=60, help="minutes after which one slow test is cut (60)"
    )
    parser.add_argument(
        "--print", action="store_true", dest="just_print", help="run nothing; write TRUST.md anew"
    )
    asked = parser.parse_args(given)
    asked.only = [one.strip().upper() for one in asked.only.split(",") if one.strip()]
    unknown = [one for one in asked.only if one not in TITLES]
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}; rows are T01 to T31 and R1 to R16")
    return asked


def pytest(*more: str, minutes: float | None = None, **env: str) -> int:
    """A test run of its own; 124 if it was cut."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *more]
    try:
        return subprocess.run(
            command, cwd=REPO, env={**os.environ, **env}, check=False, timeout=minutes and minutes * 60
        ).returncode
    except subprocess.TimeoutExpired:
        return 124


def lines_of(file: Path) -> list[Row]:
    """The objects of a file that holds one a line."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def register(folder: Path) -> list[Row]:
    """Every test that carries a figure, as the test runner finds them."""
    listed = folder / "list.jsonl"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", "tests/trust"],
        cwd=REPO, env={**os.environ, "DEPTHWORK_TRUST_LIST": str(listed)}, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return lines_of(listed)


def remembered() -> dict[str, Row]:
    """What each test found when it last ran."""
    return json.loads(MEMORY.read_text()) if MEMORY.exists() else {}


def remember(memory: dict[str, Row], found: list[Row]) -> None:
    """Take over new results. A test that could not run here keeps what it found earlier."""
    for row in found:
        if row["outcome"] == "skipped" and memory.get(row["test"], {}).get("outcome") == "held":
            continue
        memory[row["test"]] = {key: value for key, value in row.items() if key != "test"}
    MEMORY.write_text(json.dumps(memory, indent=1, sort_keys=True) + "\n")


def main() -> int:
    asked, began, code = arguments(), time.time(), 0
    memory = remembered()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = register(folder)
        wanted = [row for row in rows if not asked.only or row["id"] in asked.only]
        quick = [row["address"] for row in wanted if not row["slow"]]
        slow = [row for row in wanted if row["slow"]] if asked.full else []
        if asked.just_print:
            quick, slow = [], []
        if asked.resume:
            since = time.time() - asked.days * 86400
            slow = [row for row in slow if not _held_since(memory.get(row["test"]), since)]
        out, left = folder / "rows.jsonl", []
        if quick:
            whole = [] if asked.only else [str(REPO / "tests" / "trust"), "-m", "not slow"]
            code = max(code, pytest(*(whole or quick), DEPTHWORK_TRUST_OUT=str(out)))
            remember(memory, lines_of(out))
        for number, row in enumerate(slow):
            if asked.minutes and time.time() - began > asked.minutes * 60:
                left.append(row)
                continue
            print(f"\n{number + 1} of {len(slow)}: {row['id']}, {row['tried']}", flush=True)
            out.unlink(missing_ok=True)
            got = pytest(row["address"], minutes=asked.each, DEPTHWORK_TRUST_OUT=str(out))
            if got == 124:
                print(f"cut after {asked.each:g} minutes", file=sys.stderr)
            code = max(code, got)
            remember(memory, lines_of(out))
    print("\n".join(write(rows, memory)))
    if left:
        print(
            f"\nLeft for the next time (--resume): {', '.join(sorted({row['id'] for row in left}))}",
            file=sys.stderr,
        )
    failed = sorted({row["id"] for row in wanted if memory.get(row["test"], {}).get("outcome") == "failed"})
    if failed:
        print(f"\nNot passed: {', '.join(failed)}", file=sys.stderr)
    return 1 if code or failed or left else 0


def _held_since(last: Row | None, since: float) -> bool:
    return last is not None and last["outcome"] == "held" and last.get("at", 0) >= since


def cells(row: Row, last: Row | None) -> list[str]:
    """One line of the table."""
    told = [row["id"], TITLES[row["id"]], row["tried"]]
    if last is None:
        return [*told, "–", "no run yet", row["passes"], row["tier"], "–"]
    times = f"{last['times']:,}" if isinstance(last["times"], int) else "–"
    happened = f"could not run: {last['happened']}" if last["outcome"] == "skipped" else last["happened"]
    return [*told, times, happened, row["passes"], row["tier"], f"{last['day']}, {last['seconds']} s"]


def write(rows: list[Row], memory: dict[str, Row]) -> list[str]:
    """Every figure beside its target, into TRUST.md; gives the table."""
    lines = [
        "# Trust figures",
        "",
        "Written by `python -m tests.trust` (every push) and `python -m tests.trust --full` (nightly, release).",
        "What each row tries, how often, what happened, and the figure at which it passes.",
        "A row without a run says so: it is missing, not passed.",
        "",
        "| " + " | ".join(HEAD) + " |",
        "|" + "---|" * len(HEAD),
    ]
    missing = []
    for id, title in TITLES.items():
        own = [row for row in rows if row["id"] == id]
        if not any(memory.get(row["test"], {}).get("outcome") == "held" for row in own):
            missing.append(id)
        table = [cells(row, memory.get(row["test"])) for row in own] or [[id, title, "–", "–", "no figure yet", "–", "–", "–"]]  # fmt: skip
        lines += ["| " + " | ".join(one.replace("|", "/") for one in line) + " |" for line in table]
    lines += ["", f"Missing: {', '.join(missing) or 'none'}."]
    FILE.write_text("\n".join(lines) + "\n")
    return lines[6:]


if __name__ == "__main__":
    sys.exit(main())
