"""Malan's two triangles: conflict (defense, anxiety, feeling) and person (therapist, current, past).

A line is as heavy as the number of interpretations that joined its two ends; the number is written on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

from . import svg
from .chart import Cell, Chart, Link
from .words import listed, spell

WIDE, NARROW, HEIGHT = 420.0, 350.0, 330.0
_EDGES = ((0, 1), (0, 2), (1, 2))
NAMES = {
    "conflict": (
        gettext_noop("Triangle of conflict"),
        (gettext_noop("defense"), gettext_noop("anxiety"), gettext_noop("feeling")),
    ),
    "person": (
        gettext_noop("Triangle of person"),
        (gettext_noop("therapist"), gettext_noop("current"), gettext_noop("past")),
    ),
}


@dataclass(frozen=True, slots=True)
class Vertex:
    """A corner: how many interpretations named it, a few words of it, where its lines are read."""

    count: int
    words: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Triangle:
    """Three corners in the order of `NAMES[kind]`, and how often 0-1, 0-2 and 1-2 were joined."""

    key: str
    kind: Literal["conflict", "person"]
    vertices: tuple[Vertex, Vertex, Vertex]
    joined: tuple[int, int, int]
    note: str = ""


def triangle_chart(triangle: Triangle) -> Chart:
    """Draw one triangle, standing on its point: the lower corner is what the other two lead to.

    Raises
    ------
    ValueError
        If a count is negative.

    Notes
    -----
    1. Counts are of codes made or accepted by a person; a cue is drawn nowhere.
    2. The width of a line is in five steps, relative to the largest count of this triangle, one step at
       least.

    References
    ----------
    Malan (1979), Individual Psychotherapy and the Science of Psychodynamics.
    """
    title, names = _(NAMES[triangle.kind][0]), _names(triangle)
    if min(*triangle.joined, *(v.count for v in triangle.vertices)) < 0:
        raise ValueError("a count in a triangle is below nought")
    joined = [
        _("%(one)s and %(other)s in %(n)s") % {"one": names[a], "other": names[b], "n": spell(n)}
        for (a, b), n in zip(_EDGES, triangle.joined, strict=True)
    ]
    sentence = _("Joined in one interpretation: %(joined)s.") % {"joined": listed(joined)}
    rows: list[tuple[Cell, ...]] = [
        (Link(name, v.href) if v.href else name, str(v.count), v.words)
        for name, v in zip(names, triangle.vertices, strict=True)
    ]
    rows += [
        (_("%(one)s with %(other)s") % {"one": names[a], "other": names[b]}, str(n), "")
        for (a, b), n in zip(_EDGES, triangle.joined, strict=True)
    ]
    drawn = []
    for suffix, width in (("w", WIDE), ("n", NARROW)):
        body, hits = _draw(triangle, width)
        drawn.append(
            svg.drawing(
                key=f"{triangle.key}-{suffix}",
                width=width,
                height=HEIGHT,
                title=title,
                desc=sentence,
                body=body,
                hits=hits,
            )
        )
    columns = (_("Corner or line"), _("Interpretations"), _("In words"))
    return Chart(drawn[0], drawn[1], title, sentence, columns, tuple(rows), triangle.note)


def _draw(triangle: Triangle, width: float) -> tuple[list[str], list[str]]:
    names = _names(triangle)
    places = ((76.0, 84.0), (width - 76, 84.0), (width / 2, 274.0))
    most = max(triangle.joined)
    body: list[str] = []
    for (a, b), n in zip(_EDGES, triangle.joined, strict=True):
        (ax, ay), (bx, by) = places[a], places[b]
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        ux, uy = (bx - ax) / length * 16, (by - ay) / length * 16
        if n:
            step = max(1, round(5 * n / most))
            body.append(svg.line(ax + ux, ay + uy, bx - ux, by - uy, f"one w{step}"))
        else:
            body.append(svg.line(ax + ux, ay + uy, bx - ux, by - uy, "cut"))
        x, y = (ax + bx) / 2, (ay + by) / 2
        place = {(0, 1): (x, y - 12, "mid"), (0, 2): (x - 14, y + 4, "end"), (1, 2): (x + 14, y + 4, "")}[
            a, b
        ]
        body.append(svg.text(place[0], place[1], spell(n), place[2]))
    hits: list[str] = []
    for (x, y), vertex, name in zip(places, triangle.vertices, names, strict=True):
        body.append(svg.circle(x, y, 7, "ring"))
        above = y < 150
        body.append(svg.text(x, y - 35 if above else y + 31, name, "name mid"))
        words = vertex.words or (
            _("%(n)s named") % {"n": spell(vertex.count)} if vertex.count else _("not named")
        )
        body.append(svg.text(x, y - 18 if above else y + 48, _fit(words, 22 if above else 44), "mid"))
        hits.append(svg.hit(x, y, 14, vertex.href, _("%(name)s: read its lines") % {"name": name}))
    return body, hits


def _names(triangle: Triangle) -> tuple[str, ...]:
    return tuple(_(name) for name in NAMES[triangle.kind][1])


def _fit(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip(" ,;") + "…"
