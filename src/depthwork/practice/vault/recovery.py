"""The recovery code: 160 random bits that people can copy onto paper."""

from __future__ import annotations

import base64
import secrets

from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.primitives import hkdf


def fresh_code() -> str:
    """Eight groups of four letters and digits (base 32)."""
    raw = base64.b32encode(secrets.token_bytes(20)).decode()
    return "-".join(raw[i : i + 4] for i in range(0, 32, 4))


def key_of(code: str) -> bytes:
    """The key that a code stands for; spaces, dashes and case do not matter."""
    return hkdf(_raw(code), "depthwork/recovery/1")


def backup_secret_of(code: str) -> bytes:
    """What a code gives for opening backups: whoever holds the paper can restore on a new machine."""
    return hkdf(_raw(code), "depthwork/backup/1")


def _raw(code: str) -> bytes:
    plain = "".join(code.split()).replace("-", "").upper().translate(str.maketrans("018", "OIB"))
    try:
        raw = base64.b32decode(plain)
    except ValueError:
        raw = b""
    if len(raw) != 20:
        raise Refused("a recovery code has 32 letters and digits in eight groups of four")
    return raw
