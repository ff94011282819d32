"""Django's password slot holds only a verifier: a hash of a key that opens nothing."""

from __future__ import annotations

import base64
import os
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, mask_hash

from depthwork.practice.vault.primitives import derive_root, same, verifier_of

# The root of the passphrase that was last checked right in this request. The vault takes it from here,
# so that signing in runs Argon2 once and no form has to be parsed twice.
_root: ContextVar[bytes | None] = ContextVar("depthwork_root", default=None)


def take_root() -> bytes | None:
    """The root of the passphrase just checked, once."""
    root = _root.get()
    _root.set(None)
    return root


class VaultHasher(BasePasswordHasher):
    """`vault$1$salt$verifier`: Argon2id, then HKDF for the login purpose, then SHA-256."""

    algorithm = "vault"

    def salt(self) -> str:
        return base64.urlsafe_b64encode(os.urandom(18)).decode()

    def encode(self, password: str, salt: str) -> str:
        root = derive_root(password, base64.urlsafe_b64decode(salt)[:16])
        _root.set(root)
        return f"{self.algorithm}$1${salt}${verifier_of(root)}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, version, salt, verifier = encoded.split("$", 3)
        return {"algorithm": algorithm, "version": version, "salt": salt, "hash": verifier}

    def verify(self, password: str, encoded: str) -> bool:
        parts = self.decode(encoded)
        root = derive_root(password, base64.urlsafe_b64decode(parts["salt"])[:16])
        right = same(verifier_of(root), parts["hash"])
        _root.set(root if right else None)
        return right

    def safe_summary(self, encoded: str) -> dict[str, Any]:
        parts = self.decode(encoded)
        return {"algorithm": self.algorithm, "verifier": mask_hash(parts["hash"])}

    def must_update(self, encoded: str) -> bool:
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """One strength only: nothing to harden."""
