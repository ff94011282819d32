"""Login names are kept as keyed hashes: the database does not list who has an account."""

from __future__ import annotations

import unicodedata

from django.conf import settings

from depthwork.practice.vault.primitives import hkdf, keyed_name


def login_of(address: str) -> str:
    """The stored form of an address or login name."""
    plain = unicodedata.normalize("NFKC", address).strip().casefold()
    return keyed_name(hkdf(settings.SECRET_KEY.encode(), "depthwork/login-name/1"), plain)
