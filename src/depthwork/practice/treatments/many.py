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
from depthwork.practice.vault.unlocked import HeldKey, Unlocked, current


class _Closed:
    """Stands where a value is that this person holds no key for, or that was burned."""

    def __repr__(self) -> str:
        return "<closed>"


CLOSED: Final = _Closed()
Wrapped = dict[str, tuple[str, bytes | None]]  # item -> compartment, its key under the compartment's
NO_KEY: Final = ("", None)  # of an item that was burned, or never had a key


def digits(id: str | UUID) -> str:
    """An id as 32 hexadecimal digits: SQLite gives it so, PostgreSQL as a UUID."""
    return id if isinstance(id, str) else id.hex


def dashed(id: str) -> str:
    """32 hexadecimal digits as an id is written in the place of a value."""
    return f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"


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
        "asked_again",
        "before",
        "ciphers",
        "compartment",
        "data_keys",
        "field",
        "from_bytes",
        "owner",
        "unlocked",
        "wrapped",
    )

    def __init__(self, unlocked: Unlocked, field: SealedField, owner: UUID, wrapped: Wrapped | None) -> None:
        self.unlocked, self.field, self.owner, self.wrapped = unlocked, field, owner, wrapped
        self.compartment, self.from_bytes = field.compartment_of(field.model), field.from_bytes
        self.before, self.after, self.asked_again = b"", b"", False
        self.ciphers: dict[str | bytes, Cipher | _Closed] = {}
        self.data_keys: dict[bytes, tuple[HeldKey, Cipher]] = {}  # opened here, for what they wrap

    def value(self, place: bytes, item: str, blob: bytes) -> Any:
        asked = blob[1:17] if self.wrapped is None else item
        cipher = self.ciphers.get(asked)
        if cipher is None:
            cipher = self.ciphers[asked] = self._key_for(item, blob)
        if cipher is CLOSED:
            return CLOSED
        return self.from_bytes(cast("Cipher", cipher).unseal(self.before + place + self.after, blob))

    def _key_for(self, item: str, blob: bytes) -> Cipher | _Closed:
        if self.wrapped is None:
            data_key = self._data_key(self.compartment, blob)
            return CLOSED if data_key is None else data_key[1]
        if item not in self.wrapped and not self.asked_again:  # made since they were asked for, perhaps
            self.asked_again = True
            _ask(ItemKey.objects.filter(owner=self.owner), self.unlocked)
        compartment, wrapped = self.wrapped.get(item, NO_KEY)
        data_key = None if wrapped is None else self._data_key(compartment, wrapped)
        if wrapped is None or data_key is None:
            return CLOSED
        return self.unlocked.warm.get(wrapped) or self.unlocked.unwrap(*data_key, dashed(item), wrapped)

    def _data_key(self, compartment: str, blob: bytes) -> tuple[HeldKey, Cipher] | None:
        """The key that a value, or another key, asks for; each is opened anew in every request."""
        key_id = key_id_of(blob)
        found = self.data_keys.get(key_id)
        if found is None:
            try:
                found = self.data_keys[key_id] = self.unlocked.key_named(self.owner, compartment, key_id)
            except NoKey:
                return None
            table = self.field.model._meta.db_table
            self.before, self.after = found[0].ends_of(self.compartment, table, self.field.attname)
        return found


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
    asked = rows.values_list("pk", owner_is, item or "pk", *also, *(one.attname for one in fields))
    begin, columns, last = 3 + len(also), dict[str, list[_Column]](), None
    for row in plain_rows(asked):
        pk, owner, burns = row[:3]
        if type(pk) is not str:
            pk, owner, burns = pk.hex, owner.hex, burns.hex
        if owner != last:
            if owner not in columns:
                keys = None if item is None else _keys_of(owner, rows, owner_is, unlocked)
                columns[owner] = [_Column(unlocked, one, UUID(owner), keys) for one in fields]
            last, here = owner, columns[owner]
        place = dashed(pk).encode()
        opened = [
            None if blob is None else column.value(place, burns, bytes(blob))
            for column, blob in zip(here, row[begin:], strict=True)
        ]
        yield (pk, owner, *row[3:begin], *opened)


def _keys_of(owner: str, rows: QuerySet[Any, Any], owner_is: str, unlocked: Unlocked) -> Wrapped:
    """The keys of an owner's single notes, still wrapped. Those of all owners of these rows come in one query, once
    a request: what is burned in it makes the keys be asked for anew."""
    if owner not in unlocked.wrapped:
        _ask(ItemKey.objects.filter(owner__in=rows.values(owner_is)), unlocked)
    return unlocked.wrapped.setdefault(owner, {})


def _ask(keys: QuerySet[ItemKey], unlocked: Unlocked) -> None:
    for owner, item, where, blob in plain_rows(keys.values_list("owner", "item", "compartment", "wrapped")):
        known = unlocked.wrapped.setdefault(digits(owner), {})
        known[digits(item)] = (where, None if blob is None else bytes(blob))
