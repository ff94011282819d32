"""Erase a client whose treatment is over: first the keys, then the rows; or hold everything that stands, where the law asks.

A person decides, never a date: the product deletes nothing by itself.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from depthwork.practice.audit.actions import record
from depthwork.practice.intake.models import Inquiry
from depthwork.practice.people.models import Person
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.policy.models import Involvement
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.ui import will
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import LegalHold, Tombstone

WHY: Final = {
    "kept_long_enough": _("It was kept as long as the law of our place asks"),
    "asked_for": _("The client asked for it, and no duty to keep it stands against that"),
    "never_a_client": _("It was written down by mistake, or came to nothing"),
}


def last_hour_of(client: Client) -> date | None:
    """The last day on which they met."""
    found: date | None = Session.objects.filter(client=client, status=Session.Status.HELD).aggregate(
        last=Max("day")
    )["last"]
    return found


def kept_until(client: Client) -> date | None:
    """Until when the rules this practice follows ask that it be kept; None where the two never met."""
    last = last_hour_of(client)
    if last is None:
        return None
    return profile_of(client.practice).retention.kept_until(last, born=born_in(client.details))


def born_in(details: object) -> int | None:
    """The year of birth among a client's details, if it is there."""
    said = details.get("born") if isinstance(details, dict) else None
    return int(said) if isinstance(said, int | str) and str(said).isdecimal() else None


def is_early(client: Client, *, on: date) -> bool:
    """Whether a record of that age is to be kept for longer by the rules this practice follows."""
    until = kept_until(client)
    return until is not None and on < until


@transaction.atomic
def hold(*, client: Client, by: Person) -> LegalHold:
    """Nothing of this client can be burned or erased until the hold is lifted."""
    if vault.is_held(client.id):
        raise CourseError(gettext("a legal hold stands already"))
    row = vault.hold(owner=client.id, by=by.id)
    _note("hold.placed", client.id, by)
    return row


@transaction.atomic
def lift(*, client: Client, by: Person) -> None:
    """What was to be burned meanwhile is burned within the hour."""
    if not vault.lift_hold(owner=client.id, by=by.id):
        raise CourseError(gettext("no legal hold stands"))
    _note("hold.lifted", client.id, by)


@transaction.atomic
def erase(*, client: Client, why: str, by: Person) -> Tombstone:
    """Destroy a client's keys and delete every row of theirs. What stays: the audit, without a name, and a tombstone."""
    if why not in WHY:
        raise CourseError(gettext("say why; the audit keeps it"))
    client.refresh_from_db(fields=["state"])
    if client.state in (Client.State.ACTIVE, Client.State.CONSULTATION):
        raise CourseError(gettext("end the treatment first: what still goes on is not erased"))
    stone = vault.shred(owner=client.id, by=by.id)
    Involvement.objects.filter(client=client.id).delete()
    Person.objects.filter(client=client.id).update(is_active=False)
    Inquiry.objects.filter(client=client).delete()
    erased = client.id
    client.delete()
    _note("client.erased", erased, by, why)
    will.renew(by)
    return stone


def _note(verb: str, client: UUID, by: Person, reason: str = "") -> None:
    record(
        verb=verb,
        by=by.id,
        practice=by.practice_id,
        object_type="client",
        object_id=client,
        client=client,
        reason=reason,
    )


def complete_on() -> date:
    """When the last backup of a key that is destroyed today expires."""
    return (datetime.now(UTC) + timedelta(days=vault.KEY_BACKUPS_LIVE_DAYS)).date()
