"""End a treatment, and agree what is asked afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.letting_go import let_go_hours
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.handover import treatment_ends
from depthwork.practice.treatments.models import Break, Client, Ending, FollowUp, Session, Treatment

MONTHS = (3, 6, 12, 24)


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(day.year + year, month + 1, last)
        except ValueError:
            continue
    return date(day.year + year, month + 1, min(day.day, 28))


@transaction.atomic
def end_treatment(
    *, treatment: Treatment, by: Person, on: date, planned: bool, ended_by: str, summary: str | None = None
) -> Ending:
    """The treatment ends on a day, planned or not, by whom. Hours planned after it are taken out."""
    if Ending.objects.filter(treatment=treatment).exists():
        raise CourseError(_("this treatment has an ending already; reopen it first"))
    if Session.objects.filter(treatment=treatment, status=Session.Status.HELD, day__gt=on).exists():
        raise CourseError(_("an hour was held after that day; choose a later day"))
    if Break.objects.filter(treatment=treatment, from_date__lte=on, to_date__gt=on).exists():
        raise CourseError(_("a break reaches across that day; end the treatment before or after it"))
    row = Ending.objects.create(
        client=treatment.client, treatment=treatment, planned=planned, by=ended_by, on=on, summary=summary
    )
    let_go_hours(Session.objects.filter(treatment=treatment, status=Session.Status.PLANNED, day__gt=on))
    treatment.state = Treatment.State.ENDED
    treatment.save(update_fields=["state"])
    if (
        not Treatment.objects.filter(client_id=treatment.client_id)
        .exclude(pk=treatment.pk)
        .exclude(state=Treatment.State.ENDED)
        .exists()
    ):
        Client.objects.filter(pk=treatment.client_id).update(state=Client.State.ENDED)
    note("treatment.ended", row, by=by)
    treatment_ends(treatment=treatment, by=by)
    return row


@transaction.atomic
def reopen_treatment(*, treatment: Treatment, by: Person) -> Treatment:
    """The ending was a mistake, or the client came back."""
    Ending.objects.filter(treatment=treatment).delete()
    treatment.state = Treatment.State.ACTIVE
    treatment.save(update_fields=["state"])
    Client.objects.filter(pk=treatment.client_id).update(state=Client.State.ACTIVE)
    note("treatment.reopened", treatment, by=by)
    return treatment


@transaction.atomic
def agree_follow_up(
    *, treatment: Treatment, by: Person, months: int, ends_on: date, declined: bool = False
) -> FollowUp:
    """Agreed in the last hours, with a No of its own."""
    if months <= 0:
        raise CourseError(_("a follow-up is a number of months after the end"))
    answer = FollowUp.Answer.DECLINED if declined else FollowUp.Answer.AGREED
    row = FollowUp.objects.filter(treatment=treatment, months=months).first() or FollowUp(
        client=treatment.client, treatment=treatment, months=months
    )
    if row.answer == FollowUp.Answer.DONE:
        raise CourseError(_("this follow-up was already answered"))
    row.due_on, row.answer = months_after(ends_on, months), answer
    row.save()
    note("followup.declined" if declined else "followup.agreed", row, by=by)
    return row


@transaction.atomic
def answer_follow_up(
    *, followup: FollowUp, by: Person, words: str | None = None, figures: dict[str, Any] | None = None
) -> FollowUp:
    """What came back; `words` and `figures` may both be empty, when it was only said that there is nothing."""
    if followup.answer == FollowUp.Answer.DECLINED:
        raise CourseError(_("this follow-up was declined; nothing is asked"))
    followup.words, followup.figures, followup.answer = words, figures, FollowUp.Answer.DONE
    followup.save()
    note("followup.answered", followup, by=by)
    return followup


@transaction.atomic
def leave_follow_up(*, followup: FollowUp, by: Person) -> FollowUp:
    """It was asked, and nothing came back."""
    if followup.answer != FollowUp.Answer.AGREED:
        raise CourseError(
            _("only a follow-up that was agreed and is still open can be left without an answer")
        )
    followup.answer = FollowUp.Answer.UNANSWERED
    followup.save(update_fields=["answer"])
    note("followup.unanswered", followup, by=by)
    return followup
