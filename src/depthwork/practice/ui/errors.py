"""Pages for what went wrong: what, why, the mend. No details, no name, nothing of what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from depthwork.practice.config.gate import Crowded
from depthwork.practice.ui.search import purge, watch
from depthwork.practice.vault.errors import Tampered


@dataclass(frozen=True, slots=True)
class Failure:
    """One page: what happened, why it may have, and what the reader can do."""

    status: int
    head: Any
    why: Any
    mend: Any


FAILURES = {
    failure.status: failure
    for failure in (
        Failure(
            400,
            _("That could not be read"),
            _("Something in the address or the form is not what this page takes."),
            _("Go back, and send it again. Nothing was changed."),
        ),
        Failure(
            403,
            _("This is not open to you"),
            _("The page exists for someone else, its permission has ended, or the form stood open too long."),
            _("If you have just signed in, open the page again. Otherwise ask the person who shares it."),
        ),
        Failure(
            404,
            _("There is nothing at this address"),
            _("It was moved, shredded, never there, or is not yours to see: the answer is the same."),
            _("Start from the first page, and look for it there."),
        ),
        Failure(
            409,
            _("This was changed in the meantime"),
            _("Another window, or another person, saved this page after you opened it."),
            _("Go back and copy your words, then open the page again. Nothing was overwritten."),
        ),
        Failure(
            413,
            _("That is too large"),
            _("One upload may hold 25 MB, and one form 2,000 fields."),
            _("Go back, and send a smaller file or a part of it. Nothing was kept of this one."),
        ),
        Failure(
            429,
            _("Too often in a short time"),
            _(
                "This door opens only so often a minute, so that nobody can try passphrases one after another."
            ),
            _("Wait five minutes and try again. Nothing is closed for good, and nothing was lost."),
        ),
        Failure(
            500,
            _("Something here failed"),
            _("The fault is the program's. What was saved before is safe; the last step was undone."),
            _("Go back: your words may still be in the form. If it happens again, run “depthwork doctor”."),
        ),
    )
}


BROKEN_SEAL = Failure(
    500,
    _("A seal does not hold"),
    _(
        "What is stored here was altered, moved, or sealed by a key that was exchanged. Nothing of it is shown."
    ),
    _("Leave it as it is and run “depthwork doctor”. The last backup holds the words as they were."),
)


NO_ROOM = Failure(
    507,
    _("The disk took nothing more"),
    _("It is full, or can only be read. This step was undone as a whole; what was saved before is safe."),
    _("Make room on the disk, go back, and send it again: your words are still in the form."),
)
_NO_ROOM = ("disk is full", "disk i/o error", "readonly database", "no space left")


NOT_SERVED_HERE = Failure(
    404,
    _("The practice is not at this address"),
    _("Clients come in here. Your own pages are served on the practice’s machine alone."),
    _("Sign out here, and sign in at the practice’s machine."),
)


CROWDED = Failure(
    503,
    _("Many are at the door"),
    _("So many people sign in at this moment that your passphrase was not looked at. It counts as no try."),
    _("Go back and send it again in half a minute. Who is signed in already can go on."),
)


def _is_no_room(exception: Exception) -> bool:
    storage = isinstance(exception, OperationalError | OSError)
    return storage and any(words in str(exception).lower() for words in _NO_ROOM)


class SealMiddleware:
    """A broken seal and a full disk have pages of their own; a lock empties this worker's index at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session.session_key
        response = self.get_response(request)
        if request.resolver_match and request.resolver_match.view_name in ("people:lock", "people:sign_out"):
            purge(session=session or "")
        watch()
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Tampered):
            return failed(request, BROKEN_SEAL)
        if isinstance(exception, Crowded):
            response = failed(request, CROWDED)
            response.headers["Retry-After"] = "30"
            return response
        return failed(request, NO_ROOM) if _is_no_room(exception) else None


def failed(request: HttpRequest, which: int | Failure) -> HttpResponse:
    """The page for a failure, by itself when even the page cannot be set."""
    failure = which if isinstance(which, Failure) else FAILURES[which]
    status = failure.status
    context = {"status": failure.status, "head": failure.head, "why": failure.why, "mend": failure.mend}
    context["is_elsewhere"] = failure is NOT_SERVED_HERE
    return render(request, "ui/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What could not be read; an upload beyond the limit says so."""
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return failed(request, 413 if too_large else 400)


def too_often(request: HttpRequest) -> HttpResponse:
    """What the login package shows when a limit is reached."""
    return failed(request, 429)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return failed(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return failed(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return failed(request, 404)


def conflict(request: HttpRequest) -> HttpResponse:
    return failed(request, 409)


def server_error(request: HttpRequest) -> HttpResponse:
    """Set without a database, and in plain words if the template is what failed."""
    try:
        return failed(request, 500)
    except Exception:
        failure = FAILURES[500]
        return HttpResponseServerError(
            f"{failure.head}. {failure.mend}\n", content_type="text/plain; charset=utf-8"
        )
