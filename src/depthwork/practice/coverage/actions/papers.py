"""A document is kept as what it was made from and which bytes it was."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from django.db import transaction

from depthwork.practice.coverage.manifest import Line
from depthwork.practice.coverage.models import Paper
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.models import Client


@transaction.atomic
def keep_paper(
    *, client: Client, by: Person, kind: str, made_on: date, raw: bytes, manifest: tuple[Line, ...]
) -> Paper:
    """Write down that a document was made. The document itself is not kept."""
    row = Paper(
        client=client,
        kind=kind,
        made_on=made_on,
        by=by,
        sha256=sha256(raw).hexdigest(),
        manifest=[line.as_list() for line in manifest],
    )
    row.save(force_insert=True)
    note("coverage.paper_made", row, by=by)
    return row
