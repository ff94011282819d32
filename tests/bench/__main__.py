"""Run the benchmarks and write BENCH.md: `python -m tests.bench`, or `--only WORD` for the rows whose name holds it.

Each row runs in a process of its own, its contestants interleaved. What it found is kept in `last_runs.json`, so that a
long run can be cut and taken up again (`--resume`), and a row that runs alone does not wipe out the others.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import re
import shutil
import subprocess
import sys
import time
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "src"))

import tests.bench  # noqa: E402
from tests.bench.rows import Row, measure, table  # noqa: E402

MEMORY = Path(__file__).with_name("last_runs.json")
PEERS = ("numpy", "numba", "scikit-learn", "scipy", "liwc", "statsmodels")
IN_R = ("lme4", "metafor")


def rows() -> list[Row]:
    """The rows of every module in this folder that lists some."""
    names = [one.name for one in pkgutil.iter_modules(tests.bench.__path__) if one.name != "__main__"]
    modules = [importlib.import_module(f"tests.bench.{name}") for name in names]
    return [row for module in modules for row in getattr(module, "ROWS", ())]


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} absent"


def versions() -> str:
    """Of this program's interpreter, its peers and what is asked in R."""
    told = [f"Python {platform.python_version()}", *map(_version, PEERS)]
    if shutil.which("Rscript"):
        ask = f"for (p in c({','.join(map(repr, IN_R))})) cat(p, as.character(packageVersion(p)), ';')"
        said = subprocess.run(["Rscript", "-e", ask], capture_output=True, text=True, check=False).stdout
        told += [part.strip() for part in said.split(";") if part.strip()]
    else:
        told.append("R absent")
    return ", ".join(told)


def told_of(there: list[dict[str, Any]]) -> str:
    """What ran with which versions: a line where all rows ran with the same, else one for each set with its days."""
    days: dict[str, set[str]] = {}
    for one in there:
        days.setdefault(one["versions"], set()).add(one["day"])
    if len(days) == 1:
        return f"{next(iter(days))}."
    return " ".join(f"Rows of {' and '.join(sorted(on))}: {told}." for told, on in days.items())


def machine() -> str:
    """The processor, its cores, and how busy it was when the run began."""
    found = (
        re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        if Path("/proc/cpuinfo").exists()
        else None
    )
    name = found.group(1).strip() if found else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def remembered() -> dict[str, Any]:
    """What each row found when it last ran."""
    return json.loads(MEMORY.read_text()) if MEMORY.exists() else {}


def write(all_rows: list[Row]) -> None:
    """BENCH.md from what is remembered."""
    memory = remembered()
    there = [memory[row.name] for row in all_rows if row.name in memory]
    missed = [row.name for row in all_rows if "| no |" in memory.get(row.name, {}).get("table", "")]
    absent = [row.name for row in all_rows if row.name not in memory]
    drawn = [f"[{one.stem}](docs/growth/{one.name})" for one in sorted((REPO / "docs/growth").glob("*.svg"))]
    parts = [
        "# Benchmarks",
        "",
        f"{told_of(there)} One thread; contestants of a row in turn, in the same process, medians. "
        "Ratios are what counts: times belong to one machine and its load.",
        "",
        f"How cost grows with size (10 times, 100 times): {', '.join(drawn) or 'not drawn yet'}.",
        "",
        f"Not met: {'; '.join(missed) or 'none'}. Not run: {'; '.join(absent) or 'none'}.",
        "",
    ]
    parts += [
        f"{one['table']}\n{one['machine']}; {one['day']}, {one['seconds']:.0f} s with its preparation.\n"
        for one in there
    ]
    (REPO / "BENCH.md").write_text("\n".join(parts), encoding="utf-8")


def run(row: Row) -> None:
    """One row, here; remembered."""
    began, on = time.time(), machine()
    told = table(measure(row))
    print(told, flush=True)
    memory = remembered()
    memory[row.name] = {
        "table": told, "machine": on, "versions": versions(), "day": date.today().isoformat(), "at": int(began), "seconds": round(time.time() - began, 1)
    }  # fmt: skip
    MEMORY.write_text(json.dumps(memory, indent=1, sort_keys=True) + "\n")


def main() -> int:
    """Each row wanted, in a process of its own."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("words", nargs="*", help="rows whose name holds one of these")
    parser.add_argument("--only", default="", metavar="WORDS", help="the same, with commas")
    parser.add_argument("--resume", action="store_true", help="leave out rows measured within a day")
    parser.add_argument(
        "--print", action="store_true", dest="just_print", help="run nothing; write BENCH.md anew"
    )
    parser.add_argument("--here", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    every = rows()
    if asked.here:
        run(next(row for row in every if row.name == asked.here))
        return 0
    words = [*asked.words, *(one.strip() for one in asked.only.split(",") if one.strip())]
    wanted = [row for row in every if not words or any(word.lower() in row.name.lower() for word in words)]
    if not wanted:
        parser.error("no row has such a name: " + "; ".join(row.name for row in every))
    fresh = time.time() - 86_400
    code = 0
    for row in () if asked.just_print else wanted:
        if asked.resume and remembered().get(row.name, {}).get("at", 0) > fresh:
            continue
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench", "--here", row.name], cwd=REPO, check=False
        )
        if done.returncode:
            code = 1
            print(f"{row.name}: did not run", file=sys.stderr)
    write(every)
    return code


if __name__ == "__main__":
    sys.exit(main())
