"""Between a version's cells and the Transcript that the library reads; between a note and its editor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.transcripts import Transcript, Turn, canonical

PASSAGES = ("recalled", "hazy", "reverie", "forgotten")
_MARK = re.compile(r"\{(/?)(recalled|hazy|reverie|forgotten)\}")
_GAP = re.compile(r"\n[ \t]*\n")


def note_turns(text: str) -> list[list[Any]]:
    """A note's paragraphs as turns of the speaker N."""
    return [["N", part.strip(), None, None] for part in _GAP.split(canonical(text)) if part.strip()]


def text_of(turns: list[list[Any]]) -> str:
    """The canonical text: the turns' texts joined by one newline."""
    return "\n".join(turn[1] for turn in turns)


def transcript_of_version(source: Source, version: SourceVersion) -> Transcript:
    """A version as the library reads it."""
    turns = tuple(Turn(i, t[0], t[1], t[2], t[3]) for i, t in enumerate(version.turns or []))
    about = version.about or {}
    return Transcript(
        source=str(source.id),
        format=about.get("format", "text"),
        provenance=source.provenance,  # type: ignore[arg-type]
        turns=turns,
        warnings=tuple(about.get("warnings", ())),
    )


def without_marks(text: str) -> tuple[list[list[Any]], list[dict[str, Any]]]:
    """A note with inline marks such as {hazy}...{/hazy}: its turns, and the passages as ranges of the canonical text."""
    turns: list[list[Any]] = []
    passages: list[dict[str, Any]] = []
    at = 0
    opened: dict[str, int] = {}
    for paragraph in _GAP.split(canonical(text)):
        paragraph = paragraph.strip()
        plain, last = "", 0
        ended: list[dict[str, Any]] = []
        for found in _MARK.finditer(paragraph):
            plain += paragraph[last : found.start()]
            last = found.end()
            kind = found.group(2)
            if not found.group(1):
                opened[kind] = at + len(plain)
            elif kind in opened:
                ended.append({"start": opened.pop(kind), "end": at + len(plain), "kind": kind})
        plain += paragraph[last:]
        if plain.strip():
            turns.append(["N", plain, None, None])
            passages += ended
            at += len(plain) + 1
        else:  # nothing but marks: what they close ends with the paragraph before
            passages += [one | {"end": at - 1} for one in ended]
            opened = {kind: min(start, at) for kind, start in opened.items()}
    end = max(0, at - 1)
    passages += [{"start": start, "end": end, "kind": kind} for kind, start in opened.items()]
    kept = [p for p in passages if p["end"] > p["start"]]
    return turns, sorted(kept, key=lambda p: (p["start"], p["end"], p["kind"]))


def with_marks(turns: list[list[Any]], passages: list[dict[str, Any]]) -> str:
    """A note as its editor holds it: paragraphs apart, passages between their marks. The inverse of `without_marks`."""
    text = text_of(turns)
    breaks, at = set(), 0
    for turn in turns[:-1]:
        at += len(turn[1])
        breaks.add(at)
        at += 1
    # At one place, what ends there is closed before what begins there is opened.
    marks = [(p["start"], 1, f"{{{p['kind']}}}") for p in passages]
    marks += [(p["end"], 0, f"{{/{p['kind']}}}") for p in passages]
    written, last = [], 0
    for place, _, mark in sorted(marks):
        written += [_spread(text, last, place, breaks), mark]
        last = place
    written.append(_spread(text, last, len(text), breaks))
    return "".join(written)


def _spread(text: str, start: int, end: int, breaks: set[int]) -> str:
    """A stretch of the canonical text in which the line between two paragraphs is an empty one."""
    return "".join("\n\n" if at in breaks else text[at] for at in range(start, end))


def cut(
    turns: list[list[Any]], passages: list[dict[str, Any]], start: int, end: int
) -> tuple[list[list[Any]], list[dict[str, Any]]]:
    """The note without a range of its text; passages keep the words they stood on."""
    kept: list[list[Any]] = []
    where: list[int | None] = []  # old offset -> new offset, None for what is gone
    at = new = 0
    for speaker, text, begins, stops in turns:
        stays = [i for i in range(len(text)) if not start <= at + i < end]
        words = "".join(text[i] for i in stays)
        places: dict[int, int] = {}
        if words.strip():
            lead = len(words) - len(words.lstrip())
            words = words.strip()
            for position, i in enumerate(stays):
                if lead <= position < lead + len(words):
                    places[i] = new + position - lead
            kept.append([speaker, words, begins, stops])
            new += len(words) + 1
        where += [places.get(i) for i in range(len(text))] + [None]
        at += len(text) + 1
    moved = []
    for one in passages:
        left = [w for w in where[one["start"] : one["end"]] if w is not None]
        if left:
            moved.append({"start": left[0], "end": left[-1] + 1, "kind": one["kind"]})
    return kept, moved


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one paragraph that is remembered in one way, or in several."""

    text: str
    kinds: tuple[str, ...]

    @property
    def classes(self) -> str:
        return " ".join(self.kinds)


def paragraphs(turns: list[list[Any]], passages: list[dict[str, Any]]) -> list[list[Piece]]:
    """A note's paragraphs cut where passages begin and end, for a page to set."""
    found, at = [], 0
    for turn in turns:
        text = turn[1]
        edges = {0, len(text)}
        for one in passages:
            edges |= {min(max(one[side] - at, 0), len(text)) for side in ("start", "end")}
        pieces = []
        places = sorted(edges)
        for start, end in pairwise(places):
            kinds = tuple(p["kind"] for p in passages if p["start"] <= at + start and at + end <= p["end"])
            pieces.append(Piece(text[start:end], kinds))
        found.append(pieces)
        at += len(text) + 1
    return found
