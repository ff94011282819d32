"""An hour with words in it, and an engine whose proposals are known: for the tests of casework."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from depthwork.practice.sources import actions as sources
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts import transcript_of

WORDS = (
    ("T", "You came in quietly today."),
    ("C", "My father never asked. I wanted him to ask me, just once, how it was."),
    ("T", "And you stopped hoping that anyone would."),
    ("C", "It's fine. Honestly. I made the dinner and nobody said a word."),
    ("T", "As with your father, you go and make yourself useful."),
    ("C", "(laughs) Maybe. Sometimes I think I'd rather not wake up. [pause 6s] Not really."),
)


def hour_with_words(actor: Any, client: Any, *, number: int = 1, words: Any = WORDS) -> Source:
    """A transcript kept with a held hour."""
    session = Session.objects.get(client=client, number=number)
    with opened(actor.unlocked):
        return sources.add_transcript(session=session, transcript=transcript_of(words), by=actor.person)


def note_of(actor: Any, client: Any, text: str, *, number: int = 1, passages: Any = None) -> Source:
    """A process note kept with a held hour."""
    session = Session.objects.get(client=client, number=number)
    with opened(actor.unlocked):
        return sources.write_note(session=session, text=text, by=actor.person, passages=passages)


@dataclass(frozen=True)
class Proposal:
    """What the engine of the tests proposes."""

    construct: str
    code: str
    start: int
    end: int
    quote: str
    why: str
    confidence: float | None
    attributes: dict[str, Any] = field(default_factory=dict)


class KnownEngine:
    """Proposes each of some phrases wherever it stands."""

    name, version = "known", "1"

    def __init__(self, *phrases: tuple[str, str, str]) -> None:
        self.phrases = phrases
        self.asked = 0

    def propose(self, transcript: Any) -> list[Proposal]:
        self.asked += 1
        return [
            Proposal(
                construct,
                code,
                found.start(),
                found.end(),
                found.group(),
                "The words say it.",
                None if construct == "risk" else 0.8 - n / 100,
            )
            for n, (phrase, construct, code) in enumerate(self.phrases)
            for found in re.finditer(re.escape(phrase), transcript.text)
        ]


ENGINE = (
    ("I wanted him to ask me", "wish", "w_being_understood"),
    ("It's fine. Honestly.", "rupture_withdrawal", "withdrawal_deferential"),
    ("I made the dinner", "response_of_self", "rs_helpful"),
    ("I'd rather not wake up", "risk", "suicide_passive"),
)
