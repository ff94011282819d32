"""How often something may be sent from one place. Counted in the shared cache under a keyed digest; no address is kept."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600


def may_send(request: HttpRequest, *, what: str, times: int = 6, within: int = HOUR) -> bool:
    """Whether another one is let through from here. Counts this one."""
    place = request.META.get("REMOTE_ADDR", "")
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{what}|{place}".encode(), hashlib.sha256).hexdigest()
    key = f"limit-{what}-{digest[:32]}"
    if cache.add(key, 1, within):
        return True
    try:
        return int(cache.incr(key)) <= times
    except ValueError:  # it ran out between the two lines
        cache.add(key, 1, within)
        return True
