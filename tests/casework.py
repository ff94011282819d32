"""An hour with words in it, and an engine whose proposals are known: for the tests of casework."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from depthwork.cues import engine as engines
from depthwork.cues.engine import Cue
from depthwork.practice.sources import actions as sources
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.actions import answer_consent
from depthwork.practice.treatments.models import Session, Treatment
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


class KnownEngine:
    """Proposes each of some phrases wherever it stands."""

    name, version = "known", "1"

    def __init__(self, *phrases: tuple[str, str, str]) -> None:
        self.phrases = phrases
        self.asked = 0

    def propose(self, transcript: Any) -> list[Cue]:
        self.asked += 1
        return [
            Cue(
                construct,
                code,
                (transcript.turn_at(found.start()), transcript.turn_at(found.end())),
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


def use(monkeypatch: Any, engine: Any) -> Any:
    """Let one engine propose, in place of our own."""
    monkeypatch.setattr(engines, "engine", lambda name="depthwork": engine)
    return engine


def agree(actor: Any, client: Any, treatment: Any) -> None:
    """The client agreed to cues, and they are switched on."""
    with opened(actor.unlocked):
        answer_consent(client=client, by=actor.person, purpose="cues", is_yes=True, given_on=date(2026, 1, 6))
    Treatment.objects.filter(pk=treatment.pk).update(cues=True)
