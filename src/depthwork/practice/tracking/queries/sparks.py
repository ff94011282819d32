"""The small lines of a caseload: two measures of many clients in one query, opened in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from depthwork.practice.tracking.courses import UNFILLED
from depthwork.practice.tracking.models import Request, Score
from depthwork.reports.charts.unfilled import Unfilled

SLOTS = 14  # points of a small line; older ones stand on the client's page


@dataclass(frozen=True, slots=True)
class SmallLine:
    """The last forms of one measure in order: values, and by its place what became of a form without one."""

    values: tuple[float | None, ...]
    unfilled: dict[int, Unfilled]


def small_lines(
    clients: Iterable[UUID], measures: Iterable[str], *, score: str = "total"
) -> dict[tuple[UUID, str], SmallLine]:
    """For each client and measure the last forms that came back, were left open or declined. What was not asked is
    not there; what still lies in the inbox is not there yet."""
    wanted = set(measures)
    what, result = Request._meta.get_field("what"), Score._meta.get_field("result")
    found: dict[tuple[UUID, str], dict[UUID, tuple[float | None, str]]] = {}
    rows = (
        Request.objects.filter(client_id__in=list(clients), state__in=("done", *UNFILLED))
        .order_by("on", "asked_at", "response__scorings__number")
        .values_list(
            "id", "client_id", "state", "what", "response__scorings__id", "response__scorings__result"
        )
    )
    for pk, client, state, asked, scored, cell in rows:
        if scored is not None:
            told = result.open_value(cell, owner=client, row=scored) or {}
        elif state in UNFILLED:
            told = what.open_value(asked, owner=client, row=pk) or {}
        else:
            continue
        if told.get("measure") in wanted:
            scores = told.get("scores") or {}
            one = scores.get(score) or next(iter(scores.values()), None)
            value = None if not one or one.get("value") is None else float(one["value"])
            found.setdefault((client, told["measure"]), {})[pk] = (value, state)
    return {key: _line(list(forms.values())[-SLOTS:]) for key, forms in found.items()}


def _line(forms: list[tuple[float | None, str]]) -> SmallLine:
    return SmallLine(
        tuple(value for value, _ in forms),
        {n: UNFILLED[state] for n, (value, state) in enumerate(forms) if value is None and state in UNFILLED},
    )
