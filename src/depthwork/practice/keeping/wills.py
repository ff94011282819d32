"""A clinical will: what trustees need when a clinician is ill or dead, sealed to them and to nobody else.

They get no key of any compartment: the will carries its own copy of the few facts, under its own key.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.vault import pins
from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.errors import NoKey, Refused, Tampered
from depthwork.practice.vault.models import Will, WillPart
from depthwork.practice.vault.recovery import from_shares, in_two_shares
from depthwork.practice.vault.unlocked import current


def _place(person: uuid.UUID) -> p.Where:
    return p.Where("", str(person), "will", "vault_will", str(person), "package")


def _message(will: Will, parts: Sequence[tuple[uuid.UUID, bytes]]) -> bytes:
    told = [
        f"{trustee}:{hashlib.sha256(part).hexdigest()}" for trustee, part in sorted(parts, key=lambda x: x[0])
    ]
    return p.joined(
        "depthwork/will/1",
        str(will.person_id),
        str(will.together),
        will.process_notes,
        hashlib.sha256(bytes(will.package)).hexdigest(),
        bytes(will.key_id).hex(),
        *told,
    )


@transaction.atomic
def write(
    *, trustees: Sequence[uuid.UUID], together: bool, process_notes: str, package: bytes, now: datetime
) -> Will:
    """Write or renew the will of the person unlocked here, for one or two trustees whose keys were compared."""
    author = current()
    wanted = sorted(set(trustees))
    if not 1 <= len(wanted) <= 2 or author.person_id in wanted:
        raise Refused(_("a clinical will names one or two trustees, other than yourself"))
    if together and len(wanted) != 2:
        raise Refused(_("two together need two trustees"))
    rings = [pins.checked_ring(person=author.person_id, own=author.keys, other=one) for one in wanted]
    key = os.urandom(32)
    secrets = in_two_shares(key) if together else [key] * len(wanted)
    parts = [
        (one, p.seal_to(bytes(ring.box_public), secret))
        for one, ring, secret in zip(wanted, rings, secrets, strict=True)
    ]
    will = Will(
        person_id=author.person_id,
        together=together,
        process_notes=process_notes,
        package=p.seal(key, _place(author.person_id), package),
        key_id=p.key_id(key),
        refreshed_at=now,
    )
    will.signature = author.keys.signature(_message(will, parts))
    WillPart.objects.filter(will_id=author.person_id).delete()
    will.save()
    WillPart.objects.bulk_create(WillPart(will=will, trustee_id=one, sealed_part=part) for one, part in parts)
    return will


def _checked(will: Will) -> dict[uuid.UUID, WillPart]:
    reader = current()
    signer = pins.pinned_sign_key(person=reader.person_id, own=reader.keys, other=will.person_id)
    parts = {row.trustee_id: row for row in will.parts.all()}
    message = _message(will, [(one, bytes(row.sealed_part)) for one, row in parts.items()])
    if not p.signed_by(signer, message, bytes(will.signature)):
        raise Tampered(_("this will is not as its author wrote it"))
    if reader.person_id not in parts:
        raise NoKey(_("this will names other trustees"))
    return parts


def is_intact(will: Will) -> bool:
    """Whether one's own will is as it was written, with all its parts."""
    author = current()
    parts = [(row.trustee_id, bytes(row.sealed_part)) for row in will.parts.all()]
    return p.signed_by(author.keys.sign_public, _message(will, parts), bytes(will.signature))


def release(will: Will) -> None:
    """Of two trustees who must act together, the first hands a share to the second, sealed to that person."""
    parts, me = _checked(will), current()
    others = [one for one in parts if one != me.person_id]
    if not will.together:
        raise Refused(_("this will needs no second trustee"))
    ring = pins.checked_ring(person=me.person_id, own=me.keys, other=others[0])
    share = me.keys.open_box(bytes(parts[me.person_id].sealed_part))
    WillPart.objects.filter(id=parts[me.person_id].id).update(
        released=p.seal_to(bytes(ring.box_public), share)
    )


def open_will(will: Will) -> bytes:
    """The few facts, for a trustee; of two together, once the other has released a share."""
    parts, me = _checked(will), current()
    key = me.keys.open_box(bytes(parts[me.person_id].sealed_part))
    if will.together:
        other = next(row for one, row in parts.items() if one != me.person_id)
        if other.released is None:
            raise Refused(_("both trustees are needed: the other has not released their share yet"))
        key = from_shares(key, me.keys.open_box(bytes(other.released)))
    return p.unseal(key, _place(will.person_id), bytes(will.package))
