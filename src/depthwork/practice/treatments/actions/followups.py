"""What was agreed to be asked after the end, and what came back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.consents import answered
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Consent, FollowUp, Treatment

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


def date_from_the_ending(*, treatment: Treatment, on: date, by: Person) -> int:
    """Follow-ups agreed before the day of the ending was known are counted from that day; gives how many moved."""
    moved = 0
    for row in FollowUp.objects.filter(treatment=treatment, answer=FollowUp.Answer.AGREED):
        due = months_after(on, row.months)
        if row.due_on != due:
            row.due_on = due
            row.save(update_fields=["due_on"])
            note("followup.dated", row, by=by)
            moved += 1
    return moved


def decline_all(*, client: Client, by: Person) -> None:
    """Nobody asks after the end any more: what was agreed and is still open is declined, and shown as such."""
    for row in FollowUp.objects.filter(client=client, answer=FollowUp.Answer.AGREED):
        row.answer = FollowUp.Answer.DECLINED
        row.save(update_fields=["answer"])
        note("followup.declined", row, by=by)


@transaction.atomic
def agree_follow_up(
    *, treatment: Treatment, by: Person, months: int, ends_on: date, declined: bool = False
) -> FollowUp:
    """Agreed in the last hours, with a No of its own."""
    if months <= 0:
        raise CourseError(_("a follow-up is a number of months after the end"))
    if not declined and answered(treatment.client, Consent.Purpose.FOLLOW_UP) == "no":
        raise CourseError(_("the client does not agree to be asked after the end; a No can be written down"))
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
