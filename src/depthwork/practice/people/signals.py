"""What happens at the moment of signing in and out."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal, receiver
from django.http import HttpRequest

from depthwork.practice.audit.actions import record
from depthwork.practice.config import rows
from depthwork.practice.people.hashers import take_root
from depthwork.practice.people.logins import login_of
from depthwork.practice.people.middleware import (
    FRESH_HALF,
    SEEN,
    STARTED,
    TYPED,
    WAITING_SINCE,
    cookie_name,
    since,
    stamp,
)
from depthwork.practice.people.models import Person
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import sessions
from depthwork.practice.vault.errors import VaultError
from depthwork.practice.vault.models import Keyring
from depthwork.practice.vault.unlocked import Unlocked

keys_opened = Signal()  # person, unlocked: someone came in or unlocked, whichever way
RECOVERY_OPEN = "recovery_open"  # in the session row while the recovery code was not typed back


def carry(request: HttpRequest, unlocked: Unlocked, person: Person) -> None:
    """Carry opened keys into the session, split between row and cookie, and tell the rooms."""
    setattr(request, FRESH_HALF, sessions.split(unlocked, request.session))
    stamp(request.session, SEEN)
    stamp(request.session, TYPED)
    if Keyring.objects.filter(person_id=unlocked.person_id, recovery_confirmed_at=None).exists():
        request.session[RECOVERY_OPEN] = True
    if STARTED not in request.session:
        stamp(request.session, STARTED)
    keys_opened.send(sender=Person, person=person, unlocked=unlocked)


def keep_waiting(request: HttpRequest, user: Person) -> None:
    """The passphrase was right and a second factor is still to come: the keys wait for it, split like any session.

    What waits opens with row and cookie together and with nothing else, for fifteen minutes, and goes at the next try.
    """
    root = take_root()
    if root is None:
        return
    try:
        unlocked = vault.unlock(person=user.id, root=root)
    except VaultError:
        return
    setattr(request, FRESH_HALF, sessions.split(unlocked, request.session, slot=sessions.WAITING))
    stamp(request.session, WAITING_SINCE)


def _waited(request: HttpRequest, user: Person) -> Unlocked | None:
    waited = since(request.session, WAITING_SINCE, now=int(time.time()))
    request.session.pop(WAITING_SINCE, None)
    unlocked = sessions.join(
        user.id, request.session, request.COOKIES.get(cookie_name()), slot=sessions.WAITING
    )
    request.session.pop(sessions.WAITING, None)
    return unlocked if 0 <= waited <= settings.IDLE_LOCK_SECONDS else None


@receiver(user_logged_in)
def open_keys(sender: Any, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """One Argon2 run serves login and keys, with or without a second factor between them."""
    root, waited = take_root(), _waited(request, user)
    record(verb="signed_in", by=user.id, practice=user.practice_id, object_type="person", object_id=user.id)
    stamp(request.session, STARTED)
    if root is not None:
        try:
            carry(request, vault.unlock(person=user.id, root=root), user)
        except VaultError:
            sessions.lock(request.session)
    elif waited is not None:
        carry(request, waited, user)


@receiver(user_logged_out)
def note_sign_out(sender: Any, request: HttpRequest, user: Person | None, **kwargs: Any) -> None:
    if isinstance(user, Person):
        record(
            verb="signed_out", by=user.id, practice=user.practice_id, object_type="person", object_id=user.id
        )


@receiver(user_login_failed)
def note_failure(sender: Any, credentials: dict[str, Any] | None = None, **kwargs: Any) -> None:
    """Whose sign-in was tried, where there is one: a manager of that practice finds it in the audit."""
    login = login_of(str((credentials or {}).get("username") or ""))
    rows.enter_by("login", login)
    tried = Person.objects.filter(login=login).values_list("id", "practice_id").first()
    person, practice = tried or ("", None)
    record(
        verb="sign_in_failed",
        by=None,
        practice=practice,
        object_type="person" if tried else "",
        object_id=person,
    )
    rows.leave()
