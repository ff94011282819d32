"""After the end: when to ask again, and what became of the gain.

When not to use it: Not to say what kept a gain, nor that somebody is ill again: a relapse here is a score.
Not where only those who did well were asked.

Source: reliable change between the end and a follow-up (see reliable change); days and windows are a choice
of this program.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal

from depthwork.outcome.reliable_change import Yardstick
from depthwork.wording import gettext as _

MONTHS: Final = (3, 6, 12, 24)
Outcome = Literal["continued_gain", "maintained", "relapsed"]


@dataclass(frozen=True, slots=True)
class FollowUpDate:
    """One follow-up: months after the end, its day, and the days within which an answer counts as it."""

    months: int
    on: date
    opens: date
    closes: date


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """A follow-up with the score that counts as it, or None with the reason."""

    due: FollowUpDate
    answered_on: date | None
    score: float | None
    withheld: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a person's gain between the end and one follow-up.

    `points` is positive for better. `had_improved` says whether there was a reliable gain to
    keep: "maintained" without it means that nothing changed after the end.
    """

    outcome: Outcome | None
    points: float | None
    had_improved: bool | None
    withheld: str | None = None


def months_after(day: date, months: int) -> date:
    """The same day of the month some months later, or the last day of a shorter month.

    Parameters
    ----------
    day : date
    months : int, >= 0

    Returns
    -------
    date
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def follow_up_dates(end: date, months: Sequence[int] = MONTHS) -> tuple[FollowUpDate, ...]:
    """Days to ask again after the end of a treatment.

    Parameters
    ----------
    end : date
        Day of the last hour.
    months : sequence of int
        Rising, each above 0.

    Returns
    -------
    tuple of FollowUpDate
        Windows meet half-way between neighbours and reach at most 90 days either way, so that
        no answer counts twice. The windows are a choice of this program.

    Raises
    ------
    ValueError
        If the months do not rise from above 0.
    """
    if not months or months[0] <= 0 or any(b <= a for a, b in pairwise(months)):
        raise ValueError("months after the end must rise from above 0")
    days = [months_after(end, count) for count in months]
    made = []
    for index, (count, day) in enumerate(zip(months, days, strict=True)):
        before = (day - (days[index - 1] if index else end)) / 2
        after = (days[index + 1] - day) / 2 if index + 1 < len(days) else before
        reach = timedelta(days=90)
        opens = day - min(before - timedelta(days=1), reach)
        made.append(FollowUpDate(count, day, opens, day + min(after, reach)))
    return tuple(made)


def followed_up(
    end: date, scores: Iterable[tuple[date, float | None]], *, on: date, months: Sequence[int] = MONTHS
) -> tuple[FollowedUp, ...]:
    """Each follow-up with its score: of several in the window, the one nearest to its day.

    Parameters
    ----------
    end : date
    scores : iterable of (day, score or None)
        All scores of one measure, in any order.
    on : date
        The day to judge by: a window still to come is not missing.
    months : sequence of int

    Returns
    -------
    tuple of FollowedUp, one a follow-up
    """
    known = [(day, score) for day, score in scores if score is not None and day > end]
    made = []
    for due in follow_up_dates(end, months):
        inside = [(abs(day - due.on), day, score) for day, score in known if due.opens <= day <= due.closes]
        if inside:
            _apart, day, score = min(inside)
            made.append(FollowedUp(due, day, score, None))
            continue
        why = (
            _("not yet due")
            if on < due.opens
            else _("open")
            if on <= due.closes
            else _("no answer in its time")
        )
        made.append(FollowedUp(due, None, None, why))
    return tuple(made)


def kept(first: float | None, end: float | None, later: float | None, by: Yardstick) -> Kept:
    """What became of the gain: reliable change from the end to a follow-up.

    Parameters
    ----------
    first, end, later : float or None
        Scores at the beginning, at the end and at a follow-up, in points.
    by : Yardstick

    Returns
    -------
    Kept
        "continued_gain" where the follow-up is reliably better than the end, "relapsed" where
        reliably worse, else "maintained". One follow-up is enough; a slope needs two.

    Notes
    -----
    1. A relapse here is a score that is reliably worse than at the end; whether the person is ill
       again is for a person to say.
    """
    if end is None or later is None:
        return Kept(
            None, None, None, _("no score at the end") if end is None else _("no score at the follow-up")
        )
    points = by.better_by(end, later)
    improved = None
    if first is not None:
        gain = by.better_by(first, end)
        improved = gain > 0 and by.exceeds(gain)
    outcome: Outcome = "maintained"
    if points != 0 and by.exceeds(abs(points)):
        outcome = "continued_gain" if points > 0 else "relapsed"
    return Kept(outcome, points, improved)
