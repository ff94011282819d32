"""Links that open one thing. The database holds a name made from the token; the words lie under the token itself.

Whoever holds the database alone can neither use a link nor read what was written through it.
"""

from __future__ import annotations

import base64
import os
import uuid

from depthwork.practice.vault import primitives as p

BYTES = 32


def fresh_token() -> str:
    """256 random bits, fit for an address."""
    return base64.urlsafe_b64encode(os.urandom(BYTES)).decode().rstrip("=")


def _raw(token: str) -> bytes | None:
    """The bytes of a token as `fresh_token` writes it; None for anything else."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=")
    except ValueError:
        return None
    same = base64.urlsafe_b64encode(raw).decode().rstrip("=") == token
    return raw if len(raw) == BYTES and same else None


def token_name(token: str) -> str | None:
    """What the database keeps of a token; None for what cannot be one."""
    raw = _raw(token)
    return None if raw is None else p.hkdf(raw, "depthwork/link-name/1").hex()


def _sealing(token: str) -> bytes:
    raw = _raw(token)
    if raw is None:
        raise ValueError("this is not a link of ours")
    return p.hkdf(raw, "depthwork/link-key/1")


def _where(owner: uuid.UUID, row: uuid.UUID, field: str) -> p.Where:
    return p.Where("", str(owner), "link", "link", str(row), field)


def seal_by_token(token: str, *, owner: uuid.UUID, row: uuid.UUID, field: str, raw: bytes) -> bytes:
    """Seal bytes so that only the holder of the link brings the key."""
    return p.seal(_sealing(token), _where(owner, row, field), raw)


def open_by_token(token: str, *, owner: uuid.UUID, row: uuid.UUID, field: str, blob: bytes) -> bytes:
    """Open what `seal_by_token` sealed."""
    return p.unseal(_sealing(token), _where(owner, row, field), bytes(blob))
