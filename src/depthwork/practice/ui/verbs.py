"""Audit events as sentences that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.audit.models import Event

VERBS = {
    "signed_in": gettext_lazy("signed in"),
    "signed_out": gettext_lazy("signed out"),
    "sign_in_failed": gettext_lazy("tried to sign in, without success"),
    "unlocked": gettext_lazy("opened their keys"),
    "unlock_failed": gettext_lazy("typed a passphrase that is not theirs"),
    "locked": gettext_lazy("closed their keys"),
    "refused": gettext_lazy("asked for what is not theirs"),
    "searched": gettext_lazy("searched what they can open"),
    "restored": gettext_lazy("restored a backup"),
    "seal.broken": gettext_lazy("met a seal that does not hold"),
    "keys.compared": gettext_lazy("compared key fingerprints"),
    "sharing.ended": gettext_lazy("took back what was shared"),
    "will.written": gettext_lazy("wrote their clinical will"),
    "will.opened": gettext_lazy("opened a clinical will"),
    "will.released": gettext_lazy("released a share of a clinical will"),
    "notes.destroyed_by_will": gettext_lazy("destroyed process notes unread, as a will says"),
    "recovery.confirmed": gettext_lazy("typed their recovery code back"),
    "recovery.renewed": gettext_lazy("took a new recovery code"),
    "person.admitted": gettext_lazy("admitted a colleague"),
    "person.invited": gettext_lazy("invited a colleague"),
    "person.disabled": gettext_lazy("closed a sign-in"),
    "person.roles_changed": gettext_lazy("changed what a colleague does"),
    "person.passphrase_changed": gettext_lazy("changed their passphrase"),
    "person.recovered": gettext_lazy("came back with their recovery code"),
    "fact.confirmed": gettext_lazy("confirmed a number, a law or a rule"),
    "release.given": gettext_lazy("wrote a client’s release down"),
    "release.revoked": gettext_lazy("noted that a release was taken back"),
    "gave_out.case": gettext_lazy("gave out a case package"),
    "gave_out.access": gettext_lazy("gave out the client’s own copy"),
    "gave_out.fhir": gettext_lazy("gave out the record as FHIR"),
    "gave_out.annotations": gettext_lazy("gave out texts and marks"),
    "gave_out.research": gettext_lazy("gave out research data"),
    "gave_out.pack": gettext_lazy("gave out a sealed pack"),
    "took_in.case": gettext_lazy("took a treatment in"),
    "took_in.fhir": gettext_lazy("took a record in"),
    "practice.word_chosen": gettext_lazy("chose the practice’s word for the people it treats"),
    "practice.founded": gettext_lazy("set up the practice"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event for the page."""

    n: int
    when: datetime
    who: str
    what: str
    about: str


def sentence(event: Event, people: Mapping[UUID, str]) -> Line:
    """Who did what, and when; a client by a short code, never by name."""
    who = people.get(event.actor, _("someone who left")) if event.actor else _("Nobody signed in")
    what = VERBS.get(event.verb) or event.verb.replace(".", " ").replace("_", " ")
    about = _("client %(code)s") % {"code": event.client.hex[:6]} if event.client else ""
    return Line(event.n, datetime.fromisoformat(event.utc), who, str(what), about)
