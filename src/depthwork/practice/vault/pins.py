"""Whose keys I have accepted. A public key that changes behind my back is noticed here."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.errors import NoKey, Tampered
from depthwork.practice.vault.models import KeyPin, Keyring


def _message(person: uuid.UUID, other: uuid.UUID, fingerprint: str) -> bytes:
    return "|".join(("depthwork/pin/1", str(person), str(other), fingerprint)).encode()


def fingerprint_of(other: uuid.UUID) -> str:
    """What two people read to each other before the first share."""
    ring = _ring(other)
    return p.fingerprint(bytes(ring.box_public), bytes(ring.sign_public))


def pin(
    *, person: uuid.UUID, own: p.KeyPair, other: uuid.UUID, fingerprint: str, compared_at: datetime | None
) -> KeyPin:
    """Accept another's keys as they stand now, after the two compared `fingerprint`."""
    if not p.same(fingerprint, fingerprint_of(other)):
        raise Tampered(
            _("the fingerprint does not match; do not share anything, and speak to the other person")
        )
    row, _made = KeyPin.objects.update_or_create(
        person_id=person,
        other_id=other,
        defaults={
            "fingerprint": fingerprint,
            "signature": own.signature(_message(person, other, fingerprint)),
            "compared_at": compared_at,
        },
    )
    return row


def is_pinned(*, person: uuid.UUID, other: uuid.UUID) -> bool:
    """Whether a person has accepted another's keys at all."""
    return person == other or KeyPin.objects.filter(person_id=person, other_id=other).exists()


def checked_ring(*, person: uuid.UUID, own: p.KeyPair, other: uuid.UUID) -> Keyring:
    """Another's public keys, if they are still the ones that were accepted."""
    row = KeyPin.objects.filter(person_id=person, other_id=other).first()
    if row is None:
        raise NoKey(_("compare key fingerprints with this person first (Practice, People)"))
    if not p.signed_by(own.sign_public, _message(person, other, row.fingerprint), bytes(row.signature)):
        raise Tampered(_("the record of whose keys you accepted was altered; compare fingerprints again"))
    ring = _ring(other)
    if not p.same(row.fingerprint, p.fingerprint(bytes(ring.box_public), bytes(ring.sign_public))):
        raise Tampered(
            _("this person's keys have changed since you compared them; compare fingerprints again")
        )
    return ring


def pinned_sign_key(*, person: uuid.UUID, own: p.KeyPair, other: uuid.UUID) -> bytes:
    """The signing key of someone whose keys were accepted."""
    return bytes(checked_ring(person=person, own=own, other=other).sign_public)


def _ring(person: uuid.UUID) -> Keyring:
    ring = Keyring.objects.filter(person_id=person).first()
    if ring is None:
        raise NoKey(_("this person has no keys yet; they make them at their first sign-in"))
    return ring
