"""The small lines of a caseload: the measures of many clients in one query, opened in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from depthwork.measures import measure
from depthwork.practice.tracking.courses import UNFILLED
from depthwork.practice.tracking.models import Request, Score
from depthwork.reports.charts.unfilled import Unfilled

SLOTS = 14  # points of a small line; older ones stand on the client's page


@dataclass(frozen=True, slots=True)
class SmallLine:
    """The last forms of one measure in order: values, and by its place what became of a form without one."""

    values: tuple[float | None, ...]
    unfilled: dict[int, Unfilled]
    asked: int  # how often in all


def small_lines(clients: Iterable[UUID], measures: Iterable[str]) -> dict[tuple[UUID, str], SmallLine]:
    """For each client and measure the last forms that came back, were left open or declined, by the main score.

    What was not asked is not there; what still lies in the inbox is not there yet.
    """
    main = {name: rule.id for name in measures if (rule := measure(name).main_score) is not None}
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
        if told.get("measure") in main:
            one = (told.get("scores") or {}).get(main[told["measure"]])
            value = None if not one or one.get("value") is None else float(one["value"])
            found.setdefault((client, told["measure"]), {})[pk] = (value, state)
    return {key: _line(list(forms.values())) for key, forms in found.items()}


def most_asked(
    small: Mapping[tuple[UUID, str], SmallLine], client: UUID, measures: Sequence[str]
) -> tuple[str, SmallLine] | None:
    """Of these measures the one a client was asked most often and answered at least once; the first of equals."""
    found = [(name, small[client, name]) for name in measures if (client, name) in small]
    answered = [(name, line) for name, line in found if any(value is not None for value in line.values)]
    return max(answered, key=lambda pair: pair[1].asked, default=None)


def _line(forms: list[tuple[float | None, str]]) -> SmallLine:
    last = forms[-SLOTS:]
    return SmallLine(
        tuple(value for value, _ in last),
        {n: UNFILLED[state] for n, (value, state) in enumerate(last) if value is None and state in UNFILLED},
        asked=len(forms),
    )
