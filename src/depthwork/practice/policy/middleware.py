"""Before any view: is there a rule, who is asking, may they, and are their keys at hand?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import get_resolver, reverse
from django.utils import timezone

from depthwork.practice.audit.actions import record
from depthwork.practice.people.fresh import ask_again
from depthwork.practice.people.models import Person
from depthwork.practice.people.signals import RECOVERY_OPEN
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.predicates import asked_once
from depthwork.practice.policy.public_host import is_there
from depthwork.practice.policy.registry import allows, allows_row, rule_of
from depthwork.practice.policy.second_factor import first_set_up
from depthwork.practice.vault.errors import Burned, Locked, NoKey, RecoveryFirst, Tampered
from depthwork.practice.vault.unlocked import is_unlocked

OPENED = "page.opened"


class PolicyMiddleware:
    """The first wall. What it lets through still meets the second: the keys."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Times are said, and typed, as the clock of the practice goes; `process_view` knows whose it is.
        with timezone.override(None), asked_once() if request.method in ("GET", "HEAD") else nullcontext():
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        rule = rule_of(view, match.view_name if match else None)
        if rule is None:
            raise Http404("no rule")
        if not is_there(request, match.view_name if match else None):
            raise Http404("not on the public host")
        request.subject = None  # type: ignore[attr-defined]
        if rule.permission is Permission.OPEN_PUBLIC_PAGE:
            if rule.of is not None:
                request.subject = _found(rule.of(**kwargs))  # type: ignore[attr-defined]
            return None
        if not isinstance(request.user, Person):
            return _to_sign_in(request)
        person = request.user
        timezone.activate(ZoneInfo(person.practice.time_zone))
        asked = first_set_up(request, person, match.view_name if match else None)
        if asked is not None:
            return asked
        if rule.of is None:
            if not allows(person, rule.permission, practice=person.practice_id):
                raise Http404("not allowed")
        else:
            row = _found(rule.of(**kwargs))
            if not allows_row(person, rule.permission, row):
                record(
                    verb="refused",
                    by=person.id,
                    practice=person.practice_id,
                    object_type=row._meta.label_lower,
                    object_id=row.pk,
                    reason=rule.permission.name.lower(),
                )
                raise Http404("not allowed")
            request.subject = row  # type: ignore[attr-defined]
        if rule.needs_keys and not is_unlocked():
            return _to_unlock(request)
        if rule.of is not None and request.session.get(RECOVERY_OPEN):
            return HttpResponseRedirect(reverse("people:recovery"))
        if rule.asks_again(request) and (asked := ask_again(request, person)) is not None:
            return asked
        row = request.subject  # type: ignore[attr-defined]
        # A page of one row is a reading even where nobody gave it a verb: forms print what was written before.
        reads = rule.reads or (OPENED if row is not None else None)
        if reads is not None and request.method in ("GET", "HEAD"):
            record(
                verb=reads,
                by=person.id,
                practice=person.practice_id,
                object_type=row._meta.label_lower if row is not None else "",
                object_id=row.pk if row is not None else "",
                client=row.policy_client if row is not None else None,
            )
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A missing key answers like a missing row; a lock in mid-request leads to the unlock page."""
        if isinstance(exception, (NoKey, Burned)):
            return not_there(request)
        if isinstance(exception, Locked):
            return _to_unlock(request)
        if isinstance(exception, RecoveryFirst):
            return HttpResponseRedirect(reverse("people:recovery"))
        if isinstance(exception, Tampered):
            subject = getattr(request, "subject", None)
            person = request.user if isinstance(request.user, Person) else None
            practice = person.practice_id if person else getattr(subject, "policy_practice", None)
            record(
                verb="seal.broken",
                by=person.id if person else None,
                practice=practice,
                object_type=subject._meta.label_lower if subject is not None else "",
                object_id=subject.pk if subject is not None else "",
                client=subject.policy_client if subject is not None else None,
            )
        return None


def not_there(request: HttpRequest) -> HttpResponse:
    """The page for what is not there, or not yours."""
    handler: Callable[..., HttpResponse] = get_resolver().resolve_error_handler(404)
    return handler(request, exception=None)


def _found(row: Any) -> Any:
    if row is None:
        raise Http404("no such row")
    return row


def _asked(request: HttpRequest, page: str) -> HttpResponse:
    """To another page and back. An HTMX request is told to move the whole window."""
    back = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "/")
    url = f"{reverse(page)}?{urlencode({'next': back})}" if back.startswith("/") else reverse(page)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    return _asked(request, "account_login")


def _to_unlock(request: HttpRequest) -> HttpResponse:
    return _asked(request, "people:unlock")
