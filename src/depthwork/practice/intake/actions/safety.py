"""Make a safety plan with a client, and make it anew."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from depthwork.practice.intake.models import SafetyPlan
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client

LISTS = (
    "warning_signs",
    "on_my_own",
    "people_and_places",
    "people_to_ask",
    "professionals",
    "making_it_safer",
)
PARTS = (*LISTS, "reason")


@transaction.atomic
def make_safety_plan(
    *, client: Client, by: Person, parts: dict[str, Any], on: date, based_on: int = 0
) -> SafetyPlan:
    """The next version. `based_on` is the number that lay open: if another was made since, nothing is written."""
    kept = {name: parts[name] for name in PARTS if parts.get(name)}
    if not kept:
        raise CourseError(_("the plan is empty; one line is enough to begin"))
    last = (
        SafetyPlan.objects.filter(client=client).order_by("-number").values_list("number", flat=True).first()
    )
    if (last or 0) != based_on:
        raise Changed(
            _("the plan was changed in another window; both are shown, and nothing was overwritten")
        )
    try:
        with transaction.atomic():
            row = SafetyPlan.objects.create(
                client=client, number=(last or 0) + 1, made_on=on, made_by=by, parts=kept
            )
    except IntegrityError:
        raise Changed(
            _("the plan was changed in another window; both are shown, and nothing was overwritten")
        ) from None
    note("safety_plan.made", row, by=by)
    return row
