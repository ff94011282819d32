"""What the pages of a client share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.leaves import leaves_for
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.treatments.queries import current_treatment
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.fields import SealedModel

Form = TypeVar("Form", bound=forms.Form)


def today_of(client: Client) -> date:
    """Today on the practice's clock."""
    return datetime.now(zone_of(client.practice.time_zone)).date()


def sent_again(form: Form, version: int, why: Exception) -> Form:
    """The form that lost a race, ready to be sent once more upon what the other window saved."""
    data = form.data.copy()
    data["version"] = str(version)
    form.data = data  # what was typed stays; only the version that it is built upon is the new one
    form.add_error(None, str(why))
    return form


def head(request: HttpRequest, client: Client, **more: Any) -> dict[str, Any]:
    """Context of every page of a client: the second line of the head."""
    return {"client": client, "who": client.called, "leaves": leaves_for(request, client), **more}


def treatment_of(client: Client) -> Treatment:
    """The course whose pages are open; where there is none, the page does not exist."""
    treatment = current_treatment(client)
    if treatment is None:
        raise Http404("no treatment")
    return treatment


def form_page(
    request: HttpRequest, client: Client, form: Any, *, title: str, send: str, status: int = 200, **more: Any
) -> HttpResponse:
    """One form of a client, with the way back to the frame."""
    context = head(request, client, form=form, title=title, send=send, **more)
    return render(request, "treatments/form.html", context, status=status)


def opened_or_none(row: SealedModel, name: str) -> str | None:
    """A sealed word of a row; None for whoever holds no key to it, such as the office."""
    try:
        return getattr(row, name) or ""
    except NoKey:
        return None
