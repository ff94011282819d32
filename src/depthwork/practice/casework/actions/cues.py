"""Accept, edit or dismiss a cue; switch cues on or off for a treatment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from depthwork.practice.casework.actions.marks import keep_mark, mark_on, transcript_for
from depthwork.practice.casework.actions.readings import reading_of
from depthwork.practice.casework.errors import MarkError
from depthwork.practice.casework.models import CuesKept, MarkRow, ReadingRow
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.models import Treatment


def _taken(source: Source, cue_id: UUID) -> tuple[dict[str, Any], str]:
    """A cue, taken out of what is kept, with its engine."""
    rows = CuesKept.objects.select_for_update().filter(source=source, source_version=source.version)
    for row in rows:
        cues = row.cues["cues"] or []
        for cue in cues:
            if cue["id"] == str(cue_id):
                row.cues = {**row.cues, "cues": [c for c in cues if c is not cue]}
                row.save(update_fields=["cues"])
                return cue, row.engine
    raise MarkError(_("this cue was answered before; open the page again"))


@transaction.atomic
def accept_cue(
    *,
    source: Source,
    cue_id: UUID,
    by: Person,
    construct: str | None = None,
    code: str | None = None,
    attributes: Mapping[str, Any] | None = None,
    start: int | None = None,
    end: int | None = None,
) -> MarkRow:
    """A cue becomes a code: as it stood (confirmed), or changed first (edited)."""
    cue, engine = _taken(source, cue_id)
    mark = mark_on(
        transcript_for(source),
        source=source,
        start=cue["start"] if start is None else start,
        end=cue["end"] if end is None else end,
        construct=construct or cue["construct"],
        code=code or cue["code"],
        attributes=_known(cue) if attributes is None else attributes,
        origin=f"cue:{engine}",
    )
    same = (
        mark.construct == cue["construct"]
        and mark.code == cue["code"]
        and (mark.span.start, mark.span.end) == (cue["start"], cue["end"])
        and (attributes is None or dict(mark.attributes) == _known(cue))
    )
    mark = replace(
        mark, status="confirmed" if same else "edited", confidence=cue["confidence"], why=cue["why"]
    )
    row = keep_mark(mark, source=source, by=by)
    note("cue.accepted", row, by=by)
    return row


def _known(cue: Mapping[str, Any]) -> dict[str, Any]:
    """A cue's attributes as its codebook knows them; what an engine adds of its own is left behind."""
    from depthwork.coding.shelf import attributes_for

    rules = attributes_for(cue["construct"])
    return {k: v for k, v in cue["attributes"].items() if k in rules and not rules[k].fault(v)}


@transaction.atomic
def dismiss_cue(*, source: Source, cue_id: UUID, by: Person) -> None:
    """A cue is deleted. A count stays, and nothing else."""
    _taken(source, cue_id)
    reading = reading_of(source=source, by=by)
    ReadingRow.objects.filter(pk=reading.pk).update(dismissed=F("dismissed") + 1)
    note("cue.dismissed", reading, by=by)


@transaction.atomic
def switch_cues(*, treatment: Treatment, by: Person, on: bool) -> None:
    """Cues of one treatment, on or off at any time. Switched off, what was proposed and not answered is deleted."""
    treatment.cues = on
    Treatment.objects.filter(pk=treatment.pk).update(cues=on)
    if not on:
        CuesKept.objects.filter(source__treatment=treatment).delete()
    note("cues.switched_on" if on else "cues.switched_off", treatment, by=by)
