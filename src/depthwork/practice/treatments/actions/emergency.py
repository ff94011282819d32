"""A record is opened without its clinician: by two colleagues whom they named, for a day, for a reason that all can read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.audit.actions import record
from depthwork.practice.keeping import escrow
from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.actions.renewing import renew
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import Escrow, EscrowShare

OPEN_FOR: Final = timedelta(hours=24)
REASONS: Final = {
    "danger_self": gettext_lazy("the client may be in danger"),
    "danger_other": gettext_lazy("somebody else may be in danger"),
    "medical": gettext_lazy("a doctor or a hospital needs to know something now"),
    "unreached": gettext_lazy("the client asks for help, and the clinician cannot be reached"),
}


@transaction.atomic
def name_two(*, first: Person, second: Person, by: Person) -> Escrow:
    """Name two colleagues who together may open the records of one's clients; at least one is a clinician."""
    for one in (first, second):
        if one.practice_id != by.practice_id or not one.is_active or one.client is not None:
            raise CourseError(_("both are colleagues of this practice"))
    if not any(one.has_role(Role.CLINICIAN) for one in (first, second)):
        raise CourseError(_("one of the two has to be a clinician: a manager opens no record"))
    row = escrow.name_two(first=first.id, second=second.id, now=datetime.now(UTC))
    refresh(by)
    _note("emergency.named", by=by, of=by.id)
    return row


@transaction.atomic
def name_nobody(*, by: Person) -> None:
    """From now on nobody opens a record without its clinician."""
    if escrow.take_back_escrow():
        _note("emergency.unnamed", by=by, of=by.id)


def refresh(person: Person) -> int:
    """Divide what has come since: new clients, renewed keys. Gives how many keys were divided."""
    row = Escrow.objects.filter(person_id=person.id).first()
    if row is None:
        return 0
    mine = Involvement.objects.filter(person=person, part=Part.CLINICIAN, ends_at=None).values("client")
    kept_out = Involvement.objects.filter(
        person__in=[row.first_id, row.second_id], part=Part.DENIED, ends_at=None
    )
    clients = Client.objects.filter(id__in=mine).exclude(id__in=kept_out.values("client"))
    clients = clients.exclude(state=Client.State.ENDED)
    if not escrow.undivided(row, clients.values_list("id", flat=True)):
        return 0
    return escrow.divide(row, {one.id: str(one.name or one.called or "?") for one in clients})


@transaction.atomic
def ask(*, client: UUID, reason: str, by: Person) -> Escrow:
    """The first of the two: say why, and release one's shares to the other. It opens nothing yet."""
    if reason not in REASONS:
        raise CourseError(_("say why; the clinician and the client read it"))
    _may_act(client, by)
    row = escrow.release(client, reason=reason, now=datetime.now(UTC))
    _note("emergency.asked", by=by, of=row.person_id, client=client, reason=reason)
    return row


@transaction.atomic
def open_together(*, client: UUID, by: Person) -> Escrow:
    """The second of the two: from here on whoever of them is a clinician reads the record, for a day."""
    _may_act(client, by)
    now = datetime.now(UTC)
    share = escrow.released(by.id, now=now).get(client)
    if share is None:
        raise CourseError(_("the other has not released their share, or did so more than a day ago"))
    two = [by, share.keeper]
    _may_act(client, share.keeper)
    readers = [one for one in two if one.has_role(Role.CLINICIAN)]
    if not readers:
        raise CourseError(_("one of the two has to be a clinician: a manager opens no record"))
    ends_at = (now + OPEN_FOR).replace(microsecond=0)
    escrow.open_together(client, readers=[one.id for one in readers], ends_at=ends_at, now=now)
    for one in readers:
        _let_read(one, client, ends_at)
    # The reason is the one that was stated first; it cannot be changed by who joins.
    _note("emergency.opened", by=by, of=share.escrow.person_id, client=client, reason=share.reason, other=share.keeper_id)  # fmt: skip
    return share.escrow


@transaction.atomic
def end(*, client: Client, by: Person) -> None:
    """Before its day is over: by whoever treats the client."""
    parts = Involvement.objects.filter(client=client.id, part=Part.COVER, purpose=escrow.PURPOSE)
    now = datetime.now(UTC)
    readers = set(parts.filter(ends_at__gt=now).values_list("person", flat=True))
    if not readers:
        raise CourseError(_("this record is not open to anybody in an emergency"))
    parts.filter(ends_at__gt=now).update(ends_at=now)
    for reader in readers:
        vault.take_back(owner=client.id, reader=reader, purpose=escrow.PURPOSE)
    escrow.use_up(client.id)
    renew(client.id)
    _note("emergency.ended", by=by, of=by.id, client=client.id)


@transaction.atomic
def end_for(*, client: UUID, reader: Person, by: Person) -> bool:
    """For one who reads alone: the clinician whose break they covered is back. Gives whether anything was open."""
    now = datetime.now(UTC)
    parts = Involvement.objects.filter(
        person=reader, client=client, part=Part.COVER, purpose=escrow.PURPOSE, ends_at__gt=now
    )
    if not parts.update(ends_at=now):
        return False
    vault.take_back(owner=client, reader=reader.id, purpose=escrow.PURPOSE)
    _note("emergency.ended", by=by, of=by.id, client=client, other=reader.id)
    return True


def reading(clients: set[UUID], *, now: datetime) -> set[tuple[UUID, UUID]]:
    """Who reads whose record in an emergency just now, as person and client; one query."""
    parts = Involvement.objects.filter(
        client__in=clients, part=Part.COVER, purpose=escrow.PURPOSE, ends_at__gt=now
    )
    return set(parts.values_list("person", "client"))


def _may_act(client: UUID, person: Person) -> None:
    """A closed sign-in, or one that is kept out of this client's pages, acts in no emergency either."""
    kept_out = Involvement.objects.filter(person=person, client=client, part=Part.DENIED, ends_at=None)
    mine = EscrowShare.objects.filter(keeper=person, data_key__owner=client)
    if not person.is_active or kept_out.exists() or not mine.exists():
        raise CourseError(_("nobody has named you for this record"))


def _let_read(person: Person, client: UUID, ends_at: datetime) -> None:
    """A part of its own beside one that a break may have given: each ends by itself."""
    parts = Involvement.objects.filter(person=person, client=client, part=Part.COVER, purpose=escrow.PURPOSE)
    if not parts.update(ends_at=ends_at):
        Involvement.objects.create(
            person=person, practice=person.practice_id, client=client, part=Part.COVER,
            purpose=escrow.PURPOSE, ends_at=ends_at,
        )  # fmt: skip


def _note(
    verb: str,
    *,
    by: Person,
    of: UUID,
    client: UUID | None = None,
    reason: str = "",
    other: UUID | None = None,
) -> None:
    record(
        verb=verb, by=by.id, practice=by.practice_id, object_type="person", object_id=other or of,
        client=client, reason=reason,
    )  # fmt: skip
