"""End a treatment, correct what was written of its ending, take the ending back."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.admission import may_be_under_way
from depthwork.practice.treatments.actions.followups import date_from_the_ending
from depthwork.practice.treatments.actions.handing import let_go_handovers
from depthwork.practice.treatments.actions.letting_go import let_go_hours
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.handover import treatment_ends
from depthwork.practice.treatments.models import Break, Client, Ending, EndingBefore, Session, Treatment


def _may_end_on(treatment: Treatment, on: date) -> None:
    if Session.objects.filter(treatment=treatment, status=Session.Status.HELD, day__gt=on).exists():
        raise CourseError(_("an hour was held after that day; choose a later day"))
    if Break.objects.filter(treatment=treatment, from_date__lte=on, to_date__gt=on).exists():
        raise CourseError(_("a break reaches across that day; end the treatment before or after it"))


def _settle(treatment: Treatment, on: date, *, by: Person) -> None:
    """What hangs on the day of an ending: hours after it, follow-ups counted from it, what was to live until it."""
    let_go_hours(Session.objects.filter(treatment=treatment, status=Session.Status.PLANNED, day__gt=on))
    date_from_the_ending(treatment=treatment, on=on, by=by)
    treatment_ends(treatment=treatment, by=by)


@transaction.atomic
def end_treatment(
    *, treatment: Treatment, by: Person, on: date, planned: bool, ended_by: str, summary: str | None = None
) -> Ending:
    """The treatment ends on a day, planned or not, by whom. Hours planned after it are taken out.

    Follow-ups agreed in the last hours are counted from that day.
    """
    if Ending.objects.filter(treatment=treatment).exists():
        raise CourseError(_("this treatment has an ending already; reopen it first"))
    _may_end_on(treatment, on)
    row = Ending.objects.create(
        client=treatment.client, treatment=treatment, planned=planned, by=ended_by, on=on, summary=summary
    )
    treatment.state = Treatment.State.ENDED
    treatment.save(update_fields=["state"])
    if (
        not Treatment.objects.filter(client_id=treatment.client_id)
        .exclude(pk=treatment.pk)
        .exclude(state=Treatment.State.ENDED)
        .exists()
    ):
        Client.objects.filter(pk=treatment.client_id).update(state=Client.State.ENDED)
    let_go_handovers(treatment=treatment, by=by)
    note("treatment.ended", row, by=by)
    _settle(treatment, on, by=by)
    return row


@transaction.atomic
def correct_ending(
    *,
    ending: Ending,
    by: Person,
    on: date,
    planned: bool,
    ended_by: str,
    summary: str | None = None,
    version: int | None = None,
) -> Ending:
    """Other words for an ending, or another day. What stood before is kept beside it, with the day of the change."""
    new = {"on": on, "planned": planned, "by": ended_by, "summary": summary or None}
    if all(getattr(ending, name) == value for name, value in new.items()):
        return ending
    _may_end_on(ending.treatment, on)
    expected = ending.version if version is None else version
    if not Ending.objects.filter(pk=ending.pk, version=expected).update(version=expected + 1):
        raise Changed(_("this was changed in another window meanwhile; nothing was overwritten"))
    _keep(ending, why=EndingBefore.Why.CORRECTED, by=by)
    moved = ending.on != on
    for name, value in new.items():
        setattr(ending, name, value)
    ending.version = expected + 1
    ending.save(update_fields=list(new))
    note("treatment.ending_corrected", ending, by=by)
    if moved:
        _settle(ending.treatment, on, by=by)
    return ending


@transaction.atomic
def reopen_treatment(
    *, treatment: Treatment, by: Person, why: str = EndingBefore.Why.MISTAKE
) -> EndingBefore | None:
    """The ending was a mistake, or the client came back. What was written of it stays in the record.

    Gives the ending that was taken back. What was burned with it does not come back; follow-ups that were agreed are
    counted anew from the next ending.
    """
    if why not in (EndingBefore.Why.MISTAKE, EndingBefore.Why.CAME_BACK):
        raise CourseError(_("say why the ending is taken back: a mistake, or the client came back"))
    if treatment.state != Treatment.State.ENDED:
        raise CourseError(_("this treatment has no ending to take back"))
    may_be_under_way(treatment.client, treatment.clinician)
    ending = Ending.objects.filter(treatment=treatment).first()
    kept = None
    if ending is not None:
        kept = _keep(ending, why=why, by=by)
        ending.delete()
    treatment.state = Treatment.State.ACTIVE
    treatment.save(update_fields=["state"])
    Client.objects.filter(pk=treatment.client_id).update(state=Client.State.ACTIVE)
    note("treatment.reopened", treatment, by=by)
    return kept


def _keep(ending: Ending, *, why: str, by: Person) -> EndingBefore:
    return EndingBefore.objects.create(
        client_id=ending.client_id,
        treatment_id=ending.treatment_id,
        planned=ending.planned,
        by=ending.by,
        on=ending.on,
        summary=ending.summary,
        why=why,
        replaced_by=by,
    )
