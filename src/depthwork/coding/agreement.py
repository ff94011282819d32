"""How far coders agree on categories: percent, kappas and Krippendorff's alpha.

When not to use it: Not for places in a text, which are matched first (see two coders), nor for ratings on a
scale (see intraclass correlation). Agreement is not truth: two coders with one teacher can be wrong together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from depthwork.wording import gettext as _

Floats: TypeAlias = npt.NDArray[np.float64]
Weights: TypeAlias = Literal["linear", "quadratic"] | Sequence[Sequence[float]] | None
Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEAST_UNITS = 30  # below this a kappa is not shown to a reader


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with the number of units it rests on; `value` is None where `reason` says why."""

    value: float | None
    units: int
    reason: str | None = None


def percent(a: Sequence[Hashable], b: Sequence[Hashable]) -> Agreement:
    """Percent of units to which two coders gave the same code, 0 to 100.

    Raises
    ------
    ValueError
        If the two lists differ in length.

    Notes
    -----
    Not corrected for chance: two coders who nearly always give one code agree highly by luck.
    Do not report it alone.
    """
    _same_length(a, b)
    if not a:
        return Agreement(None, 0, _("no unit was coded by both"))
    return Agreement(100 * sum(x == y for x, y in zip(a, b, strict=True)) / len(a), len(a))


def kappa(
    a: Sequence[Hashable],
    b: Sequence[Hashable],
    *,
    weights: Weights = None,
    order: Sequence[Hashable] | None = None,
) -> Agreement:
    """Cohen's kappa of two coders over the same units, plain or weighted.

    Parameters
    ----------
    a, b
        Codes, unit by unit.
    weights
        None (every disagreement counts alike), ``linear``, ``quadratic``, or a matrix of
        disagreement weights in the order of `order`.
    order
        The categories in order; needed for weights. Left out: those seen, sorted by their text.

    Returns
    -------
    Agreement
        -1 to 1. None where no unit was coded by both, or where chance alone would give
        complete agreement (one code throughout).

    Raises
    ------
    ValueError
        If lengths differ, a code is missing from `order`, or weights come without an order.

    Notes
    -----
    1. The two coders work independently of each other.
    2. Units are independent; within an hour they are not, so intervals resample hours.

    ``(po - pe) / (1 - pe)``, weighted ``1 - sum(w p) / sum(w r c)``

    References
    ----------
    Cohen (1960), doi:10.1177/001316446002000104; Cohen (1968), doi:10.1037/h0026256

    Judged in tests/judges/test_agreement.py (published tables, statsmodels, scikit-learn).
    """
    _same_length(a, b)
    if weights is not None and order is None:
        raise ValueError("weighted kappa needs the order of the categories")
    categories = list(order) if order is not None else sorted(set(a) | set(b), key=str)
    at = {category: i for i, category in enumerate(categories)}
    if missing := (set(a) | set(b)) - set(at):
        raise ValueError(f"{len(missing)} code(s) are not among the ordered categories")
    table = np.zeros((len(categories), len(categories)))
    for x, y in zip(a, b, strict=True):
        table[at[x], at[y]] += 1
    return kappa_of_table(table, weights=weights)


def kappa_of_table(table: npt.ArrayLike, *, weights: Weights = None) -> Agreement:
    """Kappa from a square table of counts or proportions (first coder in rows, second in columns)."""
    cells = np.asarray(table, dtype=float)
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1] or (cells < 0).any():
        raise ValueError("the table should be square and hold no negative number")
    total = float(cells.sum())
    units = round(total)
    if total <= 0:
        return Agreement(None, 0, _("no unit was coded by both"))
    share = cells / total
    by_chance = np.outer(share.sum(axis=1), share.sum(axis=0))
    cost = _disagreement(len(cells), weights)
    expected = float((cost * by_chance).sum())
    if expected <= 1e-15:
        return Agreement(
            None, units, _("both coders gave one code throughout, so chance cannot be told apart")
        )
    return Agreement(1 - float((cost * share).sum()) / expected, units)


def fleiss_kappa(counts: npt.ArrayLike) -> Agreement:
    """Fleiss' kappa of several coders, not the same ones for every unit.

    Parameters
    ----------
    counts
        Shape (units, categories): how many coders gave each code. Every row sums to the same
        number of coders, two or more.

    Notes
    -----
    1. Each unit has the same number of coders, drawn at random from many.
    2. Categories have no order.

    Not for two fixed coders; take `kappa`.

    References
    ----------
    Fleiss (1971), doi:10.1037/h0031619
    """
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or (table < 0).any():
        raise ValueError("counts should be units by categories, with no negative number")
    if not len(table):
        return Agreement(None, 0, _("no unit was coded"))
    coders = table.sum(axis=1)
    if coders[0] < 2 or (coders != coders[0]).any():
        raise ValueError("every unit needs the same number of coders, two or more")
    n = coders[0]
    observed = float(((table**2).sum(axis=1) - n).mean() / (n * (n - 1)))
    shares = table.sum(axis=0) / table.sum()
    expected = float((shares**2).sum())
    if expected >= 1 - 1e-15:
        return Agreement(None, len(table), _("all coders gave one code throughout"))
    return Agreement((observed - expected) / (1 - expected), len(table))


