"""Two shares of a record's key, kept by two colleagues: together, and only together, they open it for a while.

The clinician divides the keys of administration and record while present; process notes are never divided. What the two
put together is a grant that one of them signs, with an end, and no key that stays with anybody.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.vault import pins
from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.actions import _grant
from depthwork.practice.vault.errors import NoKey, Refused, Tampered, VaultError
from depthwork.practice.vault.models import Compartment, DataKey, Escrow, EscrowShare
from depthwork.practice.vault.recovery import from_shares, in_two_shares
from depthwork.practice.vault.unlocked import current

PURPOSE: Final = "emergency"
COMPARTMENTS: Final = (Compartment.ADMINISTRATION, Compartment.RECORD)
WAITS: Final = timedelta(hours=24)  # what one has released and the other has not used by then is nothing


def _message(row: Escrow) -> bytes:
    return p.joined("depthwork/escrow/1", str(row.person_id), str(row.first_id), str(row.second_id))


@transaction.atomic
def name_two(*, first: uuid.UUID, second: uuid.UUID, now: datetime) -> Escrow:
    """Name the two who act together, or two others; what was divided among those before ends."""
    author = current()
    if len({first, second, author.person_id}) != 3:
        raise Refused(_("name two colleagues, other than yourself"))
    for one in (first, second):
        pins.checked_ring(person=author.person_id, own=author.keys, other=one)
    if not (pins.is_pinned(person=first, other=second) and pins.is_pinned(person=second, other=first)):
        raise Refused(
            _("these two have not compared keys with each other yet; they do so under Practice, Keys")
        )
    Escrow.objects.filter(person_id=author.person_id).delete()
    row = Escrow(person_id=author.person_id, first_id=first, second_id=second, written_at=now)
    row.signature = author.keys.signature(_message(row))
    row.save(force_insert=True)
    return row


def take_back_escrow() -> bool:
    """Name nobody any more."""
    return bool(Escrow.objects.filter(person_id=current().person_id).delete()[0])


@transaction.atomic
def divide(row: Escrow, clients: Mapping[uuid.UUID, str], *, not_for: Iterable[uuid.UUID] = ()) -> int:
    """Divide what is not divided yet, and drop the shares of clients who are no longer the author's.

    `clients` names each by what its keepers read on their list; `not_for` are those from whom a keeper is kept out.
    Gives how many keys were divided.
    """
    author = current()
    if not p.signed_by(author.keys.sign_public, _message(row), bytes(row.signature)):
        raise Tampered(_("who opens in an emergency is not as you wrote it; name the two again"))
    wanted = {pk: said for pk, said in clients.items() if pk not in set(not_for)}
    EscrowShare.objects.filter(escrow=row).exclude(data_key__owner__in=wanted).delete()
    there = set(EscrowShare.objects.filter(escrow=row).values_list("data_key", flat=True))
    keepers = [row.first_id, row.second_id]
    rings = [pins.checked_ring(person=author.person_id, own=author.keys, other=one) for one in keepers]
    fresh = []
    for client, said in wanted.items():
        for compartment in COMPARTMENTS:
            if not author.holds(client, compartment):
                continue
            for data_key, cipher in author.every_key(client, compartment).items():
                if data_key in there:
                    continue
                label = said.encode() if compartment == Compartment.RECORD else None
                for keeper, ring, share in zip(keepers, rings, in_two_shares(cipher.raw), strict=True):
                    box = bytes(ring.box_public)
                    fresh.append(
                        EscrowShare(
                            escrow=row, data_key_id=data_key, keeper_id=keeper,
                            sealed_share=p.seal_to(box, share),
                            label=None if label is None else p.seal_to(box, p.pad(label)),
                        )
                    )  # fmt: skip
    EscrowShare.objects.bulk_create(fresh)
    return len(fresh) // 2


def shares_of(owner: uuid.UUID, compartment: str) -> list[EscrowShare]:
    """The shares of an owner's living key, before it is renewed."""
    return _shares(owner, data_key__compartment=compartment, data_key__retired_at=None)


def follow(before: Iterable[EscrowShare], *, owner: uuid.UUID, compartment: str) -> None:
    """After a renewal: who held shares of the old key holds shares of the new one, if their keys were compared.

    Where they were not, the keepers wait until the clinician next opens Today.
    """
    me = current()
    pairs: dict[uuid.UUID, list[EscrowShare]] = {}
    for row in sorted(before, key=lambda one: str(one.keeper_id)):
        pairs.setdefault(row.escrow_id, []).append(row)
    if not pairs:
        return
    held, cipher = me.living_key(owner, compartment)
    for escrow, rows in pairs.items():
        if EscrowShare.objects.filter(escrow=escrow, data_key=held.data_key).exists():
            continue
        try:
            rings = [pins.checked_ring(person=me.person_id, own=me.keys, other=row.keeper_id) for row in rows]
        except VaultError:
            continue
        EscrowShare.objects.bulk_create(
            EscrowShare(
                escrow_id=escrow, data_key_id=held.data_key, keeper_id=row.keeper_id,
                sealed_share=p.seal_to(bytes(ring.box_public), share), label=row.label,
            )
            for row, ring, share in zip(rows, rings, in_two_shares(cipher.raw), strict=True)
        )  # fmt: skip


