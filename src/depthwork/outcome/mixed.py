"""A linear mixed model of many people's scores, fitted from each person's sums.

A person enters the restricted likelihood only through X'X, X'y and y'y, so the cost of one step
grows with people and not with rows. Random effects are those of the first columns of X.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthwork.outcome.columns import Array, OutcomeError


@dataclass(frozen=True, slots=True)
class Sums:
    """Cross-products of each person: `xx` (n_people, k, k), `xy` (n_people, k), `yy` (n_people,)."""

    xx: Array
    xy: Array
    yy: Array
    n_rows: int


@dataclass(frozen=True, slots=True)
class Parts:
    """The pieces of the restricted likelihood at one relative covariance of the random effects.

    `rss` is the generalised residual sum of squares; `log_det` the sum of log det (I + Z'Z G) and
    log det X'V^-1X; `residual` and `shrink` are the two halves of the gradient, so that both the
    profiled and the full deviance can use them.
    """

    beta: Array
    inverse: Array
    rss: float
    log_det: float
    residual: Array
    shrink: Array


Evaluate = Callable[[Array], Parts]


def sums_of(person: NDArray[np.int64], x: Array, y: Array) -> Sums:
    """Sums of each person.

    Parameters
    ----------
    person : array of int, shape (n_rows,)
        Index of the person, 0 to n_people - 1, each with at least one row.
    x : array, shape (n_rows, k)
    y : array, shape (n_rows,)

    Returns
    -------
    Sums
    """
    k = x.shape[1]
    people = int(person.max()) + 1
    xx = np.empty((people, k, k))
    xy = np.empty((people, k))
    for i in range(k):
        xy[:, i] = np.bincount(person, x[:, i] * y, people)
        for j in range(i + 1):
            xx[:, i, j] = xx[:, j, i] = np.bincount(person, x[:, i] * x[:, j], people)
    yy: Array = np.bincount(person, y * y, people).astype(np.float64)
    return Sums(xx, xy, yy, len(y))


def evaluator(sums: Sums, random: int) -> Evaluate:
    """The pieces of the likelihood as a function of G, the relative covariance of the random effects.

    Parameters
    ----------
    sums : Sums
    random : int
        The first `random` columns of X have random effects.

    Returns
    -------
    function of array, shape (random, random), to Parts

    Notes
    -----
    With Z the first columns of X, ``K = I + Z'Z G`` and ``V = I + Z G Z'`` (relative to the residual
    variance), ``X'V^-1X = X'X - X'Z G K^-1 Z'X`` and so on. K needs no inverse of G, so a
    singular G is an ordinary point.

    References
    ----------
    Bates, Machler, Bolker & Walker (2015), doi:10.18637/jss.v067.i01
    """
    zz, xz, zy = sums.xx[:, :random, :random], sums.xx[:, :, :random], sums.xy[:, :random]
    identity = np.eye(random)

    def evaluate(g: Array) -> Parts:
        k = identity + zz @ g
        inverse_k = np.linalg.inv(k)
        h = g @ inverse_k
        w = (sums.xx - xz @ h @ xz.transpose(0, 2, 1)).sum(0)
        hz = np.einsum("pij,pj->pi", h, zy)
        v = (sums.xy - np.einsum("pij,pj->pi", xz, hz)).sum(0)
        inverse_w = np.linalg.inv(w)
        beta = inverse_w @ v
        rss = float((sums.yy - np.einsum("pi,pi->p", zy, hz)).sum() - beta @ v)
        m_zx = inverse_k @ xz.transpose(0, 2, 1)
        r = np.einsum("pij,pj->pi", inverse_k, zy) - m_zx @ beta
        shrink = (inverse_k @ zz).sum(0) - np.einsum("pij,jk,plk->il", m_zx, inverse_w, m_zx)
        log_det = float(np.log(np.linalg.det(k)).sum() + np.linalg.slogdet(w)[1])
        return Parts(beta, inverse_w, rss, log_det, r.T @ r, shrink)

    return evaluate


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the restricted likelihood is highest: `factor` is the lower Cholesky factor of G."""

    factor: Array
    parts: Parts
    deviance: float
    sigma2: float
    evaluations: int

    @property
    def g(self) -> Array:
        """Relative covariance of the random effects, (random, random)."""
        return self.factor @ self.factor.T

    @property
    def is_singular(self) -> bool:
        """Whether a random effect has no spread of its own (a diagonal of the factor near 0)."""
        return bool((np.abs(np.diag(self.factor)) < 1e-4).any())


def optimum(evaluate: Evaluate, *, random: int, n_rows: int, n_fixed: int) -> Optimum:
    """Minimise the restricted deviance over the Cholesky factor of G.

    Parameters
    ----------
    evaluate : function of G to Parts
    random, n_rows, n_fixed : int

    Returns
    -------
    Optimum

    Raises
    ------
    OutcomeError
        If the scores lie exactly on lines, or no minimum was reached.

    Notes
    -----
    ``(N - p)(1 + log(2 pi s2)) + log det terms``, with ``s2 = rss / (N - p)``. A plain Cholesky
    factor reaches an exact 0; the deviance does not change when a column of the factor changes
    sign, so its diagonal needs no bound. Quasi-Newton steps with the analytic gradient; a stop
    on the boundary that is a saddle is left by starting again.
    """
    lower = np.tril_indices(random)
    free = n_rows - n_fixed

    def unpack(theta: Array) -> Array:
        factor = np.zeros((random, random))
        factor[lower] = theta
        return factor

    def deviance(theta: Array) -> tuple[float, Array, Parts]:
        factor = unpack(theta)
        parts = evaluate(factor @ factor.T)
        if not parts.rss > 1e-13 * n_rows:
            raise OutcomeError(
                "the scores lie exactly on lines: nothing is left over to estimate an error from"
            )
        value = free * (1 + np.log(2 * np.pi * parts.rss / free)) + parts.log_det
        gradient = 2 * (parts.shrink - free / parts.rss * parts.residual) @ factor
        return float(value), gradient[lower], parts

    evaluations = 0
    best: tuple[float, Array, Parts] | None = None
    starts = (np.eye(random)[lower], 0.3 * np.eye(random)[lower] + 0.1, 3 * np.eye(random)[lower])
    for start in starts:
        value, theta, parts, slope, used = _descend(deviance, start)
        evaluations += used
        if best is None or value < best[0] - 1e-8:
            best = value, theta, parts
        factor = unpack(best[1])
        if np.abs(slope).max() < 1e-2 and not _is_saddle(factor, best[2], free):
            break
    assert best is not None
    value, theta, parts = best
    factor = unpack(theta)
    factor = factor * np.where(np.diag(factor) < 0, -1.0, 1.0)
    return Optimum(factor, parts, value, parts.rss / free, evaluations)


def _is_saddle(factor: Array, parts: Parts, free: int) -> bool:
    """On the boundary the slope in the factor is 0 by symmetry; more spread may still fit better."""
    values, vectors = np.linalg.eigh(factor @ factor.T)
    flat = vectors[:, values < 1e-8 * max(1.0, values[-1])]
    if not flat.shape[1]:
        return False
    gradient = parts.shrink - free / parts.rss * parts.residual
    return bool(np.linalg.eigvalsh(flat.T @ gradient @ flat)[0] < -1e-3)


def _descend(
    function: Callable[[Array], tuple[float, Array, Parts]], start: Array, steps: int = 200
) -> tuple[float, Array, Parts, Array, int]:
    """BFGS with backtracking. Stops when a full step would gain less than 1e-10 of a deviance point."""
    x = start.copy()
    value, slope, parts = function(x)
    inverse = np.eye(len(x)) * (0.3 / max(1e-12, float(np.linalg.norm(slope))))
    used, scaled = 1, False
    for _ in range(steps):
        step = -inverse @ slope
        gain = -float(slope @ step)
        if gain <= 0:
            inverse = np.eye(len(x)) * (0.01 / max(1e-12, float(np.linalg.norm(slope))))
            step = -inverse @ slope
            gain = -float(slope @ step)
        if gain < 1e-10:
            break
        length = 1.0
        while True:
            trial = x + length * step
            new_value, new_slope, new_parts = function(trial)
            used += 1
            if new_value <= value - 1e-4 * length * gain + 1e-12 * abs(value):
                break
            length *= 0.35
            if length < 1e-8:
                return value, x, parts, slope, used
        moved, turned = trial - x, new_slope - slope
        curvature = float(moved @ turned)
        done = abs(value - new_value) < 1e-11 * abs(value) and gain < 1e-8
        x, value, slope, parts = trial, new_value, new_slope, new_parts
        if curvature > 1e-14:
            if not scaled:
                inverse, scaled = np.eye(len(x)) * (curvature / float(turned @ turned)), True
            rho = 1 / curvature
            left = np.eye(len(x)) - rho * np.outer(moved, turned)
            inverse = left @ inverse @ left.T + rho * np.outer(moved, moved)
        if done:
            break
    return value, x, parts, slope, used
