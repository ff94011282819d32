"""Judge a sheet and write its alert, in the transaction of the answer."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from depthwork.measures import alerts, score
from depthwork.measures import model as m
from depthwork.practice.audit.actions import record
from depthwork.practice.tracking.models import Alert, Request, Watch
from depthwork.practice.tracking.nudges import nudge_soon
from depthwork.practice.tracking.sheet import Sheet
from depthwork.practice.vault.unlocked import put_in_inbox

URGENT: Final = ("immediate", "same_day")
BETWEEN_HOURS: Final = (Request.Mode.LINK, Request.Mode.PLACE)


def needs_crisis_text(raised: list[dict[str, Any]]) -> bool:
    """Whether the client is shown the crisis numbers at once."""
    return any(one["level"] in URGENT for one in raised)


def judge(sheet: Sheet, *, at: datetime, finished: bool) -> bool:
    """Raise what the answers so far call for. True if something was raised that was not there before.

    Nothing raised is ever taken out again: an answer that was changed stands beside the one before it.
    """
    found = (
        score(sheet.definition, sheet.answers).alerts if finished else alerts(sheet.definition, sheet.answers)
    )
    known = {(one["id"], repr(one["answer"])) for one in sheet.raised}
    fresh = [entry for entry in (_entry(one, sheet, at) for one in found) if _key(entry) not in known]
    if not fresh:
        return False
    sheet.raised.extend(fresh)
    _write(sheet, fresh, at=at)
    return True


def _key(entry: dict[str, Any]) -> tuple[str, str]:
    return entry["id"], repr(entry["answer"])


def _entry(alert: m.Alert, sheet: Sheet, at: datetime) -> dict[str, Any]:
    answer = sheet.answers.get(alert.item) if alert.item else None
    return {
        "id": alert.id,
        "level": alert.level,
        "item": alert.item,
        "answer": answer,
        "reason": alert.reason,
        "at": at.isoformat(timespec="seconds"),
    }


def _write(sheet: Sheet, fresh: list[dict[str, Any]], *, at: datetime) -> None:
    request = sheet.request
    row = Alert.objects.select_for_update().filter(request=request).first()
    if row is None:
        row = Alert(client=request.client, request=request, raised_at=at)
    waits = row.state == Alert.State.OPEN and row.seen_at is None and row.escalated_at is None
    row.state, row.answered_at = Alert.State.OPEN, None
    row.is_for_the_hour = not needs_crisis_text(sheet.raised)
    if needs_crisis_text(fresh) and request.mode in BETWEEN_HOURS:
        when = at + timedelta(minutes=_minutes(request, fresh))
        # What nobody has met yet keeps its earlier time; what was met begins anew, for this answer was not.
        row.escalate_at = min(row.escalate_at, when) if waits and row.escalate_at else when
        row.seen_at = row.seen_by = row.escalated_at = row.escalated_to = None
        row.raised_at = at
        if request.treatment_id is not None:
            clinician = request.treatment.clinician_id
            transaction.on_commit(lambda: nudge_soon("alert", to=[clinician]))
    content = {"measure": sheet.told["measure"], "raised": sheet.raised}
    if sheet.token is None:
        row.what = content
    else:  # nobody is signed in: it lies in the inbox until someone with the key opens it
        row.data_key, row.box = put_in_inbox(
            owner=request.client_id,
            compartment=Alert.compartment,
            raw=json.dumps(content, ensure_ascii=False).encode(),
        )
    row.save()
    record(
        verb="alert.raised",
        by=None,
        practice=request.client.practice_id,
        object_type="tracking.alert",
        object_id=row.id,
        client=request.client_id,
    )


def _minutes(request: Request, fresh: list[dict[str, Any]]) -> int:
    watch = Watch.objects.filter(practice_id=request.client.practice_id).first() or Watch()
    immediate = any(one["level"] == "immediate" for one in fresh)
    return watch.immediate_minutes if immediate else watch.same_day_minutes
