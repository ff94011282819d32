"""Verbs of the vault: make keys, share, take back, rotate, destroy. Audit is written by the rooms that call these."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.vault import pins, tombstones
from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.age import identity_of
from depthwork.practice.vault.errors import NoKey, Refused, Tampered
from depthwork.practice.vault.models import (
    Compartment,
    DataKey,
    Grant,
    GrantQuerySet,
    ItemKey,
    Keyring,
    LegalHold,
    Tombstone,
)
from depthwork.practice.vault.recovery import backup_secret_of, fresh_code, key_of
from depthwork.practice.vault.unlocked import (
    Unlocked,
    current,
    grant_message,
    inbox_seal,
    is_unlocked,
    key_place,
)

KEY_BACKUPS_LIVE_DAYS = 30


def _place(person: uuid.UUID, column: str) -> p.Where:
    return p.Where("", str(person), "keyring", "vault_keyring", str(person), column)


def _sealed(key: bytes, person: uuid.UUID, column: str, keys: p.KeyPair) -> bytes:
    return p.seal(key, _place(person, column), keys.box + keys.sign)


def _opened(key: bytes, ring: Keyring, column: str) -> Unlocked:
    raw = p.unseal(key, _place(ring.person_id, column), bytes(getattr(ring, column)))
    keys = p.KeyPair(raw[:32], raw[32:])
    if keys.box_public != bytes(ring.box_public) or keys.sign_public != bytes(ring.sign_public):
        raise Tampered(_("the public keys of this account were exchanged; nothing was opened"))
    return Unlocked(ring.person_id, keys)


def make_keyring(*, person: uuid.UUID, root: bytes) -> tuple[Keyring, Unlocked, str]:
    """Fresh keys for a person, sealed by passphrase and by a recovery code, which is given out once."""
    keys, code = p.KeyPair.fresh(), fresh_code()
    ring = Keyring.objects.create(
        person_id=person,
        box_public=keys.box_public,
        sign_public=keys.sign_public,
        private_by_passphrase=_sealed(p.kek_of(root), person, "private_by_passphrase", keys),
        private_by_recovery=_sealed(key_of(code), person, "private_by_recovery", keys),
        backup_recipient=identity_of(backup_secret_of(code))[1],
    )
    return ring, Unlocked(person, keys), code


def unlock(*, person: uuid.UUID, root: bytes) -> Unlocked:
    """Open a person's keys with what the passphrase gave."""
    ring = Keyring.objects.filter(person_id=person).first()
    if ring is None:
        raise NoKey(_("this account has no keys yet"))
    return _opened(p.kek_of(root), ring, "private_by_passphrase")


def _by_code(person: uuid.UUID, code: str, otherwise: str) -> Unlocked:
    ring = Keyring.objects.filter(person_id=person).exclude(private_by_recovery=None).first()
    if ring is None:
        raise NoKey(_("this account has no recovery code"))
    key = key_of(code)
    if p.key_id(key) != p.key_id_of(bytes(ring.private_by_recovery or b"")):
        raise Refused(otherwise)
    return _opened(key, ring, "private_by_recovery")


def unlock_with_recovery(*, person: uuid.UUID, code: str, new_root: bytes) -> Unlocked:
    """Open a person's keys with the recovery code and seal them to a new passphrase."""
    unlocked = _by_code(person, code, _("this is not the recovery code of this account"))
    change_passphrase(unlocked=unlocked, new_root=new_root)
    return unlocked


def change_passphrase(*, unlocked: Unlocked, new_root: bytes) -> None:
    """Seal the same keys under a new passphrase: one blob, milliseconds."""
    person = unlocked.person_id
    Keyring.objects.filter(person_id=person).update(
        private_by_passphrase=_sealed(p.kek_of(new_root), person, "private_by_passphrase", unlocked.keys),
        changed_at=datetime.now(UTC),
    )


def new_recovery_code(*, unlocked: Unlocked) -> str:
    """A new recovery code; the old one opens nothing from now on, and the new one waits to be typed back."""
    code, person = fresh_code(), unlocked.person_id
    Keyring.objects.filter(person_id=person).update(
        private_by_recovery=_sealed(key_of(code), person, "private_by_recovery", unlocked.keys),
        recovery_confirmed_at=None,
        backup_recipient=identity_of(backup_secret_of(code))[1],
    )
    return code


