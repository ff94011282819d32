"""The watch between the hours: the heartbeat, test messages, deputies."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.config import rows
from depthwork.practice.people.models import Person, Practice, Role
from depthwork.practice.tracking.actions.alerts import escalate
from depthwork.practice.tracking.actions.asking import close_late
from depthwork.practice.tracking.errors import TrackingError
from depthwork.practice.tracking.models import CoverTest, Deputy, Watch
from depthwork.practice.tracking.nudges import nudge_soon
from depthwork.practice.tracking.watching import BEAT_WITHIN
from depthwork.practice.treatments.actions import renew
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import NoKey

ALERTS = "alerts"  # what a deputy's key is given for
log = logging.getLogger(__name__)


@transaction.atomic
def beat(*, at: datetime | None = None) -> None:
    """The host is on. A pause of more than a quarter of an hour begins the count anew."""
    at = at or datetime.now(UTC)
    for row in Watch.objects.all():
        broken = row.last_beat is None or at - row.last_beat > BEAT_WITHIN or at < row.last_beat
        if broken or row.unbroken_since is None:
            row.unbroken_since = at
        row.last_beat = at
        row.save(update_fields=["last_beat", "unbroken_since"])


def tick(*, at: datetime | None = None) -> None:
    """What happens each minute while the site is served: what is to be handed on, the heartbeat, what is past its time.

    The heartbeat says that answers are handed on, so it comes after that and not without it. What fails is named in
    the log, and keeps neither the next practice nor the rest of the minute back.
    """
    at = at or datetime.now(UTC)
    for _practice in rows.each_practice():
        if _went(escalate, at):
            _went(beat, at)
        _went(close_late, at)


def _went(act: Callable[..., object], at: datetime) -> bool:
    try:
        act(at=at)
    except (
        Exception
    ) as error:  # named, not what it held; in the fixed part, for arguments stay out of the log
        log.error(f"the watch: {act.__name__} failed: {type(error).__name__}")
        return False
    return True


@transaction.atomic
def arrange_watch(
    *,
    practice: Practice,
    by: Person,
    is_always_on: bool,
    immediate_minutes: int = 30,
    same_day_minutes: int = 240,
    quiet_from: time | None = None,
    quiet_to: time | None = None,
) -> Watch:
    """Say how risk answers are seen between the hours. Clients are told exactly this."""
    if (quiet_from is None) != (quiet_to is None):
        raise TrackingError(_("quiet hours need a beginning and an end"))
    if immediate_minutes < 1 or same_day_minutes < 1:
        raise TrackingError(_("a colleague is told after at least one minute"))
    row = Watch.objects.filter(practice=practice).first() or Watch(practice=practice)
    row.is_always_on = is_always_on
    row.immediate_minutes, row.same_day_minutes = immediate_minutes, same_day_minutes
    row.quiet_from, row.quiet_to = quiet_from, quiet_to
    row.save()
    _note("watch.arranged", row, practice=practice, by=by)
    return row


@transaction.atomic
def set_address(*, by: Person, address: str) -> None:
    """Where this person wants a mail that says only that something waits; an empty address ends it."""
    Watch.objects.get_or_create(practice=by.practice)
    row = Watch.objects.select_for_update().get(practice=by.practice)  # two people may set theirs at once
    row.nudges = {who: at for who, at in row.nudges.items() if who != str(by.id)}
    if address.strip():
        row.nudges[str(by.id)] = address.strip()
    row.save(update_fields=["nudges"])
    _note("watch.address", row, practice=by.practice, by=by)


@transaction.atomic
def send_test(*, by: Person, colleague: Person, at: datetime | None = None) -> CoverTest:
    """A test message to the covering colleague. It says nothing of any client."""
    if colleague.practice_id != by.practice_id or not colleague.has_role(Role.CLINICIAN):
        raise TrackingError(_("the covering colleague is a clinician of this practice"))
    if colleague.id == by.id:
        raise TrackingError(_("a test goes to somebody else"))
    row = CoverTest.objects.create(
        practice_id=by.practice_id, sent_by=by, colleague=colleague, sent_at=at or datetime.now(UTC)
    )
    _note("cover_test.sent", row, practice=by.practice, by=by)
    transaction.on_commit(lambda: nudge_soon("test", to=[colleague.id]))
    return row


@transaction.atomic
def acknowledge_test(*, test: CoverTest, by: Person, at: datetime | None = None) -> CoverTest:
    """I have read it, and would have seen an alert."""
    if test.colleague_id != by.id:
        raise TrackingError(_("this test went to somebody else"))
    if test.acknowledged_at is None:
        test.acknowledged_at = at or datetime.now(UTC)
        test.save(update_fields=["acknowledged_at"])
        _note("cover_test.acknowledged", test, practice=by.practice, by=by)
    return test


@transaction.atomic
def name_deputy(*, client: Client, by: Person, colleague: Person, agreed_on: date) -> Deputy:
    """A colleague who sees a risk answer if the clinician has not. The client has agreed, and the key is given now.

    The colleague's key stands; the policy opens only once an alert is handed on.
    """
    if colleague.practice_id != client.practice_id or not colleague.has_role(Role.CLINICIAN):
        raise TrackingError(_("the deputy is a clinician of this practice"))
    if colleague.id == by.id:
        raise TrackingError(_("the deputy is somebody else"))
    before = Deputy.objects.filter(client=client).exclude(colleague=colleague).first()
    if before is not None:
        vault.take_back(owner=client.id, reader=before.colleague_id, purpose=ALERTS)
    try:
        vault.share(
            owner=client.id,
            compartments=["administration", "record"],
            reader=colleague.id,
            purpose=ALERTS,
        )
    except NoKey as error:
        raise TrackingError(str(error)) from None
    row, _made = Deputy.objects.update_or_create(
        client=client, defaults={"colleague": colleague, "agreed_on": agreed_on}
    )
    renew(client.id)
    _note("deputy.named", row, practice=client.practice, by=by, client=client)
    return row


@transaction.atomic
def withdraw_deputy(*, client: Client, by: Person) -> None:
    """No deputy from now on: what was given for alerts is taken back. What the colleague has otherwise stands."""
    row = Deputy.objects.filter(client=client).first()
    if row is None:
        return
    vault.take_back(owner=client.id, reader=row.colleague_id, purpose=ALERTS)
    renew(client.id)
    _note("deputy.withdrawn", row, practice=client.practice, by=by, client=client)
    row.delete()


def _note(verb: str, row: Any, *, practice: Practice, by: Person, client: Client | None = None) -> None:
    record(
        verb=verb,
        by=by.id,
        practice=practice.id,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        client=client.id if client else None,
    )
