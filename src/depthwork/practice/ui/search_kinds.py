"""What a found line is, in the words of the page: every sealed text that is searched has its name here."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, str | Promise] = {
    "treatments.treatment.focus": _("focus"),
    "treatments.treatment.private_core_conflict": _("core conflict, for yourself"),
    "treatments.ending.summary": _("closing summary"),
    "treatments.endingbefore.summary": _("closing summary, as it stood before"),
    "treatments.followup.words": _("follow-up"),
    "treatments.session.kept_line": _("kept line"),
    "treatments.session.first_words": _("first words"),
    "treatments.session.last_words": _("last words"),
    "treatments.adjunct.what": _("what stands beside the therapy"),
    "treatments.lifeevent.words": _("life event"),
    "treatments.goal.words": _("goal"),
    "treatments.frameevent.words": _("change of the frame"),
    "treatments.break.cover_name": _("who covers in a break"),
    "treatments.break.cover_phone": _("telephone of who covers"),
    "treatments.break.reason": _("reason of a break"),
    "intake.consultation.decision": _("decision of the consultation"),
    "intake.consultation.reasons": _("reasons of the decision"),
    "record.progressnote.modality": _("progress note, modality"),
    "record.progressnote.state": _("progress note, state and progress"),
    "record.progressnote.plan": _("progress note, plan"),
    "record.progressnote.risk": _("progress note, risk"),
    "record.progressnote.medication": _("progress note, medication"),
    "record.addendum.words": _("addendum"),
    "sources.sourceversion.text": _("source"),
    "formulation.formulation.title": _("title of the formulation"),
    "formulation.statement.words": _("statement of the formulation"),
    "formulation.prediction.words": _("what was expected"),
    "formulation.prediction.came": _("what came"),
    "supervision.comment.words": _("comment"),
    "supervision.agendaitem.words": _("agenda of supervision"),
    "coverage.charge.words": _("words of a charge"),
    "coverage.plan.payer": _("payer"),
    "coverage.plan.member_id": _("member number"),
    "coverage.authorisation.number": _("number of an authorisation"),
    "coverage.verification.file": _("verification of coverage"),
    "disclosure.release.to_whom": _("to whom a release goes"),
    "disclosure.release.words": _("words of a release"),
    "disclosure.disclosure.to_whom": _("to whom something was given"),
}


def kind_named(kind: str) -> str:
    """A field in words."""
    return str(KINDS.get(kind) or kind.split(".")[-1].replace("_", " "))
