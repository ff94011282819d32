"""The practice in sum, for the clinicians themselves: who began, ended, came back, and what changed.

No course carries a clinician here, so nothing can be ranked by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from depthwork.coding.tails import t_quantile, wilson
from depthwork.outcome.reliable_change import CATEGORIES, Category, Yardstick, change
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

SMALLEST: Final = 5


@dataclass(frozen=True, slots=True)
class Course:
    """One course of treatment. `client` only joins courses of one person; it is never shown.

    `first` and `last` are scores of `measure`; None where there is none.
    """

    client: str
    began: date
    ended: date | None
    problem: str
    format: str
    measure: str | None = None
    first: float | None = None
    last: float | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95% interval. `count` is None, with the reason, where it would name someone."""

    count: int | None
    of: int
    share: float | None
    interval: tuple[float, float] | None
    withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Change on one measure in one group. Withheld, with the reason, where the group is small.

    `change` is the mean in points, positive for better, with its 95% t interval; `effect` is
    that mean in standard deviations of the first scores.
    """

    name: str
    measure: str
    n: int | None
    change: float | None
    interval: tuple[float, float] | None
    effect: float | None
    improved: Share | None
    deteriorated: Share | None
    recovered: Share | None
    withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """A published figure to stand beside the practice's own; never a yardstick for it."""

    text: str
    source: str


CAUTION: Final = gettext_noop(
    "Clients, courses and answers differ between services; nobody was assigned at random, and people who "
    "answer at the end differ from those who do not. These figures stand side by side; they compare nothing."
)
CONTEXT: Final = (
    Context(
        gettext_noop(
            "Brief psychodynamic psychotherapy for depression, England 2024-25: reliable recovery in 331 of the "
            "731 courses that began above the cut-off (45.3%), reliable improvement in 504 of 842 (59.9%)."
        ),
        "NHS England, NHS Talking Therapies annual report 2024-25, Open Government Licence v3.0",
    ),
    Context(
        gettext_noop(
            "Short-term psychodynamic therapy for depression in 54 studies: before to after d 0.57 to 1.18."
        ),
        "Driessen et al. (2015), doi:10.1016/j.cpr.2015.07.004",
    ),
    Context(
        gettext_noop("Leaving early, 669 studies of adult psychotherapy: 19.7% (95% CI 18.7 to 20.7)."),
        "Swift & Greenberg (2012), doi:10.1037/a0028226",
    ),
)


@dataclass(frozen=True, slots=True)
class PracticeSum:
    """Counts of courses, change by measure, by problem and by format, and the context with its caution."""

    began: int
    ended: int
    under_way: int
    came_back: int
    assessed: int
    overall: tuple[Group, ...]
    by_problem: tuple[Group, ...]
    by_format: tuple[Group, ...]
    context: tuple[Context, ...]
    caution: str


def practice_sum(
    courses: Sequence[Course],
    *,
    yardsticks: Mapping[str, Yardstick],
    since: date | None = None,
    until: date | None = None,
    smallest: int = SMALLEST,
) -> PracticeSum:
    """Sum up a practice's courses.

    Says what became of those who answered at the beginning and at the end. It says nothing of
    the others, of why scores moved, or of how good anybody's work is.

    Parameters
    ----------
    courses : sequence of Course
    yardsticks : mapping of measure id to Yardstick
        Measures without one are counted and show no change.
    since, until : date, optional
        Courses that began within these days, both included.
    smallest : int
        Groups and counts under this many people are withheld.

    Returns
    -------
    PracticeSum
        `came_back` counts clients with a later course after one that ended, among all courses up
        to `until`, wherever their first one began.

    Raises
    ------
    ValueError
        If a course ends before it begins, or `smallest` is below 1.

    Notes
    -----
    1. Change is first to last score of ended courses. Part of any fall from a high first score is
       regression to the mean.
    2. Recovery leaves out courses that began below the cut-off; the other shares use all.
    3. Where one group alone would be withheld, the next smallest is too, so that it cannot be
       worked out from the total.
    """
    if smallest < 1:
        raise ValueError("the smallest group shown has at least one person")
    for one in courses:
        if one.ended is not None and one.ended < one.began:
            raise ValueError("a course ends before it begins")
    inside = [
        one
        for one in courses
        if (since is None or one.began >= since) and (until is None or one.began <= until)
    ]
    scored = [
        one
        for one in inside
        if one.ended is not None
        and one.measure in yardsticks
        and one.first is not None
        and one.last is not None
    ]

    def groups(name: Callable[[Course], str]) -> tuple[Group, ...]:
        return _groups(scored, name, yardsticks, smallest)

    return PracticeSum(
        began=len(inside),
        ended=sum(one.ended is not None for one in inside),
        under_way=sum(one.ended is None for one in inside),
        came_back=_came_back(inside, [one for one in courses if until is None or one.began <= until]),
        assessed=len(scored),
        overall=groups(lambda one: "all"),
        by_problem=groups(lambda one: one.problem),
        by_format=groups(lambda one: one.format),
        context=CONTEXT,
        caution=CAUTION,
    )


