"""Who is unlocked here and now: the keys of one person, for the length of one request or command."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.errors import Burned, Locked, NoKey, RecoveryFirst, Tampered, VaultError
from depthwork.practice.vault.models import DataKey, Grant, ItemKey, Keyring
from depthwork.practice.vault.pins import pinned_sign_key

WARM_AT_MOST = 50_000  # keys of single notes kept for one sign-in, about 1 kB each

_current: ContextVar[Unlocked | None] = ContextVar("depthwork_unlocked", default=None)


def no_key_for(compartment: str) -> NoKey:
    """What a reader without a grant is told."""
    return NoKey(_("this sign-in holds no key for %(part)s here") % {"part": compartment.replace("_", " ")})


def grant_message(
    key: HeldKey | DataKey,
    *,
    reader: uuid.UUID,
    reader_box_public: bytes,
    sealed_key: bytes,
    purpose: str,
    ends_at: datetime | None,
) -> bytes:
    """What a granter signs: who may open what, for what, until when."""
    return p.joined(
        "depthwork/grant/1",
        str(key.organisation),
        str(key.owner),
        key.compartment,
        bytes(key.key_id).hex(),
        str(reader),
        reader_box_public.hex(),
        sealed_key.hex(),
        purpose,
        "" if ends_at is None else ends_at.astimezone(UTC).isoformat(timespec="seconds"),
    )


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A data key this person may open, still sealed until it is first used."""

    data_key: uuid.UUID
    organisation: uuid.UUID
    owner: uuid.UUID
    compartment: str
    key_id: bytes
    inbox_private: bytes
    sealed_key: bytes
    purpose: str
    ends_at: datetime | None
    granter_id: uuid.UUID | None
    signature: bytes
    retired: bool
    places: dict[Any, tuple[bytes, bytes]] = field(default_factory=dict, compare=False, repr=False)

    def ends_of(self, compartment: str, table: str, column: str) -> tuple[bytes, bytes]:
        """What stands before and after the row's id in `Where.aad`: alike for all rows of a column, and made once.

        An id has 36 characters, so that its length stands at the end of what comes before.
        """
        ends = self.places.get((compartment, table, column))
        if ends is None:
            ends = self.places[compartment, table, column] = (
                p.joined(str(self.organisation), str(self.owner), compartment, table) + b"\x00\x00\x00\x24",
                p.joined(column, "1"),
            )
        return ends

    def place_of(self, compartment: str, table: str, row: uuid.UUID | str, column: str) -> bytes:
        """`Where.aad` of a row under this key; an id as text has its dashes."""
        before, after = self.ends_of(compartment, table, column)
        return before + str(row).encode() + after


def key_place(key: HeldKey | DataKey, table: str, row: uuid.UUID, column: str) -> p.Where:
    """The place of a key that another key seals."""
    return p.Where(str(key.organisation), str(key.owner), key.compartment, table, str(row), column)


