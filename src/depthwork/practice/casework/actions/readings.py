"""How one person reads one source: whole or dipped into, blind or knowing."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.casework.errors import MarkError
from depthwork.practice.casework.models import ReadingRow
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.actions.note import note


def reading_of(*, source: Source, by: Person) -> ReadingRow:
    """The reading of a person; made as "dipped into, knowing" where there is none."""
    row, _ = ReadingRow.objects.get_or_create(
        source=source, coder=by, defaults={"client_id": source.client_id}
    )
    return row


@transaction.atomic
def set_reading(
    *,
    source: Source,
    by: Person,
    how: str | None = None,
    is_blind: bool | None = None,
    finished: bool = False,
) -> ReadingRow:
    """Say how the source was read. Who has seen the codes of others cannot become blind to them again."""
    row = ReadingRow.objects.select_for_update().filter(source=source, coder=by).first()
    fresh = row is None
    if row is None:
        row = ReadingRow(client_id=source.client_id, source=source, coder=by)
    if how is not None:
        if how not in ("whole", "dipped"):
            raise MarkError(_("an hour is read whole or dipped into; choose one"))
        row.how = how
    if is_blind is not None and is_blind != row.is_blind:
        if is_blind and not fresh:
            raise MarkError(
                _("the codes of others were open to you here; a blind reading begins before that")
            )
        row.is_blind = is_blind
    if finished and row.finished_at is None:
        row.finished_at = datetime.now(UTC)
    row.save(force_insert=fresh)
    note("reading.set", row, by=by)
    return row