def alpha(data: Sequence[Sequence[Any]], *, level: Level = "nominal") -> Agreement:
    """Krippendorff's alpha of any number of coders, with gaps.

    Parameters
    ----------
    data
        One row a coder, one column a unit; None where a coder gave nothing. Numbers for the
        levels ordinal, interval and ratio.
    level
        How values compare.

    Returns
    -------
    Agreement
        `units` counts those that two coders or more gave a value.

    Raises
    ------
    ValueError
        If rows differ in length, or a ratio value is negative.

    Notes
    -----
    1. Coders are interchangeable.
    2. A unit with fewer than two values says nothing about agreement and drops out.

    ``1 - (n - 1) sum(o d2) / sum(n_c n_k d2)``

    References
    ----------
    Krippendorff (2004), Content Analysis; Hayes & Krippendorff (2007),
    doi:10.1080/19312450709336664
    """
    if len({len(row) for row in data}) > 1:
        raise ValueError("every coder needs one place for each unit, empty or not")
    columns = [[v for v in column if v is not None] for column in zip(*data, strict=True)]
    units = [column for column in columns if len(column) >= 2]
    if not units:
        return Agreement(None, 0, _("no unit was coded by two"))
    seen = {value for unit in units for value in unit}
    values = sorted(seen) if level != "nominal" else sorted(seen, key=str)
    at = {value: i for i, value in enumerate(values)}
    coincidences = np.zeros((len(values), len(values)))
    for unit in units:
        given = Counter(at[value] for value in unit)
        for i, m in given.items():
            for j, n in given.items():
                coincidences[i, j] += (m * n - (m if i == j else 0)) / (len(unit) - 1)
    totals = coincidences.sum(axis=1)
    distance = _distance(values, totals, level)
    expected = float((np.outer(totals, totals) * distance).sum())
    if expected <= 0:
        return Agreement(None, len(units), _("one value throughout, so chance cannot be told apart"))
    observed = float((coincidences * distance).sum())
    return Agreement(1 - (float(totals.sum()) - 1) * observed / expected, len(units))


def in_words(value: float, *, icc: bool = False) -> str:
    """Weak, fair, good or excellent, by the display rule for kappas or for ICCs.

    Notes
    -----
    Cut-offs after Cicchetti (1994), doi:10.1037/1040-3590.6.4.284. A kappa of .75 is good and
    an ICC of .75 is excellent: the two rules differ there.
    """
    if value < 0.40:
        return "weak"
    if value < 0.60:
        return "fair"
    if value < 0.75 or (value == 0.75 and not icc):
        return "good"
    return "excellent"


def _same_length(a: Sequence[Any], b: Sequence[Any]) -> None:
    if len(a) != len(b):
        raise ValueError(f"two coders over the same units, not {len(a)} and {len(b)}")


def _disagreement(size: int, weights: Weights) -> Floats:
    steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(float)
    if weights is None:
        return (steps > 0).astype(float)
    if isinstance(weights, str):
        return steps if weights == "linear" else steps**2
    given = np.asarray(weights, dtype=float)
    if given.shape != (size, size):
        raise ValueError(f"weights should be {size} by {size}")
    return given


def _distance(values: Sequence[Any], totals: Floats, level: Level) -> Floats:
    size = len(values)
    if level == "nominal":
        return 1 - np.eye(size)
    if level == "ordinal":
        below = np.concatenate([[0.0], np.cumsum(totals)])
        low = np.minimum.outer(np.arange(size), np.arange(size))
        high = np.maximum.outer(np.arange(size), np.arange(size))
        between = below[high + 1] - below[low]
        squared: Floats = (between - np.add.outer(totals, totals) / 2) ** 2
        squared[np.diag_indices(size)] = 0
        return squared
    numbers = np.asarray(values, dtype=float)
    apart = np.subtract.outer(numbers, numbers)
    if level == "interval":
        return np.asarray(apart**2, dtype=float)
    if (numbers < 0).any():
        raise ValueError("ratio values cannot be negative")
    sums = np.add.outer(numbers, numbers)
    return np.asarray(np.divide(apart, sums, out=np.zeros_like(apart), where=sums > 0) ** 2, dtype=float)