def confirm_recovery(*, person: uuid.UUID, code: str) -> None:
    """The code was typed back right; before that no note can be stored."""
    _by_code(person, code, _("this is not the recovery code that was shown; look at each group again"))
    Keyring.objects.filter(person_id=person).update(recovery_confirmed_at=datetime.now(UTC))


def fresh_data_key(organisation: uuid.UUID, owner: uuid.UUID, compartment: str) -> tuple[DataKey, bytes]:
    """A data key with its inbox, stored; its bytes go into grants and nowhere else."""
    raw = os.urandom(32)
    private, public = p.box_pair()
    key = DataKey(
        organisation=organisation,
        owner=owner,
        compartment=compartment,
        key_id=p.key_id(raw),
        inbox_public=public,
    )
    key.inbox_private = p.seal(raw, key_place(key, "vault_data_key", key.id, "inbox_private"), private)
    key.inbox_seal = inbox_seal(key)
    key.save(force_insert=True)
    return key, raw


@transaction.atomic
def make_keys(
    *,
    organisation: uuid.UUID,
    owner: uuid.UUID,
    readers: dict[str, Iterable[uuid.UUID]] | None = None,
    purpose: str = "treatment",
) -> None:
    """One data key for each compartment of a new owner; the person unlocked here holds all, `readers` more by compartment.

    With `readers` given, the compartments not named in it get no key yet.
    """
    unlocked = current()
    for compartment in Compartment.values if readers is None else readers:
        key, raw = fresh_data_key(organisation, owner, compartment)
        for reader in {unlocked.person_id, *((readers or {}).get(compartment, ()))}:
            _grant(unlocked, key, raw, reader=reader, purpose=purpose, consent=None, ends_at=None)
    unlocked.forget()


def box_of(unlocked: Unlocked, reader: uuid.UUID) -> bytes:
    """A reader's public key: my own from memory, another's only as I accepted it."""
    return (
        unlocked.keys.box_public
        if reader == unlocked.person_id
        else bytes(pins.checked_ring(person=unlocked.person_id, own=unlocked.keys, other=reader).box_public)
    )


def _grant(
    unlocked: Unlocked,
    key: DataKey,
    raw: bytes,
    *,
    reader: uuid.UUID,
    purpose: str,
    consent: uuid.UUID | None,
    ends_at: datetime | None,
) -> None:
    """Give a key for a purpose. What I gave for the same purpose until a later day stands: only taking back shortens."""
    ends_at = None if ends_at is None else ends_at.replace(microsecond=0)
    box_public = box_of(unlocked, reader)
    what: dict[str, Any] = {"data_key": key, "reader_id": reader, "purpose": purpose, "consent": consent, "granter_id": unlocked.person_id}  # fmt: skip
    last = Grant.objects.filter(**what).first()
    if (
        last is not None
        and (last.ends_at is None or (ends_at is not None and last.ends_at >= ends_at))
        and unlocked.is_signed(key, last, reader=reader, box_public=box_public)
    ):
        return
    sealed = p.seal_to(box_public, raw)
    message = grant_message(
        key, reader=reader, reader_box_public=box_public, sealed_key=sealed, purpose=purpose, ends_at=ends_at
    )
    Grant.objects.update_or_create(
        **what,
        defaults={"sealed_key": sealed, "ends_at": ends_at, "signature": unlocked.keys.signature(message)},
    )


@transaction.atomic
def share(
    *,
    owner: uuid.UUID,
    compartments: Iterable[str],
    reader: uuid.UUID,
    purpose: str,
    consent: uuid.UUID | None = None,
    ends_at: datetime | None = None,
) -> None:
    """Let another person open compartments of an owner, until a date. Old keys come along: the past stays readable.

    It stands beside what the reader was given for other purposes, and neither lengthens nor shortens that.
    """
    unlocked = current()
    for compartment in compartments:
        for data_key, cipher in unlocked.every_key(owner, compartment).items():
            _grant(
                unlocked, DataKey.objects.get(id=data_key), cipher.raw,
                reader=reader, purpose=purpose, consent=consent, ends_at=ends_at,
            )  # fmt: skip