def _came_back(inside: Sequence[Course], known: Sequence[Course]) -> int:
    earliest: dict[str, date] = {}
    for one in known:
        if one.ended is not None:
            earliest[one.client] = min(one.ended, earliest.get(one.client, date.max))
    return len({one.client for one in inside if one.client in earliest and one.began >= earliest[one.client]})


def _groups(
    scored: Sequence[Course],
    name: Callable[[Course], str],
    yardsticks: Mapping[str, Yardstick],
    smallest: int,
) -> tuple[Group, ...]:
    found: dict[tuple[str, str], list[Course]] = {}
    for one in scored:
        found.setdefault((str(one.measure), name(one)), []).append(one)
    hidden = _hidden({key: len({one.client for one in group}) for key, group in found.items()}, smallest)
    made = []
    for (measure, label), group in sorted(found.items()):
        if (measure, label) in hidden:
            why = hidden[measure, label]
            made.append(Group(label, measure, None, None, None, None, None, None, None, why))
        else:
            made.append(_group(label, measure, group, yardsticks[measure], smallest))
    return tuple(made)


def _hidden(people: Mapping[tuple[str, str], int], smallest: int) -> dict[tuple[str, str], str]:
    hidden = {
        key: _("fewer than %(least)s people") % {"least": smallest}
        for key, n in people.items()
        if n < smallest
    }
    for measure in {key[0] for key in people}:
        mine = [key for key in people if key[0] == measure]
        small = [key for key in mine if key in hidden]
        others = sorted((people[key], key) for key in mine if key not in hidden)
        if others and len(small) == 1:
            hidden[others[0][1]] = _("withheld so that a smaller group cannot be worked out")
    return hidden


def _group(label: str, measure: str, group: Sequence[Course], by: Yardstick, smallest: int) -> Group:
    first = np.array([one.first for one in group], dtype=np.float64)
    last = np.array([one.last for one in group], dtype=np.float64)
    gain = last - first if by.higher_is_better else first - last
    n, mean, spread = len(group), float(gain.mean()), float(first.std(ddof=1)) if len(group) > 1 else 0.0
    interval = None
    if n > 1:
        half = t_quantile(0.975, n - 1) * float(gain.std(ddof=1)) / np.sqrt(n)
        interval = (float(mean - half), float(mean + half))
    changed = [change(a, b, by) for a, b in zip(first, last, strict=True)]
    directions = Counter(one.direction for one in changed)
    cases = sum(one.began_as_case is True for one in changed)
    recovered = sum(one.category == "recovered" for one in changed)
    return Group(
        name=label,
        measure=measure,
        n=n,
        change=mean,
        interval=interval,
        effect=mean / spread if spread > 0 else None,
        improved=_share(directions["improved"], n, smallest),
        deteriorated=_share(directions["deteriorated"], n, smallest),
        recovered=_share(recovered, cases, smallest) if by.cutoff is not None and cases else None,
    )


def _share(count: int, of: int, smallest: int) -> Share:
    if 0 < count < smallest or 0 < of - count < smallest or of < smallest:
        return Share(
            None, of, None, None, _("a count under %(least)s, or all but so few") % {"least": smallest}
        )
    return Share(count, of, count / of, wilson(count, of))


def categories(courses: Sequence[Course], by: Yardstick) -> Mapping[Category, int]:
    """How many courses fall into each of the six categories.

    Parameters
    ----------
    courses : sequence of Course
        Of one measure.
    by : Yardstick

    Returns
    -------
    mapping of category to count
        Every category is there. For a person's own screen: nothing is withheld.
    """
    found = Counter(change(one.first, one.last, by).category for one in courses)
    return {category: found[category] for category in CATEGORIES}
