"""Intraclass correlation: how far coders agree on ratings, in six forms with their intervals.

When not to use it: Not for codes without an order; take a kappa. Not with gaps in the table, and not the form
for a mean of raters where one rater's figure will be used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from depthwork.coding.tails import f_quantile
from depthwork.wording import gettext as _

Form = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]
FORMS: tuple[Form, ...] = ("1,1", "2,1", "3,1", "1,k", "2,k", "3,k")


@dataclass(frozen=True, slots=True)
class Intraclass:
    """One form of the coefficient with its F test and interval; None where `reason` says why."""

    form: Form
    value: float | None
    low: float | None
    high: float | None
    targets: int
    judges: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Between targets, within targets, between judges, and what is left."""

    between: float
    within: float
    judges: float
    error: float


def mean_squares(ratings: npt.ArrayLike) -> MeanSquares:
    """The mean squares of a complete table, shape (targets, judges)."""
    x = np.asarray(ratings, dtype=float)
    if x.ndim != 2 or x.shape[0] < 2 or x.shape[1] < 2 or not np.isfinite(x).all():
        raise ValueError("ratings should be targets by judges, two of each at least, none missing")
    n, k = x.shape
    grand = x.mean()
    between = k * float(((x.mean(axis=1) - grand) ** 2).sum())
    judges = n * float(((x.mean(axis=0) - grand) ** 2).sum())
    within = float(((x - x.mean(axis=1, keepdims=True)) ** 2).sum())
    return MeanSquares(
        between / (n - 1),
        within / (n * (k - 1)),
        judges / (k - 1),
        max(0.0, within - judges) / ((n - 1) * (k - 1)),
    )


def icc(ratings: npt.ArrayLike, *, confidence: float = 0.95) -> dict[Form, Intraclass]:
    """The six forms of Shrout and Fleiss with F-based intervals.

    Parameters
    ----------
    ratings
        Shape (targets, judges), no gaps.
    confidence
        Of the interval, between 0 and 1.

    Returns
    -------
    dict
        By form: (1,.) every target has its own judges; (2,.) the same judges, drawn from many;
        (3,.) these judges and no others; (.,1) one judge; (.,k) the mean of all.

    Raises
    ------
    ValueError
        If the table is not complete, or has fewer than two targets or judges.

    Notes
    -----
    1. Ratings are on an interval scale with roughly normal errors of equal size.
    2. Targets are independent: rate hours, not utterances of one hour.

    Not for codes; take a kappa.

    References
    ----------
    Shrout & Fleiss (1979), doi:10.1037/0033-2909.86.2.420; McGraw & Wong (1996),
    doi:10.1037/1082-989X.1.1.30 (intervals)

    Judged in tests/judges/test_icc.py by the published example and the intervals that R's psych gives.
    """
    if not 0 < confidence < 1:
        raise ValueError("the confidence should lie between 0 and 1")
    ms = mean_squares(ratings)
    n, k = np.shape(np.asarray(ratings))
    if ms.between <= 0 and ms.within <= 0:
        return {f: Intraclass(f, None, None, None, n, k, _("all ratings are the same")) for f in FORMS}
    tail = (1 - confidence) / 2
    one = _from_f(ms.between, ms.within, n - 1, n * (k - 1), k, tail)
    three = _from_f(ms.between, ms.error, n - 1, (n - 1) * (k - 1), k, tail)
    two = _two(ms, n, k, tail)
    singles = {"1": one, "2": two, "3": three}
    result: dict[Form, Intraclass] = {}
    for form in FORMS:
        values = singles[form[0]]
        if form.endswith("k"):
            values = (_stepped_up(values[0], k), _stepped_up(values[1], k), _stepped_up(values[2], k))
        reason = None if values[0] is not None else _("nothing varies between targets or within them")
        result[form] = Intraclass(form, *values, n, k, reason)
    return result


_Triple = tuple[float | None, float | None, float | None]


def _from_f(above: float, below: float, d1: int, d2: int, k: int, tail: float) -> _Triple:
    value = _ratio(above - below, above + (k - 1) * below)
    if below <= 0:
        return value, None, None
    f = above / below
    low, high = f / f_quantile(1 - tail, d1, d2), f * f_quantile(1 - tail, d2, d1)
    return value, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _two(ms: MeanSquares, n: int, k: int, tail: float) -> _Triple:
    value = _ratio(ms.between - ms.error, ms.between + (k - 1) * ms.error + k * (ms.judges - ms.error) / n)
    if value is None or ms.error <= 0:
        return value, None, None
    # Satterthwaite's degrees of freedom, as given by McGraw and Wong.
    a = k * value / (n * (1 - value)) if value < 1 else 0.0
    b = 1 + k * value * (n - 1) / (n * (1 - value)) if value < 1 else 1.0
    v = (a * ms.judges + b * ms.error) ** 2 / (
        (a * ms.judges) ** 2 / (k - 1) + (b * ms.error) ** 2 / ((n - 1) * (k - 1))
    )
    f_low, f_high = f_quantile(1 - tail, n - 1, v), f_quantile(1 - tail, v, n - 1)
    rest = k * ms.judges + (k * n - k - n) * ms.error
    low = n * (ms.between - f_low * ms.error) / (f_low * rest + n * ms.between)
    high = n * (f_high * ms.between - ms.error) / (rest + n * f_high * ms.between)
    return value, low, high


def _stepped_up(single: float | None, k: int) -> float | None:
    """Spearman and Brown: the mean of k judges from one; None where a bound falls off the scale."""
    return k * single / (1 + (k - 1) * single) if single is not None and 1 + (k - 1) * single > 0 else None


def _ratio(above: float, below: float) -> float | None:
    return above / below if abs(below) > 1e-300 else None
