"""Admit people, change what they do, let them go."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.audit.models import Event
from depthwork.practice.config import rows
from depthwork.practice.people.hashers import take_root
from depthwork.practice.people.logins import login_of
from depthwork.practice.people.models import ENDED, Invitation, Person, Practice, Role
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import NoKey, Refused, VaultError
from depthwork.practice.vault.models import Grant, KeyPin, Keyring
from depthwork.practice.vault.unlocked import Unlocked


@transaction.atomic
def found_practice(*, name: str, by: uuid.UUID | None = None, **details: object) -> Practice:
    """A new practice, empty."""
    practice = Practice.objects.create(name=name, **details)
    record(
        verb="practice.founded", by=by, practice=practice.id, object_type="practice", object_id=practice.id
    )
    return practice


def _worked(passphrase: str, person: Person | None = None) -> tuple[str, bytes]:
    """What the password column holds, and the root. Before a transaction: others would wait for it, and this may wait."""
    validate_password(passphrase, person)
    encoded, root = make_password(passphrase), take_root()
    assert root is not None  # the hasher just derived it
    return encoded, root


def admit(
    *,
    practice: Practice,
    address: str,
    passphrase: str,
    roles: Iterable[str],
    by: uuid.UUID | None,
    display_name: str = "",
    client: uuid.UUID | None = None,
    person_id: uuid.UUID | None = None,
) -> tuple[Person, Unlocked, str]:
    """A person with keys of their own. Gives the person, their opened keys and the recovery code, shown once."""
    person = Person(
        id=person_id or uuid.uuid4(),
        practice=practice,
        login=login_of(address),
        roles=sorted({Role(role).value for role in roles}),
        display_name=display_name,
        client=client,
    )
    person.password, root = _worked(passphrase, person)
    return person, *_keep(person, root, by=by)


@transaction.atomic
def _keep(person: Person, root: bytes, *, by: uuid.UUID | None) -> tuple[Unlocked, str]:
    person.save(force_insert=True)
    _, unlocked, code = vault.make_keyring(person=person.id, root=root)
    record(
        verb="person.admitted", by=by, practice=person.practice_id, object_type="person", object_id=person.id
    )
    return unlocked, code


@transaction.atomic
def _set(row: Person | Practice, *, verb: str, by: Person, **facts: Any) -> None:
    """Change what a person's or the practice's row says, and leave the trace in the same transaction."""
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))
    kind, practice = ("person", row.practice_id) if isinstance(row, Person) else ("practice", row.id)
    record(verb=verb, by=by.id, practice=practice, object_type=kind, object_id=row.id)


def change_roles(*, person: Person, roles: Iterable[str], by: Person) -> None:
    """Give a person other roles; keys do not follow roles."""
    _set(person, verb="person.roles_changed", by=by, roles=sorted({Role(role).value for role in roles}))


def choose_names(*, practice: Practice, initials: bool, by: Person) -> None:
    """Initials or names on the pages that open first."""
    _set(practice, verb="practice.names_chosen", by=by, initials_only=initials)


def choose_word(*, practice: Practice, word: str, by: Person) -> None:
    """Say client or patient, on every page of the practice."""
    _set(practice, verb="practice.word_chosen", by=by, word_for_client=word)


def choose_place(
    *, practice: Practice, country: str, time_zone: str, currency: str, jurisdiction: str, by: Person
) -> None:
    """Where a practice works: whose crisis numbers and rules it shows, in whose money and whose time."""
    _set(
        practice, verb="practice.place_chosen", by=by,
        country=country, time_zone=time_zone, currency=currency, jurisdiction=jurisdiction,
    )  # fmt: skip


def choose_language(*, language: str, by: Person) -> None:
    """Read the interface in a language, from now on and in every browser."""
    _set(by, verb="person.language_chosen", by=by, language=language)


def choose_lines(*, shown: bool, by: Person) -> None:
    """Have kept lines stand beside the hours of Today, or not until a page is opened."""
    _set(by, verb="person.lines_chosen", by=by, shows_lines=shown)


def disable(*, person: Person, by: Person) -> None:
    """Close a sign-in at once. What the person wrote stays."""
    _set(person, verb="person.disabled", by=by, is_active=False)


def enable(*, person: Person, by: Person) -> None:
    """Open a sign-in again that was closed. Keys and passphrase are as they were."""
    _set(person, verb="person.enabled", by=by, is_active=True)


@transaction.atomic
def end_sign_in(*, person: Person, by: Person) -> None:
    """End a sign-in whose passphrase and code are both lost: its second factors go, and the name is free again.

    What was shared with it goes too, and what it vouched for. Of the keys the public halves stay, with which
    colleagues check what the person had signed and given to them. What only these keys opened stays closed for good.
    """
    for owner in set(Grant.objects.filter(reader=person).values_list("data_key__owner", flat=True)):
        vault.take_back(
            owner=owner, reader=person.id
        )  # and marks it: a paper that turns up opens nothing new
    KeyPin.objects.filter(person=person).delete()
    Keyring.objects.filter(person=person).update(
        private_by_passphrase=b"", private_by_recovery=None, backup_recipient=""
    )
    _without_second_factors(person)
    person.login, person.is_active = f"{ENDED}{uuid.uuid4().hex}", False
    person.set_unusable_password()
    person.save(update_fields=["login", "password", "is_active"])
    record(
        verb="person.keys_ended",
        by=by.id,
        practice=person.practice_id,
        object_type="person",
        object_id=person.id,
    )


@transaction.atomic
def successor_of(person: Person) -> Person:
    """A row for someone whose keys were ended, as whom they come in again. It waits for its keys.

    What the old keys signed keeps its signer, and nobody takes the new keys for them before they were compared.
    """
    row = Person(
        practice=person.practice,
        login=f"{ENDED}{uuid.uuid4().hex}",
        display_name=person.display_name,
        roles=person.roles,
        language=person.language,
        is_active=False,
    )
    row.set_unusable_password()
    row.save(force_insert=True)
    return row


def keys_anew(*, person: Person, address: str, passphrase: str) -> tuple[Unlocked, str]:
    """A sign-in and empty keys for a row that waits for them, or for a client: a client signs nothing that others hold."""
    person.login, person.is_active = login_of(address), True
    person.password, root = _worked(passphrase, person)
    with transaction.atomic():
        Keyring.objects.filter(person=person).delete()
        person.save(update_fields=["login", "password", "is_active"])
        _, unlocked, code = vault.make_keyring(person=person.id, root=root)
        record(
            verb="person.keys_anew",
            by=person.id,
            practice=person.practice_id,
            object_type="person",
            object_id=person.id,
        )
    return unlocked, code


def set_passphrase(*, person: Person, passphrase: str, unlocked: Unlocked) -> None:
    """A new passphrase for opened keys, which must be the person's own."""
    if unlocked.person_id != person.id:
        raise NoKey(_("a passphrase is changed with one's own keys open"))
    encoded, root = _worked(passphrase, person)
    with transaction.atomic():
        person.password = encoded
        person.save(update_fields=["password"])
        vault.change_passphrase(unlocked=unlocked, new_root=root)
        record(
            verb="person.passphrase_changed",
            by=person.id,
            practice=person.practice_id,
            object_type="person",
            object_id=person.id,
        )


