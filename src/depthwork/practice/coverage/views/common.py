"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from depthwork.practice.config.refusals import sentence
from depthwork.practice.coverage.actions.plans import in_the_us
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.treatments.errors import Changed
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.views.common import head, today_of


def page_head(request: HttpRequest, client: Client, **more: Any) -> dict[str, Any]:
    """Context of a page of coverage."""
    return head(request, client, **{"compartment": _("Administration"), "today": today_of(client), **more})


def only_us(client: Client) -> None:
    """Plans and codes have no page in other countries."""
    if not in_the_us(client):
        raise Http404("a part of practices in the US")


def version_in(request: HttpRequest) -> int:
    """The version that was opened, as the form sends it; 0, which no row has, where it is missing."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else 0


def keep(
    request: HttpRequest,
    client: Client,
    form: Any,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    send: str,
    help: str = "",
    version: int | None = None,
    theirs: Callable[[], tuple[int, dict[str, Any]]] | None = None,
    back: str = "coverage:coverage",
    **more: Any,
) -> HttpResponse:
    """A form, its act, and back to the page; what the act refuses stands at the form, with what was typed.

    Where somebody else saved first (`theirs` gives the version and values that stand now), both are shown with 409.
    """
    stands: list[tuple[str, Any]] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Changed as error:
            form.add_error(None, sentence(error))
            status = 409
            if theirs is not None:
                version, values = theirs()
                stands = _side_by_side(form, values)
        except CoverageError as error:
            form.add_error(None, sentence(error))
        else:
            return redirect(back, client.id)
    if form.errors and status == 200:
        status = 422
        version = version_in(request) if version is not None else None
    context = page_head(
        request,
        client,
        form=form,
        title=title,
        send=send,
        help=help,
        version=version,
        stands=stands,
        back=back,
        **more,
    )
    return render(request, "coverage/form.html", context, status=status)


def _side_by_side(form: Any, values: dict[str, Any]) -> list[tuple[str, Any]]:
    """What stands now, of the fields whose value differs from what was typed."""
    found = []
    for name, field in form.fields.items():
        if name in values and str(values[name] or "") != str(form.cleaned_data.get(name) or ""):
            found.append((field.label, values[name]))
    return found
