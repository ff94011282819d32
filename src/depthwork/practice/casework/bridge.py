"""Between a sealed row and the Mark that the library knows."""

from __future__ import annotations

from typing import Any

from depthwork.coding import Mark, Span
from depthwork.practice.casework.models import MarkRow


def body_of(mark: Mark) -> dict[str, Any]:
    """What of a mark is sealed."""
    return {
        "start": mark.span.start,
        "end": mark.span.end,
        "turn": mark.turn,
        "speaker": mark.speaker,
        "construct": mark.construct,
        "code": mark.code,
        "origin": mark.origin,
        "codebook": mark.codebook_version,
        "attributes": dict(mark.attributes),
        "intensity": mark.intensity,
        "confidence": mark.confidence,
        "quote": mark.quote,
        "anchor": list(mark.anchor),
        "why": mark.why,
    }


def mark_from(*, id: Any, source_id: Any, status: str, body: dict[str, Any]) -> Mark:
    """A mark as the library knows it."""
    return Mark(
        source_id=str(source_id),
        span=Span(body["start"], body["end"]),
        turn=body["turn"],
        speaker=body["speaker"],
        construct=body["construct"],
        code=body["code"],
        origin=body["origin"],
        status=status,  # type: ignore[arg-type]
        codebook_version=body["codebook"],
        id=str(id),
        attributes=body["attributes"],
        intensity=body["intensity"],
        confidence=body["confidence"],
        quote=body["quote"],
        anchor=tuple(body["anchor"]),
        why=body["why"],  # type: ignore[arg-type]
    )


def mark_of(row: MarkRow) -> Mark:
    """The mark of an opened row."""
    return mark_from(id=row.id, source_id=row.source_id, status=row.status, body=row.body)
