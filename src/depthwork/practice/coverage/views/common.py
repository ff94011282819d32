"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from depthwork.practice.coverage.actions.plans import in_the_us
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.views.common import head, today_of


def page_head(request: HttpRequest, client: Client, **more: Any) -> dict[str, Any]:
    """Context of a page of coverage."""
    return head(request, client, compartment=_("Administration"), today=today_of(client), **more)


def only_us(client: Client) -> None:
    """Plans and codes have no page in other countries."""
    if not in_the_us(client):
        raise Http404("a part of practices in the US")


def keep(
    request: HttpRequest,
    client: Client,
    form: Any,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    send: str,
    help: str = "",
) -> HttpResponse:
    """A form, its act, and back to the page; what the act refuses stands at the form, with what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except CoverageError as error:
            form.add_error(None, str(error))
        else:
            return redirect("coverage:coverage", client.id)
    status = 422 if form.errors else 200
    context = page_head(request, client, form=form, title=title, send=send, help=help)
    return render(request, "coverage/form.html", context, status=status)
