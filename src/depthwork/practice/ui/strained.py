"""Hours with a confirmed rupture, for the alliance chart, which stands in a room below the marks."""

from __future__ import annotations

from collections.abc import Iterable

from depthwork.practice.casework.queries import hours_of
from depthwork.practice.treatments.models import Treatment

RUPTURES = ("rupture_withdrawal", "rupture_confrontation")


def strained_hours(treatment: Treatment) -> Iterable[int]:
    """Numbers of a treatment's hours in which a person marked a rupture."""
    return {hour.number for hour in hours_of(treatment) if any(m.construct in RUPTURES for m in hour.marks)}
