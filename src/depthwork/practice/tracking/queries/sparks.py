"""The small lines of a caseload: two measures of many clients in one query, opened in memory."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from depthwork.practice.tracking.models import Score

SLOTS = 14  # points of a small line; older ones stand on the client's page


def small_lines(
    clients: Iterable[UUID], measures: Iterable[str], *, score: str = "total"
) -> dict[tuple[UUID, str], list[float | None]]:
    """For each client and measure the last values in order; None where a form was answered without a score."""
    wanted, result = set(measures), Score._meta.get_field("result")
    found: dict[tuple[UUID, str], dict[UUID, float | None]] = {}
    rows = (
        Score.objects.filter(client_id__in=list(clients))
        .order_by("response__request__on", "number")
        .values_list("id", "client_id", "response_id", "result")
    )
    for row, client, response, cell in rows:
        told = result.open_value(cell, owner=client, row=row) or {}
        measure = told.get("measure")
        if measure in wanted:
            one = (told.get("scores") or {}).get(score) or next(
                iter((told.get("scores") or {}).values()), None
            )
            found.setdefault((client, measure), {})[response] = (
                None if not one or one.get("value") is None else float(one["value"])
            )
    return {key: list(values.values())[-SLOTS:] for key, values in found.items()}
