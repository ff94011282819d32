"""Undo the last act on a source."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from depthwork.practice.casework.actions.marks import is_outside, transcript_for
from depthwork.practice.casework.engine import propose
from depthwork.practice.casework.errors import MarkError
from depthwork.practice.casework.models import CuesKept, MarkRow, ReadingRow
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.actions.note import note

Act = Literal["made", "accepted", "edited", "removed", "dismissed"]


@transaction.atomic
def undo(*, source: Source, by: Person, act: Act, what: UUID, cue: UUID | None = None) -> None:
    """Take one act back. `what` is the mark, or the dismissed cue; `cue` the cue that a mark came from.

    A dismissed cue is not kept anywhere: the engine is asked again, and the cue with that id returns.
    """
    if act == "dismissed":
        if _put_back(source, what):
            ReadingRow.objects.filter(source=source, coder=by, dismissed__gt=0).update(
                dismissed=F("dismissed") - 1
            )
        note("undone.dismissed", source, by=by)
        return
    row = MarkRow.objects.select_for_update().filter(pk=what, source=source).first()
    if row is None or (row.coder_id != by.id and not (act == "removed" and is_outside(row))):
        raise MarkError(_("there is nothing left to undo here"))
    if act in ("made", "accepted"):
        note(f"undone.{act}", row, by=by)
        row.delete()
        if act == "accepted" and cue is not None:
            _put_back(source, cue)
        return
    before = list(row.before or [])
    if not before:
        raise MarkError(_("there is nothing left to undo here"))
    last = before.pop()
    if "construct" in last:  # kept before the rest of a state was
        row.body = last
    else:
        row.body = last.get("body", row.body)
        row.status = last.get("status", row.status)
        row.source_version = last.get("source_version", row.source_version)
    row.before = before or None
    row.version += 1
    row.save(update_fields=["before", "body", "status", "source_version", "version"])
    note(f"undone.{act}", row, by=by)


def _put_back(source: Source, cue_id: UUID) -> bool:
    found = propose(transcript_for(source), source=source.id, version=source.version)
    cue = next((c for c in found.cues if c["id"] == str(cue_id)), None)
    kept = CuesKept.objects.select_for_update().filter(
        source=source, source_version=source.version, engine=found.engine
    )
    row = kept.first()
    if cue is None or row is None or row.cues["cues"] is None:
        return False
    if not any(c["id"] == cue["id"] for c in row.cues["cues"]):
        cues = sorted([*row.cues["cues"], cue], key=lambda c: (c["start"], -c["end"]))
        row.cues = {**row.cues, "cues": cues}
        row.save(update_fields=["cues"])
    return True
