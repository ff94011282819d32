"""The pooled mean over resampled trials: compiled where numba is installed, in numpy where it is not.

When not to use it: Not with fewer than five trials, and not to make few trials look like many: trials are
drawn, not people, and few give too narrow an interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.heterogeneity import Array
from depthwork.evidence.pooling import checked

CHUNK: Final = 1000
STEPS: Final = 200
"""Steps of Fisher scoring at most; a handful is the rule. The compiled twin has the same two numbers."""
NEAR: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """Means of the resampled trials: their spread and a percentile interval."""

    times: int
    means: Array
    se: float
    interval: tuple[float, float]
    compiled: bool


def bootstrap(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    seed: int,
    times: int = 10_000,
    level: float = 0.95,
    compiled: bool | None = None,
) -> Bootstrapped:
    """Draw trials with replacement, pool each draw by REML, and see how far the mean wanders.

    Parameters
    ----------
    effects, variances : array, shape (k,)
    seed : int
        Same seed, same draws.
    times : int, >= 100
    compiled : bool or None
        None takes numba where it is installed. Both ways give the same means to 1e-8.

    Returns
    -------
    Bootstrapped

    Raises
    ------
    EvidenceError
        If there are fewer than 5 trials or 100 draws: too few to tell a percentile.

    Notes
    -----
    1. Trials are drawn, not people; few trials give too narrow an interval.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, doi:10.1007/978-1-4899-4541-9
    """
    y, v = checked(effects, variances)
    if len(y) < 5 or times < 100:
        raise EvidenceError("a bootstrap needs at least 5 studies and 100 draws")
    kernel = _compiled() if compiled is not False else None
    if compiled and kernel is None:
        raise EvidenceError("the compiled way needs the [fast] extra")
    rng = np.random.default_rng(seed)
    parts = []
    for start in range(0, times, CHUNK):
        drawn = rng.integers(0, len(y), (min(CHUNK, times - start), len(y)), dtype=np.int32)
        parts.append(kernel(y, v, drawn) if kernel else plain(y, v, drawn))
    means = np.concatenate(parts)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Bootstrapped(times, means, float(means.std(ddof=1)), (float(low), float(high)), kernel is not None)


def plain(y: Array, v: Array, drawn: NDArray[np.int32]) -> Array:
    """REML means of many draws at once, each row of `drawn` one draw; a draw that has converged rests."""
    ys, vs = y[drawn], v[drawn]
    tau2 = _moments(ys, vs)
    open_ = np.arange(len(drawn))
    for _ in range(STEPS):
        weight = 1 / (vs[open_] + tau2[open_, None])
        square = weight * weight
        one, two, three = weight.sum(1), square.sum(1), (square * weight).sum(1)
        spread = ys[open_] - ((weight * ys[open_]).sum(1) / one)[:, None]
        step = ((square * spread**2).sum(1) - one + two / one) / (two - 2 * three / one + (two / one) ** 2)
        after = np.maximum(0.0, tau2[open_] + step)
        moving = np.abs(after - tau2[open_]) > NEAR * (1e-3 + tau2[open_])
        tau2[open_] = after
        open_ = open_[moving]
        if not len(open_):
            break
    weight = 1 / (vs + tau2[:, None])
    means: Array = (weight * ys).sum(1) / weight.sum(1)
    return means


def _moments(ys: Array, vs: Array) -> Array:
    weight = 1 / vs
    total = weight.sum(1)
    spread = ys - ((weight * ys).sum(1) / total)[:, None]
    excess = (weight * spread**2).sum(1) - (ys.shape[1] - 1)
    made: Array = np.maximum(0.0, excess / (total - (weight**2).sum(1) / total))
    return made


def _compiled() -> Callable[[Array, Array, NDArray[np.int32]], Array] | None:
    try:
        from depthwork.evidence import bootstrap_compiled
    except ImportError:
        return None
    kernel: Callable[[Array, Array, NDArray[np.int32]], Array] = bootstrap_compiled.means
    return kernel
