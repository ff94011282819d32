"""An hour as text: turns of speech in order, and the canonical text that marks point into."""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Provenance = Literal["verbatim", "reconstructed", "notes"]
THERAPIST, CLIENT, NOTE = "T", "C", "N"


class TranscriptError(ValueError):
    """A file that cannot be read whole. The message says what, where, and the mend."""


def canonical(text: str) -> str:
    """Text as marks count it: Unicode NFC, line ends as one newline."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance as its source gives it; never merged with its neighbours.

    `speaker` is ``T``, ``C``, ``N`` (a note's paragraph) or a name. Times are seconds or None.
    """

    index: int
    speaker: str
    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True)
class Transcript:
    """Turns of one hour, with where they come from and what was odd about the file.

    `names` says how the source calls each speaker, as pairs of name and speaker, so that a guess can be
    shown and changed.
    """

    source: str
    format: str
    provenance: Provenance
    turns: tuple[Turn, ...]
    warnings: tuple[str, ...] = field(default=())
    names: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @cached_property
    def text(self) -> str:
        """The canonical text: the turns' texts joined by one newline."""
        return "\n".join(turn.text for turn in self.turns)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each turn begins in the canonical text, in code points."""
        starts, at = [], 0
        for turn in self.turns:
            starts.append(at)
            at += len(turn.text) + 1
        return tuple(starts)

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the canonical text, by which a marks file knows its source."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def turn_at(self, offset: int) -> int:
        """Index of the turn that holds a code point of the canonical text."""
        if not 0 <= offset <= len(self.text):
            raise ValueError(f"offset {offset} lies outside the text of {len(self.text)} characters")
        return max(0, bisect_right(self.offsets, offset) - 1)

    def span_of(self, first: int, last: int) -> tuple[int, int]:
        """Half-open offsets of the turns `first` to `last`, both included."""
        return self.offsets[first], self.offsets[last] + len(self.turns[last].text)


def transcript_of(
    turns: Iterable[tuple[str, str]], *, source: str = "text", provenance: Provenance = "verbatim"
) -> Transcript:
    """A Transcript from pairs of speaker and text, for notebooks and tests."""
    return Transcript(
        source=source,
        format="text",
        provenance=provenance,
        turns=tuple(Turn(i, speaker, canonical(text)) for i, (speaker, text) in enumerate(turns)),
    )
