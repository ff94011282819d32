"""What is due: the schedule against the hours that were held and the forms that were asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from depthwork.measures import measure
from depthwork.practice.tracking.models import Schedule
from depthwork.practice.tracking.queries.answers import Asked
from depthwork.practice.tracking.schedule import Line, counts_as, due_afterwards, due_at_hour, lines_of
from depthwork.practice.treatments.consents import answered
from depthwork.practice.treatments.models import Client, FollowUp, Session, Treatment


@dataclass(frozen=True, slots=True)
class Due:
    """A form that the schedule asks for and nobody has asked yet."""

    measure: str
    name: str
    hour: int | None = None
    session_id: UUID | None = None
    months: int | None = None
    on: date | None = None


def schedule_of(client_id: UUID) -> tuple[Line, ...]:
    """The lines that hold for a client."""
    row = Schedule.objects.filter(client_id=client_id).first()
    return lines_of(row.lines if row else None)


def shown_to(client_id: UUID) -> frozenset[str]:
    """Measures whose course the client sees; none unless the clinician said so."""
    row = Schedule.objects.filter(client_id=client_id).first()
    return frozenset(row.shown or ()) if row else frozenset()


def due_now(client: Client, treatment: Treatment | None, asked: list[Asked]) -> list[Due]:
    """Forms due with the last held or the next hour, and with a follow-up whose day has come."""
    if treatment is None:
        return []
    lines = schedule_of(client.id)
    if treatment.state == Treatment.State.ENDED:
        return [] if answered(client, "follow_up") == "no" else _afterwards(treatment, lines, asked)
    held = Session.objects.filter(treatment=treatment, status="held").order_by("-number").first()
    number = held.number or 0 if held else 0
    is_last = bool(treatment.hours_agreed) and number == treatment.hours_agreed
    done = {(name, one.hour) for one in asked for name in counts_as(one.measure)}
    wanted = due_at_hour(lines, hour=max(number, 1), is_last=is_last)
    return [
        Due(name, _(measure(name).name), hour=number or 1, session_id=held.id if held else None)
        for name in wanted
        if (name, number or None) not in done
    ]


def _afterwards(treatment: Treatment, lines: tuple[Line, ...], asked: list[Asked]) -> list[Due]:
    done = {(name, one.months) for one in asked for name in counts_as(one.measure)}
    open_ones = FollowUp.objects.filter(
        treatment=treatment, answer__in=[FollowUp.Answer.AGREED, FollowUp.Answer.UNANSWERED]
    ).order_by("months")
    return [
        Due(name, _(measure(name).name), months=one.months, on=one.due_on)
        for one in open_ones
        for name in due_afterwards(lines)
        if (name, one.months) not in done
    ]