def undivided(row: Escrow, clients: Iterable[uuid.UUID]) -> bool:
    """Whether there is anything to do for `divide`: two queries, and no key opened."""
    keys = DataKey.objects.filter(owner__in=list(clients), compartment__in=COMPARTMENTS)
    shares = EscrowShare.objects.filter(escrow=row)
    return set(keys.values_list("id", flat=True)) != set(shares.values_list("data_key", flat=True))


def labels() -> dict[uuid.UUID, tuple[Escrow, str]]:
    """The clients whose records the person unlocked here could open with another: whose they are, and how they are called."""
    me = current()
    rows = EscrowShare.objects.filter(keeper_id=me.person_id, data_key__retired_at=None).exclude(label=None)
    return {
        row.data_key.owner: (row.escrow, p.unpad(me.keys.open_box(bytes(row.label or b""))).decode())
        for row in rows.select_related("escrow__person", "data_key")
    }


def _shares(client: uuid.UUID, **which: Any) -> list[EscrowShare]:
    rows = EscrowShare.objects.filter(data_key__owner=client, **which)
    return list(rows.select_related("escrow", "data_key"))


def released(keeper: uuid.UUID, *, now: datetime) -> dict[uuid.UUID, EscrowShare]:
    """Shares that another has released to this person and that still count, one for each client."""
    mine = EscrowShare.objects.filter(keeper_id=keeper).values("escrow")
    rows = EscrowShare.objects.filter(escrow__in=mine, released_at__gt=now - WAITS).exclude(keeper_id=keeper)
    return {row.data_key.owner: row for row in rows.select_related("data_key", "keeper", "escrow__person")}


@transaction.atomic
def release(client: uuid.UUID, *, reason: str, now: datetime) -> Escrow:
    """Hand one's shares of a record to the other keeper, sealed to them. By itself this opens nothing."""
    me, rows = current(), _shares(client, keeper_id=current().person_id)
    if not rows:
        raise NoKey(_("nobody has named you for this record"))
    for row in rows:  # of two clinicians of one client each may have named this person
        two = row.escrow
        other = two.second_id if two.first_id == me.person_id else two.first_id
        ring = pins.checked_ring(person=me.person_id, own=me.keys, other=other)
        row.released = p.seal_to(bytes(ring.box_public), me.keys.open_box(bytes(row.sealed_share)))
        row.released_at, row.reason = now, reason
        row.save(update_fields=["released", "released_at", "reason"])
    return rows[0].escrow


@transaction.atomic
def open_together(
    client: uuid.UUID, *, readers: Iterable[uuid.UUID], ends_at: datetime, now: datetime
) -> None:
    """Put both shares of each key together, and let the readers open it until `ends_at`. A release is used up by this.

    No signature stands on a share: what does not come together to the very key is refused, and whoever could make it
    come together would have the key.
    """
    me = current()
    mine = {(row.escrow_id, row.data_key_id): row for row in _shares(client, keeper_id=me.person_id)}
    theirs = [
        row
        for row in _shares(client, released_at__gt=now - WAITS)
        if row.keeper_id != me.person_id and (row.escrow_id, row.data_key_id) in mine
    ]
    if not theirs:
        raise Refused(_("the other has not released their share, or did so more than a day ago"))
    for row in theirs:
        own = mine[row.escrow_id, row.data_key_id]
        raw = _together(
            me.keys.open_box(bytes(own.sealed_share)), me.keys.open_box(bytes(row.released or b""))
        )
        if not p.same(p.key_id(raw), bytes(row.data_key.key_id)):
            raise Tampered(_("these two shares do not belong together"))
        for reader in readers:
            _grant(me, row.data_key, raw, reader=reader, purpose=PURPOSE, consent=None, ends_at=ends_at)
    use_up(client)
    me.forget()


def _together(one: bytes, other: bytes) -> bytes:
    try:
        return from_shares(one, other)
    except Exception:  # the library of the shares has its own errors, which only the vault may know
        raise Tampered(_("these two shares do not belong together")) from None


def use_up(client: uuid.UUID) -> None:
    """Nothing that was released for this client counts any more."""
    EscrowShare.objects.filter(data_key__owner=client).update(released=None, released_at=None, reason="")


def forget_old(*, now: datetime | None = None) -> int:
    """Take out what was released and not used within a day."""
    old = EscrowShare.objects.filter(released_at__lte=(now or datetime.now(UTC)) - WAITS)
    return old.update(released=None, released_at=None, reason="")
