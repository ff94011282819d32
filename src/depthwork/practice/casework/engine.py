"""The engine that proposes, as casework asks it: cues and passages of one source, each with an opaque id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol
from uuid import UUID

from django.utils.crypto import salted_hmac

from depthwork.coding.marks import Mark
from depthwork.transcripts import Transcript

APART = "risk"  # passages to read again are never cues
BY_HAND = frozenset({"client_link", "resistance"})  # never proposed


class Proposing(Protocol):
    """What an engine has: a name, a version, and proposals for a transcript."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def propose(self, transcript: Transcript) -> Iterable[Any]: ...


@dataclass(frozen=True, slots=True)
class Proposals:
    """What one engine proposes for one text."""

    engine: str
    cues: list[dict[str, Any]]
    passages: list[dict[str, Any]]


def engine() -> Proposing | None:
    """The engine in use, or None where none is installed."""
    try:
        found: Proposing = import_module("depthwork.cues.engine").engine()
    except ModuleNotFoundError:
        return None
    return found


def propose(transcript: Transcript, *, source: UUID, version: int) -> Proposals | None:
    """Cues and passages of a text, in its order; None without an engine."""
    found = engine()
    if found is None:
        return None
    named = f"{found.name}@{found.version}"
    cues: list[dict[str, Any]] = []
    passages: list[dict[str, Any]] = []
    for cue in found.propose(transcript):
        if cue.construct in BY_HAND or transcript.text[cue.start : cue.end] != cue.quote:
            continue
        row = {
            "id": str(_id_of(source, version, named, cue)),
            "construct": cue.construct,
            "code": cue.code,
            "start": cue.start,
            "end": cue.end,
            "attributes": dict(cue.attributes),
            "confidence": cue.confidence,
            "why": cue.why,
            "quote": cue.quote,
        }
        (passages if cue.construct == APART else cues).append(row)
    key = lambda row: (row["start"], -row["end"])  # noqa: E731
    return Proposals(named, sorted(cues, key=key), sorted(passages, key=key))


def _id_of(source: UUID, version: int, engine: str, cue: Any) -> UUID:
    """The same cue has the same id; without this installation's secret it tells nothing of the cue."""
    said = f"{source}|{version}|{engine}|{cue.construct}|{cue.code}|{cue.start}|{cue.end}"
    return UUID(bytes=salted_hmac("depthwork.casework.cue", said, algorithm="sha256").digest()[:16])


def first_cues(cues: list[dict[str, Any]], *, most: int) -> list[dict[str, Any]]:
    """The likeliest cues, mentions of people last, in the order of the text."""
    ranked = sorted(cues, key=lambda c: (c["construct"] == "figure", -(c["confidence"] or 0.0), c["start"]))
    return sorted(ranked[:most], key=lambda c: (c["start"], -c["end"]))


def uncovered(cues: list[dict[str, Any]], marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """Cues that no code says already: what a person has marked is not proposed to them again."""
    held = [(m.construct, m.span.start, m.span.end) for m in marks]
    return [
        cue
        for cue in cues
        if not any(
            construct == cue["construct"]
            and min(end, cue["end"]) - max(start, cue["start"]) > (cue["end"] - cue["start"]) / 2
            for construct, start, end in held
        )
    ]
