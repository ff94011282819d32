"""Effect sizes from what a trial reports: means and spreads, or counts.

When not to use it: Not for scores before and after in one group, which need the correlation of the two, nor
for mixing metrics without converting them. An effect says how far two groups ended apart, not how many people
were helped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from depthwork.evidence.errors import EvidenceError


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect with its sampling variance, on one metric."""

    value: float
    variance: float
    metric: str

    @property
    def se(self) -> float:
        """Standard error, the root of the variance."""
        return math.sqrt(self.variance)


def small_sample_factor(df: int) -> float:
    """Hedges' correction J, exactly: ``gamma(df/2) / (sqrt(df/2) gamma((df-1)/2))``."""
    if df < 2:
        raise EvidenceError("Hedges' correction needs at least 4 people over both arms")
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def hedges_g(
    mean_1: float, sd_1: float, n_1: int, mean_2: float, sd_2: float, n_2: int, *, lower_is_better: bool
) -> Effect:
    """Standardised difference of two arms after treatment, with the small-sample correction.

    It says how far apart two groups ended, in standard deviations. It says nothing of where they began,
    nor how many people were helped.

    Parameters
    ----------
    mean_1, sd_1, n_1 : float, float > 0, int >= 2
        The therapy's arm, in points of the measure.
    mean_2, sd_2, n_2 : float, float > 0, int >= 2
        The comparator's arm.
    lower_is_better : bool
        Whether a lower score is the better one. The sign is set so that positive favours the therapy.

    Returns
    -------
    Effect
        Metric ``hedges_g``; no unit; positive favours arm 1.

    Raises
    ------
    EvidenceError
        If a spread is not above 0 or an arm has fewer than 2 people.

    Notes
    -----
    1. Both arms share one standard deviation; it is pooled.
    2. Scores are roughly normal; with strong skew the variance is off.

    ``g = J (m1 - m2) / sd_pooled``, ``variance = 1/n1 + 1/n2 + g^2 / (2 (n1 + n2))``.
    Not for scores before and after in one group: those need the correlation of the two.

    References
    ----------
    Hedges (1981), doi:10.3102/10769986006002107

    Examples
    --------
    >>> round(hedges_g(8.9, 4.5, 45, 11.3, 4.5, 50, lower_is_better=True).value, 3)
    0.529
    """
    for name, sd, n in (("first", sd_1, n_1), ("second", sd_2, n_2)):
        if not (math.isfinite(sd) and sd > 0):
            raise EvidenceError(f"the {name} arm's standard deviation must be above 0")
        if n < 2:
            raise EvidenceError(f"the {name} arm needs at least 2 people")
    df = n_1 + n_2 - 2
    pooled = math.sqrt(((n_1 - 1) * sd_1**2 + (n_2 - 1) * sd_2**2) / df)
    difference = (mean_2 - mean_1) if lower_is_better else (mean_1 - mean_2)
    if not math.isfinite(difference):
        raise EvidenceError("a mean is not a number")
    g = small_sample_factor(df) * difference / pooled
    return Effect(g, 1 / n_1 + 1 / n_2 + g * g / (2 * (n_1 + n_2)), "hedges_g")


def log_odds_ratio(events_1: int, n_1: int, events_2: int, n_2: int, *, events_are_good: bool) -> Effect:
    """Log odds ratio of two arms; positive favours arm 1.

    Parameters
    ----------
    events_1, n_1, events_2, n_2 : int
        People with the event and people in all, by arm.
    events_are_good : bool
        True for response or remission, False for relapse or an attempt.

    Returns
    -------
    Effect
        Metric ``log_odds_ratio``.

    Raises
    ------
    EvidenceError
        If there are more events than people, or nobody in an arm, or everybody (or nobody) in both
        arms had the event: then the trial says nothing of a difference.

    Notes
    -----
    1. Where a cell is 0, one half is added to all four (Haldane-Anscombe).
    2. An odds ratio is not a ratio of risks; with common events it is further from 1.

    References
    ----------
    Haldane (1956), doi:10.1111/j.1469-1809.1955.tb01285.x
    """
    a, b, c, d = _cells(events_1, n_1, events_2, n_2)
    value = math.log(a * d / (b * c))
    return Effect(value if events_are_good else -value, 1 / a + 1 / b + 1 / c + 1 / d, "log_odds_ratio")


def log_risk_ratio(events_1: int, n_1: int, events_2: int, n_2: int, *, events_are_good: bool) -> Effect:
    """Log of the ratio of two risks; positive favours arm 1.

    Parameters, errors and the half added to empty cells as in `log_odds_ratio`.

    References
    ----------
    Katz et al. (1978), doi:10.2307/2530610
    """
    a, b, c, d = _cells(events_1, n_1, events_2, n_2)
    value = math.log((a / (a + b)) / (c / (c + d)))
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return Effect(value if events_are_good else -value, variance, "log_risk_ratio")


def odds_ratio_as_g(effect: Effect, n: int) -> Effect:
    """A log odds ratio on the scale of Hedges' g, for pooling beside means.

    Notes
    -----
    1. The event cuts a logistic trait that lies behind it; ``d = log(OR) sqrt(3) / pi``, then Hedges' correction.
    2. Rough for rare events. State in the report that counts were converted.

    References
    ----------
    Chinn (2000), doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M
    """
    if effect.metric != "log_odds_ratio":
        raise EvidenceError(f"only a log odds ratio can be put on the scale of g, not {effect.metric}")
    factor = math.sqrt(3) / math.pi * small_sample_factor(n - 2)
    return Effect(effect.value * factor, effect.variance * factor**2, "hedges_g")


def given(value: float, se: float, metric: str = "given") -> Effect:
    """An effect as a paper gives it.

    Raises
    ------
    EvidenceError
        If the effect is not a number, or the standard error is not above 0.
    """
    if not math.isfinite(value):
        raise EvidenceError("the effect is not a number")
    if not (math.isfinite(se) and se > 0):
        raise EvidenceError("the standard error must be above 0")
    return Effect(value, se * se, metric)


def _cells(events_1: int, n_1: int, events_2: int, n_2: int) -> tuple[float, float, float, float]:
    if not (0 <= events_1 <= n_1 and 0 <= events_2 <= n_2 and n_1 > 0 and n_2 > 0):
        raise EvidenceError("events lie between 0 and the people of their arm")
    if events_1 + events_2 in (0, n_1 + n_2):
        raise EvidenceError("no arm differs: everybody or nobody had the event")
    cells = (events_1, n_1 - events_1, events_2, n_2 - events_2)
    half = 0.5 if 0 in cells else 0.0
    a, b, c, d = (cell + half for cell in cells)
    return a, b, c, d
