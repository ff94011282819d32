"""The forms of a client: asked, answered, declined, left open. A list costs one query whatever its length."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from depthwork.measures import Definition, MeasureError, measure
from depthwork.practice.config.at_once import Look, look
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
    waits: bool = False  # answered, and lying in the inbox until somebody with the key takes it in

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
    return look_at_asked(client_id, treatment=treatment).now()


def look_at_asked(client_id: UUID, *, treatment: Treatment | None = None) -> Look[list[Asked]]:
    """The same, to be asked together with what else a page wants to know: each asking with its answers and scorings."""
    requests = Request.objects.filter(client_id=client_id).exclude(state=Request.State.WITHDRAWN)
    if treatment is not None:
        requests = requests.filter(treatment=treatment)
    names = ("on", "state", "mode", "session__number", "followup__months", "asked_at", "finished_at")

    @look(
        requests.values_list(
            "id", "what", "treatment_id", "response__id", "response__data_key", "response__answers",
            "response__scorings__number", "response__scorings__id", "response__scorings__result", *names,
        )
    )  # fmt: skip
    def read(rows: list[tuple[Any, ...]]) -> list[Asked]:
        latest: dict[
            UUID, tuple[Any, ...]
        ] = {}  # a form that was scored again stands here with its last scoring
        for row in rows:
            if row[0] not in latest or row[6] > latest[row[0]][6]:
                latest[row[0]] = row
        return sorted((_asked(row, client_id) for row in latest.values()), key=attrgetter("on", "asked_at"))

    return read


def _asked(row: tuple[Any, ...], owner: UUID) -> Asked:
    what, given, made = (
        one._meta.get_field(name)
        for one, name in ((Request, "what"), (Response, "answers"), (Score, "result"))
    )
    request, cell, treatment, response, box_key, answers, _number, score, result = row[:9]
    told = what.open_value(cell, owner=owner, row=request) or {}
    has_come = response is not None and box_key is None
    said = (given.open_value(answers, owner=owner, row=response) or {}) if has_come else {}
    return Asked(
        request,
        told.get("measure", ""),
        *row[9:],
        answers=said.get("answers") or {},
        result=(made.open_value(result, owner=owner, row=score) or {}) if has_come else {},
        treatment=treatment,
        waits=box_key is not None,
    )


def request_named(request_id: UUID) -> Request | None:
    """A request by id, for the policy to judge."""
    return (
        Request.objects.select_related("client__practice", "session", "treatment", "followup")
        .filter(id=request_id)
        .first()
    )


def open_requests(client_id: UUID, *, mode: str | None = None) -> list[Request]:
    """What is asked and not finished."""
    return look_at_open(client_id, mode=mode).now()


def look_at_open(client_id: UUID, *, mode: str | None = None) -> Look[list[Request]]:
    """The same, to be asked together with what else a page wants to know."""
    rows = Request.objects.filter(client_id=client_id, state=Request.State.ASKED).select_related(
        "client__practice", "session"
    )
    return Look(
        (rows if mode is None else rows.filter(mode=mode),), partial(sorted, key=attrgetter("asked_at"))
    )
