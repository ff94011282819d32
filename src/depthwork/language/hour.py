"""The turns of an hour with their words cut once, for every measure that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from depthwork.language.tokens import Token, tokens
from depthwork.transcripts import Transcript


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn: its speaker, its text, its times in seconds (or None) and its words in order."""

    index: int
    speaker: str
    text: str
    start_s: float | None
    end_s: float | None
    tokens: tuple[Token, ...]

    @property
    def words(self) -> list[str]:
        """The whole words, without those broken off."""
        return [token.word for token in self.tokens if not token.broken]


def spoken(transcript: Transcript) -> tuple[Spoken, ...]:
    """Cut every turn of an hour into words, once."""
    return tuple(
        Spoken(turn.index, turn.speaker, turn.text, turn.start_s, turn.end_s, tuple(tokens(turn.text)))
        for turn in transcript.turns
    )


def of_speaker(hour: Sequence[Spoken], speaker: str) -> tuple[Spoken, ...]:
    """The turns of one speaker, in order."""
    return tuple(turn for turn in hour if turn.speaker == speaker)


def count_words(hour: Sequence[Spoken]) -> int:
    """Whole words in the turns given."""
    return sum(not token.broken for turn in hour for token in turn.tokens)
