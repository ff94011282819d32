"""Write down a yes or a no, and take a yes back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.actions.followups import decline_all
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.actions.renewing import renew
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.handover import sharing_ends
from depthwork.practice.treatments.models import Client, Consent, Unconfirmed
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import Grant

# Without these a supervisor has no business with the case.
OPENS_TO_SUPERVISORS = (Consent.Purpose.SUPERVISION, Consent.Purpose.TRAINING)


@transaction.atomic
def answer_consent(
    *,
    client: Client,
    by: Person,
    purpose: str,
    is_yes: bool,
    given_on: date,
    person: Person | None = None,
    how: str = Consent.How.ROOM,
    ends_on: date | None = None,
    lives: str = "",
    words: dict[str, Any] | None = None,
) -> Consent:
    """The client's answer, with its day. It takes the place of the answer before it, which stays to be read."""
    if purpose not in Consent.Purpose.values:
        raise CourseError(
            _("a consent is for one of: %(values)s") % {"values": ", ".join(Consent.Purpose.values)}
        )
    if person is not None and person.practice_id != client.practice_id:
        raise CourseError(_("the person named is not of this practice; name someone of the practice"))
    if ends_on is not None and ends_on < given_on:
        raise CourseError(_("the agreement ends before it is given; look at the two days"))
    if lives == Consent.Lives.DAY and ends_on is None:
        raise CourseError(_("say until which day it is kept"))
    before = Consent.objects.filter(
        client=client, purpose=purpose, person=person, revoked_at=None, replaced_at=None
    ).first()
    if before is not None:
        before.replaced_at = datetime.now(UTC)
        before.save(update_fields=["replaced_at"])
        if before.is_yes and not is_yes:
            _close(before, by=by)
    row = Consent.objects.create(
        client=client,
        purpose=purpose,
        person=person,
        is_yes=is_yes,
        given_on=given_on,
        how=how,
        ends_on=ends_on,
        lives=lives if is_yes else "",
        words=words or None,
        recorded_by=by,
    )
    if not is_yes:
        _stop(row, by=by)
    note("consent.yes" if is_yes else "consent.no", row, by=by)
    return row


@transaction.atomic
def wait_for_consents(*, client: Client, among: Collection[UUID] | None = None) -> int:
    """Of answers that came from another practice, each yes that binds a practice counts once it is confirmed here.

    `among` are the answers that came, where others of the client stand here already; None: all of them came.
    """
    rows = Consent.objects.filter(
        client=client,
        is_yes=True,
        revoked_at=None,
        replaced_at=None,
        purpose__in=Unconfirmed.BOUND,
        waits=None,
    )
    if among is not None:
        rows = rows.filter(id__in=among)
    return len(Unconfirmed.objects.bulk_create([Unconfirmed(client=client, consent=row) for row in rows]))


@transaction.atomic
def confirm_consent(*, consent: Consent, by: Person) -> None:
    """The client said here what they had said to another practice; from now on it counts."""
    gone, _kinds = Unconfirmed.objects.filter(consent=consent).delete()
    if not gone or not consent.is_open:
        raise CourseError(_("this answer was changed in the meantime; look at the list again"))
    note("consent.confirmed", consent, by=by)


@transaction.atomic
def revoke_consent(*, consent: Consent, by: Person, words: str | None = None) -> Consent:
    """The client takes a yes back. What hung on it closes now: grants that were given for it, and supervisors' parts."""
    if not consent.is_yes or not consent.is_open:
        raise CourseError(_("only a yes that stands can be taken back"))
    if words:
        consent.words = {**(consent.words or {}), "taken_back": words}
        consent.save(update_fields=["words"])
    now = datetime.now(UTC)
    changed = Consent.objects.filter(pk=consent.pk, revoked_at=None, replaced_at=None).update(
        revoked_at=now, revoked_by=by
    )
    if not changed:
        raise CourseError(_("this answer was changed in the meantime; look at the list again"))
    consent.refresh_from_db(fields=["revoked_at", "revoked_by"])
    _close(consent, by=by)
    _stop(consent, by=by)
    note("consent.revoked", consent, by=by)
    return consent


def _stop(no: Consent, *, by: Person) -> None:
    """What a No stops that was arranged ahead, whether a yes stood before it or not."""
    if no.purpose == Consent.Purpose.FOLLOW_UP and no.person_id is None:
        decline_all(client=no.client, by=by)


def _close(consent: Consent, *, by: Person) -> None:
    """End the grants given under a consent, and what supervisors could open; the keys are renewed after them.

    What the same people were given for something else stands: a supervisor who keeps the office still keeps it.
    """
    client, now = consent.client_id, datetime.now(UTC)
    # A purpose is signed with the grant and a consent's id is not: where the purpose says it all, it decides.
    hung = {"purpose": "research"} if consent.purpose == Consent.Purpose.RESEARCH else {"consent": consent.id}
    hangs = Grant.objects.filter(data_key__owner=client, **hung)
    for reader in set(hangs.values_list("reader_id", flat=True)):
        vault.take_back(owner=client, reader=reader, **hung)
    if consent.purpose in OPENS_TO_SUPERVISORS:
        parts = Involvement.objects.filter(client=client, part=Part.SUPERVISOR).filter(
            Q(ends_at=None) | Q(ends_at__gt=now)
        )
        is_training = Q(purpose=Consent.Purpose.TRAINING)
        parts = parts.filter(is_training if consent.purpose == Consent.Purpose.TRAINING else ~is_training)
        if consent.person_id is not None:
            parts = parts.filter(person=consent.person_id)
        for reader in set(parts.values_list("person_id", flat=True)):
            vault.take_back(owner=client, reader=reader, purpose="supervision", consent=None)
        parts.update(ends_at=now)
        sharing_ends(client=client, by=by, reader=consent.person_id, agreed_for=consent.purpose)
    renew(client)
