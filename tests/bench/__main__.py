"""Run the benchmarks: ``python -m tests.bench [NAME ...]``; writes BENCH.md when all are run."""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "src"))

import tests.bench  # noqa: E402
from tests.bench.rows import Row, measure, table  # noqa: E402

PEERS = ("numpy", "numba", "scikit-learn", "scipy", "liwc", "statsmodels")


def rows() -> list[Row]:
    """The rows of every module in this folder that lists some."""
    names = [
        module.name for module in pkgutil.iter_modules(tests.bench.__path__) if module.name != "__main__"
    ]
    modules = [importlib.import_module(f"tests.bench.{name}") for name in names]
    return [row for module in modules for row in getattr(module, "ROWS", ())]


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} absent"


def main(wanted: list[str]) -> None:
    versions = ", ".join(map(_version, PEERS))
    parts = [
        "# Benchmarks",
        "",
        f"Python {platform.python_version()}, {versions}. One thread; contestants interleaved, medians. "
        "Ratios are what counts: times belong to one machine and its load.",
        "",
    ]
    print("\n".join(parts), flush=True)
    for row in rows():
        if wanted and not any(word in row.name for word in wanted):
            continue
        parts.append(table(measure(row)))
        print(parts[-1], flush=True)
    if not wanted:
        (REPO / "BENCH.md").write_text("\n".join(parts), encoding="utf-8")


main(sys.argv[1:])
