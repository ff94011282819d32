"""Words of the client's that return across hours: proposed behind the same gate as cues; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from depthwork.cues.themes import returning
from depthwork.practice.casework.gate import allowed
from depthwork.practice.casework.queries import CODED_KINDS
from depthwork.practice.config.dates import in_words
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import allows_row
from depthwork.practice.sources.queries import Kept, sources_of_treatment
from depthwork.practice.treatments.models import Client, Treatment


@dataclass(frozen=True, slots=True)
class Returned:
    """One line in which a word stands, and where it is opened and marked."""

    quote: str
    cite: str
    href: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word that returns, what keeps it company, and its lines."""

    word: str
    company: tuple[str, ...]
    hours: int
    lines: list[Returned]


def may_propose(client: Client, treatment: Treatment, person: Person) -> bool:
    """Whether words may be proposed: to the clinician of this client, where cues of the treatment are open."""
    return allows_row(person, Permission.WRITE_PROCESS_NOTES, client) and not allowed(client, treatment)


def words_that_return(client: Client, treatment: Treatment, person: Person) -> list[Word]:
    """Words over the hours on which their clinician has left a line, or skipped it; empty where the gate is shut."""
    if not may_propose(client, treatment, person):
        return []
    texts = [
        kept
        for kept in sources_of_treatment(treatment, kinds=CODED_KINDS)
        if (hour := kept.source.session) is not None and (hour.kept_line or hour.skipped_remembering)
    ]
    hours = list(dict.fromkeys(kept.source.session_id for kept in texts))
    found = []
    for theme in returning([kept.transcript for kept in texts]):
        of = {hours.index(texts[at].source.session_id) for at in theme.hours}
        if len(of) > 1:  # a note and a transcript of one hour are one hour
            lines = [_line(texts[line.hour], line.turn, line.quote) for line in theme.lines]
            found.append(Word(theme.word, theme.company, len(of), lines))
    return found


def _line(kept: Kept, turn: int, quote: str) -> Returned:
    session = kept.source.session
    assert session is not None
    head = _("Hour %(number)s") % {"number": session.number} if session.number else in_words(session.day)
    href = f"{reverse('casework:hour', args=[session.id])}?source={kept.source.id}#t{turn + 1}"
    return Returned(quote, _("%(hour)s, turn %(turn)s") % {"hour": head, "turn": turn + 1}, href)
