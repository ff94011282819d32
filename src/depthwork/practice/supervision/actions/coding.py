"""Several people code one text, each without sight of the others; sealed, the sheets are compared and settled."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.coding import Span
from depthwork.coding.anchor import anchor_of
from depthwork.coding.shelf import codebook_for, codes_for
from depthwork.practice.casework.bridge import body_of
from depthwork.practice.casework.queries import marks_of_source
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import version_of
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.supervision.models import CodingSheet, Exercise
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed, CourseError


@transaction.atomic
def ask_for_coding(*, source: Source, coders: Iterable[Person], by: Person) -> Exercise:
    """One sheet for each coder. The text must be shared with each of them already."""
    people = {p.id: p for p in coders}
    if len(people) < 2:
        raise CourseError(_("agreement needs two coders; choose a second one"))
    for person in people.values():
        if not allows(person, P.MARK_HOURS, practice=source.client.practice_id, client=source.client_id):
            raise CourseError(
                _("%(display_name)s cannot open this text; share the course with them first")
                % {"display_name": person.display_name}
            )
    exercise = Exercise.objects.create(
        client=source.client, source=source, source_version=source.version, asked_by=by
    )
    for person in people.values():
        CodingSheet.objects.create(
            client=source.client,
            exercise=exercise,
            source=source,
            coder=person,
            marks=[],
            knows_the_case=allows(
                person, P.WRITE_PROCESS_NOTES, practice=source.client.practice_id, client=source.client_id
            ),
        )
    note("coding.asked", exercise, by=by)
    return exercise


def _open_sheet(sheet: CodingSheet, by: Person, version: int) -> None:
    if sheet.coder_id != by.id:
        raise CourseError(_("this is somebody else’s sheet"))
    done = CodingSheet.objects.filter(pk=sheet.pk, version=version, sealed_at=None, set_aside_at=None).update(
        version=version + 1
    )
    if not done:
        raise Changed(_("this sheet was sealed or changed in another window; look at it again"))
    sheet.version = version + 1


@transaction.atomic
def add_mark(
    *, sheet: CodingSheet, start: int, end: int, construct: str, code: str, by: Person, version: int,
    attributes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One mark of one's own, made without a cue."""
    if code not in codes_for(construct):
        raise CourseError(_("there is no such code; choose one from the list"))
    text = transcript_of_version(sheet.source, version_of(sheet.source, sheet.exercise.source_version))
    try:
        quote, anchor = anchor_of(text.text, Span(start, end))
    except ValueError:
        raise CourseError(_("choose the words to mark")) from None
    _open_sheet(sheet, by, version)
    turn, book = text.turn_at(start), codebook_for(construct)
    mark = {
        "id": str(uuid.uuid4()),
        "start": start,
        "end": end,
        "turn": turn,
        "speaker": text.turns[turn].speaker,
        "construct": construct,
        "code": code,
        "origin": f"coder:{by.id}",
        "codebook": f"{book.id}@{book.version}" if book else "",
        "attributes": dict(attributes or {}),
        "intensity": None,
        "confidence": None,
        "quote": quote,
        "anchor": list(anchor),
        "why": "",
    }
    sheet.marks = [*(sheet.marks or []), mark]
    sheet.save(update_fields=["marks"])
    note("sheet.marked", sheet, by=by)
    return mark


@transaction.atomic
def remove_mark(*, sheet: CodingSheet, mark: str, by: Person, version: int) -> None:
    """Take one's own mark back, while the sheet is open."""
    _open_sheet(sheet, by, version)
    sheet.marks = [m for m in sheet.marks or [] if m["id"] != mark]
    sheet.save(update_fields=["marks"])
    note("sheet.mark_removed", sheet, by=by)


@transaction.atomic
def take_own_marks(*, sheet: CodingSheet, by: Person, version: int) -> int:
    """The clinician's unaided codes of this text, made before; accepted cues stay out."""
    _open_sheet(sheet, by, version)
    own = [body_of(m) | {"id": m.id} for m in marks_of_source(sheet.source, coder=by.id) if m.is_unaided]
    sheet.marks = own
    sheet.save(update_fields=["marks"])
    note("sheet.own_marks_taken", sheet, by=by)
    return len(own)


@transaction.atomic
def seal_sheet(*, sheet: CodingSheet, read_whole: bool, by: Person, version: int) -> bool:
    """From here on the sheet stands. Gives whether all are sealed, so that they open to each other."""
    _open_sheet(sheet, by, version)
    now = datetime.now(UTC)
    sheet.sealed_at, sheet.read_whole = now, read_whole
    sheet.save(update_fields=["sealed_at", "read_whole"])
    note("sheet.sealed", sheet, by=by)
    return _open_if_all_are_sealed(sheet.exercise_id)


@transaction.atomic
def set_aside(*, sheet: CodingSheet, by: Person, version: int) -> None:
    """Stop coding: the marks are dropped, and the rest of the client opens again as it was shared."""
    _open_sheet(sheet, by, version)
    sheet.set_aside_at, sheet.marks = datetime.now(UTC), []
    sheet.save(update_fields=["set_aside_at", "marks"])
    note("sheet.set_aside", sheet, by=by)
    _open_if_all_are_sealed(sheet.exercise_id)


def _open_if_all_are_sealed(exercise_id: uuid.UUID) -> bool:
    sheets = CodingSheet.objects.filter(exercise_id=exercise_id, set_aside_at=None)
    if sheets.filter(sealed_at=None).exists() or sheets.count() < 2:
        return False
    Exercise.objects.filter(pk=exercise_id, opened_at=None).update(opened_at=datetime.now(UTC))
    return True


@transaction.atomic
def settle(
    *, exercise: Exercise, chosen: Iterable[str], by: Person, version: int, is_finished: bool = False
) -> int:
    """The marks both agreed to keep, by id: a consensus beside the two sheets, which stay as they were sealed."""
    if exercise.opened_at is None:
        raise CourseError(_("the sheets are not all sealed yet"))
    if not Exercise.objects.filter(pk=exercise.pk, version=version, settled_at=None).update(
        version=version + 1
    ):
        raise Changed(_("the consensus was changed meanwhile; look at it again"))
    wanted = set(chosen)
    kept = [
        mark | {"origin": "consensus"}
        for sheet in CodingSheet.objects.filter(exercise=exercise, sealed_at__isnull=False).select_related(
            "source"
        )
        for mark in sheet.marks or []
        if mark["id"] in wanted
    ]
    exercise.consensus, exercise.version = kept, version + 1
    exercise.settled_at = datetime.now(UTC) if is_finished else None
    exercise.save(update_fields=["consensus", "settled_at"])
    note("coding.settled", exercise, by=by)
    return len(kept)
