"""Data keys sealed once more, under a token: whoever brings it opens exactly these, and nothing of the person's own keys."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.errors import Tampered
from depthwork.practice.vault.tokens import open_by_token, seal_by_token
from depthwork.practice.vault.unlocked import Unlocked, current

FIELD = "data_key"


def sealed_for(token: str, *, owner: uuid.UUID, compartment: str) -> dict[uuid.UUID, bytes]:
    """Every key that whoever is unlocked holds to a compartment, living and retired, under the token. By data key.

    Raises
    ------
    NoKey
        If the person holds none.
    """
    return {
        data_key: seal_by_token(token, owner=owner, row=data_key, field=FIELD, raw=cipher.raw)
        for data_key, cipher in current().every_key(owner, compartment).items()
    }


def unlocked_by(token: str, *, person: uuid.UUID, sealed: Mapping[uuid.UUID, bytes]) -> Unlocked:
    """What a token opens now: its keys, as far as the person still holds each of them.

    Parameters
    ----------
    token : str
    person : uuid.UUID
        Who made the token. A grant of theirs that ended or was taken back is gone for the token too.
    sealed : mapping
        Data key to what `sealed_for` gave.

    Raises
    ------
    Tampered
        If a sealed key is not the one it stands for.

    Notes
    -----
    1. The key pair is a fresh one that opens and signs nothing: the person's own never leave their sign-in. Once
       forgotten, nothing can be opened again.
    """
    unlocked = Unlocked(person, p.KeyPair.fresh())
    unlocked.held(person, "")  # asks for the grants as they stand at this moment
    assert unlocked._held is not None
    kept = {place: [one for one in keys if one.data_key in sealed] for place, keys in unlocked._held.items()}
    for one in (one for keys in kept.values() for one in keys):
        cipher = p.Cipher(
            open_by_token(token, owner=one.owner, row=one.data_key, field=FIELD, blob=sealed[one.data_key])
        )
        if cipher.id != one.key_id:
            raise Tampered("a token holds another key than it says; make a new token")
        unlocked._opened[one.key_id] = cipher
    unlocked._held = kept
    return unlocked
