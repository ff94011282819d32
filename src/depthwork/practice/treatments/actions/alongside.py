"""Adjuncts, events of a life, goals and their ratings."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Adjunct, Goal, GoalRating, LifeEvent, Session, Treatment


@transaction.atomic
def add_adjunct(
    *,
    treatment: Treatment,
    by: Person,
    kind: str,
    on: date,
    what: str,
    until: date | None = None,
    id: UUID | None = None,
) -> Adjunct:
    """Something that stands beside the therapy, dated."""
    if kind not in Adjunct.Kind.values:
        raise CourseError(
            _("what stands beside is one of: %(values)s") % {"values": ", ".join(Adjunct.Kind.values)}
        )
    if until is not None and until < on:
        raise CourseError(_("it ends before it begins; look at the two days"))
    row = Adjunct.objects.create(
        id=id or uuid4(),
        client=treatment.client,
        treatment=treatment,
        kind=kind,
        on=on,
        until=until,
        what=what,
    )
    note("adjunct.added", row, by=by)
    return row


@transaction.atomic
def add_life_event(
    *, treatment: Treatment, by: Person, kind: str, on: date, words: str, id: UUID | None = None
) -> LifeEvent:
    """An event of the client's life, dated."""
    row = LifeEvent.objects.create(
        id=id or uuid4(), client=treatment.client, treatment=treatment, kind=kind[:16], on=on, words=words
    )
    note("life_event.added", row, by=by)
    return row


@transaction.atomic
def add_goal(
    *,
    treatment: Treatment,
    by: Person,
    words: str,
    is_own: bool = True,
    aim: str = "",
    id: UUID | None = None,
) -> Goal:
    """What the client hopes for, or one of the six aims."""
    if not words.strip():
        raise CourseError(_("write the goal in a few words"))
    order = Goal.objects.filter(treatment=treatment).count()
    row = Goal.objects.create(
        id=id or uuid4(),
        client=treatment.client,
        treatment=treatment,
        words=words.strip(),
        is_own=is_own,
        aim=aim,
        order=order,
    )
    note("goal.added", row, by=by)
    return row


@transaction.atomic
def rate_goal(
    *, goal: Goal, by: Person, rater: str, value: int, on: date, session: Session | None = None
) -> GoalRating:
    """How near the goal is, 0 to 10. A second rating on the same day replaces the first."""
    if not 0 <= value <= 10:
        raise CourseError(_("a rating is between 0 and 10"))
    row = GoalRating.objects.filter(goal=goal, on=on, by=rater).first() or GoalRating(
        client=goal.client, goal=goal, on=on, by=rater
    )
    row.session, row.value = session, value
    row.save()
    note("goal.rated", row, by=by)
    return row


@transaction.atomic
def close_goal(*, goal: Goal, by: Person, on: date) -> Goal:
    """The goal is reached, or no longer one."""
    goal.closed_on = on
    goal.save(update_fields=["closed_on"])
    note("goal.closed", goal, by=by)
    return goal


@transaction.atomic
def end_adjunct(*, adjunct: Adjunct, by: Person, on: date) -> Adjunct:
    """It no longer stands beside the therapy."""
    if on < adjunct.on:
        raise CourseError(_("it ends before it begins; look at the two days"))
    adjunct.until = on
    adjunct.save(update_fields=["until"])
    note("adjunct.ended", adjunct, by=by)
    return adjunct