@dataclass(slots=True, repr=False)  # a traceback or a log must not print keys
class Unlocked:
    """One person's private keys and the data keys opened with them. Dies with the request.

    `warm` outlives it for one sign-in (see `sessions`): keys of single notes, by how they stand in the database.
    Each is asked for only after the data key that wraps it was opened in this request, so that it gives nobody more
    than the database would.
    """

    person_id: uuid.UUID
    keys: p.KeyPair
    warm: dict[bytes, p.Cipher] = field(default_factory=dict)
    _held: dict[tuple[uuid.UUID, str], list[HeldKey]] | None = None
    _asked_in: list[Any] = field(default_factory=list)  # the transaction in which they were asked for
    _opened: dict[bytes, p.Cipher] = field(default_factory=dict)
    _recovery_confirmed: bool = False
    _items: dict[uuid.UUID, dict[uuid.UUID, tuple[str, bytes | None]]] = field(default_factory=dict)
    _signers: dict[uuid.UUID, bytes] = field(default_factory=dict)
    wrapped: dict[str, dict[str, tuple[str, bytes | None]]] = field(
        default_factory=dict
    )  # of `treatments.many`

    def forget(self) -> None:
        """Drop every opened key, after grants changed or at the end of a request."""
        self._held = None
        for kept in (self._opened, self._items, self._signers, self.wrapped):
            kept.clear()

    def held(self, owner: uuid.UUID, compartment: str) -> list[HeldKey]:
        """Keys of an owner's compartment that this person holds now, the living one first. One query, and one a transaction."""
        # Each transaction asks anew: words sealed under a key that another renewed meanwhile would be lost with it.
        if self._held is None or connection.atomic_blocks[:1] not in ([], self._asked_in):
            self._held, self._asked_in = {}, connection.atomic_blocks[:1]
            rows = (
                Grant.objects.live()
                .filter(reader_id=self.person_id)
                .values_list(
                    "data_key_id",
                    "data_key__organisation",
                    "data_key__owner",
                    "data_key__compartment",
                    "data_key__key_id",
                    "data_key__inbox_private",
                    "sealed_key",
                    "purpose",
                    "ends_at",
                    "granter_id",
                    "signature",
                    "data_key__retired_at",
                )
            )
            for row in rows:
                key = HeldKey(
                    *row[:4],
                    bytes(row[4]),
                    bytes(row[5]),
                    bytes(row[6]),
                    *row[7:10],
                    bytes(row[10]),
                    row[11] is not None,
                )
                self._held.setdefault((key.owner, key.compartment), []).append(key)
            for keys in self._held.values():
                keys.sort(key=lambda k: k.retired)
        return self._held.get((owner, compartment), [])

    def holds(self, owner: uuid.UUID, compartment: str) -> bool:
        """Whether this person could open that compartment."""
        return any(not key.retired for key in self.held(owner, compartment))

    def open_key(self, held: HeldKey) -> p.Cipher:
        """The data key itself, after its grant's signature was checked."""
        if held.key_id not in self._opened:
            if not self.is_signed(held, held, reader=self.person_id, box_public=self.keys.box_public):
                raise Tampered(
                    _("a grant is not signed by the person it names; ask who gave it to give it again")
                )
            cipher = p.Cipher(self.keys.open_box(held.sealed_key))
            if cipher.id != held.key_id:
                raise Tampered(_("a grant holds another key than it says; ask who gave it to give it again"))
            self._opened[held.key_id] = cipher
        return self._opened[held.key_id]

    def is_signed(
        self, key: HeldKey | DataKey, grant: HeldKey | Grant, *, reader: uuid.UUID, box_public: bytes
    ) -> bool:
        """Whether a grant of a key is as the person whom it names as its giver signed it."""
        message = grant_message(
            key,
            reader=reader,
            reader_box_public=box_public,
            sealed_key=bytes(grant.sealed_key),
            purpose=grant.purpose,
            ends_at=grant.ends_at,
        )
        return grant.granter_id is not None and p.signed_by(
            self.sign_key_of(grant.granter_id), message, bytes(grant.signature)
        )

    def sign_key_of(self, writer: uuid.UUID) -> bytes:
        """A person's signing key: my own from memory, another's only as I pinned it, asked for once a request."""
        if writer == self.person_id:
            return self.keys.sign_public
        if writer not in self._signers:
            self._signers[writer] = pinned_sign_key(person=self.person_id, own=self.keys, other=writer)
        return self._signers[writer]

    def living_key(self, owner: uuid.UUID, compartment: str) -> tuple[HeldKey, p.Cipher]:
        """The key under which new words of a compartment are sealed."""
        return self._first(compartment, (one for one in self.held(owner, compartment) if not one.retired))

    def key_named(self, owner: uuid.UUID, compartment: str, key_id: bytes) -> tuple[HeldKey, p.Cipher]:
        """The key that a sealed value asks for, living or retired."""
        held = self.held(owner, compartment)
        return self._first(compartment, (one for one in held if one.key_id == key_id))

    def _first(self, compartment: str, fitting: Iterable[HeldKey]) -> tuple[HeldKey, p.Cipher]:
        """A key out of the first of its grants that holds: what was arranged twice, one forged grant does not close."""
        fault: VaultError | None = None
        for held in fitting:
            try:
                return held, self.open_key(held)
            except VaultError as error:
                fault = error
        raise fault or no_key_for(compartment)

    def every_key(self, owner: uuid.UUID, compartment: str) -> dict[uuid.UUID, p.Cipher]:
        """Each data key of a compartment that this person holds, living or retired, by its id."""
        held = self.held(owner, compartment)
        self._first(compartment, held)  # refuses where there is none
        return {one.data_key: self.key_named(owner, compartment, one.key_id)[1] for one in held}

    def item_key(self, owner: uuid.UUID, item: uuid.UUID) -> tuple[HeldKey, p.Cipher]:
        """The key of one note or transcript; all of an owner's come in one query."""
        if not self.has_item(owner, item):
            raise NoKey(_("this item has no key yet"))
        compartment, wrapped = self._items[owner].get(item) or self._wrapped(owner=owner, item=item)[item]
        return self.open_item(owner, compartment, item, wrapped)

    def open_item(
        self, owner: uuid.UUID, compartment: str, item: uuid.UUID, wrapped: bytes | None
    ) -> tuple[HeldKey, p.Cipher]:
        """A note's own key, out of the compartment's key that wraps it."""
        if wrapped is None:
            raise Burned(_("this note was burned; its words are gone"))
        held, data_key = self.key_named(owner, compartment, p.key_id_of(wrapped))
        return held, self.unwrap(held, data_key, item, wrapped)

    def unwrap(self, held: HeldKey, data_key: p.Cipher, item: uuid.UUID | str, wrapped: bytes) -> p.Cipher:
        """The same where the compartment's key is at hand."""
        cipher = self.warm.get(wrapped)
        if cipher is None:
            place = held.place_of(held.compartment, "vault_item_key", item, "wrapped")
            cipher = p.Cipher(data_key.unseal(place, wrapped))
            if len(self.warm) < WARM_AT_MOST:
                self.warm[wrapped] = cipher
        return cipher

    def has_item(self, owner: uuid.UUID, item: uuid.UUID) -> bool:
        """Whether an item already has a key (living or burned)."""
        if owner not in self._items:
            self._items[owner] = self._wrapped(owner=owner)
        # One made in this transaction is not remembered: a rollback would leave a key that no row holds.
        return item in self._items[owner] or bool(self._wrapped(owner=owner, item=item))

    def _wrapped(self, **which: uuid.UUID) -> dict[uuid.UUID, tuple[str, bytes | None]]:
        rows = ItemKey.objects.filter(**which).values_list("item", "compartment", "wrapped")
        return {row[0]: (row[1], None if row[2] is None else bytes(row[2])) for row in rows}

    def make_item_key(self, owner: uuid.UUID, compartment: str, item: uuid.UUID) -> tuple[HeldKey, p.Cipher]:
        """A fresh key for one note or transcript, wrapped by the compartment's living key."""
        held, data_key = self.living_key(owner, compartment)
        raw = os.urandom(32)
        wrapped = p.seal(data_key, key_place(held, "vault_item_key", item, "wrapped"), raw)
        ItemKey.objects.create(item=item, owner=owner, compartment=compartment, wrapped=wrapped)
        return held, p.Cipher(raw)

    def require_recovery(self) -> None:
        """No clinical word is stored before the recovery code was typed back: a lost passphrase would lose it."""
        if not self._recovery_confirmed:
            self._recovery_confirmed = (
                Keyring.objects.filter(person_id=self.person_id).exclude(recovery_confirmed_at=None).exists()
            )
        if not self._recovery_confirmed:
            raise RecoveryFirst(_("type your recovery code back before the first words are stored"))

    def inbox_key(self, owner: uuid.UUID, compartment: str, data_key: uuid.UUID) -> bytes:
        """The private half of an inbox, to take out what arrived while nobody was signed in."""
        held, key = self._first(
            "inbox", (one for one in self.held(owner, compartment) if one.data_key == data_key)
        )
        return p.unseal(key, key_place(held, "vault_data_key", data_key, "inbox_private"), held.inbox_private)


