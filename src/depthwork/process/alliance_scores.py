"""Strain read from alliance scores after each hour: a control chart, and V-shaped episodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_POINTS = 6
_D2 = 1.128  # mean moving range of two in units of sigma


@dataclass(frozen=True, slots=True)
class Chart:
    """An individuals chart; indices count from 0. `signals` maps a rule to the indices it marks."""

    center: float
    mean_range: float
    sigma: float
    lower: dict[int, float]
    upper: dict[int, float]
    signals: dict[str, tuple[int, ...]]
    returned: dict[int, int | None]


@dataclass(frozen=True, slots=True)
class VEpisode:
    """A decline from a local peak to the trough after it, and the hour in which it was made good."""

    peak: int
    trough: int
    drop: float
    repaired_at: int | None


@dataclass(frozen=True, slots=True)
class Decline:
    """The client's own line and the episodes below it; `threshold` is the least drop."""

    slope: float
    sd_within: float
    threshold: float
    episodes: tuple[VEpisode, ...]


def control_chart(
    scores: Sequence[float], *, phase: int | None = None, z: int = 3, within: int = 5
) -> Chart | None:
    """An XmR chart of one client's scores; None below six points.

    Parameters
    ----------
    scores
        One score an hour, in order, none missing.
    phase
        Points that set the limits; all when left out.
    z
        The limit of the first rule: 3, or 2 to be more sensitive.
    within
        Hours in which a return above the centre counts as repair.

    Notes
    -----
    1. Scores vary around a steady level; a trend widens nothing and so gives false signals.
    2. Neighbouring scores are independent.

    Limits ``mean +- z * mean|x_i - x_(i-1)| / 1.128``; rules: one point below the limit, two of
    three below 2 sigma, four of five below 1 sigma, eight in a row below the centre.

    Describes a course; not a sign of harm and not a forecast.

    References
    ----------
    Eubanks-Carter, Gorman & Muran (2012), doi:10.1080/10503307.2012.693772
    """
    x = np.asarray(scores, dtype=float)
    if not np.isfinite(x).all():
        raise ValueError("every score should be a number")
    base = x if phase is None else x[:phase]
    if len(x) < LEAST_POINTS or len(base) < 2:
        return None
    center = float(base.mean())
    mean_range = float(np.abs(np.diff(base)).mean())
    sigma = mean_range / _D2
    signals = {
        "beyond_limit": tuple(int(i) for i in np.flatnonzero(x < center - z * sigma)),
        "two_of_three": _run(x < center - 2 * sigma, 2, 3),
        "four_of_five": _run(x < center - sigma, 4, 5),
        "eight_below": _run(x < center, 8, 8),
    }
    marked = sorted({i for found in signals.values() for i in found})
    returned = {
        i: next((m for m in range(i + 1, min(len(x), i + within + 1)) if x[m] > center), None) for i in marked
    }
    return Chart(
        center=center,
        mean_range=mean_range,
        sigma=sigma,
        lower={k: center - k * sigma for k in (1, 2, 3)},
        upper={k: center + k * sigma for k in (1, 2, 3)},
        signals=signals,
        returned=returned,
    )


def _run(low: np.ndarray[tuple[int], np.dtype[np.bool_]], least: int, window: int) -> tuple[int, ...]:
    """Points that are low themselves and make `least` of the last `window` low."""
    return tuple(
        i for i in range(window - 1, len(low)) if low[i] and int(low[i - window + 1 : i + 1].sum()) >= least
    )


def v_episodes(
    scores: Sequence[float],
    *,
    k: float = 1,
    sd_pool: float | None = None,
    within: int = 5,
    share: float = 1.0,
) -> Decline | None:
    """Declines that exceed the client's own unrest, and their repair; None below six points.

    Parameters
    ----------
    scores
        One score an hour, in order.
    k
        Least drop in units of the larger of the client's residual SD and `sd_pool`.
    sd_pool
        SD between clients, where known.
    within, share
        Repair is the first of the next `within` hours that regains this share of the drop.

    Notes
    -----
    1. A local peak is a point not below its neighbours, with a fall after it; the trough ends
       that fall. Report k = 1 and k = 2 together: results differ by rule.
    2. Rule of this project after Gumz et al. (2012), doi:10.1186/1471-2288-12-10.
    """
    x = np.asarray(scores, dtype=float)
    if not np.isfinite(x).all():
        raise ValueError("every score should be a number")
    if len(x) < LEAST_POINTS:
        return None
    t = np.arange(len(x))
    slope, at_zero = np.polyfit(t, x, 1)
    residual = x - (at_zero + slope * t)
    sd_within = float(np.sqrt((residual**2).sum() / (len(x) - 2)))
    threshold = k * max(sd_within, sd_pool or 0.0)
    episodes: list[VEpisode] = []
    at = 0
    while at < len(x) - 1:
        if x[at + 1] >= x[at]:
            at += 1
            continue
        trough = at + 1
        while trough + 1 < len(x) and x[trough + 1] <= x[trough]:
            trough += 1
        drop = float(x[at] - x[trough])
        if drop >= threshold and drop > 0:
            goal = x[trough] + share * drop
            later = range(trough + 1, min(len(x), trough + within + 1))
            episodes.append(VEpisode(at, trough, drop, next((m for m in later if x[m] >= goal), None)))
        at = trough
    return Decline(float(slope), sd_within, threshold, tuple(episodes))
