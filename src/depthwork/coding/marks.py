"""Spans and marks: a finding always points at the words it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["proposed", "confirmed", "edited", "rejected"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points in a source's canonical text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start}..{self.end}")

    def overlap(self, other: Span) -> int:
        """Number of code points that both spans hold."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def iou(self, other: Span) -> float:
        """Intersection over union of two spans, 0 to 1."""
        shared = self.overlap(other)
        return shared / ((self.end - self.start) + (other.end - other.start) - shared)


@dataclass(frozen=True, slots=True)
class Mark:
    """A span with a construct and a code, its origin and its status.

    A proposal (`status` proposed) is a cue; a mark made or accepted by a person is a code.
    Scores use codes only.
    """

    source_id: str
    span: Span
    turn: int
    speaker: str
    construct: str
    code: str
    origin: str
    status: Status
    codebook_version: str
    id: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    intensity: float | None = None
    confidence: float | None = None
    quote: str = ""
    anchor: tuple[str, str] = ("", "")
    why: str = ""

    @property
    def is_code(self) -> bool:
        """A mark that a person made or accepted."""
        return self.status in ("confirmed", "edited")

    @property
    def is_unaided(self) -> bool:
        """A code that a person made without a cue."""
        return self.is_code and self.origin.startswith(("coder:", "consensus"))
