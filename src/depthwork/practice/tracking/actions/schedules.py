"""Change when a client is asked what, and what of it the client sees."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.tracking.errors import Elsewhere, TrackingError
from depthwork.practice.tracking.models import Schedule
from depthwork.practice.tracking.schedule import Line, checked_lines
from depthwork.practice.treatments.models import Client


@transaction.atomic
def change_schedule(
    *,
    client: Client,
    by: Person,
    lines: Iterable[Line],
    shown: Iterable[str] = (),
    version: int | None = None,
) -> Schedule:
    """The schedule as the two of them agreed it. An empty one asks nothing by itself."""
    try:
        kept = checked_lines(lines)
    except ValueError as error:
        raise TrackingError(str(error)) from None
    row = Schedule.objects.select_for_update().filter(client=client).first() or Schedule(client=client)
    is_new = row._state.adding
    if not is_new and version is not None and version != row.version:
        raise Elsewhere(_("the schedule was changed elsewhere a moment ago; look at it again"))
    row.lines = [{"measure": line.measure, "when": line.when} for line in kept]
    row.shown = sorted(set(shown))
    row.version = 1 if is_new else row.version + 1
    row.save()
    record(
        verb="schedule.changed",
        by=by.id,
        practice=client.practice_id,
        object_type="tracking.schedule",
        object_id=row.id,
        client=client.id,
    )
    return row
