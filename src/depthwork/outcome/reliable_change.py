"""Has this person changed more than the measure errs, and are they well again?

When not to use it: Not to say why a score moved, nor that somebody is well. Not with a spread or reliability
of people unlike this one, and not as a verdict on one treatment: part of any fall from a high score is
regression to the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from depthwork.outcome.columns import LARGEST, Array, OutcomeError
from depthwork.wording import figure
from depthwork.wording import gettext as _

Z: Final = {0.95: 1.96, 0.90: 1.645}
"""The factors that the literature multiplies by; published figures come out to their last digit with them."""

Category = Literal[
    "recovered",
    "reliably_improved",
    "no_reliable_change",
    "reliably_deteriorated",
    "started_below_cutoff",
    "not_assessable",
]
CATEGORIES: Final[tuple[Category, ...]] = Category.__args__  # type: ignore[attr-defined]


def standard_error_of_measurement(sd: float, reliability: float) -> float:
    """How far a score strays from the true one, in points: ``sd * sqrt(1 - reliability)``.

    Parameters
    ----------
    sd : float
        Standard deviation of the reference group, in points; > 0.
    reliability : float
        0 <= reliability < 1. A retest figure suits change over weeks; alpha gives smaller errors.

    Returns
    -------
    float, in points

    Raises
    ------
    OutcomeError
        If `sd` or `reliability` is out of range.
    """
    if not 0 < sd <= LARGEST:
        raise OutcomeError("the standard deviation must be above 0 and at most 1e9")
    if not 0 <= reliability < 1:
        raise OutcomeError("the reliability must be at least 0 and below 1")
    return float(sd * np.sqrt(1 - reliability))


def standard_error_of_difference(sd: float, reliability: float) -> float:
    """The same for the difference of two scores: ``sqrt(2)`` times the error of one.

    Parameters and errors as `standard_error_of_measurement`.
    """
    return float(np.sqrt(2) * standard_error_of_measurement(sd, reliability))


def reliable_points(sd: float, reliability: float, level: float = 0.95) -> float:
    """Points that a change must exceed to be more than error.

    Parameters
    ----------
    sd, reliability : float
        As `standard_error_of_measurement`.
    level : float
        0.95 (factor 1.96, as published) or 0.90 (1.645), or another between 0 and 1 (the normal
        quantile).

    Returns
    -------
    float, in points

    Examples
    --------
    >>> round(reliable_points(7.7, 0.90), 2), round(reliable_points(7.7, 0.90, 0.90), 2)
    (6.75, 5.66)
    """
    if not 0 < level < 1:
        raise OutcomeError("the level must lie between 0 and 1")
    return factor(level) * standard_error_of_difference(sd, reliability)


def factor(level: float) -> float:
    """What the standard error of a difference is multiplied by at a level between 0 and 1; see `reliable_points`."""
    return Z.get(level) or NormalDist().inv_cdf(0.5 + level / 2)


def reliable_change(before: ArrayLike, after: ArrayLike, *, sd: float, reliability: float) -> Array:
    """Change of each person in units of the standard error of a difference.

    Says whether a change exceeds what the measure's unreliability explains. It does not say why
    the score changed, nor whether the person is well. A high first score tends to fall by itself.

    Parameters
    ----------
    before, after : array-like, shape (n_people,) or single numbers
        Scores of the same measure, in its own points.
    sd, reliability : float
        As `standard_error_of_measurement`, both from one comparable group.

    Returns
    -------
    array, same shape
        Reliable change index, no unit; negative where the score fell. Beyond 1.96 either way,
        error alone would do as much in 1 of 20.

    Raises
    ------
    OutcomeError
        If the shapes differ, or `sd` or `reliability` is out of range.

    Notes
    -----
    1. Errors at both times are independent and equally large.
    2. `sd` and `reliability` come from one comparable group.

    ``(after - before) / (sd * sqrt(2) * sqrt(1 - reliability))``

    References
    ----------
    Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12

    Examples
    --------
    >>> reliable_change([18], [8], sd=7.5, reliability=0.80).round(3)
    array([-2.108])

    See also
    --------
    tests/judges/test_reliable_change.py
    """
    first, second = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if first.shape != second.shape:
        raise OutcomeError("before and after must be as many")
    made: Array = np.asarray((second - first) / standard_error_of_difference(sd, reliability))
    return made


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Three ways to say where recovery begins, in points (Jacobson & Truax's a, b and c)."""

    a: float
    b: float
    c: float


