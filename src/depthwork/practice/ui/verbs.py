"""Audit events as sentences that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.audit.models import Event
from depthwork.practice.policy.registry import routes, rule_of
from depthwork.practice.treatments.actions import emergency
from depthwork.practice.ui.erasing import WHY
from depthwork.wording import isolated

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
    "alarm.raised": gettext_lazy("noticed that much was changed at once"),
    "alarm.seen": gettext_lazy("looked at an alarm"),
    "seal.broken": gettext_lazy("met a seal that does not hold"),
    "keys.compared": gettext_lazy("compared key fingerprints"),
    "keys.accepted": gettext_lazy("accepted the keys of whoever treats them"),
    "keys.renewed": gettext_lazy("renewed the keys"),
    "inbox.exchanged": gettext_lazy("found that an inbox had been exchanged, and put it right"),
    "sharing.ended": gettext_lazy("took back what was shared"),
    "emergency.named": gettext_lazy("named two who open a record in an emergency"),
    "emergency.unnamed": gettext_lazy("named nobody any more for an emergency"),
    "emergency.looked": gettext_lazy("looked whose records open in an emergency"),
    "emergency.asked": gettext_lazy("released their half of a record’s key"),
    "emergency.opened": gettext_lazy("opened a record together with a colleague, in an emergency"),
    "emergency.ended": gettext_lazy("ended the reading of an emergency"),
    "will.written": gettext_lazy("wrote their clinical will"),
    "will.opened": gettext_lazy("opened a clinical will"),
    "will.released": gettext_lazy("released a share of a clinical will"),
    "notes.destroyed_by_will": gettext_lazy("destroyed process notes unread, as a will says"),
    "recovery.confirmed": gettext_lazy("typed their recovery code back"),
    "recovery.renewed": gettext_lazy("took a new recovery code"),
    "person.admitted": gettext_lazy("admitted a colleague"),
    "person.invited": gettext_lazy("invited a colleague"),
    "person.disabled": gettext_lazy("closed a sign-in"),
    "person.enabled": gettext_lazy("opened a closed sign-in again"),
    "person.keys_ended": gettext_lazy("ended keys that nobody can open, so that their owner begins anew"),
    "person.keys_anew": gettext_lazy("began anew with empty keys"),
    "place.began_anew": gettext_lazy("let a client begin anew with empty keys"),
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
    "took_in.annotations": gettext_lazy("took marks in"),
    "token.made": gettext_lazy("made a token for the API"),
    "token.refused": gettext_lazy("a token that opens nothing was brought"),
    "passphrase_again": gettext_lazy("typed their passphrase once more"),
    "readers.read": gettext_lazy("looked who read of a client"),
    "passphrase_again_failed": gettext_lazy("typed a wrong passphrase when asked once more"),
    "token.revoked": gettext_lazy("took a token back"),
    "token.used": gettext_lazy("read by a token"),
    "fhir.read": gettext_lazy("read as FHIR"),
    "person.language_chosen": gettext_lazy("chose a language"),
    "colleague.kept_out": gettext_lazy("kept a colleague out of a client’s pages"),
    "colleague.let_near": gettext_lazy("no longer keeps a colleague out"),
    "client.counted_in": gettext_lazy("let a researcher count a client in"),
    "hold.placed": gettext_lazy("placed a legal hold"),
    "hold.lifted": gettext_lazy("lifted a legal hold"),
    "client.erased": gettext_lazy("erased a client for good"),
    "clients.read": gettext_lazy("read the list of clients"),
    "page.opened": gettext_lazy("opened a page"),
    "today.read": gettext_lazy("read the page of a day"),
    "inquiries.read": gettext_lazy("read the list of inquiries"),
    "search.found": gettext_lazy("found words by searching"),
    "client.shown_to_office": gettext_lazy("let the office open a client’s name and hours"),
    "inquiries.shared": gettext_lazy("let a colleague open the inquiries"),
    "inquiries.taken_back": gettext_lazy("took the inquiries back from a colleague"),
    "practice.place_chosen": gettext_lazy("said where the practice works, and whose rules it follows"),
    "practice.backups_chosen": gettext_lazy("chose where the day’s backup goes"),
    "practice.second_factor_asked": gettext_lazy("asked staff for a second factor"),
    "practice.second_factor_let_go": gettext_lazy("no longer asks staff for a second factor"),
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
    "hour.read": gettext_lazy("read an hour"),
    "hours.read": gettext_lazy("read the hours"),
    "thread.read": gettext_lazy("read a thread"),
    "patterns.read": gettext_lazy("read the patterns"),
    "dreams.read": gettext_lazy("read the dreams"),
    "measures.read": gettext_lazy("read the measures"),
    "formulation.read": gettext_lazy("read a formulation"),
    "brief.read": gettext_lazy("read the page before the hour"),
    "kept_lines.read": gettext_lazy("read the kept lines"),
    "record.read": gettext_lazy("read the record"),
    "progress_note.read": gettext_lazy("read a progress note"),
    "consents.read": gettext_lazy("read the consents"),
    "consultation.read": gettext_lazy("read a consultation"),
    "inquiry.read": gettext_lazy("read an inquiry"),
    "frame.read": gettext_lazy("read the frame"),
    "alongside.read": gettext_lazy("read what stands alongside"),
    "client.read": gettext_lazy("read a client’s first page"),
    "treatment.read": gettext_lazy("read a treatment"),
    "supervision.read": gettext_lazy("read what is shared for supervision"),
    "safety_plan.read": gettext_lazy("read a safety plan"),
    "source.read": gettext_lazy("read a source"),
    "source.version_read": gettext_lazy("read an earlier version of a source"),
    "place.read": gettext_lazy("opened their place"),
    "alert.read": gettext_lazy("read an answer that needs a person"),
    "form.read": gettext_lazy("read a form"),
    "marks.read": gettext_lazy("read the marks"),
    "pack.read": gettext_lazy("read a pack"),
    "sheet.read": gettext_lazy("read a coding sheet"),
    "agreement.read": gettext_lazy("read an agreement between coders"),
    "giving_out.read": gettext_lazy("opened the page for giving out"),
    "arrival.read": gettext_lazy("read what arrived"),
    "thought.read": gettext_lazy("read a client’s thought"),
    "thought.kept": gettext_lazy("kept with an hour what a client had left for it"),
    "unlock_refused": gettext_lazy("tried a passphrase too often in a short time"),
    "place.hoped": gettext_lazy("wrote what they hope for"),
    "material.seen": gettext_lazy("looked at a drawing or another thing"),
    "note.opened": gettext_lazy("opened a note"),
    "progress_note.opened": gettext_lazy("opened a progress note to write"),
    "plan.opened": gettext_lazy("opened a plan"),
    "transcript.opened": gettext_lazy("opened a transcript"),
    "desk.opened": gettext_lazy("opened the desk"),
    "thoughts.opened": gettext_lazy("opened what a client may leave between hours"),
    "client.admitted": gettext_lazy("admitted a client"),
    "client.changed": gettext_lazy("changed a client’s name or contact"),
    "treatment.begun": gettext_lazy("began a treatment"),
    "treatment.ended": gettext_lazy("ended a treatment"),
    "treatment.reopened": gettext_lazy("reopened a treatment"),
    "treatment.ending_corrected": gettext_lazy("corrected an ending"),
    "handover.proposed": gettext_lazy("proposed a treatment to a colleague"),
    "handover.taken": gettext_lazy("took a treatment that was proposed to them"),
    "handover.declined": gettext_lazy("declined a treatment that was proposed to them"),
    "handover.withdrawn": gettext_lazy("took the proposal of a treatment back"),
    "handover.carried_out": gettext_lazy("became the one who treats"),
    "handover.read": gettext_lazy("looked at a treatment that was proposed to them"),
    "keys.vouched": gettext_lazy("accepted keys that a colleague had compared"),
    "colleague.last_day": gettext_lazy("wrote down a colleague’s last day here"),
    "colleague.stays": gettext_lazy("took back that a colleague leaves"),
    "colleague.asked_who_goes_on": gettext_lazy("asked a colleague who goes on with their clients"),
    "treatment.changed": gettext_lazy("changed what was agreed of a treatment"),
    "frame.agreed": gettext_lazy("agreed the frame"),
    "break.announced": gettext_lazy("announced a break"),
    "break.told": gettext_lazy("told a client of a break"),
    "break.withdrawn": gettext_lazy("withdrew a break"),
    "break.cover_let_in": gettext_lazy("let the covering colleague in"),
    "session.planned": gettext_lazy("planned an hour"),
    "session.series_planned": gettext_lazy("planned a series of hours"),
    "session.moved": gettext_lazy("moved an hour"),
    "session.clock_changed": gettext_lazy("an hour to come moved with the rules of the clocks"),
    "session.attendance": gettext_lazy("wrote down whether an hour was held"),
    "session.line_kept": gettext_lazy("kept the line of an hour"),
    "consent.yes": gettext_lazy("wrote a yes among the consents"),
    "consent.confirmed": gettext_lazy("wrote that a consent given elsewhere holds here too"),
    "own_copy.looked_at": gettext_lazy("looked at a client’s own copy before it was given"),
    "consent.revoked": gettext_lazy("wrote that a consent was taken back"),
    "mark.made": gettext_lazy("marked a passage"),
    "mark.edited": gettext_lazy("changed a mark"),
    "mark.removed": gettext_lazy("removed a mark"),
    "cue.accepted": gettext_lazy("accepted a cue"),
    "cue.dismissed": gettext_lazy("dismissed a cue"),
    "comment.written": gettext_lazy("wrote a comment"),
    "comment.withdrawn": gettext_lazy("withdrew a comment"),
    "source.kept": gettext_lazy("kept a text"),
    "source.changed": gettext_lazy("changed a text"),
    "source.burned_as_agreed": gettext_lazy("burned a text, as agreed"),
    "source.moved_to_record": gettext_lazy("moved a passage into the record"),
    "formulation.begun": gettext_lazy("began a version of a formulation"),
    "formulation.kept": gettext_lazy("kept a version of a formulation"),
    "formulation.printed": gettext_lazy("made sheets of a formulation"),
    "brief.printed": gettext_lazy("made a sheet of the page before the hour"),
    "kept_lines.printed": gettext_lazy("made sheets of the kept lines"),
    "form.asked": gettext_lazy("asked for a form"),
    "form.sent": gettext_lazy("sent a form"),
    "form.declined": gettext_lazy("declined a form"),
    "form.taken_back": gettext_lazy("took back a form"),
    "forms.forgotten": gettext_lazy("forgot what stood on forms left open two weeks ago"),
    "forms.taken_in": gettext_lazy("took in answers that waited"),
    "alert.raised": gettext_lazy("raised an answer that needs a person"),
    "alert.seen": gettext_lazy("saw an answer that needs a person"),
    "alert.answered": gettext_lazy("wrote what was asked and done about an answer"),
    "alert.handed_on": gettext_lazy("handed an answer on to a colleague"),
    "goal.added": gettext_lazy("added a goal"),
    "goal.rated": gettext_lazy("rated a goal"),
    "goal.closed": gettext_lazy("closed a goal"),
    "adjunct.added": gettext_lazy("added another treatment"),
    "adjunct.ended": gettext_lazy("ended another treatment"),
    "life_event.added": gettext_lazy("added a life event"),
    "safety_plan.made": gettext_lazy("made a safety plan"),
    "consultation.begun": gettext_lazy("began a consultation"),
    "inquiry.received": gettext_lazy("received an inquiry"),
    "inquiry.step": gettext_lazy("wrote what was done about an inquiry"),
    "inquiry.became_client": gettext_lazy("admitted someone who asked"),
    "supervision.shared": gettext_lazy("shared a course for supervision"),
    "supervision.ended": gettext_lazy("ended a sharing for supervision"),
    "pack.made": gettext_lazy("made a pack"),
    "place.invited": gettext_lazy("invited a client to a place of their own"),
    "place.let_in": gettext_lazy("opened the place to a client"),
    "followup.answered": gettext_lazy("wrote the answer to a follow-up"),
    "followup.dated": gettext_lazy("dated a follow-up from the ending"),
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


# What no week should pass over, as a manager and the doctor are told it.
GRAVE = {
    "sign_in_failed": gettext_lazy("sign-ins that failed"),
    "unlock_failed": gettext_lazy("wrong passphrases at an open desk"),
    "refused": gettext_lazy("requests for what is not theirs"),
    "seal.broken": gettext_lazy("seals that did not hold"),
    "restored": gettext_lazy("backups put in place"),
    "alarm.raised": gettext_lazy("alarms that much was changed at once"),
    "person.recovered": gettext_lazy("accounts opened with a recovery code"),
    "emergency.opened": gettext_lazy("records opened in an emergency"),
}


# What somebody asked for that was not theirs, by the permission they lacked.
_OF = {
    gettext_lazy(
        "process notes"
    ): "read_process_notes write_process_notes mark_hours comment_hours burn_notes",
    gettext_lazy("the record"): "read_record write_record read_measures ask_measures answer_alert",
    gettext_lazy("name, contact and hours"): "see_administration edit_administration edit_coverage",
    gettext_lazy("giving out, sharing or erasing"): "share_client export_client shred_client export_research",
    gettext_lazy("the practice"): "manage_practice see_practice read_audit",
}
REFUSED = {one: said for said, names in _OF.items() for one in names.split()}


@cache
def reading_verbs() -> frozenset[str]:
    """What the audit says of mere readings."""
    rules = (rule_of(view, name) for _, name, view in routes())
    return frozenset(one.reads for one in rules if one and one.reads) | {
        "page.opened",
        "search.found",
        "fhir.read",
    }


@dataclass(frozen=True, slots=True)
class Kind:
    """Events that belong together, by their verb or by how it begins."""

    label: object
    verbs: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()

    def asks(self) -> Q:
        found = Q(verb__in=self.verbs)
        for begin in self.begins:
            found |= Q(verb__startswith=begin)
        return found


class _Readings(Kind):
    def asks(self) -> Q:
        return Q(verb__in=reading_verbs())


KINDS: dict[str, Kind] = {
    "grave": Kind(gettext_lazy("what should not pass unnoticed"), tuple(GRAVE)),
    "door": Kind(
        gettext_lazy("signing in, locking, passphrases"),
        ("signed_in", "signed_out", "sign_in_failed", "unlocked", "unlock_failed", "locked",
         "passphrase_again", "passphrase_again_failed"),
        ("recovery.",),
    ),
    "readings": _Readings(gettext_lazy("readings")),
    "given": Kind(
        gettext_lazy("given out, shared, taken back"),
        ("sharing.ended", "break.cover_let_in", "client.shown_to_office", "keys.compared"),
        ("gave_out.", "supervision.", "release.", "pack.", "place.", "token.", "inquiries.", "will.", "emergency.", "colleague.", "handover."),
    ),
    "destroyed": Kind(
        gettext_lazy("burned, erased, held"),
        ("client.erased", "notes.destroyed_by_will", "source.burned", "source.burned_as_agreed", "restored"),
        ("hold.",),
    ),
    "people": Kind(gettext_lazy("people and the practice"), (), ("person.", "practice.")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One event for the page."""

    n: int
    when: datetime
    who: str
    what: str
    about: str
    reason: str


