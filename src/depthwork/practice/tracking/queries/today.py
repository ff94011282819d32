"""What the forms have to say of an hour that comes: that there is something, never what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.practice.config.at_once import Look, look
from depthwork.practice.tracking.models import Alert, Response


def _counted(rows: QuerySet[Any]) -> QuerySet[Any, tuple[UUID, int]]:
    return rows.order_by().values("client_id").annotate(n=Count("id")).values_list("client_id", "n")


def _to_ask_about(clients: Iterable[UUID]) -> QuerySet[Any, tuple[UUID, int]]:
    """Open alerts for the next hour of each client; nothing opened."""
    return _counted(
        Alert.objects.filter(client_id__in=list(clients), state=Alert.State.OPEN, is_for_the_hour=True)
    )


def marks_on(clients: Iterable[UUID]) -> dict[UUID, list[str]]:
    """The quiet marks of a client's line on Today: something to ask about, a form that came back; one journey."""
    return look_at_marks(clients).now()


def look_at_marks(clients: Iterable[UUID]) -> Look[dict[UUID, list[str]]]:
    """The same, to be asked together with what else a page wants to know."""
    clients = list(clients)
    back = Response.objects.filter(client_id__in=clients, box__isnull=False)

    @look(_to_ask_about(clients), _counted(back))
    def read(to_ask: list[tuple[UUID, int]], waiting: list[tuple[UUID, int]]) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = {client: [_("to ask about in the hour")] for client, _n in to_ask}
        for client, n in waiting:
            said = ngettext("a form came back", "%(n)s forms came back", n) % {"n": n}
            found.setdefault(client, []).append(said)
        return found

    return read


def said_before(client: UUID, day: date) -> list[str]:
    """The sentence on the page before the hour; no answer stands in it."""
    n = dict(_to_ask_about([client])).get(client, 0)
    if not n:
        return []
    return [
        ngettext(
            "One form holds something to ask about in this hour.",
            "%(n)s forms hold something to ask about in this hour.",
            n,
        )
        % {"n": n}
    ]
