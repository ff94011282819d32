"""The thin lines of a treatment's thread: between us, and the distress measures asked most often."""

from __future__ import annotations

from depthwork.practice.config.at_once import Look
from depthwork.practice.tracking import alliance, courses
from depthwork.practice.tracking.queries.answers import Asked, look_at_asked
from depthwork.practice.treatments.models import Treatment
from depthwork.reports.charts.thread_data import MeasureLine

DISTRESS = ("core10", "phq9", "phq8", "gad7", "who5", "pcl5", "core_om", "bam", "rses")
BETWEEN = ("dw_session_checkin", "wai_sr", "srs", "haq2", "br_wai")
MOST = 2


def lines_for(treatment: Treatment) -> tuple[MeasureLine, ...]:
    """At most one line of the alliance and two of measures; one query."""
    return look_at_lines(treatment).now()


def look_at_lines(treatment: Treatment) -> Look[tuple[MeasureLine, ...]]:
    """The same, to be asked together with what else a page wants to know."""
    return look_at_asked(treatment.client_id, treatment=treatment).then(_lines)


def _lines(asked: list[Asked]) -> tuple[MeasureLine, ...]:
    found = {one.definition.id: one for one in courses.courses(asked)}
    ordered = sorted(
        (name for name in DISTRESS if name in found),
        key=lambda name: (not found[name].sudden, -len(found[name].known), DISTRESS.index(name)),
    )
    lines = [courses.thread_line(found[name]) for name in ordered[:MOST]]
    return tuple(
        line for line in (alliance.thread_line(alliance.between_us(asked)), *lines) if line is not None
    )
