"""A client's own alliance scores, hour by hour: a control chart, drops and their repair.

When not to use it: Not for comparing clients or therapists, nor as an alliance scale: it sets one client's
answers against the same client's. High answers can be politeness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthwork.outcome.columns import Array, OutcomeError
from depthwork.wording import gettext as _
from depthwork.wording import ngettext

FEWEST: Final = 6
D2: Final = 1.128
"""Expected moving range of two normal values, in standard deviations."""

Rule = Literal["beyond", "two_of_three", "four_of_five", "eight_in_a_row"]


@dataclass(frozen=True, slots=True)
class Signal:
    """A session that stands out below, by which rule, and where the score was back above the middle."""

    index: int
    rule: Rule
    repaired_at: int | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Individuals control chart; all figures None, with the reason, where it is withheld."""

    n: int
    centre: float | None
    moving_range: float | None
    sigma: float | None
    lower: float | None
    upper: float | None
    z: float
    signals: tuple[Signal, ...]
    withheld: str | None


def control_chart(
    scores: ArrayLike,
    *,
    z: float = 3.0,
    first_only: bool = False,
    repair_within: int = 5,
    higher_is_better: bool = True,
) -> Chart:
    """Individuals control chart of one client's scores.

    Says which hours stand out against the client's own course. It does not say that something
    went wrong in them: an hour that stands out is one to reread.

    Parameters
    ----------
    scores : array-like, shape (n_sessions,)
        In order of the hours; NaN or None where one has no score.
    z : float
        Limits in standard deviations: 3, or 2 to be alerted sooner.
    first_only : bool
        Middle and spread from the first 6 scores instead of all.
    repair_within : int
        Sessions within which a return above the middle counts as repair.
    higher_is_better : bool
        False for a strain score.

    Returns
    -------
    Chart
        Indices are those of `scores`. Withheld below 6 scores, or where the score never moved.

    Raises
    ------
    OutcomeError
        If the scores are not finite numbers or `z` is not above 0.

    Notes
    -----
    1. Scores of neighbouring hours are independent apart from a shift; a slow trend widens
       nothing and will signal.
    2. ``sigma = mean |x[i] - x[i-1]| / 1.128``; limits ``centre +- z sigma``. A missing hour is
       skipped: the next score is compared with the last one there was.
    3. Signals: beyond the limit; 2 of 3 beyond 2 sigma; 4 of 5 beyond 1 sigma; 8 in a row below
       the middle (only the limit is asked of a score that goes up).

    References
    ----------
    Eubanks-Carter, Gorman & Muran (2012), doi:10.1080/10503307.2012.693772

    See also
    --------
    tests/judges/test_alliance.py
    """
    if not z > 0:
        raise OutcomeError("the limits must lie above 0 standard deviations")
    where, values = _known(scores)
    x = values if higher_is_better else -values
    if len(x) < FEWEST:
        why = ngettext(
            "%(n)s score; a usual range needs %(least)s",
            "%(n)s scores; a usual range needs %(least)s",
            len(x),
        ) % {"n": len(x), "least": FEWEST}
        return Chart(len(x), None, None, None, None, None, z, (), why)
    base = x[:FEWEST] if first_only else x
    centre, moving = float(base.mean()), float(np.abs(np.diff(base)).mean())
    if moving == 0:
        return Chart(
            len(x),
            None,
            None,
            None,
            None,
            None,
            z,
            (),
            _("the score never moved; a usual range needs some movement"),
        )
    sigma = moving / D2
    signals = tuple(
        Signal(int(where[index]), rule, _back(x, index, centre, where, repair_within))
        for index, rule in _signals(x, centre, sigma, z)
    )
    sign = 1 if higher_is_better else -1
    low, high = sorted((sign * centre - z * sigma, sign * centre + z * sigma))
    return Chart(len(x), sign * centre, moving, sigma, low, high, z, signals, None)


def _signals(x: Array, centre: float, sigma: float, z: float) -> list[tuple[int, Rule]]:
    found: list[tuple[int, Rule]] = []
    runs: tuple[tuple[Rule, NDArray[np.bool_], int, int], ...] = (
        ("two_of_three", x < centre - 2 * sigma, 2, 3),
        ("four_of_five", x < centre - sigma, 4, 5),
        ("eight_in_a_row", x < centre, 8, 8),
    )
    for index in range(len(x)):
        if x[index] < centre - z * sigma:
            found.append((index, "beyond"))
            continue
        for rule, low, need, window in runs:
            if index + 1 >= window and low[index] and low[index + 1 - window : index + 1].sum() >= need:
                found.append((index, rule))
                break
    return found


def _back(x: Array, index: int, centre: float, where: Array, within: int) -> int | None:
    for later in range(index + 1, len(x)):
        if where[later] > where[index] + within:
            break
        if x[later] > centre:
            return int(where[later])
    return None


