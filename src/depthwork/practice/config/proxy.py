"""Who really asks, where a TLS proxy stands before the practice: limits count people, not the proxy.

A proxy adds the address of whoever came to it at the end of `X-Forwarded-For`; what stands before that anybody may have
written. Without a public address no proxy is expected, and the header is not believed.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def told_by_the_proxy(forwarded: str) -> str | None:
    """The last address of the header, if it is one."""
    last = forwarded.rpartition(",")[2].strip()
    try:
        return str(ip_address(last))
    except ValueError:
        return None


class ProxyMiddleware:
    """Put the sender's address where everything that counts tries looks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.PUBLIC_ORIGIN and (
            sender := told_by_the_proxy(request.headers.get("x-forwarded-for", ""))
        ):
            request.META["REMOTE_ADDR"] = sender
        return self.get_response(request)
