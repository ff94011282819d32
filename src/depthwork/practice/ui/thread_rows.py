"""What hangs on the thread of a treatment, of every room, asked for at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from uuid import UUID

from depthwork.practice.config.at_once import Look, look
from depthwork.practice.formulation.models import Statement
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.models import (
    Adjunct,
    Break,
    FollowUp,
    FrameEvent,
    GoalRating,
    LifeEvent,
    Session,
    Treatment,
)


@dataclass(frozen=True, slots=True)
class Hanging:
    """Rows as they stand; the drawing says in which order it takes them."""

    breaks: list[Break]
    life_events: list[LifeEvent]
    adjuncts: list[Adjunct]
    frame_events: list[FrameEvent]
    ratings: list[GoalRating]
    follow_ups: list[FollowUp]
    dreams: list[UUID]  # the hour each was brought to
    own_notes: list[tuple[UUID, UUID]]  # the note and its hour


def look_at_what_hangs(treatment: Treatment, *, own_notes_of: Person | None) -> Look[Hanging]:
    """Breaks, what came from outside, goals, what was asked afterwards, dreams; own notes of whoever looks, if asked."""
    here = {"treatment": treatment}
    kept = Source.objects.filter(**here, burned_at=None)
    own = kept.filter(kind=Source.Kind.COUNTERTRANSFERENCE, created_by=own_notes_of)

    @look(
        Break.objects.filter(**here).select_related("cover"),
        LifeEvent.objects.filter(**here),
        Adjunct.objects.filter(**here),
        FrameEvent.objects.filter(**here),
        GoalRating.objects.filter(goal__treatment=treatment).select_related("goal"),
        FollowUp.objects.filter(**here),
        kept.filter(kind=Source.Kind.DREAM).values_list("session_id", flat=True),
        (own if own_notes_of is not None else own.none()).values_list("id", "session_id"),
    )
    def read(breaks: list[Break], *others: list[object]) -> Hanging:
        return Hanging(sorted(breaks, key=attrgetter("from_date")), *others)

    return read


def look_at_sessions(treatment: Treatment) -> Look[list[Session]]:
    """Every hour of a treatment, the first one first."""
    return Look((Session.objects.filter(treatment=treatment),), partial(sorted, key=attrgetter("starts_at")))


def look_at_statement(treatment: Treatment) -> Look[Statement | None]:
    """The first statement of the formulation that was kept last."""
    rows = Statement.objects.filter(
        formulation__treatment=treatment, formulation__kept_at__isnull=False
    ).order_by("-formulation__number", "position")
    return Look((rows[:1],), lambda found: found[0] if found else None)
