"""The forms of a client: asked, answered, declined, left open. A list costs three queries whatever its length."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from depthwork.measures import Definition, MeasureError, measure
from depthwork.practice.tracking.models import Request, Response, Score
from depthwork.practice.treatments.models import Treatment


@dataclass(frozen=True, slots=True)
class Asked:
    """One asking of one form, with what became of it."""

    request_id: UUID
    measure: str
    on: date
    state: str
    mode: str
    hour: int | None
    months: int | None
    asked_at: datetime
    finished_at: datetime | None
    answers: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    treatment: UUID | None = None

    @property
    def definition(self) -> Definition | None:
        """The form, if this version of the program still has it."""
        try:
            return measure(self.measure)
        except MeasureError:
            return None

    @property
    def name(self) -> str:
        """What the form is called on a page."""
        return gettext(self.definition.name) if self.definition else self.measure

    def value(self, score: str) -> float | None:
        """One score, or None."""
        one = (self.result.get("scores") or {}).get(score)
        value = one.get("value") if one else None
        return None if value is None else float(value)


def asked_of(client_id: UUID, *, treatment: Treatment | None = None) -> list[Asked]:
    """Everything asked of a client, oldest first; opened in memory."""
    requests = Request.objects.filter(client_id=client_id).exclude(state=Request.State.WITHDRAWN)
    if treatment is not None:
        requests = requests.filter(treatment=treatment)
    cells = _cells(client_id)
    what = Request._meta.get_field("what")
    found = []
    for row in requests.order_by("on", "asked_at").values_list(
        "id",
        "what",
        "on",
        "state",
        "mode",
        "session__number",
        "followup__months",
        "asked_at",
        "finished_at",
        "treatment_id",
    ):
        told = what.open_value(row[1], owner=client_id, row=row[0]) or {}
        answers, result = cells.get(row[0], ({}, {}))
        found.append(
            Asked(
                row[0], told.get("measure", ""), *row[2:-1], answers=answers, result=result, treatment=row[-1]
            )
        )
    return found


def _cells(client_id: UUID) -> dict[UUID, tuple[dict[str, Any], dict[str, Any]]]:
    """Answers and the latest scoring of each request."""
    given, made = Response._meta.get_field("answers"), Score._meta.get_field("result")
    answers = {
        row[0]: (row[1], (given.open_value(row[2], owner=client_id, row=row[1]) or {}).get("answers") or {})
        for row in Response.objects.filter(client_id=client_id, box=None).values_list(
            "request_id", "id", "answers"
        )
    }
    results: dict[UUID, dict[str, Any]] = {}
    for response, row, cell in (
        Score.objects.filter(client_id=client_id)
        .order_by("response_id", "number")
        .values_list("response_id", "id", "result")
    ):
        results[response] = made.open_value(cell, owner=client_id, row=row) or {}
    return {request: (said, results.get(response, {})) for request, (response, said) in answers.items()}


def waiting_in_inbox(client_id: UUID) -> int:
    """How many finished forms have not been taken in."""
    return Response.objects.filter(client_id=client_id, box__isnull=False).count()


def request_named(request_id: UUID) -> Request | None:
    """A request by id, for the policy to judge."""
    return (
        Request.objects.select_related("client__practice", "session", "treatment", "followup")
        .filter(id=request_id)
        .first()
    )


def open_requests(client_id: UUID, *, mode: str | None = None) -> list[Request]:
    """What is asked and not finished."""
    rows = Request.objects.filter(client_id=client_id, state=Request.State.ASKED).select_related(
        "client__practice", "session"
    )
    return list(rows if mode is None else rows.filter(mode=mode))
