"""What this installation carries: questionnaires, codebooks, and the dates of its last backup and drill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings

import depthwork
from depthwork.practice.keeping import diary, recipients


@dataclass(frozen=True, slots=True)
class Installed:
    """Counts for the practice page."""

    version: str
    measures: int
    codebooks: int


@dataclass(frozen=True, slots=True)
class Kept:
    """When the practice was last backed up, and when a restore was last proved."""

    backup: datetime | None
    drill: datetime | None
    drill_passed: bool
    place: str  # the folder that was chosen for backups, or nothing


@cache
def installed() -> Installed:
    """Counted once a worker."""
    from depthwork.coding import shelf
    from depthwork.measures import ids as measure_ids

    return Installed(depthwork.__version__, len(measure_ids()), len(shelf.installed()))


def kept() -> Kept:
    """From the practice's folder."""
    backup, drill = diary.last(settings.HOME, "backup"), diary.last(settings.HOME, "drill")
    return Kept(
        datetime.fromisoformat(backup["at"]) if backup else None,
        datetime.fromisoformat(drill["at"]) if drill else None,
        bool(drill and drill.get("passed")),
        str(recipients.place(settings.HOME) or ""),
    )
