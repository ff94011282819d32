"""What a single trial does to the mean: leave one out, and the usual measures of influence.

When not to use it: Not as a reason to drop a trial: one that moves the mean is a reason to read it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.heterogeneity import Method
from depthwork.evidence.pooling import Pooled, checked, pool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The mean without one trial. `shift` is the mean with it less the mean without it.

    `residual` is the trial's distance from what the others predict, in standard errors; `cooks` the squared
    shift in standard errors of the whole; `weight` the trial's share, a fraction.
    """

    name: str
    pooled: Pooled
    shift: float
    weight: float
    residual: float
    cooks: float
    dffits: float
    covariance_ratio: float


def leave_one_out(
    effects: ArrayLike,
    variances: ArrayLike,
    names: Sequence[str],
    *,
    method: Method = "REML",
    hartung_knapp: bool = False,
    level: float = 0.95,
) -> tuple[LeftOut, ...]:
    """Pool again without each trial in turn, tau squared estimated anew.

    A trial that moves the mean is a reason to read it, not to drop it.

    Parameters
    ----------
    effects, variances : array, shape (k,)
    names : sequence of str, length k

    Returns
    -------
    tuple of LeftOut, in the order given

    Raises
    ------
    EvidenceError
        If there are fewer than 2 trials.

    References
    ----------
    Viechtbauer & Cheung (2010), doi:10.1002/jrsm.11
    """
    y, v = checked(effects, variances)
    k = len(y)
    if k < 2:
        raise EvidenceError("leaving one out needs at least 2 studies")
    if len(names) != k:
        raise EvidenceError("each effect needs the name of its study")
    whole = pool(y, v, method=method, hartung_knapp=hartung_knapp, level=level)
    weight = 1 / (v + (whole.tau2 or 0.0))
    share = weight / weight.sum()
    made = []
    for at, name in enumerate(names):
        rest = np.arange(k) != at
        left = pool(y[rest], v[rest], method=method, hartung_knapp=hartung_knapp, level=level)
        shift = whole.estimate - left.estimate
        spread = float(v[at]) + (left.tau2 or 0.0)
        made.append(
            LeftOut(
                name,
                left,
                shift,
                float(share[at]),
                (float(y[at]) - left.estimate) / math.sqrt(spread + left.se**2),
                shift**2 / whole.se**2,
                shift / math.sqrt(float(share[at]) * spread),
                left.se**2 / whole.se**2,
            )
        )
    return tuple(made)


def moves_most(left: Sequence[LeftOut]) -> LeftOut:
    """The trial whose absence changes the mean most; of equals, the first.

    Raises
    ------
    EvidenceError
        If there is none.
    """
    if not left:
        raise EvidenceError("there is no study to leave out")
    return max(left, key=lambda one: abs(one.shift))
