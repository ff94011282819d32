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
    "token.made": gettext_lazy("made a token for the API"),
    "token.refused": gettext_lazy("a token that opens nothing was brought"),
    "passphrase_again_failed": gettext_lazy("typed a wrong passphrase when asked once more"),
    "token.revoked": gettext_lazy("took a token back"),
    "token.used": gettext_lazy("read by a token"),
    "fhir.read": gettext_lazy("read as FHIR"),
    "person.language_chosen": gettext_lazy("chose a language"),
    "colleague.kept_out": gettext_lazy("kept a colleague out of a client’s pages"),
    "colleague.let_near": gettext_lazy("no longer keeps a colleague out"),
    "hold.placed": gettext_lazy("placed a legal hold"),
    "hold.lifted": gettext_lazy("lifted a legal hold"),
    "client.erased": gettext_lazy("erased a client for good"),
    "page.opened": gettext_lazy("opened a page"),
    "today.read": gettext_lazy("read the page of a day"),
    "inquiries.read": gettext_lazy("read the list of inquiries"),
    "search.found": gettext_lazy("found words by searching"),
    "client.shown_to_office": gettext_lazy("let the office open a client’s name and hours"),
    "inquiries.shared": gettext_lazy("let a colleague open the inquiries"),
    "inquiries.taken_back": gettext_lazy("took the inquiries back from a colleague"),
    "practice.place_chosen": gettext_lazy("said where the practice works, and whose rules it follows"),
    "practice.names_chosen": gettext_lazy("chose names or initials for the pages that open first"),
    "practice.word_chosen": gettext_lazy("chose the practice’s word for the people it treats"),
    "person.lines_chosen": gettext_lazy("chose whether Today shows kept lines"),
    "practice.founded": gettext_lazy("set up the practice"),
    "coverage.read": gettext_lazy("read coverage"),
    "coverage.plan_added": gettext_lazy("wrote a plan year down"),
    "coverage.plan_changed": gettext_lazy("changed a plan year"),
    "coverage.authorisation_added": gettext_lazy("wrote an authorisation down"),
    "coverage.authorisation_changed": gettext_lazy("changed an authorisation"),
    "coverage.verified": gettext_lazy("wrote down what a payer said"),
    "coverage.asked": gettext_lazy("wrote a question to a payer as a file"),
    "coverage.charged": gettext_lazy("charged something"),
    "coverage.hours_charged": gettext_lazy("charged the hours held"),
    "coverage.charge_changed": gettext_lazy("changed a charge"),
    "coverage.charge_taken_out": gettext_lazy("took a charge out"),
    "coverage.paid": gettext_lazy("wrote a payment down"),
    "coverage.paper_made": gettext_lazy("made a paper"),
    "coverage.record_paper": gettext_lazy("made a paper from the record"),
    "coverage.letterhead_set": gettext_lazy("wrote their letterhead"),
    "coverage.office_set": gettext_lazy("wrote what the practice says to payers"),
    "coverage.payer_plan_kept": gettext_lazy("kept the plan in the payer’s words"),
    "payer_plan.opened": gettext_lazy("opened the plan in the payer’s words"),
    "coverage.letter_written": gettext_lazy("wrote a letter about equal treatment"),
    "coverage.estimated": gettext_lazy("made an estimate"),
    "coverage.estimate_given": gettext_lazy("gave an estimate to the client"),
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
