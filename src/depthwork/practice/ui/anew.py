"""A colleague who lost passphrase and recovery code begins anew with empty keys: what ends by it, and the new link."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.people.actions import end_sign_in, invite, successor_of
from depthwork.practice.people.models import ENDED, Invitation, Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.models import Compartment, DataKey, Grant, Keyring


def read_by_nobody_else(person: Person) -> set[UUID]:
    """Clients of whom some words are opened by this person's keys alone: those words end with the keys."""
    found: set[UUID] = set()
    for part in (Compartment.RECORD, Compartment.PROCESS_NOTES, Compartment.SUD):
        others = Grant.objects.exclude(reader=person).filter(data_key__compartment=part)
        keys = DataKey.objects.filter(compartment=part, grants__reader=person)
        found |= set(keys.exclude(owner__in=others.values("data_key__owner")).values_list("owner", flat=True))
    return found


@transaction.atomic
def begin_anew(*, person: Person, by: Person) -> str:
    """End the old keys and give a token for a new sign-in, whose keys hold nothing until colleagues share again.

    The old row's parts with clients end; being kept out of a client's pages goes along. For a row that waits for its
    keys already, the link is made again.
    """
    if person.id == by.id:
        raise Refused(_("nobody ends their own keys; ask another manager"))
    if not Keyring.objects.filter(person=person).exists():
        Invitation.objects.filter(person=person, used_at=None).delete()
        return invite(display_name=person.display_name, roles=person.roles, by=by, person=person)[1]
    if person.login.startswith(ENDED):
        raise Refused(_("these keys were ended already; the new sign-in stands in the list"))
    if any(vault.is_held(client) for client in read_by_nobody_else(person)):
        raise Refused(_("a legal hold stands on a client whose words only these keys open"))
    end_sign_in(person=person, by=by)
    row = successor_of(person)
    parts = Involvement.objects.filter(person=person, ends_at=None)
    treated = set(parts.filter(part=Part.CLINICIAN).values_list("client", flat=True))
    Involvement.objects.bulk_create(
        Involvement(person=row, practice=one.practice, client=one.client, part=Part.DENIED)
        for one in parts.filter(part=Part.DENIED)
    )
    parts.exclude(part=Part.DENIED).update(ends_at=datetime.now(UTC))
    # Nobody is left to renew the keys of a client whom no other clinician treats.
    others = Involvement.objects.filter(part=Part.CLINICIAN, ends_at=None, client__in=treated)
    left = treated - set(others.values_list("client", flat=True))
    DataKey.objects.filter(owner__in=left).update(renew_since=None)
    return invite(display_name=row.display_name, roles=row.roles, by=by, person=row)[1]
