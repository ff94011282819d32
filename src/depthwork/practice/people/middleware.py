"""Between two requests: put the halves of the session key together, lock after idleness, keep nothing in the browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from depthwork.practice.people.hashers import take_root
from depthwork.practice.people.models import Person
from depthwork.practice.people.wording import wording
from depthwork.practice.vault import sessions
from depthwork.practice.vault.unlocked import opened

SEEN = "seen"
FRESH_HALF = "_fresh_half"  # set on the request when a sign-in or unlock made a new cookie half
STARTED = "started"
TYPED = "typed"  # when the passphrase was last typed in this sign-in
WAITING_SINCE = "waiting_since"  # when the passphrase was right and a second factor was asked for


def stamp(session: SessionBase, name: str) -> None:
    """Write the moment down by both clocks: the wall's, which outlives a restart, and the machine's own."""
    session[name] = int(time.time())
    session[f"{name}_ticks"] = int(time.monotonic())


def since(session: SessionBase | dict[str, Any], name: str, *, now: int) -> int:
    """Seconds since a moment. A wall clock that was set back cannot make them fewer than the machine itself counted.

    After a restart the machine counts from nothing: it then says less than the truth, never more, and the wall rules.
    """
    by_the_wall = now - int(session.get(name, 0))
    ticks = session.get(f"{name}_ticks")
    return by_the_wall if ticks is None else max(by_the_wall, int(time.monotonic()) - int(ticks))


def cookie_name() -> str:
    """The cookie that carries one half of the session key."""
    return f"__Host-{sessions.COOKIE}" if settings.IS_PUBLIC else sessions.COOKIE


class UnlockMiddleware:
    """Opens the signed-in person's keys for the length of the request, if both halves are there and fresh."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        unlocked = None
        take_root()  # a root that an earlier request of this thread derived and did not use
        if isinstance(request.user, Person):
            now = int(time.time())
            idle = since(request.session, SEEN, now=now)
            if since(request.session, STARTED, now=now) > settings.SESSION_COOKIE_AGE:
                logout(request)  # twelve hours after signing in, whatever was done since
            elif not 0 <= idle <= settings.IDLE_LOCK_SECONDS:
                sessions.lock(request.session)
            else:
                unlocked = sessions.join(request.user.id, request.session, request.COOKIES.get(cookie_name()))
                # Autosave and clocks of an open page are not the person being there.
                if unlocked is not None and idle >= 60 and request.headers.get("X-Background") != "1":
                    stamp(request.session, SEEN)
        elif since(request.session, WAITING_SINCE, now=int(time.time())) > settings.IDLE_LOCK_SECONDS:
            sessions.lock(request.session)  # a second factor that never came
        with opened(unlocked), _wall_time_of(request), _language_of(request), _wording_of(request):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", (translation.get_language() or "en")[:2])
        take_root()
        half = getattr(request, FRESH_HALF, None)
        if half is not None:
            response.set_cookie(  # without an age: the browser keeps it in memory and not on the disk
                cookie_name(),
                half,
                httponly=True,
                secure=settings.IS_PUBLIC,
                samesite="Lax",
                path="/",
            )
        return response


def _wall_time_of(request: HttpRequest) -> AbstractContextManager[Any]:
    """Moments are shown as the practice's clock shows them."""
    if not isinstance(request.user, Person):
        return nullcontext()
    return timezone.override(ZoneInfo(request.user.practice.time_zone))


def _language_of(request: HttpRequest) -> AbstractContextManager[Any]:
    """The language a person chose; otherwise what the browser asks for, which Django has found already."""
    chosen = request.user.language if isinstance(request.user, Person) else ""
    return translation.override(chosen) if chosen else nullcontext()


def _wording_of(request: HttpRequest) -> AbstractContextManager[Any]:
    """The interface says client or patient, as the practice chose."""
    if not isinstance(request.user, Person):
        return nullcontext()
    return wording(request.user.practice.word_for_client, translation.get_language() or "en")


class BrowserMiddleware:
    """Nothing of a page stays in the browser's cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "no-store"
            response.headers.setdefault(
                "Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()"
            )
        return response
