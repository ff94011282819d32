"""Long data, one row a score: person, time, score, checked once for everything that follows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LARGEST = 1e9
"""Beyond this no score, time or spread is one: squares and their sums stay far from overflow."""


class OutcomeError(ValueError):
    """Scores that cannot be used as they are: what, where, the mend."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Scores sorted by person and time, without missing ones.

    `person` holds indices into `labels`; `time` and `score` have the same length, in the units
    they came in. `dropped` counts the rows that had no score; `blank_person` and `blank_time` say
    where they stood, for what must know that a session had none.
    """

    person: NDArray[np.int64]
    time: Array
    score: Array
    labels: tuple[str, ...]
    dropped: int = 0
    warnings: tuple[str, ...] = field(default=())
    blank_person: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    blank_time: Array = field(default_factory=lambda: np.zeros(0))

    def of(self, index: int) -> tuple[Array, Array]:
        """Times and scores of one person, in order of time."""
        first, last = np.searchsorted(self.person, [index, index + 1])
        return self.time[first:last], self.score[first:last]

    def with_blanks(self, index: int) -> tuple[Array, Array]:
        """The same with the rows that had no score, NaN, in their places."""
        times, scores = self.of(index)
        first, last = np.searchsorted(self.blank_person, [index, index + 1])
        blank = np.setdiff1d(self.blank_time[first:last], times)
        if not blank.size:
            return times, scores
        moment = np.concatenate([times, blank])
        order = np.argsort(moment, kind="stable")
        return moment[order], np.concatenate([scores, np.full(len(blank), math.nan)])[order]


def columns(
    person: Sequence[Any], time: Sequence[Any], score: Sequence[Any], *, rows: Sequence[int] | None = None
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
    rows : sequence of int, optional
        What each row is called in a complaint, such as its number in a file; 1, 2, 3 and so on unless given.

    Returns
    -------
    Columns

    Raises
    ------
    OutcomeError
        If the lengths differ, there is no score at all, a person or time is missing, a value is
        not a number or beyond `LARGEST`, or one person has two scores at one time. Rows are named by number, never
        by person.
    """
    if not len(person) == len(time) == len(score):
        raise OutcomeError(
            f"{len(person)} persons, {len(time)} times and {len(score)} scores; they must be as many"
        )
    if not len(person):
        raise OutcomeError("there is no row; at least one score is needed")
    called = range(1, len(person) + 1) if rows is None else rows
    labels: list[str] = []
    for row, one in zip(called, person, strict=True):
        label = "" if one is None or one != one else str(one).strip()
        if not label:
            raise OutcomeError(
                f"row {row}: no person; every score belongs to someone, so name them or leave the row out"
            )
        labels.append(label)
    times = _numbers(time, "time", called, may_be_missing=False)
    scores = _numbers(score, "score", called, may_be_missing=True)
    kept = ~np.isnan(scores)
    if not kept.any():
        raise OutcomeError("no row has a score; at least one is needed")
    whose = np.asarray(labels, dtype=object)
    names, codes = np.unique(whose[kept].astype(str), return_inverse=True)
    numbers = np.asarray(called)[kept]
    order = np.lexsort((times[kept], codes))
    codes, moment, points, numbers = codes[order], times[kept][order], scores[kept][order], numbers[order]
    twice = np.flatnonzero((codes[1:] == codes[:-1]) & (moment[1:] == moment[:-1]))
    if twice.size:
        first, second = sorted((int(numbers[twice[0]]), int(numbers[twice[0] + 1])))
        raise OutcomeError(f"rows {first} and {second} hold the same person and time; keep one of them")
    dropped = int(len(kept) - kept.sum())
    warnings = (f"{dropped} row{'s' if dropped > 1 else ''} without a score left out",) if dropped else ()
    # Of those who have a score somewhere; the others are not among the labels.
    blank, blank_times = whose[~kept].astype(str), times[~kept]
    known = np.isin(blank, names)
    blank_codes, blank_times = np.searchsorted(names, blank[known]), blank_times[known]
    order = np.lexsort((blank_times, blank_codes))
    return Columns(
        codes.astype(np.int64),
        moment,
        points,
        tuple(map(str, names)),
        dropped,
        warnings,
        blank_codes[order].astype(np.int64),
        blank_times[order],
    )


def _numbers(values: Sequence[Any], what: str, rows: Sequence[int], *, may_be_missing: bool) -> Array:
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        made = values.astype(np.float64)
    else:
        made = np.empty(len(values))
        for index, value in enumerate(values):
            made[index] = _number(value, what, rows[index])
    if (beyond := np.abs(made) > LARGEST).any():
        first = int(np.flatnonzero(beyond)[0])
        says = "is not finite" if np.isinf(made[first]) else "lies beyond 1e9 either way"
        raise OutcomeError(f"row {rows[first]}: {what} {says}; correct or empty it")
    if not may_be_missing and np.isnan(made).any():
        first = int(np.flatnonzero(np.isnan(made))[0])
        raise OutcomeError(f"row {rows[first]}: no {what}; write it or leave the row out")
    return made


def _number(value: Any, what: str, row: int) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise OutcomeError(f"row {row}: {what} is not a number; correct or empty it")
    return float(value)
