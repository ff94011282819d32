"""The address of a page as somebody outside of this machine would type it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def outward(request: HttpRequest, route: str, *args: object) -> str:
    """The full address of a page that is given away: at the practice's public name, where it has one.

    Whoever makes a link sits at this machine's own address, which opens nothing on the phone that the link goes to.
    Not for pages that exist on this machine alone (`policy/public_host.py`).
    """
    path = reverse(route, args=args)
    return settings.PUBLIC_ORIGIN + path if settings.PUBLIC_ORIGIN else request.build_absolute_uri(path)
