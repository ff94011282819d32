"""A text set for reading: turns, and beside each what stands there. Pure functions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString

from depthwork.coding import Mark
from depthwork.practice.casework.words import name_of_code, name_of_construct
from depthwork.practice.config.markup import escaped_already
from depthwork.transcripts import Transcript


@dataclass(slots=True)
class Line:
    """One turn with its entries."""

    number: int
    speaker: str
    start: int
    html: SafeString
    marks: list[dict[str, Any]] = field(default_factory=list)
    comments: list[Any] = field(default_factory=list)


def name_of(mark: Mark) -> str:
    """A mark in words."""
    return f"{name_of_construct(mark.construct)}: {name_of_code(mark.construct, mark.code)}"


def column_of(transcript: Transcript, marks: Sequence[Mark], comments: Sequence[Any] = ()) -> list[Line]:
    """Turns in order; each mark and comment stands at the turn in which it begins."""
    by_turn: dict[int, list[dict[str, Any]]] = {}
    beside: dict[int, list[Any]] = {}
    underlined: dict[int, list[tuple[int, int, str]]] = {}
    length = len(transcript.text)
    for mark in marks:
        if mark.span.end <= length:
            by_turn.setdefault(mark.turn, []).append({"mark": mark, "name": name_of(mark)})
            underlined.setdefault(mark.turn, []).append((mark.span.start, mark.span.end, ""))
    for one in comments:
        place = one.place or {}
        turn = min(place.get("turn", 0), len(transcript.turns) - 1)
        beside.setdefault(turn, []).append(one)
        if place.get("quote") and transcript.text[place["start"] : place["end"]] == place["quote"]:
            underlined.setdefault(turn, []).append((place["start"], place["end"], "comment"))
    return [
        Line(
            turn.index + 1,
            turn.speaker,
            transcript.offsets[turn.index],
            _html(turn.text, transcript.offsets[turn.index], underlined.get(turn.index, [])),
            by_turn.get(turn.index, []),
            beside.get(turn.index, []),
        )
        for turn in transcript.turns
    ]


def _html(text: str, offset: int, spans: list[tuple[int, int, str]]) -> SafeString:
    """The turn with what is marked underlined; where a mark and a comment overlap, the comment's line shows."""
    edges = {0, len(text)}
    inside = [(max(0, s - offset), min(len(text), e - offset), how) for s, e, how in spans]
    for start, end, _how in inside:
        edges |= {start, end}
    places, made = sorted(edges), []
    for start, end in itertools.pairwise(places):
        piece = escape(text[start:end])
        hows = {how for s, e, how in inside if s <= start and end <= e}
        if not hows:
            made.append(piece)
        else:
            css = ' class="comment"' if "comment" in hows else ""
            made.append(f"<mark{css}>{piece}</mark>")
    return escaped_already("".join(made))
