"""Write down what one expects before it comes, and afterwards what came."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.formulation.models import Formulation, Prediction
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed, CourseError


@transaction.atomic
def expect(
    *, formulation: Formulation, words: str, made_on: date, by: Person, by_date: date | None = None
) -> Prediction:
    """An expectation, dated. It is not changed afterwards."""
    if not words.strip():
        raise CourseError(_("write what you expect"))
    if by_date is not None and by_date < made_on:
        raise CourseError(_("the day by which you expect it lies before today; choose a later one"))
    row = Prediction.objects.create(
        client_id=formulation.client_id,
        treatment_id=formulation.treatment_id,
        formulation=formulation,
        words=words.strip(),
        made_on=made_on,
        by_date=by_date,
        made_by=by,
    )
    note("prediction.made", row, by=by)
    return row


@transaction.atomic
def say_what_came(*, prediction: Prediction, words: str, on: date, by: Person, version: int) -> Prediction:
    """What came, also where it was not what was expected."""
    if not words.strip():
        raise CourseError(_("write what came, or leave it open"))
    if not Prediction.objects.filter(pk=prediction.pk, version=version).update(version=version + 1):
        raise Changed(_("someone else has written what came in the meantime; nothing was overwritten"))
    prediction.came, prediction.came_on, prediction.version = words.strip(), on, version + 1
    prediction.save(update_fields=["came", "came_on"])
    note("prediction.came", prediction, by=by)
    return prediction
