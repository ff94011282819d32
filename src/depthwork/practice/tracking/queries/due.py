"""What is due: the schedule against the hours that were held and the forms that were asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from depthwork.measures import measure
from depthwork.practice.config.at_once import Look, look
from depthwork.practice.tracking.models import Schedule
from depthwork.practice.tracking.queries.answers import Asked
from depthwork.practice.tracking.schedule import Line, counts_as, due_afterwards, due_at_hour, lines_of
from depthwork.practice.treatments.consents import look_at_answer
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


def shown_to(client_id: UUID) -> frozenset[str]:
    """Measures whose course the client sees; none unless the clinician said so."""
    row = Schedule.objects.filter(client_id=client_id).first()
    return frozenset(row.shown or ()) if row else frozenset()


def due_now(client: Client, treatment: Treatment | None, asked: list[Asked]) -> list[Due]:
    """Forms due with the last held or the next hour, and with a follow-up whose day has come."""
    return look_at_due(client, treatment, asked).now()


def look_at_due(client: Client, treatment: Treatment | None, asked: list[Asked]) -> Look[list[Due]]:
    """The same, to be asked together with what else a page wants to know."""
    if treatment is None:
        return Look((), list)
    schedule = Schedule.objects.filter(client=client)
    if treatment.state == Treatment.State.ENDED:
        answer = look_at_answer(client, "follow_up")
        waiting = FollowUp.objects.filter(
            treatment=treatment, answer__in=[FollowUp.Answer.AGREED, FollowUp.Answer.UNANSWERED]
        )

        @look(schedule, waiting, *answer.asks)
        def afterwards(agreed: list[Schedule], rows: list[FollowUp], said: list[Any]) -> list[Due]:
            if answer.read(said) == "no":
                return []
            return _afterwards(sorted(rows, key=attrgetter("months")), _lines(agreed), asked)

        return afterwards
    held = Session.objects.filter(treatment=treatment, status=Session.Status.HELD).order_by("-number")

    @look(schedule, held.values_list("number", "id")[:1])
    def meanwhile(agreed: list[Schedule], last: list[tuple[int, UUID]]) -> list[Due]:
        number, hour = last[0] if last else (0, None)
        is_last = bool(treatment.hours_agreed) and number == treatment.hours_agreed
        done = {(name, one.hour) for one in asked for name in counts_as(one.measure)}
        wanted = due_at_hour(_lines(agreed), hour=max(number, 1), is_last=is_last)
        return [
            Due(name, _(measure(name).name), hour=number or 1, session_id=hour)
            for name in wanted
            if (name, number or None) not in done
        ]

    return meanwhile


def _lines(agreed: list[Schedule]) -> tuple[Line, ...]:
    """The lines that hold for a client; without a row, the default."""
    return lines_of(agreed[0].lines if agreed else None)


def _afterwards(waiting: list[FollowUp], lines: tuple[Line, ...], asked: list[Asked]) -> list[Due]:
    done = {(name, one.months) for one in asked for name in counts_as(one.measure)}
    return [
        Due(name, _(measure(name).name), months=one.months, on=one.due_on)
        for one in waiting
        for name in due_afterwards(lines)
        if (name, one.months) not in done
    ]
