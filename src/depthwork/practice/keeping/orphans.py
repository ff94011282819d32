"""Sealed values whose key is not in the database: what a restore with an older key file leaves closed."""

from __future__ import annotations

from django.db import connection

from depthwork.practice.vault.fields import SealedModel
from depthwork.practice.vault.rotation import sealed_fields, sealed_models

KEY_NAME = "substr({column}, 2, 16)"  # a sealed value begins with its version and the name of its key


def orphans() -> int:
    """How many values nobody can open, beside those that were destroyed on purpose.

    A note that can be burned alone counts as one: its own key stands under a key that is missing.
    """
    found = _count("vault_item_key", "wrapped", "owner")
    for model in sealed_models():
        owner = next((f.column for f in model._meta.concrete_fields if f.attname == "client_id"), None)
        if owner is None or model.vault_item is not SealedModel.vault_item:
            continue
        for field in sealed_fields(model):
            found += _count(model._meta.db_table, str(field.column), owner)
    return found


def _count(table: str, column: str, owner: str) -> int:
    name = KEY_NAME.format(column=f'"{column}"')
    with connection.cursor() as cursor:
        cursor.execute(
            f'select count(*) from "{table}" where "{column}" is not null'  # noqa: S608  (names of our own tables)
            f" and {name} not in (select key_id from vault_data_key)"
            f' and "{owner}" not in (select owner from vault_tombstone where item is null)'
        )
        return int(cursor.fetchone()[0])
