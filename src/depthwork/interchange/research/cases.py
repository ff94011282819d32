"""What the practice hands over for a study, still identified; `study` makes tables of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from depthwork.coding import Mark
from depthwork.interchange.deidentify import Known
from depthwork.transcripts import Transcript


@dataclass(frozen=True, slots=True)
class Text:
    """A transcript or note, the codes made on it and how it was read (`how` is whole, dipped or "")."""

    transcript: Transcript
    kind: str
    marks: tuple[Mark, ...] = ()
    how: str = ""
    is_blind: bool = False


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour, held or missed, with what was kept of it."""

    id: str
    day: date
    status: str
    number: int | None
    length_minutes: int
    late_minutes: int
    place: str
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """One score of one form."""

    day: date
    hour: str
    measure: str
    version: int
    definition_hash: str
    score: str
    value: float | None
    withheld: str


@dataclass(frozen=True, slots=True)
class FrameChange:
    """Something that happened to the frame: a change, a break, an ending."""

    day: date
    kind: str


@dataclass(frozen=True, slots=True)
class Case:
    """One consented treatment. `with_text`: the client agreed that de-identified words go too."""

    client: str
    treatment: str
    starts_on: date
    format: str
    frequency: str
    seat: str
    state: str
    hours_agreed: int | None
    born_year: int | None
    with_text: bool
    known: Known
    hours: tuple[Hour, ...] = ()
    scores: tuple[Scored, ...] = ()
    events: tuple[FrameChange, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
