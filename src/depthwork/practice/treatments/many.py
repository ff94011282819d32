"""Thousands of sealed rows at once, for search and for pages that look over a whole treatment.

`values_list` and `open_value` make a UUID of every id and look up every key anew, which costs more than opening a note
does. Here a row stays as the database gives it, and what is alike for all rows of a client is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.sql.constants import MULTI

from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.fields import SealedField, SealedModel
from depthwork.practice.vault.models import ItemKey
from depthwork.practice.vault.primitives import Cipher, key_id_of
from depthwork.practice.vault.unlocked import Unlocked, current


class _Closed:
    """Stands where a value is that this person holds no key for, or that was burned."""

    def __repr__(self) -> str:
        return "<closed>"


CLOSED: Final = _Closed()
Wrapped = dict[str, tuple[str, bytes | None]]  # item -> compartment, its key under the compartment's
NO_KEY: Final = ("", None)  # of an item that was burned, or never had a key
LENGTH = (36).to_bytes(4, "big")  # before an id in the place of a value, as `primitives.joined` writes it


def digits(id: str | UUID) -> str:
    """An id as 32 hexadecimal digits: SQLite gives it so, PostgreSQL as a UUID."""
    return id if isinstance(id, str) else id.hex


def item_column(model: type[SealedModel]) -> str | None:
    """The column whose value burns together with a row, found from the rule that `vault_item` states."""
    if model.vault_item is SealedModel.vault_item:
        return None
    probe = model()
    for one in model._meta.concrete_fields:
        if one.get_internal_type() in ("UUIDField", "ForeignKey", "OneToOneField"):
            for asked in (UUID(int=1), UUID(int=2)):
                setattr(probe, one.attname, asked)
                if probe.vault_item() != asked:
                    break
            else:
                return one.attname
    return None


def plain_rows(rows: QuerySet[Any, Any]) -> Iterator[Sequence[Any]]:
    """Rows as the database driver gives them."""
    chunks = rows.query.get_compiler(rows.db).execute_sql(MULTI, chunked_fetch=True, chunk_size=1000)
    return chain.from_iterable(chunks or ())


class _Column:
    """One sealed column of one client: the place of its values, and the keys it was asked for so far."""

    __slots__ = (
        "after",
        "before",
        "ciphers",
        "compartment",
        "field",
        "from_bytes",
        "owner",
        "rights",
        "unlocked",
        "wrapped",
    )

    def __init__(self, unlocked: Unlocked, field: SealedField, owner: UUID, wrapped: Wrapped | None) -> None:
        self.unlocked, self.field, self.owner, self.wrapped = unlocked, field, owner, wrapped
        self.compartment, self.from_bytes = field.compartment_of(field.model), field.from_bytes
        self.before, self.after = b"", b""
        self.ciphers: dict[str | bytes, Cipher | None] = {}
        self.rights: set[bytes] = (
            set()
        )  # data keys that were opened here, so that what they wrap may be asked for

    def value(self, row: bytes, item: str, blob: bytes) -> Any:
        asked = blob[1:17] if self.wrapped is None else item
        try:
            cipher = self.ciphers[asked]
        except KeyError:
            cipher = self.ciphers[asked] = self._key_for(item, blob)
        if cipher is None:
            return CLOSED
        return self.from_bytes(cipher.unseal(self.before + row + self.after, blob))

    def _key_for(self, item: str, blob: bytes) -> Cipher | None:
        compartment, wrapped = self.compartment, None
        if self.wrapped is not None:
            compartment, wrapped = self.wrapped.get(item, NO_KEY)
            if wrapped is None:
                return None
            if wrapped[1:17] in self.rights and (cipher := self.unlocked.warm.get(wrapped)):
                return cipher
        try:
            if wrapped is None:
                held, cipher = self.unlocked.key_named(self.owner, compartment, key_id_of(blob))
            else:
                held, cipher = self.unlocked.open_item(self.owner, compartment, item, wrapped)
                self.rights.add(wrapped[1:17])
        except NoKey:
            return None
        table = self.field.model._meta.db_table
        self.before, self.after = held.ends_of(self.compartment, table, self.field.attname)
        return cipher


def open_rows(
    rows: QuerySet[Any, Any], *names: str, also: Sequence[str] = (), item: str | None = None
) -> Iterator[tuple[Any, ...]]:
    """The opened columns of many rows, in the order of the rows.

    Parameters
    ----------
    rows : queryset
        Of a model with sealed fields.
    names : str
        Its sealed columns.
    also : sequence of str
        Further columns in clear, given as the database has them.
    item : str or None
        The column that names what burns together with a row; None where only the compartment's key seals.

    Yields
    ------
    tuple
        The row's id and its owner's as 32 hexadecimal digits, `also`, then each opened value: None for an empty cell,
        `CLOSED` for one that this person holds no key for or that was burned.

    Raises
    ------
    Locked
        If nobody is unlocked.
    Tampered
        At the first value that was altered or moved.
    """
    unlocked, model = current(), cast("type[SealedModel]", rows.model)
    (owner_is,) = model.vault_filter(UUID(int=0))
    owner_is = model._meta.get_field(owner_is).attname
    fields = [cast("SealedField", model._meta.get_field(name)) for name in names]
    wrapped = None if item is None else _keys_of(rows, owner_is)
    asked = rows.values_list("pk", owner_is, item or "pk", *also, *(one.attname for one in fields))
    begin, columns = 3 + len(also), dict[str, list[_Column]]()
    for row in plain_rows(asked):
        pk, owner, burns = row[:3]
        if type(pk) is not str:
            pk, owner, burns = pk.hex, owner.hex, burns.hex
        if owner not in columns:
            columns[owner] = [_Column(unlocked, one, UUID(owner), wrapped) for one in fields]
        place = LENGTH + f"{pk[:8]}-{pk[8:12]}-{pk[12:16]}-{pk[16:20]}-{pk[20:]}".encode()
        opened = [
            None if blob is None else column.value(place, burns, bytes(blob))
            for column, blob in zip(columns[owner], row[begin:], strict=True)
        ]
        yield (pk, owner, *row[3:begin], *opened)


def _keys_of(rows: QuerySet[Any, Any], owner_is: str) -> Wrapped:
    """The keys of single notes of all owners of these rows, in one query, still wrapped."""
    keys = ItemKey.objects.filter(owner__in=rows.values(owner_is))
    found = plain_rows(keys.values_list("item", "compartment", "wrapped"))
    return {digits(item): (where, None if blob is None else bytes(blob)) for item, where, blob in found}
