"""What the evidence page shows of trials: the set chosen, the forest, and what changes when one is left out."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from depthwork.evidence.dependence import combine
from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.influence import LeftOut, leave_one_out, moves_most
from depthwork.evidence.metapsy import PSYCHODYNAMIC, Trial
from depthwork.evidence.pooling import Pooled, pool
from depthwork.evidence.published import AGAINST, PROBLEMS, Figure
from depthwork.evidence.small_studies import Egger, Filled, egger, funnel, trim_and_fill
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.forest import Forest, forest_chart
from depthwork.reports.charts.forest import Pooled as Diamond
from depthwork.reports.charts.forest import Trial as Square
from depthwork.reports.charts.funnel import Funnel as Drawn
from depthwork.reports.charts.funnel import FunnelPoint, funnel_chart

KIN = "kin"
"""The therapy filter's first choice: psychodynamic therapy and the manuals that come from it."""
MOST_DRAWN = 60


def key_of(study: str) -> str:
    """A short name for a study that can stand in an address."""
    return hashlib.sha256(study.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader chose: therapy, comparator, outcome, a study left out."""

    therapy: str = KIN
    comparator: str = ""
    outcome: str = ""
    without: str = ""


@dataclass(frozen=True, slots=True)
class Without:
    """One line of the leave-one-out table."""

    name: str
    key: str
    left: LeftOut


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the page says of the chosen trials."""

    chart: Chart | None
    funnel: Chart | None
    pooled: Pooled | None
    n_rows: int
    withheld_rows: int
    left_out: str | None
    estimate_with: float | None
    lines: tuple[Without, ...]
    most: Without | None
    egger: Egger | None
    filled: Filled | None
    egger_withheld: str
    filled_withheld: str
    withheld: str | None


def choices(trials: Sequence[Trial]) -> dict[str, list[tuple[str, int]]]:
    """Therapies, comparators and outcomes of a set, with how many studies each has."""
    return {
        name: sorted(
            Counter(value for _, value in {(t.study, getattr(t, name)) for t in trials}).items(),
            key=lambda item: item[0].casefold(),
        )
        for name in ("therapy", "comparator", "outcome")
    }


def picture(trials: Sequence[Trial], choice: Choice, *, link: str) -> Picture:
    """Pool what was chosen; `link` is the address to which `&without=KEY` is added."""
    chosen = [
        t
        for t in trials
        if (t.therapy in PSYCHODYNAMIC if choice.therapy == KIN else choice.therapy in ("", t.therapy))
        and choice.comparator in ("", t.comparator)
        and choice.outcome in ("", t.outcome)
    ]
    known = [t for t in chosen if t.toward is not None]
    held_back = len(chosen) - len(known)
    if not known:
        return _nothing(held_back, gettext("No trial of this set fits the choice."))
    studies = combine([t.study for t in known], [t.toward or 0.0 for t in known], [t.se**2 for t in known])
    people: dict[str, int] = {}
    for t in known:
        if t.people is not None:
            people[t.study] = max(people.get(t.study, 0), t.people)
    order = sorted(range(len(studies.names)), key=lambda at: float(studies.effects[at]))
    keep = [at for at in order if key_of(studies.names[at]) != choice.without]
    gone = next((studies.names[at] for at in order if key_of(studies.names[at]) == choice.without), None)
    if not keep:
        return _nothing(held_back, gettext("Without this trial none is left."))
    names = [studies.names[at] for at in keep]
    y, v = studies.effects[keep], studies.variances[keep]
    found = pool(y, v) if len(keep) > 1 else None
    weight = 1 / (v + (found.tau2 or 0.0)) if found else 1 / v
    lines: tuple[Without, ...] = ()
    if found:
        left = leave_one_out(y, v, names)
        lines = tuple(
            Without(one.name, key_of(one.name), one)
            for one in sorted(left, key=lambda one: abs(one.shift), reverse=True)
        )
    squares = tuple(
        Square(
            name,
            float(y[at]),
            float(y[at]) - 1.959964 * math.sqrt(v[at]),
            float(y[at]) + 1.959964 * math.sqrt(v[at]),
            float(weight[at]),
            people.get(name),
            f"{link}&without={key_of(name)}" if found else "",
        )
        for at, name in enumerate(names)
    )
    title = gettext("Trials of the chosen therapy")
    chart = forest_chart(
        Forest(
            key="trials",
            title=title,
            trials=squares if len(squares) <= MOST_DRAWN else (),
            pooled=Diamond(gettext("Together"), found.estimate, *found.interval, found.prediction)
            if found
            else None,
            scale=gettext("Hedges’ g"),
            left=gettext("favours the comparator"),
            right=gettext("favours the therapy"),
            note=_note(found, len(squares)),
        )
    )
    egged, why_no_line = _asked(egger, y, v)
    filled, why_not_filled = _asked(trim_and_fill, y, v)
    return Picture(
        chart=chart,
        funnel=_funnel(y, v, names, egged, filled, link) if found else None,
        pooled=found,
        n_rows=sum(studies.rows[at] for at in keep),
        withheld_rows=held_back,
        left_out=gone,
        estimate_with=pool(studies.effects, studies.variances).estimate if gone else None,
        lines=lines,
        most=next((one for one in lines if one.name == moves_most([w.left for w in lines]).name), None),
        egger=egged,
        filled=filled,
        egger_withheld=why_no_line,
        filled_withheld=why_not_filled,
        withheld=None if found else gettext("One study; nothing is pooled."),
    )


def _nothing(held_back: int, why: str) -> Picture:
    return Picture(None, None, None, 0, held_back, None, None, (), None, None, None, "", "", why)


def _funnel(y, v, names, egged, filled, link) -> Chart:  # type: ignore[no-untyped-def]
    shape = funnel(y, v, names)
    return funnel_chart(
        Drawn(
            key="funnel",
            title=gettext("Effects by how exact the trials are"),
            points=tuple(
                FunnelPoint(name, effect, se, f"{link}&without={key_of(name)}")
                for name, effect, se in zip(shape.names, shape.effects, shape.se, strict=True)
            ),
            centre=shape.centre,
            reach=shape.reach,
            scale=gettext("Hedges’ g"),
            mirrored=tuple(zip(filled.filled, filled.se, strict=True)) if filled else (),
            line=(egged.limit, egged.slope) if egged else None,
            note=gettext(
                "The most exact trials stand on top. Between the sides lie about 95% of trials when only chance "
                "sets them apart. A lopsided funnel may come from trials that were never published, and also "
                "from real differences between small and large ones."
            ),
        )
    )


def _asked(ask, y, v):  # type: ignore[no-untyped-def]
    """What a question found, or why it found nothing."""
    try:
        return ask(y, v), ""
    except EvidenceError as error:
        return None, str(error)


def _note(found: Pooled | None, drawn: int) -> str:
    words = gettext("As the file gives them; a square’s size is its weight.")
    if found is not None and drawn > MOST_DRAWN:
        words += " " + gettext(
            "Too many trials to draw one by one; the table of single trials is in the download."
        )
    return words


def published_charts(figures: Sequence[Figure]) -> list[Chart]:
    """Published estimates that have an interval and a sure direction: one drawing a comparator, never pooled."""
    drawn = []
    for against, name in ((id, gettext(name)) for id, name in AGAINST.items()):
        fitting = [
            one
            for one in figures
            if one.against == against and one.favours != "none" and one.in_favour is not None
        ]
        names = Counter(map(_label, fitting))
        squares = tuple(
            Square(
                _label(one) if names[_label(one)] == 1 else _with_trials(one),
                *one.in_favour,
                1.0,
                one.people,
                f"#{one.id}",
            )
            for one in fitting
            if one.in_favour is not None
        )
        if not squares:
            continue
        drawn.append(
            forest_chart(
                Forest(
                    key=f"published-{against.replace('_', '-')}",
                    title=gettext("Published: psychodynamic therapy against %(name)s") % {"name": name},
                    trials=squares,
                    pooled=None,
                    scale=gettext("standardized difference"),
                    left=gettext("favours the comparator"),
                    right=gettext("favours psychodynamic therapy"),
                    note=gettext(
                        "As printed, turned so that right is in favour of psychodynamic therapy; intervals of 90% or "
                        "95%. Reviews share trials, so they are not pooled. What has no interval, no sure direction "
                        "or a doubtful print stands in the list only."
                    ),
                    noun="estimate",
                )
            )
        )
    return drawn


def _label(one: Figure) -> str:
    where = gettext(PROBLEMS[one.problem]).lower() if one.problem != "common" else gettext("several")
    source = gettext("Open data") if one.status == "recomputed" else one.source.short
    return f"{source}, {where}"


def _with_trials(one: Figure) -> str:
    """The same, with how many trials it holds: for estimates that would stand under one name."""
    if not one.studies:
        return _label(one)
    trials = ngettext("%(n)s trial", "%(n)s trials", one.studies) % {"n": one.studies}
    return f"{_label(one)}, {trials}"
