"""A funnel plot: effects against their standard errors, and what small trials might be hiding."""

from __future__ import annotations

import math
from dataclasses import dataclass

from depthwork.wording import gettext as _
from depthwork.wording import ngettext

from . import svg
from .chart import Cell, Chart, Link
from .scales import Scale, nice_ticks, say
from .words import count, opened, spell

WIDE, NARROW, HEIGHT = 880.0, 350.0, 330.0
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One trial: its effect and standard error, on the plot's scale."""

    name: str
    effect: float
    se: float
    href: str = ""


@dataclass(frozen=True, slots=True)
class Funnel:
    """Trials around their mean. The sides lie `reach` standard errors to either side of `centre`.

    `mirrored` are the effects and standard errors that trim and fill puts in; `line` is Egger's, as the effect
    at a standard error of 0 and its change with a standard error of 1.
    """

    key: str
    title: str
    points: tuple[FunnelPoint, ...]
    centre: float
    reach: float
    scale: str
    mirrored: tuple[tuple[float, float], ...] = ()
    line: tuple[float, float] | None = None
    decimals: int = 2
    note: str = ""

    def holds(self, point: FunnelPoint) -> bool:
        """Whether a trial lies between the sides."""
        return abs(point.effect - self.centre) <= self.reach * point.se


def funnel_chart(funnel: Funnel) -> Chart:
    """Draw trials by effect and standard error, the most exact on top.

    A lopsided funnel is a question, not an answer: small trials that were never published may be missing, and
    small trials may also differ in whom they treated and how.

    Raises
    ------
    ValueError
        If there is no trial, or a standard error is not above 0.

    Notes
    -----
    1. Between the sides lie most trials when nothing but chance sets them apart; with real differences more
       lie outside.
    2. Filled points are trials; open rings are mirrored ones that nobody ran.
    3. Egger's line is drawn as fitted, within the standard errors that were seen.

    References
    ----------
    Sterne & Egger (2001), doi:10.1016/S0895-4356(01)00377-8
    """
    if not funnel.points:
        raise ValueError("a funnel needs at least one trial")
    errors = [point.se for point in funnel.points] + [se for _, se in funnel.mirrored]
    if not all(0 < se < math.inf for se in errors):
        raise ValueError("a funnel needs standard errors above 0")
    sentence = _sentence(funnel)
    drawn = []
    for width, suffix in ((WIDE, "w"), (NARROW, "n")):
        body, hits = _draw(funnel, width, max(errors))
        drawn.append(
            svg.drawing(
                key=f"{funnel.key}-{suffix}", width=width, height=HEIGHT, title=funnel.title, desc=sentence,
                body=body, hits=hits,
            )
        )  # fmt: skip
    d = funnel.decimals
    rows: list[tuple[Cell, ...]] = [
        (
            Link(p.name, p.href) if p.href else p.name,
            say(p.effect, d),
            say(p.se, d),
            _("between the sides") if funnel.holds(p) else _("outside"),
        )
        for p in sorted(funnel.points, key=lambda p: p.se)
    ]
    rows += [(_("mirrored, nobody ran it"), say(y, d), say(se, d), "") for y, se in funnel.mirrored]
    columns = (_("Trial"), funnel.scale, _("Standard error"), _("In the funnel"))
    return Chart(drawn[0], drawn[1], funnel.title, sentence, columns, tuple(rows), funnel.note)


