"""A new data key for a compartment, and every sealed value of it moved over, resumable at any point."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from django.apps import apps
from django.db import transaction

from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.actions import _grant
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.fields import Sealed, SealedField, SealedModel
from depthwork.practice.vault.models import DataKey, ItemKey
from depthwork.practice.vault.unlocked import current


def sealed_models() -> list[type[SealedModel]]:
    """Every model with sealed fields."""
    return [m for m in apps.get_models() if issubclass(m, SealedModel)]


def sealed_fields(model: type[SealedModel]) -> list[SealedField]:
    """A model's sealed fields."""
    return [f for f in model._meta.get_fields() if isinstance(f, SealedField)]


@transaction.atomic
def start_rotation(*, owner: uuid.UUID, compartment: str) -> DataKey:
    """Retire the living key and make a new one for all who still hold the old. Old values stay readable."""
    unlocked = current()
    held, _ = unlocked.living_key(owner, compartment)
    old = DataKey.objects.select_for_update().get(id=held.data_key)
    old.retired_at = datetime.now(UTC)
    old.save(update_fields=["retired_at"])
    raw = os.urandom(32)
    private, public = p.box_pair()
    new = DataKey(
        organisation=old.organisation,
        owner=owner,
        compartment=compartment,
        key_id=p.key_id(raw),
        inbox_public=public,
    )
    where = p.Where(
        str(old.organisation), str(owner), compartment, "vault_data_key", str(new.id), "inbox_private"
    )
    new.inbox_private = p.seal(raw, where, private)
    new.save(force_insert=True)
    for grant in old.grants.all():
        _grant(
            unlocked,
            new,
            raw,
            reader=grant.reader_id,
            purpose=grant.purpose,
            consent=grant.consent,
            ends_at=grant.ends_at,
        )
    unlocked.forget()
    return new


def move_values(*, owner: uuid.UUID, compartment: str, batch: int = 500) -> int:
    """Re-seal values that still stand under a retired key. Killed at any point, it goes on where it stopped."""
    moved = 0
    for rows in _stale_batches(owner, compartment, batch):
        with transaction.atomic():
            for row, names in rows:
                for name in names:
                    setattr(
                        row, name, getattr(row, name)
                    )  # opened by the old key, sealed by the new one on save
                row.save(update_fields=names)
                moved += 1
    moved += _move_item_keys(owner, compartment)
    return moved


def finish_rotation(*, owner: uuid.UUID, compartment: str) -> int:
    """Drop retired keys once no value stands under them. Inbox letters under them must have been taken out."""
    for _ in _stale_batches(owner, compartment, 1):
        raise NoKey("some values still stand under the old key; run the move again")
    return DataKey.objects.filter(owner=owner, compartment=compartment).exclude(retired_at=None).delete()[0]


def rotate(*, owner: uuid.UUID, compartment: str) -> int:
    """New key, values moved, old key dropped."""
    start_rotation(owner=owner, compartment=compartment)
    moved = move_values(owner=owner, compartment=compartment)
    finish_rotation(owner=owner, compartment=compartment)
    current().forget()
    return moved


def _rows_of(model: type[SealedModel], owner: uuid.UUID) -> Iterator[SealedModel]:
    names = {f.name for f in model._meta.get_fields()}
    if "client" in names:
        yield from model._default_manager.filter(client_id=owner).iterator(chunk_size=500)
    else:
        yield from (
            row for row in model._default_manager.filter(**model.vault_filter(owner)).iterator(chunk_size=500)
        )  # type: ignore[attr-defined]


def _stale_batches(
    owner: uuid.UUID, compartment: str, size: int
) -> Iterator[list[tuple[SealedModel, list[str]]]]:
    living = current().living_key(owner, compartment)[0].key_id
    batch: list[tuple[SealedModel, list[str]]] = []
    for model in sealed_models():
        fields = [f for f in sealed_fields(model) if f.compartment_of(model) == compartment]
        if not fields:
            continue
        for row in _rows_of(model, owner):
            if row.vault_item() is not None:
                continue
            stale = [
                f.name
                for f in fields
                if isinstance(row.__dict__.get(f.attname), Sealed)
                and p.key_id_of(row.__dict__[f.attname].blob) != living
            ]
            if stale:
                batch.append((row, stale))
            if len(batch) >= size:
                yield batch
                batch = []
    if batch:
        yield batch


@transaction.atomic
def _move_item_keys(owner: uuid.UUID, compartment: str) -> int:
    unlocked, moved = current(), 0
    held, key = unlocked.living_key(owner, compartment)
    for row in ItemKey.objects.filter(owner=owner, compartment=compartment).exclude(wrapped=None):
        if p.key_id_of(bytes(row.wrapped)) == held.key_id:
            continue
        where = p.Where(
            str(held.organisation), str(owner), compartment, "vault_item_key", str(row.item), "wrapped"
        )
        _, old = unlocked.key_named(owner, compartment, p.key_id_of(bytes(row.wrapped)))
        ItemKey.objects.filter(item=row.item).update(
            wrapped=p.seal(key, where, p.unseal(old, where, bytes(row.wrapped)))
        )
        moved += 1
    return moved