def recover(*, address: str, code: str, passphrase: str) -> Person | None:
    """Set a new passphrase with the recovery code; None if the two do not belong together."""
    encoded, root = _worked(passphrase)
    with transaction.atomic():
        return _recovered(address, code, encoded, root)


def _recovered(address: str, code: str, encoded: str, root: bytes) -> Person | None:
    rows.enter_by("login", login_of(address))
    person = Person.objects.filter(login=login_of(address), is_active=True).first()
    if person is None:
        return None
    try:
        vault.unlock_with_recovery(person=person.id, code=code, new_root=root)
    except VaultError:
        record(
            verb="person.recovery_refused",
            by=None,
            practice=person.practice_id,
            object_type="person",
            object_id=person.id,
        )
        return None
    person.password = encoded
    person.save(update_fields=["password"])
    record(
        verb="person.recovered",
        by=person.id,
        practice=person.practice_id,
        object_type="person",
        object_id=person.id,
    )
    return person


PAPER_ALONE: Final = timedelta(
    days=3
)  # so long a passphrase that the code has set takes no second factor off


def is_by_paper_alone(person: Person, *, at: datetime) -> bool:
    """Whether the recovery code has set the passphrase so lately that both would come from one paper."""
    since = (at - PAPER_ALONE).isoformat(timespec="microseconds")
    return Event.objects.filter(verb="person.recovered", object_id=str(person.id), utc__gte=since).exists()


