"""The engine that proposes, as casework asks it: cues and passages of one source, each with an opaque id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from depthwork.coding.marks import Mark
from depthwork.cues import engine as engines
from depthwork.cues.engine import Cue, Engine
from depthwork.transcripts import Transcript

APART = "risk"  # passages to read again are never cues
BY_HAND = frozenset({"client_link", "resistance"})  # never proposed


@dataclass(frozen=True, slots=True)
class Proposals:
    """What one engine proposes for one text."""

    engine: str
    cues: list[dict[str, Any]]
    passages: list[dict[str, Any]]


def engine() -> Engine:
    """The engine that the practice named, else our own."""
    return engines.engine(settings.CUE_ENGINE)


def passages_engine() -> Engine:
    """Passages to read again always come from our own engine, whatever proposes the cues."""
    return engines.engine()


def named(found: Engine) -> str:
    """An engine as marks and kept cues name it."""
    return f"{found.name}@{found.version}"


def propose(transcript: Transcript, *, source: UUID, version: int) -> Proposals:
    """Cues and passages of a text, in its order. A proposal that does not quote the text is dropped."""
    found, own = engine(), passages_engine()
    proposed = list(found.propose(transcript))
    apart = proposed if named(found) == named(own) else own.propose(transcript)
    cues = [c for c in proposed if c.construct != APART and c.construct not in BY_HAND]
    passages = [c for c in apart if c.construct == APART]
    return Proposals(
        named(found),
        _rows(cues, transcript, source=source, version=version, engine=named(found)),
        _rows(passages, transcript, source=source, version=version, engine=named(own)),
    )


def _rows(
    cues: Iterable[Cue], transcript: Transcript, *, source: UUID, version: int, engine: str
) -> list[dict[str, Any]]:
    rows = [
        {
            "id": str(_id_of(source, version, engine, cue)),
            "construct": cue.construct,
            "code": cue.code,
            "start": cue.start,
            "end": cue.end,
            "attributes": dict(cue.attributes),
            "confidence": cue.confidence,
            "why": cue.why,
            "quote": cue.quote,
        }
        for cue in cues
        if cue.quote and transcript.text[cue.start : cue.end] == cue.quote
    ]
    return sorted(rows, key=lambda row: (row["start"], -row["end"]))


def _id_of(source: UUID, version: int, engine: str, cue: Cue) -> UUID:
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