@dataclass(frozen=True, slots=True)
class Episode:
    """A drop and its repair: indices of the peak, the trough and the hour that made it good."""

    peak: int
    trough: int
    drop: float
    repaired_at: int | None


@dataclass(frozen=True, slots=True)
class Episodes:
    """Drops of at least `k` standard deviations; withheld, with the reason, on too few scores."""

    k: float
    slope: float | None
    sd_within: float | None
    sd_used: float | None
    episodes: tuple[Episode, ...]
    withheld: str | None


def rupture_repair(
    scores: ArrayLike,
    *,
    k: float = 1.0,
    sd_between: float | None = None,
    repair_within: int = 5,
    repair_share: float = 1.0,
    higher_is_better: bool = True,
) -> Episodes:
    """Drops of one client's alliance score, and whether they were made good.

    Parameters
    ----------
    scores : array-like, shape (n_sessions,)
        In order of the hours; NaN or None where one has no score.
    k : float
        Size of a drop in standard deviations. Report both 1 and 2: the rules in use differ.
    sd_between : float, optional
        Spread between people on the same scale, in points. The larger of it and the client's own
        spread is used, so that a very steady client's small dip is no rupture.
    repair_within : int
        Sessions after the trough within which it can be repaired.
    repair_share : float
        Share of the drop that must come back; 1 is all of it.
    higher_is_better : bool

    Returns
    -------
    Episodes
        Withheld below 6 scores.

    Raises
    ------
    OutcomeError
        If the scores are not finite numbers, or `k`, `sd_between` or `repair_share` is out of range.

    Notes
    -----
    1. The client's own spread is that of the residuals around their own line, n - 2 degrees of
       freedom; hours without a score keep their place on the line.
    2. A decline runs from a local peak to the score before the next rise.
    3. Sizes, five sessions and full repair are choices of this program, after Gumz' advice to
       report 1 and 2 standard deviations and to use the stricter of the two spreads.

    References
    ----------
    Gumz, Braehler, Geyer & Erices (2012), doi:10.1186/1471-2288-12-10

    See also
    --------
    tests/judges/test_alliance.py
    """
    if not k > 0 or not 0 < repair_share <= 1 or repair_within < 1:
        raise OutcomeError(
            "k and the share to repair must be above 0, the share at most 1, the sessions at least 1"
        )
    if sd_between is not None and not (np.isfinite(sd_between) and sd_between >= 0):
        raise OutcomeError("the spread between people must be 0 or more")
    where, values = _known(scores)
    if len(values) < FEWEST:
        why = f"{len(values)} score{'' if len(values) == 1 else 's'}; a course needs {FEWEST}"
        return Episodes(k, None, None, None, (), why)
    hours = where.astype(np.float64)
    centred = hours - hours.mean()
    slope = float(centred @ values / (centred @ centred))
    left = values - values.mean() - slope * centred
    within = float(np.sqrt(left @ left / (len(values) - 2)))
    used = max(within, sd_between or 0.0)
    x = values if higher_is_better else -values
    found, index = [], 0
    while index < len(x) - 1:
        if x[index + 1] >= x[index]:
            index += 1
            continue
        peak = index
        while index < len(x) - 1 and x[index + 1] <= x[index]:
            index += 1
        trough = peak + int(np.argmin(x[peak : index + 1]))
        drop = float(x[peak] - x[trough])
        if drop >= k * used and drop > 0:
            goal = x[trough] + repair_share * drop
            later = [
                int(where[m])
                for m in range(trough + 1, len(x))
                if where[m] <= where[trough] + repair_within and x[m] >= goal
            ]
            found.append(Episode(int(where[peak]), int(where[trough]), drop, later[0] if later else None))
    return Episodes(k, slope, within, used, tuple(found), None)


def recent_drop(
    scores: ArrayLike, *, points: float = 2.0, last: int = 3, higher_is_better: bool = True
) -> float | None:
    """How far the newest score lies below the mean of the ones just before, where that is `points` or more.

    Parameters
    ----------
    scores : array-like, shape (n_sessions,)
    points : float
        In points of the scale; 2 of 10 is this program's own rule for its check-in.
    last : int
        Scores before the newest that are averaged.
    higher_is_better : bool

    Returns
    -------
    float or None
        The drop in points; None where there is none, or fewer than `last` scores before.
    """
    _, values = _known(scores)
    if len(values) <= last:
        return None
    x = values if higher_is_better else -values
    drop = float(x[-last - 1 : -1].mean() - x[-1])
    return drop if drop >= points else None


def _known(scores: ArrayLike) -> tuple[Array, Array]:
    try:
        raw = [np.nan if one is None else one for one in np.asarray(scores, dtype=object).ravel()]
        values = np.asarray(raw).astype(np.float64)
    except (TypeError, ValueError):
        raise OutcomeError("the scores hold something that is not a number") from None
    if np.isinf(values).any():
        raise OutcomeError("the scores hold a value that is not finite")
    where = np.flatnonzero(~np.isnan(values))
    return where, values[where]  # type: ignore[return-value]
