"""Bring the words of a form that the practice is licensed to use, and take them out again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.measures import MeasureError, measure
from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.tracking.errors import TrackingError
from depthwork.practice.tracking.models import OwnText
from depthwork.practice.tracking.queries.own_text import worded


@transaction.atomic
def confirm_text(
    *,
    by: Person,
    measure_id: str,
    words: dict[str, Any],
    licence: str,
    on: date,
    language: str = "en",
) -> OwnText:
    """This person says that the practice may use these words. They take the place of what was there before.

    `words`: items (id to text), options (id to pairs of value and label), instructions, notice.
    """
    if not licence.strip():
        raise TrackingError(_("name the licence or agreement, so that it can be found again"))
    try:
        definition = measure(measure_id)
        if definition.has_text:
            raise TrackingError(_("this form has its words already, and they are not edited"))
        worded(definition, words, confirmed_by=by.display_name, on=on, licence=licence)
    except MeasureError as error:
        raise TrackingError(str(error)) from None
    _out(by, measure_id)
    row = OwnText.objects.create(
        practice_id=by.practice_id,
        measure=measure_id,
        words=words,
        licence=licence.strip(),
        language=language.strip() or "en",
        confirmed_by=by,
        confirmed_on=on,
    )
    _note("item_text.confirmed", row, by=by)
    return row


@transaction.atomic
def take_out_text(*, by: Person, measure_id: str) -> None:
    """The words go, and the form is asked no more; answers and scores stay. Who confirmed them, and when, stays too."""
    for row in _out(by, measure_id):
        _note("item_text.taken_out", row, by=by)


def _out(by: Person, measure_id: str) -> list[OwnText]:
    rows = list(
        OwnText.objects.select_for_update().filter(
            practice_id=by.practice_id, measure=measure_id, taken_out_at=None
        )
    )
    for row in rows:
        row.taken_out_at, row.taken_out_by, row.words = datetime.now(UTC), by, {}
        row.save(update_fields=["taken_out_at", "taken_out_by", "words"])
    return rows


def _note(verb: str, row: OwnText, *, by: Person) -> None:
    record(
        verb=verb,
        by=by.id,
        practice=by.practice_id,
        object_type="tracking.own_text",
        object_id=row.id,
        reason=row.measure,
    )
