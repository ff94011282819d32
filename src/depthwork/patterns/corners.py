"""Malan's two triangles over a treatment: how often each corner was named and each side joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from depthwork.coding.marks import Mark
from depthwork.patterns.hours import Line, Treatment, in_order, line_of
from depthwork.process.triangles import (
    CONFLICT,
    PERSON,
    Interpretation,
    TriangleCounts,
    count,
    edges,
    interpretation_of,
    interpretive_acts,
    response_to,
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
    """Both triangles. `client_links`: the client joins the corners alone; shown, never counted.

    `interpretive_acts` says how many acts are interpretive, of how many that are interpretive or supportive, in
    hours read whole; `responses` gives each interpretation with the marked response to it, if there is one.
    """

    person: Triangle
    conflict: Triangle
    counts: TriangleCounts
    client_links: tuple[Line, ...]
    perhaps_here: tuple[Line, ...]
    interpretive_acts: tuple[int, int]
    responses: tuple[tuple[Line, Line | None], ...]


def triangles(treatment: Treatment) -> Triangles:
    """The triangles drawn from marked interpretations.

    Notes
    -----
    1. Counts come from hours read whole; lines of the other hours stand beside them.
    2. A client's own link is a line, not an interpretation.
    3. The rate per thousand words is given where every counted hour knows its therapist's words.
    """
    found: list[_Found] = []
    links: list[Line] = []
    acts: list[Mark] = []
    responses: list[tuple[Line, Line | None]] = []
    for hour, marks in treatment.each():
        acts += marks if hour.counts else ()
        for mark in marks:
            if mark.construct == "client_link":
                links.append(line_of(hour, mark, counted=False))
            elif (interpretation := interpretation_of(mark)) is not None:
                line = line_of(hour, mark)
                found.append(_Found(interpretation, line, hour.counts))
                response = response_to(mark, marks)
                responses.append((line, None if response is None else line_of(hour, response)))
    counted = [one.interpretation for one in found if one.counted]
    words = [hour.therapist_words for hour in treatment.counted_hours]
    total = sum(w for w in words if w is not None) if words and None not in words else None
    perhaps = (
        line_of(hour, mark, sphere="therapist", displaced=True) for hour, mark in treatment.displaced()
    )
    return Triangles(
        person=_triangle(
            PERSON, [(f, f.interpretation.person, f.interpretation.person_edges) for f in found]
        ),
        conflict=_triangle(
            CONFLICT, [(f, f.interpretation.conflict, f.interpretation.conflict_edges) for f in found]
        ),
        counts=count(counted, therapist_words=total),
        client_links=in_order(links),
        perhaps_here=in_order(perhaps),
        interpretive_acts=interpretive_acts(acts),
        responses=tuple(sorted(responses, key=lambda pair: (pair[0].hour, pair[0].turn, pair[0].mark_id))),
    )


class _Found(NamedTuple):
    interpretation: Interpretation
    line: Line
    counted: bool


_Named = tuple[_Found, tuple[str, ...], tuple[tuple[str, str], ...]]


def _triangle(names: Sequence[str], found: Sequence[_Named]) -> Triangle:
    at: dict[str, list[_Found]] = {name: [] for name in names}
    joined: dict[tuple[str, str], list[_Found]] = {ends: [] for ends in edges(names)}
    for one, corners, sides in found:
        for name in corners:
            at[name].append(one)
        for ends in sides:
            joined[ends].append(one)
    return Triangle(
        tuple(Corner(name, sum(f.counted for f in given), _lines(given)) for name, given in at.items()),
        tuple(_side(ends, given) for ends, given in joined.items()),
    )


def _side(ends: tuple[str, str], found: Sequence[_Found]) -> Side:
    numbers = [one.line.hour for one in found if one.counted]
    return Side(ends, len(numbers), min(numbers, default=None), max(numbers, default=None), _lines(found))


def _lines(found: Sequence[_Found]) -> tuple[Line, ...]:
    return in_order(one.line for one in found)