def current() -> Unlocked:
    """The person who is unlocked here, or Locked."""
    unlocked = _current.get()
    if unlocked is None:
        raise Locked(_("the vault is locked; type your passphrase to open it"))
    return unlocked


def is_unlocked() -> bool:
    """Whether someone is unlocked here."""
    return _current.get() is not None


@contextmanager
def opened(unlocked: Unlocked | None) -> Iterator[Unlocked | None]:
    """Let one person be unlocked inside the block, and forget every key after it."""
    token = _current.set(unlocked)
    try:
        yield unlocked
    finally:
        _current.reset(token)
        if unlocked is not None:
            unlocked.forget()


def inbox_seal(key: DataKey) -> bytes:
    """What only this site can put on an inbox: whoever writes to the database alone cannot exchange it for their own."""
    place = p.joined(str(key.organisation), str(key.owner), key.compartment, str(key.id)).hex()
    return p.hkdf(settings.SECRET_KEY.encode(), f"depthwork/inbox/1/{place}/{bytes(key.inbox_public).hex()}")


def put_in_inbox(*, owner: uuid.UUID, compartment: str, raw: bytes) -> tuple[uuid.UUID, bytes]:
    """Seal bytes to an owner's inbox while nobody is signed in; gives the data key's id and the box."""
    row = DataKey.objects.filter(owner=owner, compartment=compartment, retired_at=None).first()
    if row is None:
        raise NoKey(_("nobody holds a key for this inbox yet"))
    if not p.same(bytes(row.inbox_seal or b""), inbox_seal(row)):
        raise Tampered(
            _("this inbox was exchanged; nothing was put in. Its holder looks at it when they sign in")
        )
    return row.id, p.seal_to(bytes(row.inbox_public), p.pad(raw))


def take_from_inbox(*, owner: uuid.UUID, compartment: str, data_key: uuid.UUID, blob: bytes) -> bytes:
    """Open what lies in an inbox."""
    private = current().inbox_key(owner, compartment, data_key)
    return p.unpad(p.open_box(private, blob))
