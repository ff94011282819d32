"""A forest plot: what each trial found, what they come to together, and where a new one may fall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from depthwork.wording import gettext as _
from depthwork.wording import ngettext

from . import intervals, svg
from .chart import Cell, Chart, Link
from .scales import say
from .words import count, opened


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial: estimate and interval on the plot's scale, its share of the weight, how many people."""

    name: str
    estimate: float
    low: float
    high: float
    weight: float
    n: int | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Pooled:
    """Several trials together; `prediction` is the interval for a trial not yet run."""

    name: str
    estimate: float
    low: float
    high: float
    prediction: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Forest:
    """A set of trials on one scale. `left` and `right` say what lies on either side of `null`."""

    key: str
    title: str
    trials: tuple[Trial, ...]
    pooled: Pooled | None
    scale: str
    left: str
    right: str
    null: float = 0.0
    decimals: int = 2
    note: str = ""
    noun: Literal["trial", "estimate"] = "trial"


def forest_chart(forest: Forest) -> Chart:
    """Draw trials and their pooled estimate.

    It shows what was found on average in groups of people. It says nothing of one person, and ranks no
    therapy.

    Raises
    ------
    ValueError
        If an interval does not hold its estimate.

    Notes
    -----
    1. The area of a square is the trial's share of the weight, the largest being one.
    2. An interval that leaves the axis ends in an arrow.
    """
    shown: tuple[Trial | Pooled, ...] = (*forest.trials, *((forest.pooled,) if forest.pooled else ()))
    for item in shown:
        if not item.low <= item.estimate <= item.high:
            raise ValueError("a trial's interval does not hold its estimate")
    most = max((t.weight for t in forest.trials), default=0.0) or 1.0
    rows = [
        intervals.IntervalRow(
            t.name,
            f"n = {t.n}" if t.n is not None else "",
            t.estimate,
            t.low,
            t.high,
            _words(t, forest.decimals),
            weight=t.weight / most,
            href=t.href,
        )
        for t in forest.trials
    ]
    prediction = None
    if forest.pooled:
        p = forest.pooled
        prediction = p.prediction
        words = _words(p, forest.decimals)
        rows.append(intervals.IntervalRow(p.name, "", p.estimate, p.low, p.high, words, pooled=True))
    reached = [forest.null, *(item.low for item in shown), *(item.high for item in shown)]
    fine = 2 if max(reached) - min(reached) < 0.8 else 1  # closer ticks would round to the same word
    axis = intervals.Axis(forest.scale, forest.null, forest.left, forest.right, decimals=fine)
    sentence = _sentence(forest)
    drawn = []
    for narrow in (False, True):
        body, hits, height = intervals.draw(rows, axis, narrow=narrow, prediction=prediction)
        drawn.append(
            svg.drawing(
                key=f"{forest.key}-{'n' if narrow else 'w'}",
                width=intervals.NARROW if narrow else intervals.WIDE,
                height=height,
                title=forest.title,
                desc=sentence,
                body=body,
                hits=hits,
            )
        )
    table: list[tuple[Cell, ...]] = []
    for t in forest.trials:
        head: Cell = Link(t.name, t.href) if t.href else t.name
        table.append((head, *_numbers(t, forest.decimals), *_share(forest, t), _people(t)))
    if forest.pooled:
        table.append((forest.pooled.name, *_numbers(forest.pooled, forest.decimals), "", ""))
        if prediction:
            ends = tuple(say(v, forest.decimals) for v in prediction)
            table.append((_("Where a new trial may fall"), "", *ends, "", ""))
    columns = (
        _("Estimate") if forest.noun == "estimate" else _("Trial"),
        forest.scale,
        _("From"),
        _("To"),
        *((_("Weight, %"),) if forest.pooled else ()),
        _("People"),
    )
    return Chart(drawn[0], drawn[1], forest.title, sentence, columns, tuple(table), forest.note)


def _total(forest: Forest) -> float:
    return sum(t.weight for t in forest.trials) or 1.0


def _share(forest: Forest, trial: Trial) -> tuple[Cell, ...]:
    """The trial's part of the pooled figure; where nothing is pooled nothing has a weight."""
    return (say(100 * trial.weight / _total(forest), 1),) if forest.pooled else ()


def _people(trial: Trial) -> str:
    return str(trial.n) if trial.n is not None else _("not printed")


def _numbers(item: Trial | Pooled, decimals: int) -> tuple[Cell, Cell, Cell]:
    return say(item.estimate, decimals), say(item.low, decimals), say(item.high, decimals)


def _words(item: Trial | Pooled, decimals: int) -> str:
    return f"{say(item.estimate, decimals)} [{say(item.low, decimals)}, {say(item.high, decimals)}]"


def _sentence(forest: Forest) -> str:
    people = [t.n for t in forest.trials if t.n is not None]
    many = len(forest.trials)
    head = opened(count(many, _nouns(forest, many)))
    if people and len(people) == many:
        head = _("%(trials)s, %(n)s people") % {"trials": head, "n": sum(people)}
    if forest.pooled is None:
        return _("%(trials)s, not pooled.") % {"trials": head}
    p = forest.pooled
    words = _("%(trials)s: together %(estimate)s, %(between)s.") % {
        "trials": head,
        "estimate": say(p.estimate, forest.decimals),
        "between": _between(p.low, p.high, forest.decimals),
    }
    if p.prediction:
        words += " " + _("A new trial may fall %(between)s.") % {
            "between": _between(*p.prediction, forest.decimals)
        }
    return words


def _nouns(forest: Forest, n: int) -> str:
    if forest.noun == "estimate":
        return ngettext("one estimate", "%(n)s estimates", n)
    return ngettext("one trial", "%(n)s trials", n)


def _between(low: float, high: float, decimals: int) -> str:
    return _("between %(low)s and %(high)s") % {"low": say(low, decimals), "high": say(high, decimals)}
