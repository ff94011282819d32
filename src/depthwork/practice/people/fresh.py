"""The passphrase once more before what an open desk must not do: give out, share, destroy, change who gets in.

It holds for five minutes. Asked too late, the page carries on what was sent, so that nobody fills in a form twice.
"""

from __future__ import annotations

import time
from typing import Final

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.middleware import TYPED, since, stamp
from depthwork.practice.people.models import Person

WINDOW: Final = 5 * 60  # seconds
FIELD: Final = "passphrase_again"
BACK: Final = "only_look"  # the page was asked for, and nothing had been sent


def recently_typed(request: HttpRequest) -> bool:
    """Whether the passphrase was typed in this sign-in within the last five minutes."""
    return 0 <= since(request.session, TYPED, now=int(time.time())) <= WINDOW


def ask_again(request: HttpRequest, person: Person) -> HttpResponse | None:
    """The page that asks, or the answer to what was typed there; None where the request may go on."""
    problem, sent = "", request.POST.copy()
    typed = sent.pop(FIELD, [""])[-1]
    if FIELD in request.POST:
        is_look = bool(sent.pop(BACK, None))
        request.POST = sent  # type: ignore[assignment]  # the page that comes next is not handed the passphrase
        problem = wrong_with(request, person, str(typed))
        if not problem and is_look:
            return HttpResponseRedirect(request.get_full_path(), status=303)
        if not problem:
            return None
    elif recently_typed(request):
        return None
    else:
        is_look = request.method in ("GET", "HEAD")
    sent.pop("csrfmiddlewaretoken", None)
    carried = [(name, value) for name, values in sent.lists() for value in values]
    context = {"problem": problem, "carried": carried, "field": FIELD, "back": BACK if is_look else ""}
    response = render(request, "people/again.html", context, status=422 if problem else 200)
    if request.headers.get("HX-Request"):  # the whole page, and not a piece of the one before
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return response


def wrong_with(request: HttpRequest, person: Person, passphrase: str) -> str:
    """What was wrong with a passphrase typed again; nothing if it was right. Tries count as at the door."""
    try:
        is_right = bool(passphrase) and get_adapter(request).reauthenticate(person, passphrase)
    except ValidationError:
        return _("Too many tries; wait five minutes.")
    verb = "passphrase_again" if is_right else "passphrase_again_failed"
    record(verb=verb, by=person.id, practice=person.practice_id, object_type="person", object_id=person.id)
    if not is_right:
        return _("This is not your passphrase.")
    stamp(request.session, TYPED)
    return ""
