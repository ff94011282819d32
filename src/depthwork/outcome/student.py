"""Student's t and the Wilson interval, without a dependency: what intervals need."""

from __future__ import annotations

import math
from statistics import NormalDist


def t_quantile(probability: float, df: float) -> float:
    """Quantile of Student's t distribution.

    Parameters
    ----------
    probability : float, between 0 and 1
    df : float, > 0

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Notes
    -----
    Bisection on the distribution function, itself from the incomplete beta function by its
    continued fraction (Lentz). Correct to about 1e-10; judged by scipy.

    Examples
    --------
    >>> round(t_quantile(0.975, 4), 4)
    2.7764
    """
    if not 0 < probability < 1 or not df > 0:
        raise ValueError("t_quantile needs 0 < probability < 1 and df > 0")
    if probability == 0.5:
        return 0.0
    if probability < 0.5:
        return -t_quantile(1 - probability, df)
    if df > 1e7:
        return NormalDist().inv_cdf(probability)
    low, high = 0.0, 2.0
    while t_upper(high, df) > 1 - probability:
        low, high = high, high * 2
    for _ in range(200):
        middle = (low + high) / 2
        if t_upper(middle, df) > 1 - probability:
            low = middle
        else:
            high = middle
        if high - low <= 1e-13 * high:
            break
    return (low + high) / 2


def t_upper(t: float, df: float) -> float:
    """Probability of a value above `t` >= 0 under Student's t."""
    return 0.5 * _incomplete_beta(df / 2, 0.5, df / (df + t * t))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    total = d
    for m in range(1, 500):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + factor * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + factor / c
            c = c if abs(c) > tiny else tiny
            total *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return total


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
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)
