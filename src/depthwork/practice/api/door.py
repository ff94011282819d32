"""The door of the API: who brings a token stands in for its person, with its keys; every call is noted; errors are JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from depthwork.practice.api.models import ApiToken
from depthwork.practice.api.queries import keys_of, today_in, token_brought, why_closed
from depthwork.practice.audit.actions import record
from depthwork.practice.intake.limits import may_send
from depthwork.practice.vault.errors import Tampered
from depthwork.practice.vault.unlocked import opened

PREFIX = "/api/"
FHIR = "/api/fhir/"
A_MINUTE = 120  # calls
MISSES = 10  # calls a minute from one place with a token that opens nothing
FHIR_TYPE = "application/fhir+json"


class TokenMiddleware:
    """Between the sign-in and the policy: below /api/ a token counts, elsewhere none does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.api_token = None  # type: ignore[attr-defined]
        if "Authorization" in request.headers:
            return _as_json(request, self._by_token(request))
        return _as_json(request, self.get_response(request))

    def _by_token(self, request: HttpRequest) -> HttpResponse:
        kind, _space, words = request.headers["Authorization"].partition(" ")
        row = token_brought(words.strip()) if kind.lower() == "bearer" else None
        closed = why_closed(row) if row is not None else "unknown"
        if row is None or closed:
            return _refused(request, row, closed)
        if _is_too_often(row):
            return _wait(request)
        if request.method != "GET":
            response = said(request, 405)
            response["Allow"] = "GET"
            return response
        request.api_token = row  # type: ignore[attr-defined]
        request.user = row.person
        try:
            keys = keys_of(row, words.strip())
        except Tampered:
            record(verb="seal.broken", by=row.person_id, practice=row.practice_id, object_type="api.apitoken", object_id=row.id)  # fmt: skip
            return said(request, 401)
        with opened(keys):
            response = self.get_response(request)
        _note(request, row, response.status_code)
        return response


def _refused(request: HttpRequest, row: ApiToken | None, why: str) -> HttpResponse:
    """What opens nothing is noted, without its words, and counts against the place it came from."""
    if not may_send(request, what="api-token", times=MISSES, within=60):
        return _wait(request)
    record(
        verb="token.refused", by=None, practice=row.practice_id if row else None, object_type="api.apitoken",
        object_id=row.id if row else "", reason=why,
    )  # fmt: skip
    return said(request, 401)


def _wait(request: HttpRequest) -> HttpResponse:
    response = said(request, 429)
    response["Retry-After"] = "60"
    return response


def _is_too_often(row: ApiToken) -> bool:
    key = f"api:{row.id.hex}:{int(datetime.now(UTC).timestamp()) // 60}"
    if cache.add(key, 1, 120):
        return False
    try:
        return int(cache.incr(key)) > A_MINUTE
    except ValueError:  # it ran out between the two
        return False


def _note(request: HttpRequest, row: ApiToken, status: int) -> None:
    """One event a call: which token, which kind of address, how it ended. The row that was read has its own event."""
    route = request.resolver_match.view_name if request.resolver_match else ""
    record(
        verb="token.used", by=row.person_id, practice=row.practice_id, object_type="api.apitoken",
        object_id=row.id, reason=f"{route} {status}",
    )  # fmt: skip
    today = today_in(row.practice)
    if row.last_used_on != today:
        ApiToken.objects.filter(pk=row.pk).update(last_used_on=today)


def words_of(status: int) -> str:
    """What went wrong, for a person who reads a program's log."""
    return {
        400: _("This request cannot be read; look at its address."),
        401: _("Bring a token that holds: Authorization: Bearer and the token's words."),
        403: _("This request was refused."),
        404: _("There is nothing here, or nothing that your keys and your part in the treatment open."),
        405: _("The API reads; use GET."),
        422: _("Something in the address is not as it should be."),
        429: _("Too many calls; wait a minute."),
    }.get(status, _("Something went wrong here. Nothing was changed."))


def said(request: HttpRequest, status: int, more: dict[str, Any] | None = None) -> HttpResponse:
    """An error as JSON; below the address of FHIR, as an OperationOutcome."""
    if request.path_info.startswith(FHIR):
        code = {401: "login", 404: "not-found", 405: "not-supported", 429: "throttled"}.get(
            status, "processing"
        )
        outcome = {
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "error", "code": code, "diagnostics": words_of(status)}],
        }
        made = JsonResponse(outcome, status=status, content_type=FHIR_TYPE)
    else:
        made = JsonResponse({"error": words_of(status), **(more or {})}, status=status)
    if status == 401:
        made["WWW-Authenticate"] = 'Bearer realm="Depthwork"'
    return made


def _as_json(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page of error, or the way to the sign-in, becomes a line of JSON with a status that says so."""
    if response.status_code < 300 or "json" in response.headers.get("Content-Type", ""):
        return response
    status = 401 if response.status_code < 400 else response.status_code
    made = said(request, status)
    if "Allow" in response.headers:
        made["Allow"] = response.headers["Allow"]
    return made
