"""A link's token leaves the address at the first step: looking uses nothing up, the button puts it into a cookie."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

LIVES_S = 3600  # an hour to choose a passphrase; the link itself works as long as it did


def _cookie(what: str) -> str:
    return f"{'__Host-' if settings.IS_PUBLIC else ''}dw-{what}"


def carried(request: HttpRequest, what: str) -> str:
    """The token that the first step put aside, or nothing."""
    return str(request.COOKIES.get(_cookie(what), ""))


def carry_on(what: str, token: str, *, to: str) -> HttpResponse:
    """To an address without the token."""
    response = quiet(redirect(to))
    response.set_cookie(
        _cookie(what),
        token,
        max_age=LIVES_S,
        httponly=True,
        secure=settings.IS_PUBLIC,
        samesite="Strict",
        path="/",
    )
    return response


def spent(response: HttpResponse, what: str) -> HttpResponse:
    """Nothing of the link stays in the browser."""
    response.delete_cookie(_cookie(what), path="/", samesite="Strict")
    return response


def quiet(response: HttpResponse) -> HttpResponse:
    """No other page learns the address that holds a token. ("no-referrer" would make our own form's Origin null.)"""
    response["Referrer-Policy"] = "strict-origin"
    return response


def came_from(request: HttpRequest) -> str:
    """Where the browser says it stood, if that is a page of this site; without the query, which may hold a name."""
    said = urlsplit(request.headers.get("Referer", ""))
    return inside(request, said.path if said.netloc == request.get_host() else "/")


def inside(request: HttpRequest, target: str) -> str:
    """An address of this site, or the first page."""
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe and target.startswith("/") else "/"
