"""What the forms have to say of an hour that comes: that there is something, never what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.practice.tracking.models import Alert, Response


def _to_ask_about(clients: Iterable[UUID]) -> dict[UUID, int]:
    """Open alerts for the next hour of each client; one query, nothing opened."""
    rows = Alert.objects.filter(client_id__in=list(clients), state=Alert.State.OPEN, is_for_the_hour=True)
    return dict(rows.order_by().values("client_id").annotate(n=Count("id")).values_list("client_id", "n"))


def marks_on(clients: Iterable[UUID]) -> dict[UUID, list[str]]:
    """The quiet marks of a client's line on Today: something to ask about, a form that came back; two queries."""
    clients = list(clients)
    back = Response.objects.filter(client_id__in=clients, box__isnull=False)
    waiting = back.order_by().values("client_id").annotate(n=Count("id")).values_list("client_id", "n")
    found: dict[UUID, list[str]] = {
        client: [_("to ask about in the hour")] for client in _to_ask_about(clients)
    }
    for client, n in waiting:
        said = ngettext("a form came back", "%(n)s forms came back", n) % {"n": n}
        found.setdefault(client, []).append(said)
    return found


def said_before(client: UUID, day: date) -> list[str]:
    """The sentence on the page before the hour; no answer stands in it."""
    n = _to_ask_about([client]).get(client, 0)
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
