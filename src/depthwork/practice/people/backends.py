"""Sign-in by login name and passphrase. A client and a clinician come in by the same door."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from depthwork.practice.config import rows
from depthwork.practice.people.logins import login_of
from depthwork.practice.people.models import Person


class PassphraseBackend(BaseBackend):
    """One Argon2 run whether or not the account exists: the time tells nothing."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        address, passphrase = credentials.get("username"), credentials.get("password")
        if not address or not passphrase:
            return None
        rows.enter_by("login", login_of(address))
        person = Person.objects.filter(login=login_of(address)).first()
        if person is None:
            make_password(passphrase)
        elif person.check_password(passphrase) and person.is_active:
            return person
        rows.leave()
        return None

    def get_user(self, user_id: Any) -> Person | None:
        # With the practice comes its rule of a second factor (`policy.models`), which every request asks for.
        here = Person.objects.select_related("practice__second_factor")
        return here.filter(pk=user_id, is_active=True).first()
