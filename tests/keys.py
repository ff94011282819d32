"""The keys of many notes that burn alone, made in one go, for practices that are filled by the ten thousand."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any


def keys_for(owner: Any, items: Iterable[Any]) -> None:
    """Wrapped as the vault wraps them one by one."""
    from depthwork.practice.vault import primitives as p
    from depthwork.practice.vault.models import ItemKey
    from depthwork.practice.vault.unlocked import current, key_place

    held, key = current().living_key(owner, "process_notes")
    ItemKey.objects.bulk_create(
        ItemKey(
            item=one,
            owner=owner,
            compartment="process_notes",
            wrapped=p.seal(key, key_place(held, "vault_item_key", one, "wrapped"), os.urandom(32)),
        )
        for one in items
    )
    current().forget()
