"""A form by link: no account, nothing in the address after the first step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from depthwork.practice.policy.crisis import crisis_lines
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import rule
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import Closed
from depthwork.practice.tracking.models import Request
from depthwork.practice.tracking.sheet import Sheet, request_by_token, sheet_by_token
from depthwork.practice.tracking.views import filling
from depthwork.practice.tracking.views.filling import Ways, keeps_calm
from depthwork.practice.vault.primitives import keyed_name

MISSES, WITHIN = 20, 60  # links that opened nothing, from one place, in so many seconds


def cookie_of(request_id: UUID) -> str:
    """The cookie that carries a link's token on, one for each form."""
    prefix = "__Host-" if settings.IS_PUBLIC else ""
    return f"{prefix}dw-form-{request_id.hex[:12]}"


def _ways(request_id: UUID) -> Ways:
    return Ways(
        save=reverse("tracking:form_save", args=[request_id]),
        send=reverse("tracking:form_send", args=[request_id]),
        decline=reverse("tracking:form_decline", args=[request_id]),
        clear=reverse("tracking:form_clear", args=[request_id]),
    )


def _may_try(request: HttpRequest) -> bool:
    """A link that opens nothing counts against the place it was tried from; the address itself is not kept."""
    place = keyed_name(settings.SECRET_KEY.encode(), f"form-link|{request.META.get('REMOTE_ADDR', '')}")
    key = f"form-link-{place[:32]}"
    if cache.add(key, 1, WITHIN):
        return True
    try:
        return int(cache.incr(key)) <= MISSES
    except ValueError:  # it ran out between the two lines
        return True


@rule(P.OPEN_PUBLIC_PAGE)
@keeps_calm
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The first step of a link. Looking at it uses nothing up; the button opens the form."""
    row = request_by_token(token)
    if row is None:
        response = filling.closed(request, None, status=404 if _may_try(request) else 429)
    elif request.method == "POST":
        response = redirect("tracking:form", row.id)
        response.set_cookie(
            cookie_of(row.id),
            token,
            max_age=_seconds_left(row),
            httponly=True,
            secure=settings.IS_PUBLIC,
            samesite="Strict",
            path="/",
        )
        # Which crisis numbers to show when the database can no longer say.
        response.set_cookie(
            filling.COUNTRY,
            row.client.practice.country,
            max_age=_seconds_left(row),
            httponly=True,
            secure=settings.IS_PUBLIC,
            samesite="Strict",
            path="/",
        )
    else:
        response = render(
            request,
            "tracking/link.html",
            {"row": row, "crisis_lines": crisis_lines(row.client.practice.country)},
        )
    # The address holds the token: no other page may learn it. ("no-referrer" would make our own form's Origin null.)
    response["Referrer-Policy"] = "strict-origin"
    return response


def _seconds_left(row: Request) -> int:
    """As long as the form, and the two weeks in which what was saved can still be sent."""
    assert row.expires_at is not None
    return int((row.expires_at - row.asked_at + actions.DRAFTS_LIVE).total_seconds())


def _with_sheet(view: Callable[[HttpRequest, Sheet], HttpResponse]) -> Callable[..., HttpResponse]:
    def opened(request: HttpRequest, request_id: UUID) -> HttpResponse:
        token = request.COOKIES.get(cookie_of(request_id), "")
        sheet = sheet_by_token(request_id, token) if token else None
        if sheet is None:
            status = 404 if _may_try(request) else 429
            if request.headers.get("X-Questions") == "1":
                return JsonResponse({"closed": True, "sentence": ""}, status=status)
            return filling.closed(request, None, status=status)
        return view(request, sheet)

    return keeps_calm(opened)


def _public(view: Callable[[HttpRequest, Sheet], HttpResponse], *, post: bool = True) -> Any:
    opened = _with_sheet(view)
    return rule(P.OPEN_PUBLIC_PAGE)(require_POST(opened) if post else opened)


def _form(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    row = sheet.request
    if row.state == Request.State.DONE:
        return filling.sent(request, sheet, _ways(row.id))
    if not row.is_open or actions.is_late(row):
        return filling.closed(request, sheet)
    return filling.show(request, sheet, _ways(row.id))


def _save(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    return filling.save(request, sheet)


def _send(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    ways = _ways(sheet.request.id)
    return filling.send(
        request, sheet, ways, by=None, done=lambda: reverse("tracking:form", args=[sheet.request.id])
    )


def _decline(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    try:
        actions.decline(request_id=sheet.request.id, token=sheet.token)
    except Closed:
        return filling.closed(request, sheet)
    return redirect("tracking:form", sheet.request.id)


def _clear(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Forget this phone: the cookie goes, the browser drops what it kept; the link opens the form again."""
    response = render(
        request,
        "tracking/cleared.html",
        {"row": sheet.request, "crisis_lines": crisis_lines(sheet.request.client.practice.country)},
    )
    response.delete_cookie(cookie_of(sheet.request.id), path="/")
    response["Clear-Site-Data"] = '"storage"'
    return response


form = _public(_form, post=False)
form_save = _public(_save)
form_send = _public(_send)
form_decline = _public(_decline)
form_clear = _public(_clear)
