"""A form on the clinician's screen: handed over in the room, or filled in by the clinician."""

from __future__ import annotations

import contextlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import Closed, TrackingError
from depthwork.practice.tracking.models import Request
from depthwork.practice.tracking.queries.answers import request_named
from depthwork.practice.tracking.sheet import sheet_by_key
from depthwork.practice.tracking.views import filling
from depthwork.practice.tracking.views.filling import Ways


def _room(request_id: UUID) -> Request | None:
    """A form that is filled in here, and no other: a link's sheet is not opened by a clinician."""
    row = request_named(request_id)
    return row if row is not None and row.mode in (Request.Mode.ROOM, Request.Mode.CLINICIAN) else None


def _ways(row: Request) -> Ways:
    return Ways(
        save=reverse("tracking:room_save", args=[row.id]),
        send=reverse("tracking:room_send", args=[row.id]),
        decline=reverse("tracking:room_decline", args=[row.id]),
        back=reverse("tracking:measures", args=[row.client_id]),
    )


@rule(P.ASK_MEASURES, of=_room, reads="form.read")
def form(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The form, large, without the rest of the practice around it."""
    row: Request = request.subject  # type: ignore[attr-defined]
    sheet = sheet_by_key(row)
    if row.state == Request.State.DONE:
        return filling.sent(request, sheet, _ways(row))
    if not row.is_open:
        return filling.closed(request, sheet)
    return filling.show(request, sheet, _ways(row))


@rule(P.ASK_MEASURES, of=_room)
@require_POST
def save(request: HttpRequest, request_id: UUID) -> HttpResponse:
    return filling.save(request, sheet_by_key(request.subject))  # type: ignore[attr-defined]


@rule(P.ASK_MEASURES, of=_room)
@require_POST
def send(request: HttpRequest, request_id: UUID) -> HttpResponse:
    row: Request = request.subject  # type: ignore[attr-defined]
    return filling.send(
        request,
        sheet_by_key(row),
        _ways(row),
        by=person_of(request),
        done=lambda: reverse("tracking:room", args=[row.id]),
    )


@rule(P.ASK_MEASURES, of=_room)
@require_POST
def decline(request: HttpRequest, request_id: UUID) -> HttpResponse:
    row: Request = request.subject  # type: ignore[attr-defined]
    with contextlib.suppress(Closed):
        actions.decline(request_id=row.id, token=None, by=person_of(request))
    return redirect("tracking:measures", row.client_id)


@rule(P.ASK_MEASURES, of=request_named)
@require_POST
def take_back(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take the asking back."""
    row: Request = request.subject  # type: ignore[attr-defined]
    with contextlib.suppress(TrackingError):
        actions.take_back(request=row, by=person_of(request))
    return redirect("tracking:measures", row.client_id)