def cutoffs(*, clinical: tuple[float, float], general: tuple[float, float]) -> Cutoffs:
    """Cut-offs from the mean and standard deviation of two groups.

    Parameters
    ----------
    clinical, general : (mean, sd)
        Of people in treatment and of people in general, in points.

    Returns
    -------
    Cutoffs
        a: two standard deviations from the clinical mean towards the general one; b: two from
        the general mean towards the clinical one; c: where the two groups are equally likely.

    Raises
    ------
    OutcomeError
        If a standard deviation is not above 0 or the means are equal.

    Notes
    -----
    1. Both groups are near enough normal. ``c = (s1 m0 + s0 m1) / (s0 + s1)``.

    References
    ----------
    Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12

    Examples
    --------
    >>> round(cutoffs(clinical=(19.7, 7.7), general=(4.7, 4.8)).c, 2)
    10.46
    """
    (m0, s0), (m1, s1) = clinical, general
    if not (s0 > 0 and s1 > 0):
        raise OutcomeError("a standard deviation must be above 0")
    if m0 == m1:
        raise OutcomeError("the two groups have the same mean; no cut-off lies between them")
    towards = 1 if m1 > m0 else -1
    return Cutoffs(m0 + towards * 2 * s0, m1 - towards * 2 * s1, (s1 * m0 + s0 * m1) / (s0 + s1))


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What counts as change on a measure.

    `points` is the change that is reliable; with `inclusive`, exactly that many points count
    (a published rule such as "a fall of 6 or more"), without, only more (1.96 standard errors).
    `cutoff` separates caseness; `case_at_cutoff` says whether the cut-off itself is still a case.
    """

    points: float
    higher_is_better: bool = False
    inclusive: bool = True
    cutoff: float | None = None
    case_at_cutoff: bool = True
    source: str | None = None

    def is_case(self, score: float) -> bool | None:
        """Whether a score lies on the clinical side; None without a cut-off."""
        if self.cutoff is None:
            return None
        if score == self.cutoff:
            return self.case_at_cutoff
        return bool(score < self.cutoff if self.higher_is_better else score > self.cutoff)

    def better_by(self, before: float, after: float) -> float:
        """Points gained in the direction of better; negative where it got worse."""
        return float(after - before if self.higher_is_better else before - after)

    def exceeds(self, points: float) -> bool:
        """Whether a change of this many points is reliable."""
        return bool(points >= self.points if self.inclusive else points > self.points)


def yardstick(
    *,
    sd: float,
    reliability: float,
    higher_is_better: bool = False,
    cutoff: float | None = None,
    case_at_cutoff: bool = True,
    level: float = 0.95,
) -> Yardstick:
    """The yardstick that follows from a group's spread and the measure's reliability.

    Parameters
    ----------
    sd, reliability, level : float
        As `reliable_points`.
    higher_is_better, case_at_cutoff : bool
    cutoff : float, optional

    Returns
    -------
    Yardstick
    """
    return Yardstick(
        points=reliable_points(sd, reliability, level),
        higher_is_better=higher_is_better,
        inclusive=False,
        cutoff=cutoff,
        case_at_cutoff=case_at_cutoff,
        source=_("SD %(sd)s, reliability %(reliability)s, %(level)s")
        % {"sd": figure(sd, "g"), "reliability": figure(reliability, "g"), "level": format(level, ".0%")},
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """One person's change: the category, and what it was made of.

    `direction` tells reliable change whatever the category, so that nothing is hidden by where
    a person began. `withheld` gives the reason where a person could not be assessed.
    """

    category: Category
    direction: Literal["improved", "deteriorated", "none"] | None
    points: float | None
    began_as_case: bool | None
    ended_as_case: bool | None
    withheld: str | None = None


def change(before: float | None, after: float | None, by: Yardstick) -> Changed:
    """Reliable change and clinical significance of one person, in six categories.

    Parameters
    ----------
    before, after : float or None
        First and last score, in points; None or NaN is no score.
    by : Yardstick

    Returns
    -------
    Changed
        `points` is positive for better. Without a cut-off nobody is called recovered and nobody
        began below it.

    Notes
    -----
    1. Reliable worsening is named as such wherever the person began: a rise from below the
       cut-off is not filed under "started below".
    2. Otherwise a person who began on the well side of the cut-off is `started_below_cutoff`;
       `direction` still tells whether they improved.
    3. "Recovered" needs both: reliable change, and the cut-off crossed.

    Do not call a change a response: part of any fall from a high score is regression to the mean.

    References
    ----------
    Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12
    """
    if before is None or after is None or before != before or after != after:
        lacking = "first" if before is None or before != before else "last"
        return Changed(
            "not_assessable",
            None,
            None,
            None,
            None,
            _("no first score") if lacking == "first" else _("no last score"),
        )
    points = by.better_by(before, after)
    began, ended = by.is_case(before), by.is_case(after)
    reliable = by.exceeds(abs(points))
    direction: Literal["improved", "deteriorated", "none"] = "none"
    if reliable and points != 0:
        direction = "improved" if points > 0 else "deteriorated"
    category: Category
    if direction == "deteriorated":
        category = "reliably_deteriorated"
    elif began is False:
        category = "started_below_cutoff"
    elif direction == "improved":
        category = "recovered" if ended is False else "reliably_improved"
    else:
        category = "no_reliable_change"
    return Changed(category, direction, points, began, ended)


def first_deterioration(scores: ArrayLike, by: Yardstick) -> int | None:
    """Index of the first score that is reliably worse than the first one, or None.

    Parameters
    ----------
    scores : array-like, shape (n_sessions,)
        In order of time; NaN where there is none.
    by : Yardstick

    Returns
    -------
    int or None
    """
    values = np.asarray(scores, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(values))
    if not known.size:
        return None
    for index in known[1:]:
        worse = -by.better_by(float(values[known[0]]), float(values[index]))
        if worse > 0 and by.exceeds(worse):
            return int(index)
    return None
