"""`python -m tests.trust [--full]`: run the trust figures, print them beside their targets, write TRUST.md.

Rows of an earlier run that this one did not try keep their result and its date.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.trust.figures import TITLES

REPO = Path(__file__).resolve().parent.parent.parent
FILE = REPO / "TRUST.md"
HEAD = ("id", "threat or property", "tried", "times", "happened", "passes at", "tier", "last run")


def _cells(row: dict[str, object]) -> list[str]:
    times = f"{row['times']:,}" if isinstance(row["times"], int) else "–"
    last = f"{row['day']}, {row['seconds']} s"
    name = TITLES[str(row["id"])]
    return [
        str(row["id"]),
        name,
        str(row["tried"]),
        times,
        str(row["happened"]),
        str(row["passes"]),
        str(row["tier"]),
        last,
    ]


def _earlier() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for line in FILE.read_text().splitlines() if FILE.exists() else ():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == len(HEAD) and cells[0] in TITLES and cells[-1]:
            found[cells[0], cells[2]] = cells
    return found


def main() -> int:
    full = "--full" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rows.jsonl"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            str(REPO / "tests" / "trust"),
        ]
        if not full:
            command += ["-m", "not slow"]
        code = subprocess.run(
            command, cwd=REPO, env={**os.environ, "DEPTHWORK_TRUST_OUT": str(out)}, check=False
        ).returncode
        rows = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    print("\n".join(write(rows)))
    failed = [row["id"] for row in rows if row["happened"] == "FAILED"]
    if failed:
        print(f"\nNot passed: {', '.join(failed)}", file=sys.stderr)
    return 1 if code else 0


def write(rows: list[dict[str, object]]) -> list[str]:
    """Put new results beside earlier ones into TRUST.md; gives the table."""
    table = _earlier()
    for row in rows:
        table[str(row["id"]), str(row["tried"])] = _cells(row)
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
        own = [cells for (row, _), cells in sorted(table.items()) if row == id]
        if not own:
            missing.append(id)
            own = [[id, title, "no run yet", "", "", "", "", ""]]
        lines += ["| " + " | ".join(cells) + " |" for cells in own]
    lines += ["", f"Missing: {', '.join(missing) or 'none'}."]
    FILE.write_text("\n".join(lines) + "\n")
    return lines[6:]


if __name__ == "__main__":
    sys.exit(main())
