"""Degrees of freedom and intervals of a growth model, and each person's own line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthwork.coding.tails import t_quantile
from depthwork.outcome.columns import Array
from depthwork.outcome.growth import Growth, closed_form


@dataclass(frozen=True, slots=True)
class Inference:
    """Satterthwaite degrees of freedom and t intervals; None with the reason in `withheld`."""

    df_intercept: float | None
    df_slope: float | None
    interval_intercept: tuple[float, float] | None
    interval_slope: tuple[float, float] | None
    withheld: str | None


def degrees_of_freedom(fitted: Growth, *, level: float = 0.95) -> Inference:
    """Satterthwaite's degrees of freedom, and the intervals that follow.

    Parameters
    ----------
    fitted : Growth
    level : float
        Confidence of the intervals, between 0 and 1.

    Returns
    -------
    Inference
        All None on a singular fit, where the curvature of the likelihood says nothing.

    Notes
    -----
    1. The restricted likelihood is near enough quadratic around its optimum.

    ``df = 2 f^2 / (g' A g)`` with f the variance of the estimate as a function of the Cholesky
    factor and the residual spread, g its gradient and A twice the inverse Hessian of the
    restricted deviance, both by central differences. With complete and equal data this is
    n_people - 1, the exact answer. Do not use it with fewer than about 10 people.

    References
    ----------
    Satterthwaite (1946), doi:10.2307/3002019
    Kuznetsova, Brockhoff & Christensen (2017), doi:10.18637/jss.v082.i13

    See also
    --------
    tests/judges/test_growth.py : lmerTest, and the exact answer for balanced data.
    """
    if fitted.is_singular:
        return Inference(None, None, None, None, "singular fit: degrees of freedom are not defined")
    sums = fitted.sums
    evaluate, free = closed_form(sums), sums.n_rows - 2
    at = (fitted.centre - sums.shift) / sums.scale
    contrasts = np.array([[1.0, at], [0.0, 1.0]])
    lower = np.tril_indices(2)

    def look(x: Array) -> tuple[Array, Array]:
        factor = np.zeros((2, 2))
        factor[lower] = x[:3]
        parts, variance = evaluate(factor @ factor.T), x[3] ** 2
        slope = 2 * (parts.shrink - parts.residual / variance) @ factor
        full = np.append(slope[lower], 2 * free / x[3] - 2 * parts.rss / x[3] ** 3)
        return full, variance * np.einsum("ij,jk,ik->i", contrasts, parts.inverse, contrasts)

    here = np.append(fitted.fit.factor[lower], np.sqrt(fitted.fit.sigma2))
    hessian, turns = np.empty((4, 4)), np.empty((2, 4))
    for index in range(4):
        step = np.zeros(4)
        step[index] = 1e-4 * max(0.1, abs(here[index]))
        (up, f_up), (down, f_down) = look(here + step), look(here - step)
        hessian[index] = (up - down) / (2 * step[index])
        turns[:, index] = (f_up - f_down) / (2 * step[index])
    hessian = (hessian + hessian.T) / 2
    if np.linalg.eigvalsh(hessian)[0] <= 0:
        return Inference(None, None, None, None, "the likelihood is too flat for degrees of freedom")
    spread = 2 * np.linalg.inv(hessian)
    variance = look(here)[1]
    df = 2 * variance**2 / np.einsum("ij,jk,ik->i", turns, spread, turns)
    pairs = ((fitted.intercept, fitted.se_intercept), (fitted.slope, fitted.se_slope))
    intervals = [
        (value - (half := t_quantile(0.5 + level / 2, float(one)) * se), value + half)
        for (value, se), one in zip(pairs, df, strict=True)
    ]
    return Inference(float(df[0]), float(df[1]), intervals[0], intervals[1], None)


def person_lines(fitted: Growth) -> tuple[NDArray[np.generic], Array, Array]:
    """Each person's own line, drawn towards the mean as far as their scores are few or uncertain.

    Parameters
    ----------
    fitted : Growth

    Returns
    -------
    people, intercept, slope : arrays, shape (n_people,)
        Labels, score at the centre, and change per unit of time, in the units of the data.

    Notes
    -----
    Best linear unbiased predictions, ``u = G Z'V^-1(y - X b)``. They describe a group's spread;
    they are no forecast and no ranking of people.
    """
    sums, parts, g = fitted.sums, fitted.fit.parts, fitted.fit.g
    xx = np.stack([np.stack([sums.n, sums.t], -1), np.stack([sums.t, sums.tt], -1)], -2)
    left = np.stack([sums.y, sums.ty], -1) - xx @ parts.beta
    u = np.einsum("ij,pj->pi", g, np.linalg.solve(np.eye(2) + xx @ g, left[..., None])[..., 0])
    line = (parts.beta + np.array(sums.line) + u) * sums.spread
    slope = line[:, 1] / sums.scale
    return sums.people, line[:, 0] + slope * (fitted.centre - sums.shift), slope
