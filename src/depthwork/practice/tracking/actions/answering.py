"""Save item by item, send once, or say no. Works for the holder of a link and for someone with the record's key."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.measures import MeasureError, asked, checked
from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.tracking.actions.intake import score_response, settle_follow_up
from depthwork.practice.tracking.errors import Closed, TrackingError
from depthwork.practice.tracking.judging import judge, needs_crisis_text
from depthwork.practice.tracking.models import Request, Response
from depthwork.practice.tracking.sheet import Sheet, keep, sheet_by_key, sheet_by_token
from depthwork.practice.vault.unlocked import put_in_inbox

LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(slots=True)
class Given:
    """What became of answers that arrived."""

    answered: int
    of: int
    crisis: bool
    asked: tuple[str, ...] = ()
    wrong: dict[str, str] = field(default_factory=dict)
    receipt: str | None = None
    was_there: bool = False
    late: bool = False


def _sheet(request_id: UUID, token: str | None) -> Sheet:
    if token is not None:
        found = sheet_by_token(request_id, token, lock=True)
    else:
        row = (
            Request.objects.select_for_update(of=("self",))
            .select_related("client__practice")
            .filter(id=request_id)
            .first()
        )
        found = None if row is None else sheet_by_key(row)
    if found is None:
        raise Closed(_("this link opens nothing; ask for a new one"))
    return found


def is_late(request: Request, at: datetime | None = None) -> bool:
    """Whether its time is over."""
    return request.expires_at is not None and request.expires_at <= (at or datetime.now(UTC))


def _take(sheet: Sheet, given: Mapping[str, Any]) -> dict[str, str]:
    """Put possible answers on the sheet; give a line for each that is not."""
    wrong: dict[str, str] = {}
    for name, value in given.items():
        try:
            sheet.answers[name] = checked(sheet.definition, {name: value})[name]
        except MeasureError as error:
            wrong[str(name)[:40]] = str(error)
    return wrong


def _given(sheet: Sheet, wrong: dict[str, str], **more: Any) -> Given:
    names = asked(sheet.definition, sheet.answers)
    answered = sum(sheet.answers.get(name) not in (None, "") for name in names)
    return Given(answered, len(names), needs_crisis_text(sheet.raised), names, wrong, **more)


@transaction.atomic
def save_items(
    *, request_id: UUID, token: str | None, given: Mapping[str, Any], at: datetime | None = None
) -> Given:
    """Keep single answers as they are given. The same save again changes nothing; the last answer to an item stands."""
    at = at or datetime.now(UTC)
    sheet = _sheet(request_id, token)
    if not sheet.request.is_open or is_late(sheet.request, at):
        raise Closed(_("this form is closed; what was saved before is kept"))
    wrong = _take(sheet, given)
    judge(sheet, at=at, finished=False)
    keep(sheet, at=at)
    return _given(sheet, wrong)


@transaction.atomic
def send(
    *,
    request_id: UUID,
    token: str | None,
    given: Mapping[str, Any],
    by: Person | None = None,
    at: datetime | None = None,
) -> Given:
    """Send the form. However often it is sent, there is one response and one receipt.

    After its time only what was saved before is taken, and only if its holder says so by sending.
    """
    at = at or datetime.now(UTC)
    sheet = _sheet(request_id, token)
    request = sheet.request
    if request.state == Request.State.DONE:
        return Given(0, 0, _crisis_of(request), receipt=request.receipt, was_there=True)
    late = request.state == Request.State.LEFT_OPEN or (
        request.state == Request.State.ASKED and is_late(request, at)
    )
    if request.state not in (Request.State.ASKED, Request.State.LEFT_OPEN):
        raise Closed(_("this form is closed"))
    wrong = {} if late else _take(sheet, given)
    if wrong:
        judge(sheet, at=at, finished=False)
        keep(sheet, at=at)
        return _given(sheet, wrong)
    if not any(value not in (None, "") for value in sheet.answers.values()):
        raise TrackingError(
            _("nothing was saved before the form closed")
            if late
            else _("nothing is answered yet; answer what you like, or say that you would rather not")
        )
    judge(sheet, at=at, finished=True)
    result = _given(sheet, {}, late=late)
    request.state, request.finished_at = Request.State.DONE, at
    request.receipt = "".join(secrets.choice(LETTERS) for _ in range(8))
    request.draft = request.kept_draft = None
    request.save(update_fields=["state", "finished_at", "receipt", "draft", "kept_draft"])
    _respond(sheet, late=late, at=at, by=by)
    record(
        verb="form.sent",
        by=by.id if by else None,
        practice=request.client.practice_id,
        object_type="tracking.request",
        object_id=request.id,
        client=request.client_id,
    )
    result.receipt = request.receipt
    return result


def _crisis_of(request: Request) -> bool:
    alert = getattr(request, "alert", None)
    return alert is not None and not alert.is_for_the_hour


def _respond(sheet: Sheet, *, late: bool, at: datetime, by: Person | None) -> None:
    request, definition = sheet.request, sheet.definition
    content = {
        "measure": definition.id,
        "version": definition.version,
        "hash": definition.hash,
        "asked_hash": sheet.told.get("hash"),
        "answers": sheet.answers,
        "mode": request.mode,
        "rater": definition.rater,
        "language": definition.text_source.language if definition.text_source else "en",
        "late": late,
    }
    row = Response(
        client=request.client,
        request=request,
        treatment_id=request.treatment_id,
        session_id=request.session_id,
        followup_id=request.followup_id,
        on=request.on,
        arrived_at=at,
    )
    if sheet.token is None:
        row.answers, row.taken_in_at = content, at
        row.save(force_insert=True)
        score_response(row, at=at)
        if by is not None:
            settle_follow_up(row, by=by)
    else:
        row.data_key, row.box = put_in_inbox(
            owner=request.client_id,
            compartment=Response.compartment,
            raw=json.dumps(content, ensure_ascii=False).encode(),
        )
        row.save(force_insert=True)


@transaction.atomic
def decline(
    *, request_id: UUID, token: str | None, by: Person | None = None, at: datetime | None = None
) -> Request:
    """The client would rather not. What was typed is forgotten; what a person must see of it stays."""
    at = at or datetime.now(UTC)
    sheet = _sheet(request_id, token)
    request = sheet.request
    if request.state == Request.State.DECLINED:
        return request
    if not request.is_open or is_late(request, at):
        raise Closed(_("this form is closed"))
    request.state, request.finished_at = Request.State.DECLINED, at
    request.draft = request.kept_draft = None
    request.save(update_fields=["state", "finished_at", "draft", "kept_draft"])
    record(
        verb="form.declined",
        by=by.id if by else None,
        practice=request.client.practice_id,
        object_type="tracking.request",
        object_id=request.id,
        client=request.client_id,
    )
    return request
