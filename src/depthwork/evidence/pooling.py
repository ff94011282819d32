"""Several trials as one estimate: the random-effects mean, with what is known of how trials differ.

When not to use it: Not for rows that share people, nor to say what one client may expect. Contrasts of
therapies across trials that were not made against each other rank no therapy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from depthwork.coding.tails import chi2_upper, normal_quantile, normal_two_sided, t_quantile, t_two_sided
from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.heterogeneity import Array, Fit, Method, tau_squared, typical_variance
from depthwork.wording import gettext as _

MARGIN: Final = 0.25
"""Half-width of the equivalence range that trials of psychodynamic therapy have used, in units of g."""


LARGEST: Final = 1e9
"""No effect, and no standard error, is greater."""
SMALLEST: Final = 1e-6
"""No standard error is smaller: the search for tau squared stops at steps of about 1e-16."""
UNEVEN: Final = 1e6
"""How many times another's variance may be: beyond it, what the others weigh is lost in rounding."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """A random-effects mean. Whatever cannot be given is None, and `withheld` says why.

    `interval` holds the mean; `prediction` holds the true effect of a trial not yet run. `i2` is a
    fraction: tau squared over tau squared plus the typical sampling variance.
    """

    k: int
    method: Method
    hartung_knapp: bool
    level: float
    estimate: float
    se: float
    interval: tuple[float, float]
    p: float | None
    tau2: float | None
    i2: float | None
    q: float | None
    q_df: int
    q_p: float | None
    prediction: tuple[float, float] | None
    withheld: tuple[str, ...] = ()


def checked(effects: ArrayLike, variances: ArrayLike) -> tuple[Array, Array]:
    """Effects and variances as arrays, or a plain refusal.

    Raises
    ------
    EvidenceError
        If there is none, the lengths differ, an effect is not a finite number, a variance is not
        a finite number above 0, or a value lies beyond `LARGEST`, `SMALLEST` or `UNEVEN`. Places are counted from 1.
    """
    y = np.asarray(effects, dtype=np.float64)
    v = np.asarray(variances, dtype=np.float64)
    if y.ndim != 1 or v.shape != y.shape:
        raise EvidenceError("effects and variances must be two lists of the same length")
    if len(y) == 0:
        raise EvidenceError("there is no effect to pool")
    for name, bad in (("effect", ~np.isfinite(y)), ("variance", ~(np.isfinite(v) & (v > 0)))):
        if bad.any():
            what = "is not a number" if name == "effect" else "must be a number above 0"
            raise EvidenceError(f"{name} {int(np.argmax(bad)) + 1} {what}")
    if (far := np.abs(y) > LARGEST).any():
        raise EvidenceError(f"effect {int(np.argmax(far)) + 1} lies beyond 1e9 either way; correct it")
    if (far := v > LARGEST**2).any():
        raise EvidenceError(f"variance {int(np.argmax(far)) + 1} is above 1e18; correct it")
    if (far := v < SMALLEST**2 * (1 - 1e-9)).any():
        raise EvidenceError(f"variance {int(np.argmax(far)) + 1} is below 1e-12, too small to weigh by")
    if v.max() > UNEVEN * v.min():
        raise EvidenceError(
            f"variance {int(np.argmin(v)) + 1} is more than a million times smaller than variance "
            f"{int(np.argmax(v)) + 1}; check their standard errors"
        )
    return y, v


def pool(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    method: Method = "REML",
    hartung_knapp: bool = False,
    level: float = 0.95,
) -> Pooled:
    """The mean of the true effects of trials, one effect a trial.

    It estimates an average over trials. It does not say what one client may expect, and a contrast of
    two such means from different trials is not a comparison of therapies.

    Parameters
    ----------
    effects : array, shape (k,)
        On one metric and in one direction.
    variances : array, shape (k,)
        Sampling variances, above 0, taken as known.
    method : "REML" (default), "DL" or "PM"
    hartung_knapp : bool
        Interval by t with k - 1 degrees of freedom and an estimated scale: wider and truer with few trials.
    level : float
        Confidence of both intervals, between 0 and 1.

    Returns
    -------
    Pooled

    Raises
    ------
    EvidenceError
        From `checked`, or if the level is out of range.

    Notes
    -----
    1. Trials are independent; several rows of one study are combined first (`dependence.combine`).
    2. True effects are normal around the mean. The prediction interval leans on this most.
    3. Sampling variances are known; with very small trials they are not.

    ``w = 1/(v + tau2)``, ``mean = sum(w y)/sum(w)``, ``se = sum(w)^-1/2``; Hartung-Knapp
    ``se^2 = sum(w (y - mean)^2) / ((k - 1) sum(w))``; prediction
    ``mean +- t(k - 2) sqrt(tau2 + se^2)``, from 3 trials on. Not for rows that share people.

    References
    ----------
    Viechtbauer (2005), doi:10.3102/10769986030003261; Hartung & Knapp (2001), doi:10.1002/sim.791;
    Higgins, Thompson & Spiegelhalter (2009), doi:10.1111/j.1467-985X.2008.00552.x

    Examples
    --------
    >>> y = [.1, .3, .35, .65, .45, .15, -.05, .5]
    >>> v = [.033, .033, .05, .009, .05, .013, .04, .02]
    >>> found = pool(y, v)
    >>> round(found.tau2, 10), round(found.estimate, 10)
    (0.0372151733, 0.3242608469)

    See Also
    --------
    tests/judges/test_pooling.py
    """
    if not 0 < level < 1:
        raise EvidenceError("the level of an interval lies between 0 and 1")
    y, v = checked(effects, variances)
    k = len(y)
    if k == 1:
        return _alone(float(y[0]), float(v[0]), method, level)
    ones = np.ones((k, 1))
    tau2 = tau_squared(y, v, ones, method)
    fit, fixed = Fit(y, v, ones, tau2), Fit(y, v, ones, 0.0)
    estimate, se = float(fit.beta[0]), math.sqrt(float(fit.covariance[0, 0]))
    withheld: list[str] = []
    scaled = hartung_knapp
    if hartung_knapp:
        scale = fit.q() / (k - 1)
        if scale <= 1e-15:
            scaled = False
            withheld.append(_("Hartung-Knapp: all effects are equal, so the interval is the normal one"))
        else:
            se *= math.sqrt(scale)
    reach = t_quantile((1 + level) / 2, k - 1) if scaled else normal_quantile((1 + level) / 2)
    p = t_two_sided(estimate / se, k - 1) if scaled else normal_two_sided(estimate / se)
    prediction = None
    if k > 2:
        far = t_quantile((1 + level) / 2, k - 2) * math.hypot(math.sqrt(tau2), se)
        prediction = (estimate - far, estimate + far)
    else:
        withheld.append(_("prediction: needs 3 studies, there are 2"))
    q = fixed.q()
    return Pooled(
        k=k,
        method=method,
        hartung_knapp=scaled,
        level=level,
        estimate=estimate,
        se=se,
        interval=(estimate - reach * se, estimate + reach * se),
        p=p,
        tau2=tau2,
        i2=tau2 / (tau2 + typical_variance(v, ones)),
        q=q,
        q_df=k - 1,
        q_p=chi2_upper(q, k - 1),
        prediction=prediction,
        withheld=tuple(withheld),
    )


def _alone(y: float, v: float, method: Method, level: float) -> Pooled:
    se, reach = math.sqrt(v), normal_quantile((1 + level) / 2)
    return Pooled(
        k=1,
        method=method,
        hartung_knapp=False,
        level=level,
        estimate=y,
        se=se,
        interval=(y - reach * se, y + reach * se),
        p=normal_two_sided(y / se),
        tau2=None,
        i2=None,
        q=None,
        q_df=0,
        q_p=None,
        prediction=None,
        withheld=(_("tau2, i2, q, prediction: one study says nothing of how studies differ"),),
    )


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests. `is_equivalent` where the whole 1 - 2 alpha interval lies inside the margin."""

    margin: float
    alpha: float
    interval: tuple[float, float]
    p: float
    is_equivalent: bool
    excludes_zero: bool