def let_second_factor_go(*, address: str, passphrase: str, code: str) -> Person | None:
    """Take off a second factor that is lost, with passphrase and recovery code; None if they do not belong together.

    Raises
    ------
    Refused
        If both are right and the passphrase was set with this very code within three days.
    """
    rows.enter_by("login", login_of(address))
    person = Person.objects.filter(login=login_of(address), is_active=True).first()
    if person is None:
        make_password(passphrase)  # the time tells nothing
    is_right = person is not None and person.check_password(passphrase)
    take_root()  # nobody is signed in by this
    if person is None:
        return None
    with transaction.atomic():
        if not (is_right and _is_their_code(person, code)):
            record(
                verb="person.recovery_refused", by=None, practice=person.practice_id,
                object_type="person", object_id=person.id,
            )  # fmt: skip
            return None
        if is_by_paper_alone(person, at=datetime.now(UTC)):
            raise Refused(
                _(
                    "This passphrase was set with the same code: for three days the code alone takes no second factor off."
                )
            )
        _without_second_factors(person)
        _note("person.second_factor_lost", person)
    return person


def _is_their_code(person: Person, code: str) -> bool:
    try:
        vault.confirm_recovery(person=person.id, code=code)
    except VaultError:
        return False
    return True


def _without_second_factors(person: Person) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user=person).delete()


@transaction.atomic
def renew_code(*, person: Person, unlocked: Unlocked) -> str:
    """A new recovery code, shown once; the old one opens nothing from this moment on."""
    code = vault.new_recovery_code(unlocked=unlocked)
    _note("recovery.renewed", person)
    return code


@transaction.atomic
def confirm_code(*, person: Person, code: str) -> None:
    """The code was typed back. Raises what the vault says of a wrong one."""
    vault.confirm_recovery(person=person.id, code=code)
    _note("recovery.confirmed", person)


def _note(verb: str, person: Person) -> None:
    record(verb=verb, by=person.id, practice=person.practice_id, object_type="person", object_id=person.id)


INVITATION_DAYS = 7


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *, display_name: str, roles: Iterable[str], by: Person, person: Person | None = None
) -> tuple[Invitation, str]:
    """A one-time link for a new colleague, or for one who begins anew. The token is shown once and kept only as a hash."""
    token = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        practice_id=by.practice_id,
        token_hash=_hash(token),
        display_name=display_name.strip(),
        roles=sorted({Role(role).value for role in roles} - {Role.CLIENT.value}),
        person=person,
        invited_by=by.id,
        expires_at=datetime.now(UTC) + timedelta(days=INVITATION_DAYS),
    )
    record(
        verb="person.invited", by=by.id, practice=by.practice_id, object_type="invitation", object_id=row.id
    )
    return row, token


def invitation_of(token: str) -> Invitation | None:
    """An invitation that can still be used. Looking does not use it up."""
    rows.enter_by("invitation", _hash(token))
    return (
        Invitation.objects.select_related("practice", "person__practice")
        .filter(token_hash=_hash(token), used_at=None, expires_at__gt=datetime.now(UTC))
        .first()
    )


def join(*, token: str, address: str, passphrase: str) -> tuple[Person, str] | None:
    """Use an invitation: a sign-in and keys of one's own, and the recovery code. None if the link is spent."""
    row = invitation_of(token)
    if row is None:
        return None
    if row.person is not None:
        return _come_again(row, row.person, address=address, passphrase=passphrase)
    person = Person(
        practice=row.practice,
        login=login_of(address),
        roles=sorted({Role(role).value for role in row.roles}),
        display_name=row.display_name,
    )
    person.password, root = _worked(passphrase, person)
    with transaction.atomic():
        unused = Invitation.objects.filter(id=row.id, used_at=None)
        if not unused.update(used_at=datetime.now(UTC)):
            return None
        return person, _keep(person, root, by=row.invited_by)[1]


@transaction.atomic
def _come_again(
    row: Invitation, person: Person, *, address: str, passphrase: str
) -> tuple[Person, str] | None:
    if not Invitation.objects.filter(id=row.id, used_at=None).update(used_at=datetime.now(UTC)):
        return None
    return person, keys_anew(person=person, address=address, passphrase=passphrase)[1]
