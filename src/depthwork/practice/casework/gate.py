"""Whether cues of an hour may be shown to a person, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.treatments.consents import allows, cues_possible
from depthwork.practice.treatments.models import Client, Session, Treatment

AT_FIRST = 10
Closed = Literal["", "not_yours", "jurisdiction", "consent", "off", "line"]


@dataclass(frozen=True, slots=True)
class Gate:
    """Open, or the first reason why not."""

    closed: Closed = ""

    @property
    def is_open(self) -> bool:
        """Cues may be shown."""
        return not self.closed

    @property
    def ended(self) -> bool:
        """Nothing that was proposed may be kept."""
        return self.closed in ("jurisdiction", "consent", "off")

    @property
    def words(self) -> str:
        """The reason for a reader."""
        return {
            "": "",
            "not_yours": "",
            "jurisdiction": _("The practice’s jurisdiction profile has no cues; what you mark is counted."),
            "consent": _("There is no consent for cues in this treatment; what you mark is counted."),
            "off": _("Cues are switched off for this treatment."),
            "line": _("Cues come after your own line on this hour."),
        }[self.closed]


def gate(session: Session, person: Person, *, treats: bool) -> Gate:
    """The gate of one hour for one person.

    Only the clinician of the hour meets cues: whoever reads an hour as a second coder reads it unaided.
    """
    if not treats:
        return Gate("not_yours")
    reason = allowed(session.client, session.treatment)
    if reason:
        return Gate(reason)
    if not session.kept_line and not session.skipped_remembering:
        return Gate("line")
    return Gate()


def allowed(client: Client, treatment: Treatment) -> Closed:
    """Why a treatment has no cues, or nothing."""
    if not cues_possible(client.practice):
        return "jurisdiction"
    if not allows(client, "cues"):
        return "consent"
    return "" if treatment.cues else "off"
