"""Scores as this room needs them: to be cited, and what moved. Empty where nothing was ever asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from depthwork.outcome.reliable_change import Yardstick, change
from depthwork.practice.config.dates import in_words
from depthwork.practice.treatments.models import Treatment
from depthwork.wording import figure


@dataclass(frozen=True, slots=True)
class Scored:
    """One score of one form, in words for a margin."""

    form: UUID
    measure: str
    name: str
    on: date
    hour: int | None
    value: float

    @property
    def words(self) -> str:
        return f"{self.name}: {figure(self.value)}"


@dataclass(frozen=True, slots=True)
class Moved:
    """A measure whose last score differs from its first by more than its unreliability explains."""

    name: str
    first: Scored
    last: Scored
    direction: str
    points: float
    reliable_points: float
    crossed: bool
    n: int
    values: tuple[float, ...]
    cutoff: float | None

    @property
    def words(self) -> str:
        """PHQ-9 now 8, from 16 in August."""
        sense = _("a change for the better") if self.direction == "improved" else _("a change for the worse")
        said = _(
            "%(name)s now %(value)s, from %(before)s on %(day)s: %(sense)s, beyond what the "
            "measure’s unreliability explains"
        ) % {
            "name": self.name,
            "value": figure(self.last.value, "g"),
            "before": figure(self.first.value, "g"),
            "day": in_words(self.first.on),
            "sense": sense,
        }
        return _("%(said)s, and across the cut-off.") % {"said": said} if self.crossed else f"{said}."


def _answers() -> Any:
    """The room of measures, where a practice has it."""
    try:
        return import_module("depthwork.practice.tracking.queries.answers")
    except ModuleNotFoundError:
        return None


def scores_of(client_id: UUID, *, treatment: Treatment | None = None) -> list[Scored]:
    """The main score of every finished form, oldest first."""
    room = _answers()
    if room is None:
        return []
    found = []
    for one in room.asked_of(client_id, treatment=treatment):
        definition = one.definition
        main = definition.main_score if definition is not None else None
        value = one.value(main.id) if main is not None else None
        if value is not None:
            found.append(Scored(one.request_id, one.measure, one.name, one.on, one.hour, value))
    return found


def score_named(client_id: UUID, form: UUID) -> Scored | None:
    """One score of this client by the form it came from."""
    return next((s for s in scores_of(client_id) if s.form == form), None)


def moved(scores: Sequence[Scored]) -> list[Moved]:
    """Measures that changed reliably from the first to the last form; the others are not spoken of."""
    from depthwork.measures import MeasureError, measure

    by_measure: dict[str, list[Scored]] = {}
    for one in scores:
        by_measure.setdefault(one.measure, []).append(one)
    found = []
    for name, course in by_measure.items():
        if len(course) < 2:
            continue
        try:
            main = measure(name).main_score
        except MeasureError:
            continue
        given = main.change_rule() if main is not None else None
        if given is None:
            continue
        by = Yardstick(**given)
        told = change(course[0].value, course[-1].value, by)
        if told.direction not in ("improved", "deteriorated"):
            continue
        found.append(
            Moved(
                name=course[-1].name,
                first=course[0],
                last=course[-1],
                direction=told.direction,
                points=abs(course[-1].value - course[0].value),
                reliable_points=by.points,
                crossed=told.began_as_case is not None and told.began_as_case != told.ended_as_case,
                n=len(course),
                values=tuple(s.value for s in course),
                cutoff=by.cutoff,
            )
        )
    return found
