"""A form with the words that a practice is licensed to use. Only pages that ask a form read this; exports never do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from depthwork.measures import Definition, MeasureError, measure, measures
from depthwork.measures.model import Option
from depthwork.measures.texts import with_text
from depthwork.practice.tracking.models import OwnText


def worded(definition: Definition, words: dict[str, Any], **source: Any) -> Definition:
    """The definition with a practice's words.

    Raises
    ------
    MeasureError
        If they do not fit the form.
    """
    return with_text(
        definition,
        words.get("items") or {},
        instructions=words.get("instructions") or None,
        notice=words.get("notice") or None,
        options={
            name: tuple(Option(value, label) for value, label in choices)
            for name, choices in (words.get("options") or {}).items()
        },
        **source,
    )


def own_texts(practice_id: UUID) -> dict[str, OwnText]:
    """The texts in use, by form; one query."""
    rows = OwnText.objects.filter(practice_id=practice_id, taken_out_at=None).select_related("confirmed_by")
    return {row.measure: row for row in rows}


def _of(row: OwnText, definition: Definition) -> Definition:
    try:
        return worded(
            definition,
            row.words,
            confirmed_by=row.confirmed_by.display_name,
            on=row.confirmed_on,
            licence=row.licence,
            language=row.language,
        )
    except MeasureError:  # the form has changed since: it is asked again once its words were confirmed anew
        return definition


def form_of(practice_id: UUID, measure_id: str) -> Definition:
    """A form as this practice may ask it; without words where neither the program nor the practice has them.

    Raises
    ------
    MeasureError
        If there is no such form.
    """
    definition = measure(measure_id)
    if definition.has_text:
        return definition
    row = (
        OwnText.objects.filter(practice_id=practice_id, measure=measure_id, taken_out_at=None)
        .select_related("confirmed_by")
        .first()
    )
    return definition if row is None else _of(row, definition)


def forms_with_words(practice_id: UUID) -> list[Definition]:
    """Every form that can be asked here, in alphabetical order of id; one query."""
    own = own_texts(practice_id)
    found = [one if one.has_text or one.id not in own else _of(own[one.id], one) for one in measures()]
    return [one for one in found if one.has_text]
