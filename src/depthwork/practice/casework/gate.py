"""Whether cues of an hour may be shown to a person, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from depthwork.practice.config.at_once import Look
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.consents import agreement, cues_possible, look_at_agreement
from depthwork.practice.treatments.models import Client, Consent, Session, Treatment

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
    return look_at_gate(session, person, treats=treats).now()


def look_at_gate(session: Session, person: Person, *, treats: bool) -> Look[Gate]:
    """The same, to be asked together with what else a page wants to know."""
    if not treats:
        return Look((), lambda: Gate("not_yours"))
    if not cues_possible(session.client.practice):
        return Look((), lambda: Gate("jurisdiction"))
    return look_at_agreement(session.client, "cues").then(lambda yes: Gate(_closed(session, yes)))


def _closed(session: Session, yes: Consent | None) -> Closed:
    """Why an hour has no cues in a practice where they are possible, or nothing."""
    if reason := _not_agreed(session.treatment, yes):
        return reason
    return "" if session.kept_line or session.skipped_remembering else "line"


def allowed(client: Client, treatment: Treatment) -> Closed:
    """Why a treatment has no cues, or nothing."""
    if not cues_possible(client.practice):
        return "jurisdiction"
    return _not_agreed(treatment, agreement(client, "cues"))


def _not_agreed(treatment: Treatment, yes: Consent | None) -> Closed:
    if yes is None:
        return "consent"
    return "" if treatment.cues else "off"