def equivalence(found: Pooled, *, margin: float = MARGIN, alpha: float = 0.05) -> Equivalence:
    """Whether a mean difference is shown to be smaller than a margin, either way.

    "Equivalent" can stand beside an interval that excludes 0: a small difference, shown to be small.
    Both are reported. Failing the test shows no difference.

    Parameters
    ----------
    found : Pooled
    margin : float, > 0
        In units of the effect; fixed before looking. 0.25 of g is the one used for psychodynamic therapy.
    alpha : float
        Level of each of the two tests.

    Returns
    -------
    Equivalence
        `p` is the greater of the two one-sided probabilities; `interval` has level 1 - 2 alpha.

    Raises
    ------
    EvidenceError
        If the margin is not above 0, or alpha does not lie between 0 and 0.5.

    References
    ----------
    Schuirmann (1987), doi:10.1007/BF01068419; margin: Steinert et al. (2017), doi:10.1176/appi.ajp.2017.17010057
    """
    if not 0 < margin <= LARGEST:
        raise EvidenceError("the margin must be above 0 and at most 1e9")
    if not 0 < alpha < 0.5:
        raise EvidenceError("alpha lies between 0 and 0.5")
    df = found.k - 1
    if found.hartung_knapp:
        reach = t_quantile(1 - alpha, df)
        above = t_two_sided((found.estimate + margin) / found.se, df) / 2
        below = t_two_sided((margin - found.estimate) / found.se, df) / 2
    else:
        reach = normal_quantile(1 - alpha)
        above = normal_two_sided((found.estimate + margin) / found.se) / 2
        below = normal_two_sided((margin - found.estimate) / found.se) / 2
    above = above if found.estimate + margin >= 0 else 1 - above
    below = below if margin - found.estimate >= 0 else 1 - below
    low, high = found.estimate - reach * found.se, found.estimate + reach * found.se
    inside = -margin < low and high < margin
    return Equivalence(margin, alpha, (low, high), max(above, below), inside, low > 0 or high < 0)
