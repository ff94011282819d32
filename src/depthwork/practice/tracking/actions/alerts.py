"""Hand on, see, and answer an alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.tracking.errors import TrackingError
from depthwork.practice.tracking.models import Alert, Assessment
from depthwork.practice.tracking.queries.watch import who_covers

OPEN_FOR = timedelta(days=7)


@transaction.atomic
def escalate(*, at: datetime | None = None) -> int:
    """Let the covering colleague see every alert that is past its time and unread. Needs nobody's keys."""
    at = at or datetime.now(UTC)
    handed = 0
    rows = (
        Alert.objects.select_for_update(of=("self",))
        .select_related("client", "request")
        .filter(state=Alert.State.OPEN, seen_at=None, escalated_at=None, escalate_at__lte=at)
    )
    for row in rows:
        cover = who_covers(
            client_id=row.client_id,
            treatment_id=row.request.treatment_id,
            named=row.request.answers_for_id,
            now=at,
        )
        if cover is None:
            continue
        part = Involvement.objects.filter(person_id=cover, client=row.client_id, part=Part.COVER).first()
        if part is None:
            part = Involvement(
                person_id=cover,
                client=row.client_id,
                practice=row.client.practice_id,
                part=Part.COVER,
                purpose="alert",
                ends_at=at,
            )
        if part.ends_at is not None and part.ends_at < at + OPEN_FOR:
            part.ends_at = at + OPEN_FOR
        part.save()
        row.escalated_at, row.escalated_to_id = at, cover
        row.save(update_fields=["escalated_at", "escalated_to"])
        _note("alert.handed_on", row, by=None)
        handed += 1
    return handed


@transaction.atomic
def see_alert(*, alert: Alert, by: Person, at: datetime | None = None) -> Alert:
    """The first time somebody opens it. From here on it is not handed on by itself."""
    if alert.seen_at is None:
        alert.seen_at, alert.seen_by = at or datetime.now(UTC), by
        alert.save(update_fields=["seen_at", "seen_by"])
        _note("alert.seen", alert, by=by)
    return alert


@transaction.atomic
def answer_alert(
    *,
    alert: Alert,
    by: Person,
    asked: str,
    done: str,
    topics: Sequence[str] = (),
    steps: Sequence[str] = (),
    spoken_at: datetime | None = None,
    at: datetime | None = None,
) -> Assessment:
    """What was asked and what was done. Both are needed; neither is a level."""
    if not asked.strip() or not done.strip():
        raise TrackingError(_("write what was asked and what was done, in a few words each"))
    at = at or datetime.now(UTC)
    row = Assessment.objects.create(
        client=alert.client,
        alert=alert,
        by=by,
        at=at,
        words={
            "asked": asked.strip(),
            "done": done.strip(),
            "topics": list(topics),
            "steps": list(steps),
            "spoken_at": spoken_at.isoformat(timespec="minutes") if spoken_at else None,
        },
    )
    alert.state, alert.answered_at = Alert.State.ANSWERED, at
    if alert.seen_at is None:
        alert.seen_at, alert.seen_by = at, by
    alert.save(update_fields=["state", "answered_at", "seen_at", "seen_by"])
    _note("alert.answered", alert, by=by)
    return row


def _note(verb: str, alert: Alert, *, by: Person | None) -> None:
    record(
        verb=verb,
        by=by.id if by else None,
        practice=alert.client.practice_id,
        object_type="tracking.alert",
        object_id=alert.id,
        client=alert.client_id,
    )
