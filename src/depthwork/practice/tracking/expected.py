"""Where courses that began at the same score usually go, beside a client's own; never a prediction for this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import sqrt
from operator import itemgetter
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from depthwork.measures.model import Change
from depthwork.outcome.columns import OutcomeError
from depthwork.outcome.reliable_change import factor
from depthwork.outcome.trajectory import (
    ENOUGH,
    FIRST_LABEL,
    FIRST_REVIEW,
    Expectation,
    Placed,
    band,
    expectation,
    placed,
)
from depthwork.practice.config.at_once import Look, look
from depthwork.practice.people.models import Person
from depthwork.practice.tracking.courses import CoursePoint, MeasureCourse
from depthwork.practice.tracking.models import Score
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.unlocked import current
from depthwork.reports.charts.scales import say
from depthwork.wording import figure

LAST_HOUR: Final = 20
"""A rate of change belongs to treatments of its own length: no band is drawn into long-term work."""
MOST_COURSES: Final = 300  # the newest; opening every score of decades would cost the page its haste
Archive = dict[tuple[str, str], list[tuple[UUID, int, float]]]


@dataclass(frozen=True, slots=True)
class Usual:
    """The band beside one course, and where the last score lies in it."""

    expectation: Expectation
    points: tuple[tuple[date, float, float], ...]
    first: float
    last: CoursePoint
    place: Placed

    @property
    def sentence(self) -> str:
        """What is seen, with its source and its caution."""
        _day, low, high = self.points[-1]  # within the scale
        said = _(
            "People who began at %(first)s were between %(low)s and %(high)s by hour %(hour)s in eight of ten courses "
            "(%(source)s)."
        ) % {
            "first": figure(self.first),
            "low": say(low),
            "high": say(high),
            "hour": self.last.hour,
            "source": self.source,
        }
        return f"{said} {self.where}"

    @property
    def source(self) -> str:
        """From what the band was made."""
        n = {"n": self.expectation.n_cases, "all": ENOUGH}
        if not self.expectation.n_cases:
            return _("a rough expectation: this practice has no ended courses to compare yet")
        if self.expectation.kind == "archive":
            return _("from %(n)s finished courses of this practice") % n
        return _("a rough expectation, not this practice’s experience: %(n)s of %(all)s courses so far") % n

    @property
    def where(self) -> str:
        """Where the score lies; nothing before hour 6."""
        if self.place.place is None:
            return _(
                "Nothing is said of this course before hour %(n)s: one in four moves little until then and fast afterwards."
            ) % {"n": FIRST_LABEL}
        last = {"score": figure(self.last.value or 0.0), "hour": self.last.hour}
        if self.place.place == "not_on_track":
            review = (self.last.hour or 0) >= FIRST_REVIEW
            said = _("The %(score)s of hour %(hour)s lay outside it, on the worse side.") % last
            return f"{said} " + (_("A reason to look at it together.") if review else "")
        if self.place.place == "better":
            return _("The %(score)s of hour %(hour)s lay outside it, on the better side.") % last
        return _("The %(score)s of hour %(hour)s lay inside it.") % last


def usual_for(course: MeasureCourse, archive: Archive) -> Usual | None:
    """The band of one course; None without two scored hours, past the hours it holds for, or without a spread."""
    rule = course.rule
    scored = [p for p in course.points if p.value is not None and p.hour is not None and p.months is None]
    shown = [p for p in scored if (p.hour or 0) <= LAST_HOUR]
    if len(shown) < 2 or rule.direction is None or shown[-1].hour == shown[0].hour:
        return None
    rows = archive.get((course.definition.id, rule.id), [])
    try:
        made = expectation(
            [str(row[0]) for row in rows],
            [row[1] for row in rows],
            [row[2] for row in rows],
            sd=spread_of(rule.change),
            higher_is_better=rule.direction == "higher_better",
        )
    except OutcomeError:
        return None
    first, last = shown[0], shown[-1]
    assert first.value is not None
    assert last.value is not None
    begun = float(first.hour or 0)
    points = band(made, first=first.value, first_session=begun, sessions=[p.hour for p in shown])
    low, high = rule.range or (float("-inf"), float("inf"))
    return Usual(
        expectation=made,
        points=tuple(
            (p.on, max(low, one.low), min(high, one.high)) for p, one in zip(shown, points, strict=True)
        ),
        first=first.value,
        last=last,
        place=placed(
            made, first=first.value, first_session=begun, session=float(last.hour or 0), score=last.value
        ),
    )


def spread_of(change: Change | None) -> float | None:
    """The spread of first scores: published, or what the published reliable change implies at its reliability."""
    if change is None:
        return None
    if change.sd is not None:
        return change.sd
    reliability = change.retest or (min(change.alpha) if change.alpha else None)
    if change.reliable_points is None or reliability is None:
        return None
    return change.reliable_points / (factor(change.reliable_level or 0.95) * sqrt(2) * sqrt(1 - reliability))


def archive_of(person: Person, *, but: UUID) -> Archive:
    """Scores by hour of finished treatments whose record this person can open; nothing while there are too few.

    Two queries; no score is opened, and the second not asked, before there are enough courses to make a band of.
    """
    return look_at_archive(person, but=but).now()


def look_at_archive(person: Person, *, but: UUID) -> Look[Archive]:
    """The same, to be asked together with what else a page wants to know."""
    over = Treatment.objects.filter(state=Treatment.State.ENDED, client__in=clients_for(person))

    @look(over.exclude(client_id=but).values_list("starts_on", "id", "client_id"))
    def read(rows: list[tuple[date, UUID, UUID]]) -> Archive:
        unlocked = current()
        newest = sorted(rows, key=itemgetter(0), reverse=True)
        ended = [treatment for _, treatment, client in newest if unlocked.holds(client, "record")]
        return {} if len(ended) < ENOUGH else _by_score(ended[:MOST_COURSES])

    return read


def _by_score(treatments: Iterable[UUID]) -> Archive:
    result, found = Score._meta.get_field("result"), {}
    rows = Score.objects.filter(
        response__treatment__in=treatments, response__session__number__isnull=False
    ).order_by("response_id", "number")
    latest: dict[UUID, tuple[UUID, int, dict[str, object]]] = {}
    for pk, client, response, treatment, hour, cell in rows.values_list(
        "id", "client_id", "response_id", "response__treatment_id", "response__session__number", "result"
    ):
        latest[response] = (treatment, hour, result.open_value(cell, owner=client, row=pk) or {})
    for treatment, hour, told in latest.values():
        for name, one in (told.get("scores") or {}).items():  # type: ignore[attr-defined]
            if one.get("value") is not None:
                found.setdefault((told["measure"], name), []).append((treatment, hour, float(one["value"])))
    return found
