"""The plan in a payer's words, letters about equal treatment, and estimates: what papers are written from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from depthwork.interchange.estimates import estimate_due
from depthwork.interchange.holidays import holidays_around
from depthwork.practice.coverage.actions.money import money
from depthwork.practice.coverage.actions.plans import _CODE, _only_us
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.models import Estimate, Letter, PayerPlan, Plan
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.keys import may_write
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed
from depthwork.practice.treatments.models import Client, Goal, Treatment

GOAL_PARTS = ("goal", "seen", "now")
LONGEST_ESTIMATE = 366  # days: recurring care up to twelve months stands in one estimate
LIMITS = ("visits", "authorisation", "share", "review")


@transaction.atomic
def keep_payer_plan(
    *,
    treatment: Treatment,
    by: Person,
    from_date: date,
    review_on: date,
    words: dict[str, str],
    goals: Sequence[dict[str, str]],
    number: int,
) -> PayerPlan:
    """A further version of the plan in the payer's words. `number` is the version that was opened, 0 for none."""
    may_write(by)
    _only_us(treatment.client)
    if review_on <= from_date:
        raise CoverageError(
            _("the day on which it is looked at again lies before it begins; look at the two dates")
        )
    kept = {part: (words.get(part) or "").strip() for part in PayerPlan.PARTS}
    if not kept["problems"]:
        raise CoverageError(_("write the problems first: a payer reads nothing without them"))
    aims = {str(pk): aim for pk, aim in Goal.objects.filter(treatment=treatment).values_list("id", "aim")}
    said = []
    for one in goals:
        told = {part: (one.get(part) or "").strip() for part in GOAL_PARTS}
        if not any(told.values()):
            continue
        if not told["goal"]:
            raise CoverageError(_("a goal has no words; write what will be seen when it is reached"))
        aim = str(one.get("aim") or "")
        if aim and aim not in aims:
            raise CoverageError(_("the aim is not one of this treatment’s"))
        said.append({"aim": aim, "kind": aims.get(aim, ""), **told})
    last = PayerPlan.objects.filter(treatment=treatment).aggregate(last=Max("number"))["last"] or 0
    if last != number:
        raise Changed(_("this was changed in another window; both texts are here to compare"))
    row = PayerPlan(
        client=treatment.client, treatment=treatment, number=number + 1, from_date=from_date,
        review_on=review_on, words=kept, goals=said, created_by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Changed(_("this was changed in another window; both texts are here to compare")) from None
    note("coverage.payer_plan_kept", row, by=by)
    return row


@transaction.atomic
def write_letter(*, plan: Plan, by: Person, on: date, words: dict[str, Any]) -> Letter:
    """What a letter about equal treatment compares. The limit, and that of medical care it is set against."""
    _only_us(plan.client)
    said = {name: text for name, text in words.items() if text not in (None, "")}
    if said.get("limit") not in LIMITS:
        raise CoverageError(_("the limit is one of: %(limits)s") % {"limits": ", ".join(LIMITS)})
    for name, what in (
        ("applies", _("how the limit is applied here")),
        ("compared", _("what holds for medical care")),
    ):
        if not str(said.get(name) or "").strip():
            raise CoverageError(_("write %(what)s: the letter stands on the comparison") % {"what": what})
    row = Letter(client=plan.client, plan=plan, on=on, by=by, words=said)
    row.save(force_insert=True)
    note("coverage.letter_written", row, by=by)
    return row


@transaction.atomic
def estimate(
    *,
    client: Client,
    by: Person,
    booked_on: date,
    first_day: date,
    last_day: date,
    lines: Sequence[tuple[str, int, Decimal]],
    diagnosis: Sequence[str] = (),
    asked_on: date | None = None,
) -> Estimate:
    """What the coming hours are expected to cost, with the day by which it is to be given.

    `lines`: code, units, fee of one.
    """
    _only_us(client)
    if first_day < booked_on:
        raise CoverageError(_("the first hour lies before the day of booking; look at the two dates"))
    if last_day < first_day:
        raise CoverageError(_("the last hour lies before the first; look at the two dates"))
    if (last_day - first_day).days > LONGEST_ESTIMATE:
        raise CoverageError(
            _("one estimate covers twelve months at most; make the next one when they are over")
        )
    if not lines or any(units <= 0 for _, units, _ in lines):
        raise CoverageError(_("say how many hours are expected, one or more"))
    if any(not _CODE.match(code) for code, _, _ in lines):
        raise CoverageError(_("name the code as five figures, as in 90834"))
    fees = [(code, units, money(fee, client.practice.currency)) for code, units, fee in lines]
    if any(fee < 0 for _, _, fee in fees):
        raise CoverageError(_("a fee cannot be below zero"))
    expected = money(sum((units * fee for _, units, fee in fees), Decimal(0)))
    if expected <= 0:
        raise CoverageError(_("the estimate comes to nothing; write the fee of an hour"))
    due = estimate_due(
        booked=booked_on,
        service=first_day,
        asked_on=asked_on,
        holidays=holidays_around(asked_on or booked_on),
    )
    row = Estimate(
        client=client, booked_on=booked_on, asked_on=asked_on, first_day=first_day, last_day=last_day,
        due_on=due.on, expected=expected,
        body={
            "lines": [[code, units, str(fee)] for code, units, fee in fees],
            "diagnosis": list(diagnosis),
            "why": due.why,
        },
    )  # fmt: skip
    row.save(force_insert=True)
    note("coverage.estimated", row, by=by)
    return row


@transaction.atomic
def estimate_given(*, row: Estimate, by: Person, on: date) -> Estimate:
    """That the estimate was given to the client, and when."""
    row.given_on = on
    row.save(update_fields=["given_on"])
    note("coverage.estimate_given", row, by=by)
    return row
