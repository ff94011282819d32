"""Rules of the clocks change: hours to come keep their wall time, and stand at another instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from depthwork.practice.config import rows
from depthwork.practice.treatments import calendar
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.models import Session


@transaction.atomic
def rederive_hours(*, at: datetime | None = None) -> int:
    """Hours to come stand where their wall time stands by the rules this machine knows now; gives how many moved.

    Nothing that was is touched: an hour that was held or missed, or has begun, keeps the instant it had. Of a time
    that comes twice the one nearer to the old instant stays chosen. Run once at every start, since the rules of the
    clocks come with the program.
    """
    at = at or datetime.now(UTC)
    moved = 0
    for _ in rows.each_practice():
        planned = Session.objects.filter(status=Session.Status.PLANNED, starts_at__gt=at)
        for row in planned.select_related("client", "clinician").defer(
            "kept_line", "first_words", "last_words", "after", "client__name", "client__called"
        ):
            starts_at = _stands_at(row)
            if starts_at != row.starts_at:
                Session.objects.filter(pk=row.pk, starts_at=row.starts_at).update(starts_at=starts_at)
                note("session.clock_changed", row, by=row.clinician)
                moved += 1
    return moved


def _stands_at(row: Session) -> datetime:
    try:
        first = calendar.moment(row.day, row.wall_time, row.zone)
    except ValueError:  # a zone this machine does not know: what was known before stays
        return row.starts_at
    if first.oddity != "doubled":
        return first.starts_at
    second = calendar.moment(row.day, row.wall_time, row.zone, second=True)

    def away(one: calendar.Moment) -> timedelta:
        return abs(one.starts_at - row.starts_at)

    return min((first, second), key=away).starts_at
