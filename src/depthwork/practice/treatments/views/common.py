"""What the pages of a client share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest

from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.leaves import leaves_for
from depthwork.practice.treatments.models import Client


def today_of(client: Client) -> date:
    """Today on the practice's clock."""
    return datetime.now(zone_of(client.practice.time_zone)).date()


def sent_again(form: forms.Form, version: int, why: Exception) -> forms.Form:
    """The form that lost a race, ready to be sent once more upon what the other window saved."""
    data = form.data.copy()
    data["version"] = str(version)
    again = type(form)(data)
    again.is_valid()
    again.add_error(None, str(why))
    return again


def head(request: HttpRequest, client: Client, **more: Any) -> dict[str, Any]:
    """Context of every page of a client: the second line of the head."""
    return {"client": client, "who": client.called, "leaves": leaves_for(client.id, request.path), **more}