@transaction.atomic
def take_back(
    *,
    owner: uuid.UUID,
    reader: uuid.UUID,
    compartments: Iterable[str] = tuple(Compartment.values),
    **which: Any,
) -> list[str]:
    """End a reader's grants at once: all, or those given for a `purpose`, under a `consent`.

    Gives the compartments that the reader can open no more, and marks them: they need a new key (`rotate`).
    """
    return _ended(
        Grant.objects.filter(
            data_key__owner=owner, data_key__compartment__in=list(compartments), reader_id=reader, **which
        )
    )


@transaction.atomic
def let_lapse(owners: Iterable[uuid.UUID]) -> list[str]:
    """Clear away grants whose end has come, with their sealed keys, and mark what needs a new key."""
    return _ended(Grant.objects.filter(data_key__owner__in=list(owners), ends_at__lte=datetime.now(UTC)))


def _ended(grants: GrantQuerySet) -> list[str]:
    what = ("data_key__owner", "data_key__compartment", "reader_id")
    gone = set(grants.values_list(*what))
    grants.delete()
    gone -= set(Grant.objects.live().filter(data_key__owner__in={one[0] for one in gone}).values_list(*what))
    for owner, compartment, _reader in gone:
        DataKey.objects.filter(
            owner=owner, compartment=compartment, retired_at=None, renew_since=None
        ).update(renew_since=datetime.now(UTC))
    return sorted({compartment for _owner, compartment, _reader in gone})


def hold(*, owner: uuid.UUID, by: uuid.UUID) -> LegalHold:
    """Place a legal hold: nothing of this owner can be destroyed while it stands."""
    return LegalHold.objects.create(owner=owner, placed_by=by)


def lift_hold(*, owner: uuid.UUID, by: uuid.UUID) -> int:
    """Lift every hold of an owner."""
    return LegalHold.objects.filter(owner=owner, lifted_at=None).update(
        lifted_at=datetime.now(UTC), lifted_by=by
    )


def is_held(owner: uuid.UUID) -> bool:
    """Whether a legal hold stands."""
    return LegalHold.objects.filter(owner=owner, lifted_at=None).exists()


@transaction.atomic
def burn(*, owner: uuid.UUID, item: uuid.UUID, by: uuid.UUID) -> Tombstone:
    """Destroy the key of one note or transcript: every version of it is gone from here on."""
    if is_held(owner):
        raise Refused(_("a legal hold stands on this client; nothing can be burned until it is lifted"))
    now = datetime.now(UTC)
    changed = ItemKey.objects.filter(item=item, owner=owner, burned_at=None).update(
        wrapped=None, burned_at=now, burned_by=by
    )
    if not changed:
        raise Refused(_("there is no such note here, or it was burned before"))
    return _tombstone(owner, by, now, item=item)


@transaction.atomic
def shred(*, owner: uuid.UUID, by: uuid.UUID, compartment: str = "") -> Tombstone:
    """Destroy the keys of an owner, or of one compartment. Complete when the last backup of the keys expires."""
    if is_held(owner):
        raise Refused(_("a legal hold stands on this client; nothing can be destroyed until it is lifted"))
    which = {"owner": owner, "compartment": compartment} if compartment else {"owner": owner}
    DataKey.objects.filter(**which).delete()
    ItemKey.objects.filter(**which).delete()
    return _tombstone(owner, by, datetime.now(UTC), compartment=compartment)


def _tombstone(owner: uuid.UUID, by: uuid.UUID, now: datetime, **what: object) -> Tombstone:
    """Note the destruction in the database and beside it: a restored old backup must destroy again."""
    if is_unlocked():
        current().forget()
    row = Tombstone.objects.create(
        owner=owner,
        destroyed_at=now,
        destroyed_by=by,
        complete_on=(now + timedelta(days=KEY_BACKUPS_LIVE_DAYS)).date(),
        **what,
    )
    transaction.on_commit(lambda: tombstones.append(settings.HOME / tombstones.FILE, row))
    return row
