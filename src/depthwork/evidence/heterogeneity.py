"""How much the true effects differ: three estimators of tau squared, on any design of moderators.

When not to use it: Not from a handful of trials as if it were known: with few, tau squared is a guess. I
squared is a share of the spread, never an amount.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Method = Literal["REML", "DL", "PM"]
METHODS: Final[tuple[Method, ...]] = ("REML", "DL", "PM")


class Fit:
    """Weighted least squares at one tau squared, with the traces that the estimators need; no k by k matrix."""

    __slots__ = ("beta", "covariance", "residual", "weight", "x")

    def __init__(self, y: Array, v: Array, x: Array, tau2: float) -> None:
        self.x = x
        self.weight: Array = np.asarray(1.0 / (v + tau2), dtype=np.float64)
        xw: Array = x * self.weight[:, None]
        self.covariance: Array = np.asarray(np.linalg.inv(xw.T @ x), dtype=np.float64)
        self.beta: Array = self.covariance @ (xw.T @ y)
        self.residual: Array = y - x @ self.beta

    def q(self) -> float:
        """Weighted sum of squared residuals."""
        squared: Array = self.residual * self.residual
        return float(self.weight @ squared)

    def trace(self) -> float:
        """Trace of the projection P = W - W X (X'WX)^-1 X'W."""
        return float(self.weight.sum() - np.trace(self.covariance @ self._cross(2)))

    def trace_squared(self) -> float:
        """Trace of P P."""
        two = self.covariance @ self._cross(2)
        three = self.covariance @ self._cross(3)
        return float((self.weight**2).sum() - 2 * np.trace(three) + np.trace(two @ two))

    def _cross(self, power: int) -> Array:
        made: Array = (self.x * (self.weight**power)[:, None]).T @ self.x
        return made


def dersimonian_laird(y: Array, v: Array, x: Array) -> float:
    """Tau squared by the method of moments, 0 at least.

    References
    ----------
    DerSimonian & Laird (1986), doi:10.1016/0197-2456(86)90046-2
    """
    fixed = Fit(y, v, x, 0.0)
    return max(0.0, float(fixed.q() - (len(y) - x.shape[1])) / fixed.trace())


def paule_mandel(y: Array, v: Array, x: Array) -> float:
    """Tau squared at which Q equals its degrees of freedom, 0 at least.

    Notes
    -----
    Q falls and is convex in tau squared, so Newton's steps from 0 rise to the root and never pass it.

    References
    ----------
    Paule & Mandel (1982), doi:10.6028/jres.087.022
    """
    tau2, df = 0.0, len(y) - x.shape[1]
    for _ in range(500):
        fit = Fit(y, v, x, tau2)
        excess = fit.q() - df
        if excess <= 0:
            break
        step = excess / float(fit.weight**2 @ fit.residual**2)
        tau2 += step
        if step <= 1e-14 * tau2:
            break
    return tau2


def restricted_likelihood(y: Array, v: Array, x: Array) -> float:
    """Tau squared of the greatest restricted likelihood, 0 at least, by Fisher scoring.

    Notes
    -----
    A step that leaves the range stops at 0; where 0 is a maximum, the next step stays there.

    References
    ----------
    Viechtbauer (2005), doi:10.3102/10769986030003261
    """
    if x.shape[1] == 1 and bool((x == 1).all()):
        return _mean_only(y, v)
    tau2 = dersimonian_laird(y, v, x)
    for _ in range(1000):
        fit = Fit(y, v, x, tau2)
        step = (float(fit.weight**2 @ fit.residual**2) - fit.trace()) / fit.trace_squared()
        after = max(0.0, tau2 + step)
        if abs(after - tau2) <= 1e-13 * (1e-3 + tau2):
            return after
        tau2 = after
    return tau2


def _mean_only(y: Array, v: Array) -> float:
    """The same scoring for one mean, where every trace is a power sum: the case that is run ten thousand times."""
    weight = 1.0 / v
    total = float(weight.sum())
    mean = float(weight @ y) / total
    excess = float(weight @ (y - mean) ** 2) - (len(y) - 1)
    tau2 = max(0.0, excess / (total - float(weight @ weight) / total))
    for _ in range(1000):
        weight = 1.0 / (v + tau2)
        square = weight * weight
        one, two, three = float(weight.sum()), float(square.sum()), float(square @ weight)
        spread = y - float(weight @ y) / one
        step = (float(square @ (spread * spread)) - one + two / one) / (
            two - 2 * three / one + (two / one) ** 2
        )
        after = max(0.0, tau2 + step)
        if abs(after - tau2) <= 1e-13 * (1e-3 + tau2):
            return after
        tau2 = after
    return tau2


def tau_squared(y: Array, v: Array, x: Array, method: Method) -> float:
    """Tau squared by one of the three methods.

    Parameters
    ----------
    y, v : array, shape (k,)
        Effects and their sampling variances, above 0.
    x : array, shape (k, p)
        Design: a column of ones for a mean.
    method : "REML", "DL" or "PM"

    Returns
    -------
    float
        In squared units of the effect; 0 at least.
    """
    found = {"REML": restricted_likelihood, "DL": dersimonian_laird, "PM": paule_mandel}[method]
    return found(y, v, x)


def typical_variance(v: Array, x: Array) -> float:
    """The sampling variance of a typical study: ``(k - p) / tr(P)`` of the fixed-effect projection.

    References
    ----------
    Higgins & Thompson (2002), doi:10.1002/sim.1186
    """
    return float((len(v) - x.shape[1]) / Fit(np.zeros_like(v), v, x, 0.0).trace())
