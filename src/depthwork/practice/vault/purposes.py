"""Secrets for one purpose, drawn from the keys of whoever is unlocked: nothing more has to be kept."""

from __future__ import annotations

from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.age import identity_of
from depthwork.practice.vault.unlocked import Unlocked, current


def secret_for(purpose: str) -> bytes:
    """32 bytes that only this person can draw again, for a purpose that is named."""
    return p.hkdf(current().keys.box, f"depthwork/purpose/{purpose}/1")


def package_identity(unlocked: Unlocked | None = None) -> tuple[str, str]:
    """The age identity with which a person opens case packages, and the recipient that they give to a sender."""
    keys = (unlocked or current()).keys
    return identity_of(p.hkdf(keys.box, "depthwork/package/1"))


def sign(message: bytes) -> bytes:
    """The signature of whoever is unlocked."""
    return current().keys.signature(message)


def own_public() -> tuple[bytes, str]:
    """The signing key that a recipient checks by, and the fingerprint that two people read to each other."""
    keys = current().keys
    return keys.sign_public, p.fingerprint(keys.box_public, keys.sign_public)


signature_holds = p.signed_by
