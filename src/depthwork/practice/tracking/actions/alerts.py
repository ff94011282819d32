"""Hand on, see, and answer an alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.tracking.actions.intake import take_in
from depthwork.practice.tracking.errors import MoreRaised, TrackingError
from depthwork.practice.tracking.models import Alert, Assessment
from depthwork.practice.tracking.nudges import nudge
from depthwork.practice.tracking.queries.alerts import raised_on
from depthwork.practice.tracking.queries.watch import who_covers

OPEN_FOR = timedelta(days=7)


def _unmet(at: datetime) -> dict[str, Any]:
    return {"state": Alert.State.OPEN, "seen_at": None, "escalated_at": None, "escalate_at__lte": at}


def escalate(*, at: datetime | None = None) -> int:
    """Hand on every alert that is past its time and unread, and mail the colleagues who see them. Gives how many.

    Needs nobody's keys. Each alert has a transaction of its own: one that fails keeps no other back, and is raised
    once all have been tried.
    """
    at = at or datetime.now(UTC)
    handed: list[UUID] = []
    failed: Exception | None = None
    for alert_id in list(Alert.objects.filter(**_unmet(at)).values_list("id", flat=True)):
        try:
            cover = _hand_on(alert_id, at=at)
        except Exception as error:
            failed = error
        else:
            if cover is not None:
                handed.append(cover)
    if handed:
        nudge("alert", to=sorted(set(handed)))
    if failed is not None:
        raise failed
    return len(handed)


@transaction.atomic
def _hand_on(alert_id: UUID, *, at: datetime) -> UUID | None:
    """Let the covering colleague see an alert that is past its time and unread. Gives who it was handed to."""
    row = (
        Alert.objects.select_for_update(of=("self",))
        .select_related("client", "request")
        .filter(id=alert_id, **_unmet(at))
        .first()
    )
    if row is None:  # opened, or handed on by another worker, between the two looks
        return None
    cover = who_covers(
        client_id=row.client_id,
        treatment_id=row.request.treatment_id,
        named=row.request.answers_for_id,
        now=at,
    )
    if cover is not None:
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
    return cover


def _held(alert: Alert, *, by: Person, at: datetime) -> Alert:
    """The row as it stands now, locked, with all that was raised taken in."""
    rows = Alert.objects.select_for_update(of=("self",)).select_related(
        "client__practice", "request", "seen_by"
    )
    row = rows.get(id=alert.id)
    if row.box is not None:
        take_in(client=row.client, by=by, at=at)
        row.refresh_from_db(fields=["what", "box", "data_key"])
    return row


@transaction.atomic
def see_alert(*, alert: Alert, by: Person, at: datetime | None = None) -> Alert:
    """Open it. From here on it is not handed on by itself, unless a further answer is raised.

    What lies in the inbox is taken in under the same lock: nothing counts as seen that is not on the page.
    """
    at = at or datetime.now(UTC)
    alert = _held(alert, by=by, at=at)
    if alert.seen_at is None:
        alert.seen_at, alert.seen_by = at, by
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
    read: int | None = None,
    at: datetime | None = None,
) -> Assessment:
    """What was asked and what was done. Both are needed; neither is a level.

    `read` is how many raised answers stood on the page it was written on: if there are more by now, nothing is
    closed and `MoreRaised` says so.
    """
    if not asked.strip() or not done.strip():
        raise TrackingError(_("write what was asked and what was done, in a few words each"))
    at = at or datetime.now(UTC)
    alert = _held(alert, by=by, at=at)
    if read is not None and read != raised_on(alert):
        raise MoreRaised(
            _(
                "A further answer came in the meantime. It stands on this page now; what you wrote is kept below."
            )
        )
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
