"""Tails of the normal, Student's t, chi-squared and F, and a share's interval, without a dependency.

Agreement, outcome and evidence all need them; so they stand here, below the three.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()
_SUMMED = 1000  # beyond so many degrees of freedom a finite sum takes longer than the integral
_MANY = 1e7


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


def t_two_sided(t: float, df: float) -> float:
    """Probability of a value at least as far from 0 as `t` under Student's t.

    Notes
    -----
    Finite sums for whole degrees of freedom (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4), correct to about
    1e-14 absolute, so a probability far below that comes out as 0; the incomplete beta integral for broken or
    many degrees of freedom. Judged by scipy.
    """
    if not df > 0:
        raise ValueError("degrees of freedom are above 0")
    if df > _MANY:
        return normal_two_sided(t)
    whole = int(df)
    if whole != df or df > _SUMMED:
        return beta_integral(df / (df + t * t), df / 2, 0.5)
    angle = math.atan(abs(t) / math.sqrt(df))
    cosine2 = math.cos(angle) ** 2
    term = total = math.cos(angle) if whole % 2 else 1.0
    for step in range(3 if whole % 2 else 2, whole - 1, 2):
        term *= cosine2 * (step - 1) / step
        total += term
    inside = math.sin(angle) * total
    if whole % 2:
        inside = 2 / math.pi * (angle + (inside if whole > 1 else 0.0))
    return min(1.0, max(0.0, 1 - inside))


def t_upper(t: float, df: float) -> float:
    """Probability of a value above `t` under Student's t."""
    half = t_two_sided(t, df) / 2
    return half if t >= 0 else 1 - half


@lru_cache(maxsize=256)
def t_quantile(probability: float, df: float) -> float:
    """Quantile of Student's t: Newton's steps on its tail, kept between bounds that close in.

    Examples
    --------
    >>> round(t_quantile(0.975, 4), 4)
    2.7764
    """
    if not 0 < probability < 1 or not df > 0:
        raise ValueError("t_quantile needs 0 < probability < 1 and df > 0")
    if df > _MANY:
        return normal_quantile(probability)
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


def f_quantile(p: float, d1: float, d2: float) -> float:
    """The value below which a share `p` of the F distribution lies (bisection on its integral)."""
    low, high = 0.0, 1.0
    # x is the beta variate d1 F / (d1 F + d2), so the search runs over 0..1 whatever F is.
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if beta_integral(middle, d1 / 2, d2 / 2) < p:
            low = middle
        else:
            high = middle
    x = (low + high) / 2
    return d2 * x / (d1 * (1 - x)) if x < 1 else math.inf


def beta_integral(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta integral by Lentz's continued fraction."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_integral(1 - x, b, a)
    most, least = max(a, b), min(a, b)
    front = math.exp(_rise(most, least) - math.lgamma(least) + a * math.log(x) + b * math.log1p(-x))
    tiny, c = 1e-300, 1.0
    d = 1 / (1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / ((1 + even * d) or tiny)
        c = (1 + even / c) or tiny
        fraction *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / ((1 + odd * d) or tiny)
        c = (1 + odd / c) or tiny
        fraction *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * fraction / a


def _rise(a: float, b: float) -> float:
    """ln Γ(a + b) - ln Γ(a); by its series for a half, where two large logarithms would lose nine digits."""
    if b == 0.5 and a > 400:
        return math.log(a) / 2 - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5)
    return math.lgamma(a + b) - math.lgamma(a)


def wilson(part: int, whole: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a share.

    Parameters
    ----------
    part, whole : int
        0 <= part <= whole, whole > 0.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    tuple of float
        Lower and upper bound, between 0 and 1.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953
    """
    if not 0 <= part <= whole or not whole:
        raise ValueError("a share needs 0 <= part <= whole and whole > 0")
    z = normal_quantile(0.5 + level / 2)
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)
