"""A corpus: memory against words, and two local workers against one process.

Generated hours of 5,000 words. ``python -m tests.bench.corpus [MILLION_WORDS [FOLDER]]`` prints resident memory as the words
grow; the time is bounded by DEPTHWORK_BENCH_SECONDS (300), and with a FOLDER the next call goes on. `workers` alone as the
argument: only the comparison of one process with two workers.
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
DIFFERENT = 200
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


def linked_hours(folder: Path, count: int) -> None:
    """Two hundred made-up hours, under as many names as are asked for: each is read and profiled like any other."""
    made = folder.parent / "made"
    if not made.is_dir():
        made.mkdir()
        write_hours(made, DIFFERENT)
    hours = sorted(made.iterdir())
    folder.mkdir(exist_ok=True)
    for n in range(count):
        name = folder / f"{n:06}.txt"
        if not name.exists():
            os.link(hours[n % DIFFERENT], name)


def memory(million: float, place: Path | None = None) -> bool:
    """Resident memory as the words grow. In a place that is named the run goes on where it was stopped."""
    until = time.monotonic() + float(os.environ.get("DEPTHWORK_BENCH_SECONDS", "300"))
    hours = int(million * 1e6 / HOUR)
    with tempfile.TemporaryDirectory() as at:
        folder = (place or Path(at)) / "in"
        folder.parent.mkdir(exist_ok=True)
        linked_hours(folder, hours)
        marks = [n for n in (0.2, 1, 2, 5, 10, 20, 50, 100) if n <= million]

        def progress(done: int, of: int) -> None:
            while marks and done * HOUR / 1e6 >= marks[0]:
                print(f"{marks.pop(0):8.1f} million words  {_resident():7.1f} MB", flush=True)
            if time.monotonic() > until:
                raise KeyboardInterrupt

        started = time.monotonic()
        try:
            outcome = run_corpus(folder, folder.parent / "out", progress=progress)
        except KeyboardInterrupt:
            print(
                f"stopped after {time.monotonic() - started:.0f} s; peak {_peak():.1f} MB; the same call goes on"
            )
            return False
        print(
            f"{outcome.words / 1e6:.1f} million words, {outcome.done_now} of {outcome.files} hours in this run, with"
            f" both tables: peak {_peak():.1f} MB, {time.monotonic() - started:.0f} s"
        )
    return True


def workers(hours: int = 800) -> None:
    """One process against two local workers, the same files. What a process loads once is loaded before either."""
    with tempfile.TemporaryDirectory() as at:
        one, folder = Path(at) / "one", Path(at) / "in"
        linked_hours(folder, hours)
        linked_hours(one, 1)
        run_corpus(one, Path(at) / "out")
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
    if sys.argv[1:] == ["workers"]:
        workers()
    else:
        named = Path(sys.argv[2]) if len(sys.argv) > 2 else None
        memory(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0, named)
        if named is None:
            workers()
