"""Growth model and scoring, each with its peers in the same run.

python -m tests.bench.growth
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

PEOPLE, SESSIONS, MISSING = 10_000, 12, 0.2

LME4 = """
suppressMessages(library(lme4)); d <- read.csv('%s'); best <- Inf
for (i in 1:3) {
  t0 <- proc.time()[[3]]
  f <- lmer(y ~ t + (t | p), d, REML=TRUE, control=lmerControl(calc.derivs=FALSE))
  best <- min(best, proc.time()[[3]] - t0)
}
cat(sprintf('%%.4f %%.8f', best, REMLcrit(f)))
"""


def simulated() -> tuple[Any, Any, Any]:
    """10,000 people by 12 sessions, one score in five missing."""
    rng = np.random.default_rng(3)
    person = np.repeat(np.arange(PEOPLE), SESSIONS)
    time = np.tile(np.arange(SESSIONS, dtype=float), PEOPLE)
    u = rng.multivariate_normal([0, 0], [[25, -1], [-1, 0.5]], PEOPLE)
    score = 60 + u[person, 0] + (-0.8 + u[person, 1]) * time + rng.normal(0, 4, len(time))
    keep = rng.random(len(time)) > MISSING
    return person[keep], time[keep], score[keep]


def best_of(call: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Shortest of some runs, in seconds, and the last result."""
    took, made = [], None
    for _ in range(times):
        start = perf_counter()
        made = call()
        took.append(perf_counter() - start)
    return min(took), made


def rows() -> list[dict[str, Any]]:
    """One row a comparison: seconds, ratio, budget, and whether the results agree."""
    return [*growth_rows(), scoring_row()]


def growth_rows() -> list[dict[str, Any]]:
    """The growth model beside statsmodels and, where R has it, lme4."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    from depthwork.outcome.growth import growth

    person, time, score = simulated()
    growth(person[:5000], time[:5000], score[:5000])
    ours, fitted = best_of(lambda: growth(person, time, score), 7)
    what = f"growth model, {PEOPLE:,} people, {len(score):,} scores"
    made = []
    exog = np.column_stack([np.ones_like(time), time])
    theirs, other = best_of(lambda: MixedLM(score, exog, person, exog_re=exog).fit(reml=True), 1)
    made.append(row(what, "statsmodels MixedLM", ours, theirs, 500, fitted.reml_deviance + 2 * other.llf))
    found = lme4(person, time, score)
    if found is None:
        made.append({"work": what, "peer": "lme4", "note": "Rscript with lme4 is not installed; left out"})
    else:
        made.append(
            row(what, "lme4 (calc.derivs=FALSE)", ours, found[0], 20, fitted.reml_deviance - found[1])
        )
    return made


def lme4(person: Any, time: Any, score: Any) -> tuple[float, float] | None:
    """Seconds and REML deviance of lme4, or None where it is not installed."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.csv"
        np.savetxt(path, np.c_[person, time, score], delimiter=",", header="p,t,y", comments="", fmt="%.17g")
        run = subprocess.run(["Rscript", "-e", LME4 % path], capture_output=True, text=True, check=False)
    if run.returncode:
        return None
    seconds, deviance = run.stdout.split()
    return float(seconds), float(deviance)


def row(what: str, peer: str, ours: float, theirs: float, budget: float, apart: float) -> dict[str, Any]:
    """One comparison. Ours may lie below theirs, never above: a lower deviance is the better optimum."""
    return {
        "work": what,
        "peer": peer,
        "ours_s": round(ours, 4),
        "peer_s": round(theirs, 3),
        "ratio": round(theirs / ours, 1),
        "budget": f"{budget}x",
        "met": bool(theirs / ours >= budget and apart <= 1e-5),
        "note": f"REML deviance, ours less theirs: {apart:.1e}",
    }


def scoring_row() -> dict[str, Any]:
    """100,000 PHQ-9 responses: answers checked, scores, bands, labels and alerts."""
    from depthwork.measures import measure, score

    phq9, names = measure("phq9"), [f"q{n}" for n in range(1, 10)]
    drawn = np.random.default_rng(1).integers(0, 4, (100_000, 9)).tolist()
    answers = [dict(zip(names, one, strict=True)) for one in drawn]
    start = process_time()  # alone in the row, without a peer to share the machine's load with
    for one in answers:
        score(phq9, one)
    took = process_time() - start
    return {
        "work": "scoring 100,000 PHQ-9 responses",
        "peer": None,
        "ours_s": round(took, 2),
        "budget": "5 s",
        "met": took <= 5,
        "note": "seconds of one core",
    }


if __name__ == "__main__":
    for one in rows():
        print("; ".join(f"{name} {value}" for name, value in one.items()))