def sentence(
    event: Event,
    people: Mapping[UUID, str],
    names: Mapping[UUID, str],
    tokens: Mapping[str, str] | None = None,
) -> Line:
    """Who did what, and when; a client by name for who holds the key to it, otherwise by a short code.

    A token stands by a short code and its purpose, which is looked up: the audit holds no word that somebody typed.
    """
    who = people.get(event.actor, _("someone who left")) if event.actor else _("Nobody signed in")
    what = VERBS.get(event.verb) or event.verb.replace(".", " ").replace("_", " ")
    about = ""
    if event.client:
        about = names.get(event.client) or _("client %(code)s") % {"code": event.client.hex[:6]}
    elif event.object_type == "person" and event.object_id != str(event.actor or ""):
        about = next((name for pk, name in people.items() if str(pk) == event.object_id), "")
    if event.object_type == "api.apitoken" and event.object_id:
        token = _("token %(code)s, for: %(purpose)s") % {
            "code": event.object_id.replace("-", "")[:6],
            "purpose": (tokens or {}).get(event.object_id, _("not known any more")),
        }
        about = f"{isolated(about)} · {token}" if about else token
    return Line(event.n, datetime.fromisoformat(event.utc), who, str(what), about, _reason(event))


def _reason(event: Event) -> str:
    """Why, where the event says so in a word that a person can read; digests and codes stay in the chain."""
    known = REFUSED if event.verb == "refused" else WHY if event.verb == "client.erased" else {}
    if event.verb.startswith("emergency."):
        known = emergency.REASONS
    said = known.get(event.reason)
    return str(said) if said else ""
