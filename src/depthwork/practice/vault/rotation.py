"""A new data key for a compartment, and every sealed value of it moved over, resumable at any point."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.actions import _grant, box_of, fresh_data_key
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.fields import Sealed, SealedField, SealedModel
from depthwork.practice.vault.models import DataKey, Grant, ItemKey
from depthwork.practice.vault.unlocked import current, key_place


def sealed_models() -> list[type[SealedModel]]:
    """Every model with sealed fields."""
    return [m for m in apps.get_models() if issubclass(m, SealedModel)]


def sealed_fields(model: type[SealedModel]) -> list[SealedField]:
    """A model's sealed fields."""
    return [f for f in model._meta.get_fields() if isinstance(f, SealedField)]


def letter_boxes() -> list[type[models.Model]]:
    """Models that keep letters of an inbox: by convention, those with a UUID column named `data_key`."""
    return [
        m
        for m in apps.get_models()
        if any(f.name == "data_key" and isinstance(f, models.UUIDField) for f in m._meta.get_fields())
    ]


@transaction.atomic
def start_rotation(*, owner: uuid.UUID, compartment: str) -> DataKey:
    """Retire the living key and make a new one for all who still hold the old. Old values stay readable.

    A grant that has run out does not come along, nor one that was altered: a new signature would make it good.
    """
    unlocked = current()
    held, _key = unlocked.living_key(owner, compartment)
    old = DataKey.objects.select_for_update().get(id=held.data_key)
    old.retired_at = datetime.now(UTC)
    old.save(update_fields=["retired_at"])
    new, raw = fresh_data_key(old.organisation, owner, compartment)
    for grant in Grant.objects.live().filter(data_key=old):
        reader = grant.reader_id
        if unlocked.is_signed(old, grant, reader=reader, box_public=box_of(unlocked, reader)):
            _grant(
                unlocked, new, raw,
                reader=reader, purpose=grant.purpose, consent=grant.consent, ends_at=grant.ends_at,
            )  # fmt: skip
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
    """Drop retired keys once nothing stands under them. A key that an unopened letter waits for is kept."""
    for _stale in _stale_batches(owner, compartment, 1):
        raise NoKey(_("some values still stand under the old key; run the move again"))
    retired = DataKey.objects.filter(owner=owner, compartment=compartment).exclude(retired_at=None)
    for letters in letter_boxes():
        retired = retired.exclude(id__in=letters._default_manager.exclude(data_key=None).values("data_key"))
    return retired.delete()[0]


def rotate(*, owner: uuid.UUID, compartment: str) -> int:
    """New key, values moved, old key dropped."""
    start_rotation(owner=owner, compartment=compartment)
    moved = move_values(owner=owner, compartment=compartment)
    finish_rotation(owner=owner, compartment=compartment)
    current().forget()
    return moved


def _rows_of(model: type[SealedModel], owner: uuid.UUID) -> Iterator[SealedModel]:
    own = model.vault_filter(owner)
    yield from model._default_manager.filter(**own).order_by("pk").iterator(chunk_size=500)


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
        wrapped = bytes(row.wrapped or b"")
        if p.key_id_of(wrapped) == held.key_id:
            continue
        where = key_place(held, "vault_item_key", row.item, "wrapped")
        _key, old = unlocked.key_named(owner, compartment, p.key_id_of(wrapped))
        ItemKey.objects.filter(item=row.item).update(
            wrapped=p.seal(key, where, p.unseal(old, where, wrapped))
        )
        moved += 1
    return moved
