"""Whether cues of an hour may be shown to a person, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
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
    rooms = _consents()
    if rooms is not None:
        if not rooms.cues_possible(client.practice):
            return "jurisdiction"
        if not rooms.allows(client, "cues"):
            return "consent"
    return "" if treatment.cues else "off"


def _consents() -> Any:
    """What the client agreed to. Where no consents are kept yet, the treatment's own switch stands for the agreement."""
    try:
        return import_module("depthwork.practice.treatments.consents")
    except ModuleNotFoundError:
        return None
