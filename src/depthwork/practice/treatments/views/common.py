"""What the pages of a client share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest

from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.leaves import leaves_for
from depthwork.practice.treatments.models import Client


def today_of(client: Client) -> date:
    """Today on the practice's clock."""
    return datetime.now(zone_of(client.practice.time_zone)).date()


def head(request: HttpRequest, client: Client, **more: Any) -> dict[str, Any]:
    """Context of every page of a client: the second line of the head."""
    return {"client": client, "who": client.called, "leaves": leaves_for(client.id, request.path), **more}
