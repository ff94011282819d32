"""Random-effects pooling beside metafor's `rma`, and ten thousand bootstrap refits.

python -m tests.bench pooling
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.bench.rows import Contestant, Goal, Row

STUDIES, FITS = 400, 20

# Waits for a line, fits so many times, answers with one line: only the fits are inside the measured time.
RMA = """
suppressMessages(library(metafor)); d <- read.csv("%s"); cat("ready\\n"); flush(stdout())
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
  for (i in seq_len(as.integer(line))) f <- rma(d$y, d$v)
  cat(sprintf("%%.12f\\n", f$beta)); flush(stdout())
}
"""


def simulated() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    v = rng.uniform(0.01, 0.2, STUDIES)
    return rng.normal(0.5, np.sqrt(v + 0.1)), v


@contextmanager
def metafor(y: np.ndarray, v: np.ndarray) -> Iterator[subprocess.Popen[str] | None]:
    if shutil.which("Rscript") is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.csv"
        np.savetxt(path, np.c_[y, v], delimiter=",", header="y,v", comments="", fmt="%.17g")
        with subprocess.Popen(
            ["Rscript", "-e", RMA % path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            try:
                yield process if process.stdout.readline().strip() == "ready" else None
            finally:
                process.terminate()


def pooling() -> Iterator[list[Contestant]]:
    from depthwork.evidence.pooling import pool

    y, v = simulated()

    def ours() -> float:
        for _ in range(FITS):
            found = pool(y, v)
        return found.estimate

    with metafor(y, v) as process:
        contestants = [Contestant("depthwork", ours, FITS)]
        if process is not None:

            def theirs() -> float:
                process.stdin.write("1\n")
                process.stdin.flush()
                return float(process.stdout.readline())

            if abs(theirs() - ours()) > 1e-6:
                raise AssertionError("the two means differ by more than 1e-6")
            contestants.append(Contestant("metafor rma", theirs, 1))
        yield contestants


def refits() -> Iterator[list[Contestant]]:
    from depthwork.evidence.bootstrap import bootstrap

    y, v = simulated()
    yield [
        Contestant("compiled", lambda: bootstrap(y, v, seed=1, compiled=True), 10_000),
        Contestant("numpy", lambda: bootstrap(y, v, seed=1, compiled=False), 10_000),
    ]


ROWS = (
    Row(
        f"pooling {STUDIES} studies, REML with Q, I2 and intervals",
        "fits",
        pooling,
        (Goal("depthwork", "metafor rma", 200),),
    ),
    Row("pooling, 10,000 bootstrap refits", "refits", refits, (Goal("compiled", None, 1.0),), rounds=3),
)
