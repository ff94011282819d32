"""Malan's two triangles over a treatment: how often each corner was named and each side joined, with lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from depthwork.patterns.hours import Hour, Line, Treatment, in_order, line_of
from depthwork.process.triangles import (
    CONFLICT,
    PERSON,
    Interpretation,
    TriangleCounts,
    count,
    edges,
    interpretation_of,
)


@dataclass(frozen=True, slots=True)
class Corner:
    """One corner: how many interpretations named it, and every line that did."""

    name: str
    count: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """Two corners joined: how many interpretations, first and last hour, and the lines."""

    ends: tuple[str, str]
    count: int
    first: int | None
    last: int | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Triangle:
    """Three corners and three sides."""

    corners: tuple[Corner, ...]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Triangles:
    """Both triangles. `client_links`: the client joins the corners alone; shown, never counted."""

    person: Triangle
    conflict: Triangle
    counts: TriangleCounts
    client_links: tuple[Line, ...]
    perhaps_here: tuple[Line, ...]


def triangles(treatment: Treatment) -> Triangles:
    """The triangles drawn from marked interpretations.

    Notes
    -----
    1. Counts come from hours read whole; lines of the other hours stand beside them.
    2. A client's own link is a line, not an interpretation.
    3. The rate per thousand words is given where every counted hour knows its therapist's words.
    """
    found: list[tuple[Hour, Interpretation]] = []
    links: list[Line] = []
    for hour, marks in treatment.each():
        for mark in marks:
            if mark.construct == "client_link":
                links.append(line_of(hour, mark, counted=False))
            elif (interpretation := interpretation_of(mark)) is not None:
                found.append((hour, interpretation))
    counted = [i for hour, i in found if hour.counts]
    words = [hour.therapist_words for hour in treatment.counted_hours]
    total = sum(w for w in words if w is not None) if words and None not in words else None
    perhaps = (
        line_of(hour, mark, sphere="therapist", displaced=True) for hour, mark in treatment.displaced()
    )
    return Triangles(
        person=_triangle(PERSON, [(h, i, i.person, i.person_edges) for h, i in found]),
        conflict=_triangle(CONFLICT, [(h, i, i.conflict, i.conflict_edges) for h, i in found]),
        counts=count(counted, therapist_words=total),
        client_links=in_order(links),
        perhaps_here=in_order(perhaps),
    )


_Named = tuple[Hour, Interpretation, tuple[str, ...], tuple[tuple[str, str], ...]]


def _triangle(names: Sequence[str], found: Sequence[_Named]) -> Triangle:
    corners = [
        Corner(
            name,
            sum(hour.counts for hour, _, at, _ in found if name in at),
            _lines((hour, i) for hour, i, at, _ in found if name in at),
        )
        for name in names
    ]
    sides: list[Side] = []
    for ends in edges(names):
        joined = [(hour, i) for hour, i, _, drawn in found if ends in drawn]
        numbers = [hour.number for hour, _ in joined if hour.counts]
        sides.append(
            Side(ends, len(numbers), min(numbers, default=None), max(numbers, default=None), _lines(joined))
        )
    return Triangle(tuple(corners), tuple(sides))


def _lines(found: Iterable[tuple[Hour, Interpretation]]) -> tuple[Line, ...]:
    return in_order(line_of(hour, interpretation.mark) for hour, interpretation in found)
