"""Sudden gains and losses: a large, lasting step between two sessions.

When not to use it: Not on scores that are prorated, on forms asked every few weeks, or on fewer than four
sessions, and not to say that the hour before brought the step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from depthwork.coding.tails import t_quantile
from depthwork.outcome.columns import Array, OutcomeError

CRITICAL: Final = {df: t_quantile(0.975, df) for df in (2, 3, 4)}
"""Two-sided 5% quantile of t for 4, 5 and 6 scores around the step: 4.303, 3.182, 2.776."""


@dataclass(frozen=True, slots=True)
class Step:
    """What the three criteria say of one interval between two sessions."""

    before: int
    after: int
    points: float
    large: bool
    large_for_the_person: bool
    difference: float
    critical: float
    lasting: bool

    @property
    def holds(self) -> bool:
        """Whether all three criteria hold."""
        return self.large and self.large_for_the_person and self.lasting


@dataclass(frozen=True, slots=True)
class SuddenChange:
    """A sudden gain or loss between the sessions with indices `before` and `after`.

    `reversed_at` is the index of the first later score that takes back half of the step or more;
    None while none has.
    """

    kind: Literal["gain", "loss"]
    before: int
    after: int
    points: float
    reversed_at: int | None


def step(scores: ArrayLike, before: int, *, cut: float, share: float = 0.25) -> Step | None:
    """Judge the interval after one session by the three criteria, for a score that should fall.

    Parameters
    ----------
    scores : array-like, shape (n_sessions,)
        In order of time, NaN where a session has no score. Lower is better.
    before : int
        Index of the session before the step.
    cut : float
        Criterion 1, in points; > 0.
    share : float
        Criterion 2: the step as a share of the score before it.

    Returns
    -------
    Step or None
        None where the interval cannot be judged: a score of the two is missing, or fewer than
        two of the three scores on one side are there.

    Notes
    -----
    1. ``x[n] - x[n+1] >= cut``
    2. ``x[n] - x[n+1] >= share * x[n]``
    3. mean of the three before minus mean of the three after ``> t * SD_pooled``, without the
       factor ``sqrt(1/n1 + 1/n2)``, and t for the scores that are there.

    See also `sudden_changes`.
    """
    values = _series(scores)
    after = before + 1
    if not 0 <= before < len(values) - 1 or np.isnan(values[[before, after]]).any():
        return None
    first, second = values[max(0, before - 2) : after], values[after : after + 3]
    first, second = first[~np.isnan(first)], second[~np.isnan(second)]
    if len(first) < 2 or len(second) < 2:
        return None
    points = float(values[before] - values[after])
    df = len(first) + len(second) - 2
    pooled = ((len(first) - 1) * first.var(ddof=1) + (len(second) - 1) * second.var(ddof=1)) / df
    difference, critical = float(first.mean() - second.mean()), float(CRITICAL[df] * np.sqrt(pooled))
    return Step(
        before=before,
        after=after,
        points=points,
        large=points >= cut,
        large_for_the_person=points >= share * values[before],
        difference=difference,
        critical=critical,
        lasting=difference > critical,
    )


def sudden_changes(
    scores: ArrayLike, *, cut: float, higher_is_better: bool = False, share: float = 0.25
) -> tuple[SuddenChange, ...]:
    """Sudden gains and losses of one person, in order of time.

    Says that a large step happened and lasted over the next sessions. It does not say what
    brought it about; the hour before it is worth rereading.

    Parameters
    ----------
    scores : array-like, shape (n_sessions,)
        Equally spaced sessions in order of time, NaN where one has no score. The first judged
        step lies between the second and third.
    cut : float
        Points that a step must have; the reliable change of the measure, or 7 for the BDI.
    higher_is_better : bool
    share : float
        The step as a share of the score before it.

    Returns
    -------
    tuple of SuddenChange
        `points` is always positive.

    Raises
    ------
    OutcomeError
        If `cut` is not above 0 or the scores are not one row of finite numbers.

    Notes
    -----
    1. Sessions are near enough evenly spaced; a step across a long break is a break.
    2. Five or six scores hold no test of significance: criterion 3 is a rule of thumb.
    3. A loss is the same rule with the sign reversed; its second criterion is the share of the
       score before it, whichever way the measure runs.

    Do not use it on scores that were prorated from few items, nor on fewer than four sessions.

    References
    ----------
    Tang & DeRubeis (1999), doi:10.1037/0022-006X.67.6.894
    Wiedemann, Thew, Stott & Ehlers (2020), doi:10.1371/journal.pone.0230276

    See also
    --------
    tests/judges/test_sudden_gains.py : published cases and the published counts of a real data set.
    """
    if not (np.isfinite(cut) and cut > 0):
        raise OutcomeError("the cut of a sudden gain must be above 0 points")
    values = _series(scores)
    found = []
    for before in range(1, len(values) - 2):
        for kind, sign in (
            ("gain", -1.0 if higher_is_better else 1.0),
            ("loss", 1.0 if higher_is_better else -1.0),
        ):
            judged = step(sign * values, before, cut=cut, share=0.0)
            if judged is None or not judged.holds or judged.points < share * abs(values[before]):
                continue
            later = np.flatnonzero(sign * (values[before + 2 :] - values[before + 1]) >= 0.5 * judged.points)
            back = int(later[0]) + before + 2 if later.size else None
            found.append(SuddenChange(kind, before, before + 1, judged.points, back))  # type: ignore[arg-type]
    return tuple(found)


def on_sessions(times: ArrayLike, scores: ArrayLike) -> tuple[Array, Array]:
    """Scores on the grid of numbered sessions: a session without a score is a gap, never skipped.

    A step needs the scores of two sessions that follow one another. Without the gaps, the scores
    on both sides of a missing session would pass for neighbours.

    Parameters
    ----------
    times : array-like, shape (n_scores,)
        Session numbers, whole and rising.
    scores : array-like, shape (n_scores,)
        NaN or None where a session has no score.

    Returns
    -------
    times, scores : array, shape (n_sessions,)
        As given, with NaN in `scores` for each number left out. Of a longer gap two sessions
        stand there, numbered from its beginning: more make no difference, since criterion 3
        reaches two sessions past each of the two.

    Raises
    ------
    OutcomeError
        If the lengths differ, or the times are not whole and rising.

    Examples
    --------
    >>> on_sessions([1, 2, 4], [28, 25, 11])[1]
    array([28., 25., nan, 11.])
    """
    numbers, values = _series(times), _series(scores)
    if len(numbers) != len(values):
        raise OutcomeError(f"{len(numbers)} sessions and {len(values)} scores; they must be as many")
    apart = np.diff(numbers)
    if not ((numbers % 1 == 0).all() and (apart > 0).all()):
        raise OutcomeError("sessions are numbered 1, 2, 3 and so on, each once, in order")
    missing = np.minimum(apart - 1, 2).astype(np.int64)
    at = np.repeat(np.arange(1, len(numbers)), missing)
    within = np.concatenate([np.arange(1, n + 1) for n in missing]) if missing.any() else np.zeros(0)
    return np.insert(numbers, at, numbers[at - 1] + within), np.insert(values, at, np.nan)


def judged_intervals(scores: ArrayLike) -> int:
    """How many intervals can be judged at all: too few, and "none found" says nothing.

    Parameters
    ----------
    scores : array-like, shape (n_sessions,)

    Returns
    -------
    int
    """
    values = _series(scores)
    return sum(step(values, before, cut=1.0) is not None for before in range(1, len(values) - 2))


def _series(scores: ArrayLike) -> Array:
    try:
        values = np.asarray(
            [np.nan if one is None else one for one in np.asarray(scores, dtype=object).ravel()]
        )
        values = values.astype(np.float64)
    except (TypeError, ValueError):
        raise OutcomeError("the scores hold something that is not a number") from None
    if np.isinf(values).any():
        raise OutcomeError("the scores hold a value that is not finite")
    return values
