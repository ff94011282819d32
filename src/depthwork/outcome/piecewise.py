"""Change during a treatment and after its end, each with its own slope.

When not to use it: Not to say that treatment is the reason: who answers a follow-up differs from who does
not. Not with a single follow-up time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from depthwork.coding.tails import t_quantile
from depthwork.outcome.columns import Array, OutcomeError, columns
from depthwork.outcome.mixed import evaluator, optimum, sums_of

After = Literal["continuing", "holding", "losing"]


@dataclass(frozen=True, slots=True)
class Slope:
    """Points per unit of time, with its standard error and 95% interval."""

    value: float
    se: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Piecewise:
    """The fitted model. `after` and `verdict` are None, with the reason, where data do not reach.

    `random` names the effects that differ between people.
    """

    n_people: int
    n_rows: int
    n_followed: int
    intercept: float
    during: Slope
    after: Slope | None
    verdict: After | None
    withheld: str | None
    sd_residual: float
    random: tuple[str, ...]
    reml_deviance: float
    is_singular: bool
    messages: tuple[str, ...]


def piecewise(
    person: Sequence[Any],
    time: ArrayLike,
    score: Sequence[Any],
    *,
    end: ArrayLike,
    higher_is_better: bool = False,
    after_differs: bool | None = None,
) -> Piecewise:
    """Fit one slope up to the end of treatment and another after it.

    Says whether a group kept changing once treatment had ended. It does not say that the
    treatment is why: people who answer a follow-up differ from those who do not.

    Parameters
    ----------
    person : sequence, length n_rows
    time : array-like, shape (n_rows,)
        Months (or weeks) since the beginning.
    score : sequence of float or None, length n_rows
    end : array-like, shape (n_rows,)
        Time at which the person of each row ended treatment, in the same units.
    higher_is_better : bool
    after_differs : bool, optional
        Whether people differ in the slope after the end too. By default they do where at least
        10 people have two follow-ups or more.

    Returns
    -------
    Piecewise
        `verdict` is "continuing" where the slope after the end is favourable and its interval
        excludes 0, "losing" where it is unfavourable and excludes 0, else "holding", which is
        absence of evidence either way.

    Raises
    ------
    OutcomeError
        As `columns`; also for fewer than 3 people, no more rows than random effects, or an end
        that differs between rows of one person.

    Notes
    -----
    1. Change is linear on both sides and continuous at the end.
    2. Errors are independent and normal; scores are missing at random given those observed.
    3. The slope after the end needs two follow-up times in the data.

    ``score = b0 + b1 min(t, end) + b2 max(t - end, 0) + u0 + u1 min(t, end) (+ u2 ...) + e``,
    by restricted maximum likelihood; intervals by t with people less fixed effects as degrees
    of freedom, which is cautious.

    References
    ----------
    Singer & Willett (2003), Applied Longitudinal Data Analysis, chapter 6

    See also
    --------
    tests/judges/test_piecewise.py : statsmodels' MixedLM.
    """
    ends = np.asarray(end, dtype=np.float64)
    if ends.shape != (len(person),):
        raise OutcomeError("every row needs the end of its person's treatment")
    if not np.isfinite(ends).all():
        raise OutcomeError(f"row {int(np.flatnonzero(~np.isfinite(ends))[0]) + 1}: no end of treatment")
    data = columns(person, list(np.asarray(time)), score)
    end_of = _one_end_each(person, ends, data.labels)
    limit = end_of[data.person]
    t1, t2 = np.minimum(data.time, limit), np.maximum(data.time - limit, 0)
    people = len(data.labels)
    if people < 3:
        raise OutcomeError(f"{people} {'person' if people == 1 else 'people'}; this model needs at least 3")
    followed = np.bincount(data.person, t2 > 0, people)
    times_after = np.unique(np.round(t2[t2 > 0], 9))
    reaches = len(times_after) >= 2
    differs = bool(reaches and (followed >= 2).sum() >= 10) if after_differs is None else after_differs
    names = ("intercept", "during", "after") if reaches and differs else ("intercept", "during")
    x = np.column_stack([np.ones_like(t1), t1, t2] if reaches else [np.ones_like(t1), t1])
    y = data.score
    if not reaches:  # a line through the end alone would pull the slope during treatment
        inside = t2 == 0
        x, y = x[inside], y[inside]
        _, codes = np.unique(data.person[inside], return_inverse=True)
    else:
        codes = data.person
    return _fitted(codes, x, y, names, people, int((followed > 0).sum()), higher_is_better)


def _one_end_each(person: Sequence[Any], ends: Array, labels: tuple[str, ...]) -> Array:
    found: dict[str, float] = {}
    for row, (one, end) in enumerate(zip(person, ends, strict=True), 1):
        if found.setdefault(str(one).strip(), float(end)) != end:
            raise OutcomeError(f"row {row}: this person's treatment ends at another time in an earlier row")
    return np.array([found[label] for label in labels])


def _fitted(
    codes: Any, x: Array, y: Array, names: tuple[str, ...], people: int, followed: int, higher_is_better: bool
) -> Piecewise:
    rows, k = x.shape
    if rows <= len(names) * (int(codes.max()) + 1):
        raise OutcomeError(
            f"{rows} scores of {people} people; this model needs more than {len(names)} a person on average"
        )
    scale = x.std(0)
    scale[0] = 1.0
    if (scale < 1e-12).any():
        raise OutcomeError("every score during treatment has the same time; change needs at least two times")
    spread = float(y.std())
    if spread <= 1e-12 * max(1.0, float(np.abs(y).max())):
        raise OutcomeError("every score is the same; there is no change to fit")
    z = x / scale
    line = np.linalg.lstsq(z, y / spread, rcond=None)[0]
    sums = sums_of(codes, z, y / spread - z @ line)
    best = optimum(evaluator(sums, len(names)), random=len(names), n_rows=rows, n_fixed=k)
    beta = (best.parts.beta + line) * spread / scale
    errors = np.sqrt(best.sigma2 * np.diag(best.parts.inverse)) * spread / scale
    t = t_quantile(0.975, max(1, people - k))
    slopes = [
        Slope(float(b), float(se), (float(b - t * se), float(b + t * se)))
        for b, se in zip(beta, errors, strict=True)
    ]
    after = slopes[2] if k == 3 else None
    message = "singular fit: people do not differ in every way the model allows for; read the mean slopes"
    return Piecewise(
        n_people=people,
        n_rows=rows,
        n_followed=followed,
        intercept=float(beta[0]),
        during=slopes[1],
        after=after,
        verdict=_verdict(after, higher_is_better) if after else None,
        withheld=None if after else "a slope after the end needs follow-ups at two times or more",
        sd_residual=float(np.sqrt(best.sigma2) * spread),
        random=names,
        reml_deviance=float(best.deviance + 2 * (rows - k) * np.log(spread) + 2 * np.log(scale).sum()),
        is_singular=best.is_singular,
        messages=(message,) if best.is_singular else (),
    )


def _verdict(after: Slope, higher_is_better: bool) -> After:
    low, high = after.interval if higher_is_better else (-after.interval[1], -after.interval[0])
    return "continuing" if low > 0 else "losing" if high < 0 else "holding"
