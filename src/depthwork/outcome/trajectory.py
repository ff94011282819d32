"""Where people who began at the same score usually are: a band, from the practice's own archive.

When not to use it: Not as a forecast for one person, and not early in a treatment. An archive of brief
therapies says nothing of long ones; a band from the prior is not from this practice at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from depthwork.outcome.columns import Array, OutcomeError, columns
from depthwork.outcome.growth import growth
from depthwork.wording import figure
from depthwork.wording import gettext as _

ENOUGH: Final = 100
FIRST_LABEL: Final = 6
FIRST_REVIEW: Final = 8
PRIOR_GAIN: Final = 0.9 / np.log(17)
"""Standard deviations for each unit of ln(session + 1): 0.9 by session 16."""
PRIOR_SPREAD: Final = 0.8

Place = Literal["inside", "better", "not_on_track"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a band is made from. `kind` is "archive", or "prior" with its label while cases are few."""

    kind: Literal["archive", "prior"]
    n_cases: int
    label: str
    higher_is_better: bool
    mean: tuple[float, float]
    covariance: tuple[tuple[float, float], tuple[float, float]]
    sd_residual: float
    sd_prior: float


@dataclass(frozen=True, slots=True)
class Point:
    """The band at one session, in points."""

    session: float
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a score lies; `place` is None, with the reason, while it is too early to say."""

    place: Place | None
    point: Point
    withheld: str | None


def expectation(
    person: Sequence[Any],
    session: Sequence[Any],
    score: Sequence[Any],
    *,
    sd: float | None,
    higher_is_better: bool = False,
) -> Expectation:
    """What to expect, from the practice's own finished courses, or from a prior while they are few.

    Parameters
    ----------
    person, session, score : sequences, length n_rows
        The archive: finished courses, sessions counted from 0 (intake) or 1.
    sd : float or None
        Spread of first scores, in points, for the prior; not needed from 100 cases on.
    higher_is_better : bool

    Returns
    -------
    Expectation
        From the archive with 100 cases or more with two scores each, else the labelled prior.

    Raises
    ------
    OutcomeError
        As `columns` and `growth`; also where a prior is needed and `sd` is not above 0.

    Notes
    -----
    1. ``score ~ ln(session + 1)`` with random intercept and slope: change is fast at first.
    2. The rate of change depends on how long treatments last; an archive of brief therapies says
       nothing about long ones.
    3. The prior is this program's own: a gain of 0.9 standard deviations by session 16 and a spread of
       0.8, inside the published range before to after of 0.57 to 1.18.

    References
    ----------
    Finch, Lambert & Schaalje (2001), doi:10.1002/cpp.286
    Driessen et al. (2015), doi:10.1016/j.cpr.2015.07.004

    See also `band` and `placed`.
    """
    cases = 0
    if len(person):
        data = columns(person, session, score)
        if (data.time < 0).any():
            raise OutcomeError("sessions are counted from 0; one lies before it")
        enough = np.bincount(data.person) >= 2
        cases, rows = int(enough.sum()), enough[data.person]
        if cases >= ENOUGH:
            fitted = growth(data.person[rows], np.log1p(data.time[rows]), data.score[rows])
            g = fitted.covariance_random
            return Expectation(
                kind="archive",
                n_cases=cases,
                label=_("from %(n)s finished courses of this practice") % {"n": cases},
                higher_is_better=higher_is_better,
                mean=(fitted.intercept, fitted.slope),
                covariance=((float(g[0, 0]), float(g[0, 1])), (float(g[1, 0]), float(g[1, 1]))),
                sd_residual=fitted.sd_residual,
                sd_prior=0.0,
            )
    if sd is None or not (np.isfinite(sd) and sd > 0):
        raise OutcomeError(
            _("%(n)s finished courses, %(all)s needed; a prior needs the spread of first scores")
            % {"n": cases, "all": ENOUGH}
        )
    slope = PRIOR_GAIN * sd * (1 if higher_is_better else -1)
    label = _("a weak prior, not this practice's experience (%(n)s of %(all)s courses so far)") % {
        "n": cases,
        "all": ENOUGH,
    }
    return Expectation(
        "prior",
        cases,
        label,
        higher_is_better,
        (0.0, float(slope)),
        ((0.0, 0.0), (0.0, 0.0)),
        0.0,
        PRIOR_SPREAD * sd,
    )


def band(
    expected: Expectation,
    *,
    first: float,
    first_session: float = 0.0,
    sessions: ArrayLike,
    level: float = 0.80,
) -> tuple[Point, ...]:
    """The band for people who began at the same score.

    Parameters
    ----------
    expected : Expectation
    first : float
        First score, in points.
    first_session : float
        Session of the first score.
    sessions : array-like, shape (n,)
        Sessions to draw the band at, at or after the first.
    level : float
        Share of comparable courses inside the band.

    Returns
    -------
    tuple of Point

    Raises
    ------
    OutcomeError
        If a session lies before the first, or `level` is not between 0 and 1.

    Notes
    -----
    1. From an archive: the normal distribution of a later score given the first one, under the
       fitted model, mean and spread taken as known. It draws towards the archive's mean.
    2. From the prior: the first score less the prior gain, with a constant spread.
    """
    if not 0 < level < 1:
        raise OutcomeError("the level must lie between 0 and 1")
    at = np.asarray(sessions, dtype=np.float64).ravel()
    if not np.isfinite(at).all() or (at < first_session).any() or first_session < 0:
        raise OutcomeError("the band is drawn at sessions from the first score on")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    x, x0 = np.log1p(at), float(np.log1p(first_session))
    if expected.kind == "prior":
        middle = first + expected.mean[1] * (x - x0)
        spread = np.full_like(x, expected.sd_prior)
    else:
        middle, spread = _given_first(expected, x, x0, first)
    return tuple(
        Point(float(s), float(m), float(m - z * e), float(m + z * e))
        for s, m, e in zip(at, middle, spread, strict=True)
    )


def _given_first(expected: Expectation, x: Array, x0: float, first: float) -> tuple[Array, Array]:
    g = np.array(expected.covariance)
    b0, b1 = expected.mean
    noise = expected.sd_residual**2
    start = np.array([1.0, x0])
    later = np.column_stack([np.ones_like(x), x])
    total = float(start @ g @ start) + noise
    shared = later @ g @ start
    middle = b0 + b1 * x + shared / total * (first - b0 - b1 * x0)
    spread = np.einsum("ij,jk,ik->i", later, g, later) + noise - shared**2 / total
    return middle, np.sqrt(np.maximum(spread, 0))


def placed(
    expected: Expectation,
    *,
    first: float,
    first_session: float = 0.0,
    session: float,
    score: float,
    level: float = 0.80,
) -> Placed:
    """Where a score lies against the band.

    Parameters
    ----------
    expected, first, first_session, level
        As `band`.
    session, score : float

    Returns
    -------
    Placed
        Before session 6 `place` is None: one of four courses moves little until then and gains
        fast afterwards, so an early label misses them. The first review is at session 8.

    References
    ----------
    Late response: n = 4,394, PMC6428692
    """
    (point,) = band(expected, first=first, first_session=first_session, sessions=[session], level=level)
    if session < FIRST_LABEL:
        return Placed(
            None,
            point,
            _("session %(session)s; not said before session %(first)s")
            % {"session": figure(session, "g"), "first": FIRST_LABEL},
        )
    if point.low <= score <= point.high:
        return Placed("inside", point, None)
    better = score > point.high if expected.higher_is_better else score < point.low
    return Placed("better" if better else "not_on_track", point, None)
