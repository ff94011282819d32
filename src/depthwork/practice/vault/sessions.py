"""The unlock between two requests: private keys under a session key whose halves lie apart."""

from __future__ import annotations

import base64
import os
import uuid
from collections.abc import MutableMapping
from typing import Any

from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.errors import Tampered
from depthwork.practice.vault.unlocked import Unlocked

SLOT = "vault"  # the session row's half and the sealed keys
WAITING = "vault_waiting"  # the same, between the passphrase and the second factor
COOKIE = "dw-half"

# Keys of single notes that a sign-in opened, in this worker's memory. They go at its lock; in the other workers within
# a minute, for `ui.memory` looks whether the row is still unlocked.
warm: dict[str, dict[bytes, p.Cipher]] = {}


def _where(person: uuid.UUID, slot: str) -> p.Where:
    return p.Where("", str(person), "session", slot, str(person), "keys")


def _session_key(cookie_half: bytes, row_half: bytes) -> bytes:
    return p.hkdf(cookie_half + row_half, "depthwork/session/1")


def split(unlocked: Unlocked, session: MutableMapping[str, Any], *, slot: str = SLOT) -> str:
    """Put the keys into the session row, sealed; give the half that goes into the cookie."""
    cookie_half, row_half = os.urandom(32), os.urandom(32)
    blob = p.seal(
        _session_key(cookie_half, row_half),
        _where(unlocked.person_id, slot),
        unlocked.keys.box + unlocked.keys.sign,
    )
    session[slot] = {"half": base64.b64encode(row_half).decode(), "keys": base64.b64encode(blob).decode()}
    return base64.urlsafe_b64encode(cookie_half).decode()


def join(
    person: uuid.UUID, session: MutableMapping[str, Any], cookie: str | None, *, slot: str = SLOT
) -> Unlocked | None:
    """The keys again, if both halves are here; None while locked."""
    held = session.get(slot)
    if not held or not cookie:
        return None
    try:
        cookie_half = base64.urlsafe_b64decode(cookie.encode())
        key = _session_key(cookie_half, base64.b64decode(held["half"]))
        raw = p.unseal(key, _where(person, slot), base64.b64decode(held["keys"]))
    except (Tampered, ValueError, KeyError, TypeError):
        return None
    unlocked, name = Unlocked(person, p.KeyPair(raw[:32], raw[32:])), getattr(session, "session_key", None)
    if slot == SLOT and name:
        unlocked.warm = warm.setdefault(name, unlocked.warm)
    return unlocked


def lock(session: MutableMapping[str, Any]) -> None:
    """Forget the row's half: the cookie alone opens nothing."""
    warm.pop(getattr(session, "session_key", None) or "", None)
    for slot in (SLOT, WAITING):
        session.pop(slot, None)
