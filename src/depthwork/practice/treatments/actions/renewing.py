"""A key is renewed when somebody's reading ends: at once where a clinician ends it, otherwise when one signs in."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from depthwork.practice.audit.actions import record
from depthwork.practice.keeping import escrow
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import rotation
from depthwork.practice.vault.errors import VaultError
from depthwork.practice.vault.models import DataKey
from depthwork.practice.vault.primitives import public_of
from depthwork.practice.vault.unlocked import Unlocked, current, inbox_seal, is_unlocked

AT_SIGN_IN_S = 2.0  # no longer than this does a sign-in move words to a new key; the rest goes on at the next


def owners_of(person: Person) -> list[UUID]:
    """Whose keys are this person's to renew: the clients they treat, and the practice's own."""
    mine = Involvement.objects.filter(person=person, part=Part.CLINICIAN, ends_at=None)
    return [*mine.values_list("client", flat=True), person.practice_id]


def due(owners: Iterable[UUID]) -> QuerySet[DataKey]:
    """Living keys that somebody has opened who no longer may."""
    return DataKey.objects.filter(owner__in=list(owners), retired_at=None).exclude(renew_since=None)


def unfinished(owners: Iterable[UUID] | None = None) -> list[DataKey]:
    """Retired keys that still stand, other than those that a letter which nobody has opened waits for."""
    keys = DataKey.objects.exclude(retired_at=None).order_by("owner", "compartment")
    if owners is not None:
        keys = keys.filter(owner__in=list(owners))
    for letters in rotation.letter_boxes():
        keys = keys.exclude(id__in=letters._default_manager.exclude(data_key=None).values("data_key"))
    return list(keys)


def renew(owner: UUID) -> None:
    """Renew what is due of one owner. What cannot be renewed here and now stays marked, and is at a sign-in.

    A client's own account renews nothing: it holds no key of the notes, and the clinician gives keys, not the client.
    """
    if not is_unlocked() or not Person.objects.filter(id=current().person_id, client=None).exists():
        return
    for compartment in due([owner]).values_list("compartment", flat=True):
        with suppress(VaultError):  # a key that was not compared, or not held
            _rotate(owner, compartment)


def renew_all(*, client: UUID, by: Person) -> int:
    """Renew every key of a client that this person holds, due or not, and finish what was interrupted."""
    done = 0
    for key in DataKey.objects.filter(owner=client, retired_at=None).order_by("compartment"):
        if current().holds(client, key.compartment):
            _rotate(client, key.compartment)
            done += 1
    _note(client, by)
    return done


def renew_what_is_due(person: Person, *, seconds: float = AT_SIGN_IN_S) -> None:
    """At a sign-in: clear away what has run out, renew what is due, go on with what was interrupted.

    New keys come first, so that what is written from now on is closed to a former reader; then the words move.
    """
    began, owners, unlocked = time.monotonic(), owners_of(person), current()
    vault.let_lapse(owners)
    for owner, compartment in due(owners).values_list("owner", "compartment"):
        if unlocked.holds(owner, compartment):
            with suppress(VaultError), transaction.atomic():
                shares = escrow.shares_of(owner, compartment)
                rotation.start_rotation(owner=owner, compartment=compartment)
                escrow.follow(shares, owner=owner, compartment=compartment)
                _note(owner, person)
    for key in unfinished(owners):
        if time.monotonic() - began > seconds:
            break
        with suppress(VaultError):
            rotation.move_values(owner=key.owner, compartment=key.compartment)
            rotation.finish_rotation(owner=key.owner, compartment=key.compartment)
    _look_at_inboxes(owners, unlocked, person)


def _rotate(owner: UUID, compartment: str) -> None:
    """A new key, its words moved, and those who keep halves of it for an emergency kept up with it."""
    shares = escrow.shares_of(owner, compartment)
    rotation.rotate(owner=owner, compartment=compartment)
    escrow.follow(shares, owner=owner, compartment=compartment)


def _look_at_inboxes(owners: list[UUID], unlocked: Unlocked, person: Person) -> None:
    """Whether each inbox is the one whose private half lies sealed beside it; an exchanged one is put right and told."""
    for row in DataKey.objects.filter(owner__in=owners, retired_at=None):
        try:
            public = public_of(unlocked.inbox_key(row.owner, row.compartment, row.id))
        except VaultError:
            continue
        was, row.inbox_public = bytes(row.inbox_public), public
        if was == public and bytes(row.inbox_seal or b"") == inbox_seal(row):
            continue
        row.inbox_seal = inbox_seal(row)
        with transaction.atomic():
            row.save(update_fields=["inbox_public", "inbox_seal"])
            if was != public:
                _note(row.owner, person, "inbox.exchanged")


def _note(owner: UUID, by: Person, verb: str = "keys.renewed") -> None:
    record(
        verb=verb,
        by=by.id,
        practice=by.practice_id,
        object_type="client" if owner != by.practice_id else "practice",
        object_id=owner,
        client=owner if owner != by.practice_id else None,
    )
