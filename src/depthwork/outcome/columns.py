"""Long data, one row a score: person, time, score, checked once for everything that follows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class OutcomeError(ValueError):
    """Scores that cannot be used as they are: what, where, the mend."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Scores sorted by person and time, without missing ones.

    `person` holds indices into `labels`; `time` and `score` have the same length, in the units
    they came in. `dropped` counts the rows that had no score.
    """

    person: NDArray[np.int64]
    time: Array
    score: Array
    labels: tuple[str, ...]
    dropped: int = 0
    warnings: tuple[str, ...] = field(default=())

    def of(self, index: int) -> tuple[Array, Array]:
        """Times and scores of one person, in order of time."""
        first, last = np.searchsorted(self.person, [index, index + 1])
        return self.time[first:last], self.score[first:last]


def columns(
    person: Sequence[Any], time: Sequence[Any], score: Sequence[Any], *, first_row: int = 1
) -> Columns:
    """Check and sort long data.

    Parameters
    ----------
    person : sequence, length n_rows
        Any label; empty or None is refused.
    time : sequence of numbers, length n_rows
        Sessions, weeks or months, as the caller wishes.
    score : sequence of numbers or None, length n_rows
        In the points of one measure. None or NaN is no score: the row is left out and counted.
    first_row : int
        What the first row is called in a complaint; 2 for a file with a header.

    Returns
    -------
    Columns

    Raises
    ------
    OutcomeError
        If the lengths differ, there is no score at all, a person or time is missing, a value is
        not a number, or one person has two scores at one time. Rows are named by number, never
        by person.
    """
    if not len(person) == len(time) == len(score):
        raise OutcomeError(
            f"{len(person)} persons, {len(time)} times and {len(score)} scores; they must be as many"
        )
    if not len(person):
        raise OutcomeError("there is no row; at least one score is needed")
    labels: list[str] = []
    for row, one in enumerate(person, first_row):
        label = "" if one is None or one != one else str(one).strip()
        if not label:
            raise OutcomeError(f"row {row}: no person; every score belongs to someone")
        labels.append(label)
    times = _numbers(time, "time", first_row, may_be_missing=False)
    scores = _numbers(score, "score", first_row, may_be_missing=True)
    kept = ~np.isnan(scores)
    if not kept.any():
        raise OutcomeError("no row has a score")
    names, codes = np.unique(np.asarray(labels, dtype=object)[kept].astype(str), return_inverse=True)
    rows = np.flatnonzero(kept) + first_row
    order = np.lexsort((times[kept], codes))
    codes, moment, points, rows = codes[order], times[kept][order], scores[kept][order], rows[order]
    twice = np.flatnonzero((codes[1:] == codes[:-1]) & (moment[1:] == moment[:-1]))
    if twice.size:
        first, second = sorted((int(rows[twice[0]]), int(rows[twice[0] + 1])))
        raise OutcomeError(f"rows {first} and {second} hold the same person and time; keep one of them")
    dropped = int(len(kept) - kept.sum())
    warnings = (f"{dropped} row{'s' if dropped > 1 else ''} without a score left out",) if dropped else ()
    return Columns(codes.astype(np.int64), moment, points, tuple(map(str, names)), dropped, warnings)


def _numbers(values: Sequence[Any], what: str, first_row: int, *, may_be_missing: bool) -> Array:
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        made = values.astype(np.float64)
    else:
        made = np.empty(len(values))
        for index, value in enumerate(values):
            made[index] = _number(value, what, index + first_row)
    if np.isinf(made).any():
        raise OutcomeError(f"row {int(np.flatnonzero(np.isinf(made))[0]) + first_row}: {what} is not finite")
    if not may_be_missing and np.isnan(made).any():
        raise OutcomeError(f"row {int(np.flatnonzero(np.isnan(made))[0]) + first_row}: no {what}")
    return made


def _number(value: Any, what: str, row: int) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise OutcomeError(f"row {row}: {what} is not a number")
    return float(value)
