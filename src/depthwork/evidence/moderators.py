"""Whether trials differ by something known about them: subgroups, and one moderator in one model.

When not to use it: Not to say which therapy is better: trials were not assigned to groups at random. With
fewer than about ten trials a moderator is a hint at best, and never speaks of persons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from depthwork.coding.tails import chi2_upper, normal_quantile, normal_two_sided, t_quantile, t_two_sided
from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.heterogeneity import Array, Fit, Method, tau_squared, typical_variance
from depthwork.evidence.pooling import Pooled, checked, pool


@dataclass(frozen=True, slots=True)
class Subgroups:
    """A pooled mean for each group, and a test of whether the means differ."""

    groups: dict[str, Pooled]
    q_between: float | None
    df: int
    p: float | None
    withheld: str | None = None


def subgroups(
    effects: ArrayLike,
    variances: ArrayLike,
    labels: Sequence[str],
    *,
    method: Method = "REML",
    hartung_knapp: bool = False,
    level: float = 0.95,
) -> Subgroups:
    """Pool each group alone, with a tau squared of its own, and compare the means.

    Groups are not assigned at random: a difference between them is a difference between trials, and
    says nothing about which therapy is better.

    Parameters
    ----------
    effects, variances : array, shape (k,)
    labels : sequence of str, length k

    Returns
    -------
    Subgroups
        Groups in the order of first appearance. The test is withheld for one group.

    Notes
    -----
    ``q_between = sum_g (mean_g - mean)^2 / se_g^2`` on (groups - 1) degrees of freedom.

    References
    ----------
    Borenstein & Higgins (2013), doi:10.1007/s11121-013-0377-7
    """
    y, v = checked(effects, variances)
    if len(labels) != len(y):
        raise EvidenceError("each effect needs the label of its group")
    named = np.array(list(labels), dtype=object)
    made = {
        label: pool(
            y[named == label], v[named == label], method=method, hartung_knapp=hartung_knapp, level=level
        )
        for label in dict.fromkeys(labels)
    }
    if len(made) < 2:
        return Subgroups(made, None, 0, None, "one group; nothing to compare")
    means = np.array([one.estimate for one in made.values()])
    weight = np.array([one.se**-2 for one in made.values()])
    q = float(weight @ (means - weight @ means / weight.sum()) ** 2)
    return Subgroups(made, q, len(made) - 1, chi2_upper(q, len(made) - 1))


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One line of a moderator model. For a category, against the first category (the intercept)."""

    name: str
    estimate: float
    se: float
    interval: tuple[float, float]
    p: float


@dataclass(frozen=True, slots=True)
class Moderated:
    """A model with one moderator: one tau squared for what it leaves unexplained."""

    k: int
    method: Method
    hartung_knapp: bool
    coefficients: tuple[Coefficient, ...]
    tau2: float
    i2: float
    q_residual: float
    q_residual_df: int
    q_residual_p: float
    q_moderator: float
    q_moderator_df: int
    q_moderator_p: float
    explained: float | None


def by_number(
    effects: ArrayLike,
    variances: ArrayLike,
    moderator: ArrayLike,
    *,
    name: str = "moderator",
    method: Method = "REML",
    hartung_knapp: bool = False,
    level: float = 0.95,
) -> Moderated:
    """A line through the effects along a number, such as the year or the number of sessions.

    Parameters
    ----------
    effects, variances, moderator : array, shape (k,)

    Returns
    -------
    Moderated
        Coefficients ``intercept`` (at a moderator of 0) and `name`.

    Raises
    ------
    EvidenceError
        If there are fewer than 3 studies, or the moderator is not finite or the same throughout.

    Notes
    -----
    1. The relation is a line; between trials, never within a person.
    2. With fewer than about ten trials a moderator is a hint at best.
    """
    y, v = checked(effects, variances)
    column = np.asarray(moderator, dtype=np.float64)
    if column.shape != y.shape or not np.isfinite(column).all():
        raise EvidenceError("each effect needs a number as its moderator")
    if float(np.ptp(column)) == 0:
        raise EvidenceError("the moderator is the same in every study; there is nothing to compare")
    x = np.column_stack([np.ones_like(y), column])
    return _model(y, v, x, ("intercept", name), method, hartung_knapp, level)


def by_category(
    effects: ArrayLike,
    variances: ArrayLike,
    labels: Sequence[str],
    *,
    method: Method = "REML",
    hartung_knapp: bool = False,
    level: float = 0.95,
) -> Moderated:
    """Groups in one model with one tau squared: the first is the intercept, the others stand against it.

    Unlike `subgroups`, groups share what they leave unexplained; with small groups that is steadier.
    """
    y, v = checked(effects, variances)
    if len(labels) != len(y):
        raise EvidenceError("each effect needs the label of its group")
    names = tuple(dict.fromkeys(labels))
    if len(names) < 2:
        raise EvidenceError("there is one group only; there is nothing to compare")
    x = np.column_stack(
        [np.ones_like(y), *(np.array([label == name for label in labels], float) for name in names[1:])]
    )
    return _model(y, v, x, names, method, hartung_knapp, level)


def _model(
    y: Array, v: Array, x: Array, names: tuple[str, ...], method: Method, hartung_knapp: bool, level: float
) -> Moderated:
    k, p = x.shape
    if k <= p:
        raise EvidenceError(f"{k} studies cannot carry {p} coefficients; at least {p + 1} are needed")
    tau2 = tau_squared(y, v, x, method)
    fit, fixed = Fit(y, v, x, tau2), Fit(y, v, x, 0.0)
    covariance = fit.covariance
    if hartung_knapp:
        covariance = covariance * (fit.q() / (k - p))
    reach = t_quantile((1 + level) / 2, k - p) if hartung_knapp else normal_quantile((1 + level) / 2)
    lines = []
    for at, name in enumerate(names):
        b, se = float(fit.beta[at]), math.sqrt(float(covariance[at, at]))
        if se == 0:
            raise EvidenceError("the effects lie exactly on the model; use the normal interval")
        chance = t_two_sided(b / se, k - p) if hartung_knapp else normal_two_sided(b / se)
        lines.append(Coefficient(name, b, se, (b - reach * se, b + reach * se), chance))
    slopes = fit.beta[1:]
    q_moderator = float(slopes @ np.linalg.inv(fit.covariance[1:, 1:]) @ slopes)
    residual = fixed.q()
    alone = tau_squared(y, v, np.ones((k, 1)), method)
    return Moderated(
        k=k,
        method=method,
        hartung_knapp=hartung_knapp,
        coefficients=tuple(lines),
        tau2=tau2,
        i2=tau2 / (tau2 + typical_variance(v, x)),
        q_residual=residual,
        q_residual_df=k - p,
        q_residual_p=chi2_upper(residual, k - p),
        q_moderator=q_moderator,
        q_moderator_df=p - 1,
        q_moderator_p=chi2_upper(q_moderator, p - 1),
        explained=max(0.0, 1 - tau2 / alone) if alone > 0 else None,
    )
