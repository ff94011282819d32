"""Growth model and scoring, each with its peers in the same run.

python -m tests.bench growth; python -m tests.bench scoring
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.rows import Contestant, Goal, Row

PEOPLE, SESSIONS, MISSING = 10_000, 12, 0.2
RESPONSES, SCORING_S = 100_000, 5.0

LME4 = """
suppressMessages(library(lme4)); d <- read.csv('%s'); inn <- file('stdin', 'r')
cat('ready\\n'); flush(stdout())
while (length(readLines(inn, 1)) > 0) {
  f <- lmer(y ~ t + (t | p), d, REML=TRUE, control=lmerControl(calc.derivs=FALSE))
  cat(sprintf('%%.8f\\n', REMLcrit(f))); flush(stdout())
}
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


@contextmanager
def lme4(person: Any, time: Any, score: Any) -> Iterator[Any]:
    """A running R with the data read in, that fits once a line it is sent; None where lme4 is not installed."""
    if shutil.which("Rscript") is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.csv"
        np.savetxt(path, np.c_[person, time, score], delimiter=",", header="p,t,y", comments="", fmt="%.17g")
        with subprocess.Popen(
            ["Rscript", "-e", LME4 % path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        ) as r:  # fmt: skip
            assert r.stdin is not None
            assert r.stdout is not None
            yield r if r.stdout.readline().strip() == "ready" else None
            r.stdin.close()


def _by_lme4(r: Any) -> float:
    r.stdin.write("fit\n")
    r.stdin.flush()
    return float(r.stdout.readline())


def _growth() -> Iterator[list[Contestant]]:
    from statsmodels.regression.mixed_linear_model import MixedLM

    from depthwork.outcome.growth import growth

    person, time, score = simulated()
    exog = np.column_stack([np.ones_like(time), time])
    fit = partial(growth, person, time, score)
    deviance = fit().reml_deviance
    with lme4(person, time, score) as r:
        found = [
            Contestant("depthwork", fit, PEOPLE),
            Contestant(
                "statsmodels", lambda: MixedLM(score, exog, person, exog_re=exog).fit(reml=True), PEOPLE
            ),
        ]
        if r is not None:
            theirs = _by_lme4(r)
            assert deviance - theirs <= 1e-5, f"REML deviance {deviance} above lme4's {theirs}"
            print(f"REML deviance, ours less lme4's: {deviance - theirs:.1e}")
            found.append(Contestant("lme4", partial(_by_lme4, r), PEOPLE))
        yield found


def _scoring() -> Iterator[list[Contestant]]:
    from depthwork.measures import measure, score

    phq9, names = measure("phq9"), [f"q{n}" for n in range(1, 10)]
    drawn = np.random.default_rng(1).integers(0, 4, (RESPONSES, 9)).tolist()
    answers = [dict(zip(names, one, strict=True)) for one in drawn]

    def scored() -> None:
        for one in answers:
            score(phq9, one)

    yield [Contestant("scored", scored, RESPONSES)]


ROWS = [
    Row(
        name=f"growth model: {PEOPLE:,} people, {SESSIONS} sessions",
        unit="people",
        prepare=_growth,
        goals=(Goal("depthwork", "lme4", 20), Goal("depthwork", "statsmodels", 500)),
        rounds=3,
    ),
    Row(
        name=f"scoring {RESPONSES:,} PHQ-9 responses, checked, with bands and alerts",
        unit="responses",
        prepare=_scoring,
        goals=(Goal("scored", None, SCORING_S),),
        rounds=1,
    ),
]
