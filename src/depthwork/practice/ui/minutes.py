"""What the house does by itself while it is served: each minute the watch, the lock, and whether much changed at once;
once a day a backup; each hour what has outlived its agreement; at the start what the rules of the clocks have changed.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.conf import settings

from depthwork.practice.config import rows
from depthwork.practice.keeping import escrow
from depthwork.practice.keeping.daily import database_file, make_if_due
from depthwork.practice.people.idle import close_idle
from depthwork.practice.people.models import Practice
from depthwork.practice.sources.actions import burn_what_is_due
from depthwork.practice.tracking.actions.watch import tick
from depthwork.practice.treatments.actions import carry_out_due, end_lapsed_handovers
from depthwork.practice.treatments.actions.clocks import rederive_hours
from depthwork.practice.ui.alarm import look, open_alarms

_last_hour: list[datetime] = []
log = logging.getLogger(__name__)


def each_minute(*, at: datetime | None = None) -> None:
    """One minute's work; bears being run twice."""
    at = at or datetime.now(UTC)
    close_idle(at=at)
    tick(at=at)
    _looked(at)
    carry_out_due(at=at)
    hour = at.replace(minute=0, second=0, microsecond=0)
    if _last_hour != [hour]:
        end_lapsed_handovers(at=at)
        burn_what_is_due(at=at)
        for _practice in rows.each_practice():
            escrow.forget_old(now=at)
        if not _last_hour:  # the first minute after a start; what fails here keeps no burning back
            rederive_hours(at=at)
        _last_hour[:] = [hour]
    is_quiet = not any(open_alarms(one, at=at) for one in Practice.objects.values_list("id", flat=True))
    make_if_due(settings.HOME, database_file(), at=at, may_thin=is_quiet)


def _looked(at: datetime) -> None:
    """A look that fails is named, and keeps nothing else of the minute back."""
    try:
        look(at=at)
    except Exception as error:
        log.error(f"whether much changed at once could not be seen: {type(error).__name__}")
