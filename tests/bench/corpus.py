"""A corpus: memory against words, and two local workers against one process.

Generated hours of 5,000 words. ``python -m tests.bench.corpus [MILLION_WORDS]`` prints resident memory as the words
grow; the time is bounded by DEPTHWORK_BENCH_SECONDS (300).
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from depthwork.interchange.corpus import run_corpus

HOUR = 5_000
COMMON = (  # noqa: SIM905
    "i you he she we they my your the a and but not never no yes was is will felt feel angry sad afraid ashamed glad "
    "mother father brother work house door night week yesterday tomorrow think thought know say said tell told want "
    "wanted leave left stay come came go went maybe perhaps really very always again because when then so if"
).split()


def write_hours(folder: Path, count: int, *, first: int = 0) -> None:
    """Write made-up hours."""
    rng = np.random.default_rng(first)
    for n in range(first, first + count):
        words = rng.choice(COMMON, HOUR)
        cuts = np.flatnonzero(rng.random(HOUR) < 1 / 24)
        turns = [" ".join(part) for part in np.split(words, cuts) if len(part)]
        (folder / f"{n:06}.txt").write_text(
            "\n\n".join(f"{'TC'[i % 2]}: {turn}." for i, turn in enumerate(turns)), encoding="utf-8"
        )


def memory(million: float) -> None:
    """Resident memory at each tenth of the way."""
    until = time.monotonic() + float(os.environ.get("DEPTHWORK_BENCH_SECONDS", "300"))
    hours = int(million * 1e6 / HOUR)
    with tempfile.TemporaryDirectory() as at:
        folder, out = Path(at) / "in", Path(at) / "out"
        folder.mkdir()
        write_hours(folder, hours)
        seen = [0]

        def progress(done: int, of: int) -> None:
            if done * 10 // of > seen[0]:
                seen[0] = done * 10 // of
                print(f"{done * HOUR / 1e6:8.1f} million words  {_resident():7.1f} MB", flush=True)
            if time.monotonic() > until:
                raise KeyboardInterrupt

        started = time.monotonic()
        run_corpus(folder, out, progress=progress)
        print(f"whole, with both tables: peak {_peak():.1f} MB, {time.monotonic() - started:.0f} s")


def workers(hours: int = 200) -> None:
    """One process against two local workers, the same files."""
    with tempfile.TemporaryDirectory() as at:
        folder = Path(at) / "in"
        folder.mkdir()
        write_hours(folder, hours)
        times = {}
        for count in (1, 2):
            started = time.monotonic()
            run_corpus(folder, Path(at) / f"out{count}", workers=count)
            times[count] = time.monotonic() - started
        same = all((Path(at) / "out1" / name).read_bytes() == (Path(at) / "out2" / name).read_bytes()
                   for name in ("transcripts.parquet", "turns.parquet"))  # fmt: skip
        print(f"{hours} hours: one process {times[1]:.1f} s, two workers {times[2]:.1f} s, "
              f"{times[1] / times[2]:.2f}x, tables equal: {same}, load {os.getloadavg()[0]:.1f}")  # fmt: skip


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    memory(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0)
    workers()
