"""Tails of the normal, Student's t and chi-squared, for whole degrees of freedom, without a dependency."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal.

    Raises
    ------
    ValueError
        If the probability does not lie between 0 and 1.
    """
    if not 0 < probability < 1:
        raise ValueError("a probability lies between 0 and 1")
    return _NORMAL.inv_cdf(probability)


def normal_two_sided(z: float) -> float:
    """Probability of a value at least as far from 0 as `z`."""
    return math.erfc(abs(z) / math.sqrt(2))


def t_two_sided(t: float, df: int) -> float:
    """Probability of a value at least as far from 0 as `t` under Student's t.

    Notes
    -----
    Finite sums for whole degrees of freedom (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4). Correct to
    about 1e-14 absolute, so a probability far below that comes out as 0. Judged by scipy.
    """
    if df < 1:
        raise ValueError("degrees of freedom are 1 or more")
    angle = math.atan(abs(t) / math.sqrt(df))
    cosine2 = math.cos(angle) ** 2
    term = total = math.cos(angle) if df % 2 else 1.0
    for step in range(3 if df % 2 else 2, df - 1, 2):
        term *= cosine2 * (step - 1) / step
        total += term
    inside = math.sin(angle) * total
    if df % 2:
        inside = 2 / math.pi * (angle + (inside if df > 1 else 0.0))
    return min(1.0, max(0.0, 1 - inside))


def t_upper(t: float, df: int) -> float:
    """Probability of a value above `t` under Student's t."""
    half = t_two_sided(t, df) / 2
    return half if t >= 0 else 1 - half


@lru_cache(maxsize=256)
def t_quantile(probability: float, df: int) -> float:
    """Quantile of Student's t: Newton's steps on its tail, kept between bounds that close in.

    Examples
    --------
    >>> round(t_quantile(0.975, 4), 4)
    2.7764
    """
    if not 0 < probability < 1:
        raise ValueError("a probability lies between 0 and 1")
    if probability == 0.5:
        return 0.0
    if probability < 0.5:
        return -t_quantile(1 - probability, df)
    scale = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - math.log(df * math.pi) / 2
    low, high = 0.0, 2.0
    while t_upper(high, df) > 1 - probability:
        low, high = high, high * 2
    t = min(max(normal_quantile(probability), low), high)
    for _ in range(100):
        excess = t_upper(t, df) - (1 - probability)
        low, high = (t, high) if excess > 0 else (low, t)
        after = t + excess / math.exp(scale - (df + 1) / 2 * math.log1p(t * t / df))
        after = after if low < after < high else (low + high) / 2
        if abs(after - t) <= 1e-14 * max(1.0, t):
            return after
        t = after
    return t


def chi2_upper(x: float, df: int) -> float:
    """Probability of a value above `x` >= 0 under chi-squared.

    Notes
    -----
    Finite sums for whole degrees of freedom (Abramowitz & Stegun 1964, 26.4.4 and 26.4.5), in logarithms
    so that many degrees of freedom do not overflow. Judged by scipy.
    """
    if df < 1 or x < 0:
        raise ValueError("chi2_upper needs x >= 0 and df >= 1")
    if x == 0:
        return 1.0
    half, odd = x / 2, df % 2
    total = math.erfc(math.sqrt(half)) if odd else 0.0
    power = 0.5 if odd else 0.0
    log_term = power * math.log(half) - half - math.lgamma(power + 1)
    for _ in range(df // 2):
        total += math.exp(log_term)
        power += 1
        log_term += math.log(half / power)
    return min(1.0, total)
