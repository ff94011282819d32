"""Login names are kept as keyed hashes: the database does not list who has an account."""

from __future__ import annotations

import unicodedata

from django.conf import settings

from depthwork.practice.config import rows
from depthwork.practice.vault.primitives import hkdf, keyed_name


def login_of(address: str) -> str:
    """The stored form of an address or login name."""
    plain = unicodedata.normalize("NFKC", address).strip().casefold()
    return keyed_name(hkdf(settings.SECRET_KEY.encode(), "depthwork/login-name/1"), plain)


def is_taken(address: str) -> bool:
    """Whether somebody of any practice signs in with this name."""
    from depthwork.practice.people.models import Person

    stored = login_of(address)
    return Person.objects.filter(login=stored).exists() or rows.stands_behind("login", stored)
