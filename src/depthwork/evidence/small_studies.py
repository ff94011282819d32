"""Whether small trials tell another story than large ones: funnel, Egger's line, trim and fill.

When not to use it: Not below ten trials, and not as a correction: a lean may come from trials never
published, or from real differences between small and large ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from depthwork.coding.tails import normal_quantile, t_quantile, t_two_sided
from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.heterogeneity import Method
from depthwork.evidence.pooling import Pooled, checked, pool
from depthwork.wording import gettext as _
from depthwork.wording import ngettext

FEW: Final = 10
Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Funnel:
    """Points of a funnel plot and the two lines between which sampling alone would keep most of them."""

    names: tuple[str, ...]
    effects: tuple[float, ...]
    se: tuple[float, ...]
    centre: float
    reach: float

    def bounds(self, se: float) -> tuple[float, float]:
        """The funnel's two sides at a standard error."""
        return self.centre - self.reach * se, self.centre + self.reach * se


def funnel(
    effects: ArrayLike,
    variances: ArrayLike,
    names: Sequence[str],
    *,
    method: Method = "REML",
    level: float = 0.95,
) -> Funnel:
    """Effects against their standard errors, around the pooled mean.

    The sides hold `level` of trials when nothing but chance sets them apart; with heterogeneity more lie outside.
    """
    y, v = checked(effects, variances)
    if len(names) != len(y):
        raise EvidenceError("each effect needs the name of its study")
    centre = pool(y, v, method=method).estimate
    return Funnel(
        tuple(names),
        tuple(map(float, y)),
        tuple(map(float, np.sqrt(v))),
        centre,
        normal_quantile((1 + level) / 2),
    )


@dataclass(frozen=True, slots=True)
class Egger:
    """Egger's line. `slope` is the change of the effect with a standard error of 1; `limit` is where it meets 0."""

    k: int
    slope: float
    se: float
    interval: tuple[float, float]
    p: float
    limit: float
    caution: str | None


def egger(effects: ArrayLike, variances: ArrayLike, *, level: float = 0.95) -> Egger:
    """Test whether effects lean with their standard error.

    A slope may come from trials that were never published, and also from real differences between small and
    large trials. Its absence proves nothing with few trials.

    Parameters
    ----------
    effects, variances : array, shape (k,)

    Returns
    -------
    Egger
        Slope of the weighted line of effect on standard error (the classical intercept), t with k - 2
        degrees of freedom; a caution below ten trials.

    Raises
    ------
    EvidenceError
        If there are fewer than 3 trials, or all have the same standard error.

    References
    ----------
    Egger et al. (1997), doi:10.1136/bmj.315.7109.629; ten trials: Sterne et al. (2011), doi:10.1136/bmj.d4002
    """
    y, v = checked(effects, variances)
    k, se = len(y), np.sqrt(v)
    if k < 3:
        raise EvidenceError(
            ngettext(
                "Egger's line needs 3 studies; there is %(n)s",
                "Egger's line needs 3 studies; there are %(n)s",
                k,
            )
            % {"n": k}
        )
    if float(np.ptp(se)) <= 1e-12 * float(se.max()):
        raise EvidenceError(_("all studies have the same standard error; there is no line to draw"))
    x = np.column_stack([np.ones(k), se])
    xw = x / v[:, None]
    inverse = np.linalg.inv(xw.T @ x)
    beta = inverse @ (xw.T @ y)
    residual = y - x @ beta
    scale = float((residual**2 / v).sum()) / (k - 2)
    slope, error = float(beta[1]), math.sqrt(scale * float(inverse[1, 1]))
    if error <= 1e-12:
        raise EvidenceError(_("the effects lie exactly on a line; there is nothing to test"))
    reach = t_quantile((1 + level) / 2, k - 2) * error
    caution = (
        _("%(n)s studies; below %(least)s this test says little") % {"n": k, "least": FEW}
        if k < FEW
        else None
    )
    return Egger(
        k,
        slope,
        error,
        (slope - reach, slope + reach),
        t_two_sided(slope / error, k - 2),
        float(beta[0]),
        caution,
    )


@dataclass(frozen=True, slots=True)
class Filled:
    """Trim and fill. `missing` trials were mirrored on `side`; `pooled` is the mean with them.

    `filled` are their effects, `se` their standard errors: those of the trials that they mirror.
    """

    side: Side
    missing: int
    filled: tuple[float, ...]
    se: tuple[float, ...]
    pooled: Pooled


def trim_and_fill(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    method: Method = "REML",
    side: Side | None = None,
    hartung_knapp: bool = False,
    level: float = 0.95,
) -> Filled:
    """Mirror the trials that a funnel seems to lack, and pool again.

    A sensitivity check, not a correction: it supposes that asymmetry comes from missing trials, and does badly
    where trials differ much.

    Parameters
    ----------
    effects, variances : array, shape (k,)
    side : "left", "right" or None
        Where trials are thought to be missing; None takes the side away from which effects lean
        as their standard error grows.

    Returns
    -------
    Filled

    Raises
    ------
    EvidenceError
        If there are fewer than 3 trials, or no side can be told.

    Notes
    -----
    Estimator L0 of Duval and Tweedie. Of equal distances the first counts as the nearer.

    References
    ----------
    Duval & Tweedie (2000), doi:10.1111/j.0006-341X.2000.00455.x
    """
    from depthwork.evidence.moderators import by_number

    y, v = checked(effects, variances)
    k = len(y)
    if k < 3:
        raise EvidenceError(
            ngettext(
                "trim and fill needs 3 studies; there is %(n)s",
                "trim and fill needs 3 studies; there are %(n)s",
                k,
            )
            % {"n": k}
        )
    if side is None:
        leaning = by_number(y, v, np.sqrt(v), method=method).coefficients[1].estimate
        side = "right" if leaning < 0 else "left"
    turned = -y if side == "right" else y
    order = np.argsort(turned, kind="stable")
    sorted_y, sorted_v = turned[order], v[order]
    missing, before, centre = 0, -1, 0.0
    for _round in range(100):
        if missing == before:
            break
        before = missing
        kept = k - missing
        centre = pool(sorted_y[:kept], sorted_v[:kept], method=method).estimate
        away = sorted_y - centre
        rank = np.empty(k)
        rank[np.argsort(np.abs(away), kind="stable")] = np.arange(1, k + 1)
        above = float(rank[away > 0].sum())
        missing = min(k - 1, max(0, round((4 * above - k * (k + 1)) / (2 * k - 1))))
    mirrored = 2 * centre - sorted_y[k - missing :]
    filled = -mirrored if side == "right" else mirrored
    everything = pool(
        np.concatenate([y, filled]),
        np.concatenate([v, sorted_v[k - missing :]]),
        method=method,
        hartung_knapp=hartung_knapp,
        level=level,
    )
    errors = np.sqrt(sorted_v[k - missing :])
    return Filled(side, missing, tuple(map(float, filled)), tuple(map(float, errors)), everything)