def _draw(funnel: Funnel, width: float, most: float) -> tuple[list[str], list[str]]:
    left, right, top, bottom = 44.0, width - 14, 46.0, HEIGHT - 54
    deep = most * 1.06
    reached = [p.effect for p in funnel.points] + [y for y, _ in funnel.mirrored]
    side = funnel.reach * deep
    low, high = min(*reached, funnel.centre - side), max(*reached, funnel.centre + side)
    pad = (high - low) * 0.03 or 1.0
    x, y = Scale(low - pad, high + pad, left, right), Scale(0, deep, top, bottom)
    n = svg.number
    middle = x(funnel.centre)
    body = [
        svg.path(
            f"M{n(middle)} {n(top)} L{n(x(funnel.centre - side))} {n(bottom)} "
            f"L{n(x(funnel.centre + side))} {n(bottom)} Z",
            "band",
        ),
        svg.line(middle, top, x(funnel.centre - side), bottom, "hair"),
        svg.line(middle, top, x(funnel.centre + side), bottom, "hair"),
        svg.line(middle, top, middle, bottom, "cut"),
        svg.text(
            middle,
            top - 10,
            _("together %(centre)s") % {"centre": say(funnel.centre, funnel.decimals)},
            "mid",
        ),
    ]
    for tick in nice_ticks(0, deep, about=4):
        body.append(svg.text(left - 8, y(tick) + 4, say(tick, _places(deep)) or "", "end"))
    body.append(svg.text(0, 12, _("standard error")))
    body.append(svg.line(left, bottom, right, bottom, "axis"))
    for tick in nice_ticks(low, high, about=4 if width < 500 else 7):
        body.append(svg.line(x(tick), bottom, x(tick), bottom + 5, "axis"))
        body.append(svg.text(x(tick), bottom + 20, say(tick, _places(high - low)) or "", "mid"))
    body.append(svg.text((left + right) / 2, bottom + 40, funnel.scale, "mid"))
    if funnel.line:
        body.extend(_line(funnel, x, y, low - pad, high + pad))
    body.extend(svg.circle(x(at), y(se), 4, "ring") for at, se in funnel.mirrored)
    body.extend(svg.circle(x(p.effect), y(p.se), 4, "dot") for p in funnel.points)
    body.extend(_names(funnel, x, y, width))
    hits = [svg.hit(x(p.effect), y(p.se), 9, p.href, p.name) for p in funnel.points]
    return body, hits


def _line(funnel: Funnel, x: Scale, y: Scale, low: float, high: float) -> list[str]:
    """Egger's line, cut where it leaves the drawing."""
    start, slope = funnel.line or (0.0, 0.0)
    errors = [p.se for p in funnel.points]
    ends = [min(errors), max(errors)]
    if slope:
        meets = sorted(((low - start) / slope, (high - start) / slope))
        ends = [max(ends[0], meets[0]), min(ends[1], meets[1])]
    if ends[0] >= ends[1]:
        return []
    return [svg.line(x(start + slope * ends[0]), y(ends[0]), x(start + slope * ends[1]), y(ends[1]), "two")]


def _names(funnel: Funnel, x: Scale, y: Scale, width: float) -> list[str]:
    """Names beside the trials farthest outside the sides, where there is room."""
    if width < 500:
        return []
    outside = [p for p in funnel.points if not funnel.holds(p)]
    outside.sort(key=lambda p: abs(p.effect - funnel.centre) - funnel.reach * p.se, reverse=True)
    named: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for point in outside[:MOST_NAMED]:
        at, level = x(point.effect), y(point.se)
        wide = svg.width_of(point.name)
        is_left = at + 10 + wide > width
        start = at - 10 - wide if is_left else at + 10
        if start < 0 or any(
            abs(level - other) < 14 and start < end and begin < start + wide for begin, end, other in taken
        ):
            continue
        taken.append((start, start + wide, level))
        named.append(
            svg.text(at - 10 if is_left else at + 10, level + 4, point.name, "end" if is_left else "")
        )
    return named


def _places(reach: float) -> int:
    return 2 if reach < 0.8 else 1


def _sentence(funnel: Funnel) -> str:
    outside = sum(not funnel.holds(point) for point in funnel.points)
    n = len(funnel.points)
    words = _("%(trials)s around %(centre)s; %(outside)s outside the sides.") % {
        "trials": opened(count(n, ngettext("one trial", "%(n)s trials", n))),
        "centre": say(funnel.centre, funnel.decimals),
        "outside": spell(outside),
    }
    if funnel.mirrored:
        words += " " + _("Trim and fill puts in %(n)s that nobody ran.") % {"n": spell(len(funnel.mirrored))}
    if funnel.line:
        words += " " + (
            _("Egger’s line: less exact trials found larger effects.")
            if funnel.line[1] > 0
            else _("Egger’s line: less exact trials found smaller effects.")
        )
    return words
