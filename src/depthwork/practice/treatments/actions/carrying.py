"""The day of a handover: who treats changes, and what hangs on it; then the keys, when the colleague is there."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.config import rows
from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.actions.renewing import renew
from depthwork.practice.treatments.calendar import day_in, zone_of
from depthwork.practice.treatments.handover import is_handed_on, sharing_ends
from depthwork.practice.treatments.models import Break, Consent, FrameEvent, Handover, Session, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.errors import VaultError
from depthwork.practice.vault.models import Compartment, EscrowShare, Grant
from depthwork.practice.vault.unlocked import current, is_unlocked

OFFERED, READS_ON = "handover", "reading"  # what the grants are for


def carry_out_due(*, at: datetime | None = None) -> int:
    """Every handover that was taken and whose day has come; gives how many. Bears being run twice, needs no keys."""
    at, done = at or datetime.now(UTC), 0
    for _each in rows.each_practice():
        due = Handover.objects.filter(
            state=Handover.State.TAKEN, from_day__lte=(at + timedelta(days=1)).date()
        )
        for row in due.select_related("client__practice", "treatment", "giver", "to"):
            if row.from_day <= day_in(row.client.practice.time_zone, at):
                done += carry_out(row, at=at)
    return done


@transaction.atomic
def carry_out(row: Handover, *, at: datetime | None = None) -> bool:
    """From here on the colleague treats. Nothing is done while they cannot: it waits, and both pages say so.

    Hours that were held stay with whoever held them. Supervision that the giver arranged ends with her part; the
    colleague agrees their own. A break that the colleague was to cover has no cover any more.
    """
    at = at or datetime.now(UTC)
    treatment, to, client = row.treatment, row.to, row.client_id
    if not to.is_active or not to.has_role(Role.CLINICIAN) or treatment.state == Treatment.State.ENDED:
        return False
    if Involvement.objects.filter(person=to, client=client, part=Part.DENIED, ends_at=None).exists():
        return False
    if not keys_lie_ready(row):
        return False  # what the giver holds would be lost with her
    stands = Handover.objects.filter(pk=row.pk, state=Handover.State.TAKEN)
    if not stands.update(state=Handover.State.DONE, closed_at=at):
        return False
    row.state, row.closed_at = Handover.State.DONE, at
    Treatment.objects.filter(pk=treatment.pk).update(clinician=to, version=F("version") + 1)
    Session.objects.filter(treatment=treatment, status=Session.Status.PLANNED, day__gte=row.from_day).update(
        clinician=to
    )
    Break.objects.filter(treatment=treatment, cover=to, to_date__gte=row.from_day).update(cover=None)
    FrameEvent.objects.create(client=row.client, treatment=treatment, on=row.from_day, kind="clinician")
    is_handed_on(treatment=treatment, by=to)
    for purpose in (Consent.Purpose.SUPERVISION, Consent.Purpose.TRAINING):
        sharing_ends(client=client, by=to, agreed_for=purpose)
    _change_parts(row, at)
    _take_keys_from_the_giver(row)
    note("handover.carried_out", row, by=to)
    return True


def keys_lie_ready(row: Handover) -> bool:
    """Whether the colleague was given every living key that the giver holds, and still has it."""
    living = Grant.objects.live().filter(data_key__owner=row.client_id, data_key__retired_at=None)
    theirs = set(living.filter(reader=row.to_id).values_list("data_key", flat=True))
    hers = set(living.filter(reader=row.giver_id).values_list("data_key", flat=True))
    return bool(theirs) and hers <= theirs


def _change_parts(row: Handover, at: datetime) -> None:
    parts = Involvement.objects.filter(client=row.client_id)
    now = parts.filter(Q(ends_at=None) | Q(ends_at__gt=at))
    now.filter(person=row.to, part__in=[Part.COVER, Part.SUPERVISOR, Part.FORMER]).update(ends_at=at)
    parts.get_or_create(
        person=row.to,
        client=row.client_id,
        part=Part.CLINICIAN,
        ends_at=None,
        defaults={"practice": row.client.practice_id},
    )
    if _treats_on(row):
        return
    now.filter(person=row.giver, part=Part.CLINICIAN).update(ends_at=at)
    if row.reads_until is not None:
        zone = zone_of(row.client.practice.time_zone)
        Involvement.objects.create(
            person=row.giver,
            practice=row.client.practice_id,
            client=row.client_id,
            part=Part.FORMER,
            purpose=READS_ON,
            ends_at=datetime.combine(row.reads_until + timedelta(days=1), time(), tzinfo=zone),
        )


def _treats_on(row: Handover) -> bool:
    """Whoever has another course under way with the same client keeps part and keys."""
    own = Treatment.objects.filter(client=row.client_id, clinician=row.giver_id).exclude(pk=row.treatment_id)
    return own.exclude(state=Treatment.State.ENDED).exists()


def _take_keys_from_the_giver(row: Handover) -> None:
    """All that the giver opened, but for what she may read on, and the names where she is the office too.

    Whoever she named for an emergency holds nothing of this client any more: the colleague names their own two.
    """
    if _treats_on(row):
        return
    EscrowShare.objects.filter(escrow__person=row.giver_id, data_key__owner=row.client_id).delete()
    given = Grant.objects.filter(data_key__owner=row.client_id, reader=row.giver_id)
    for purpose in set(given.exclude(purpose=READS_ON).values_list("purpose", flat=True)):
        kept = [Compartment.ADMINISTRATION] if row.giver.has_role(Role.MANAGER) else []
        gone = [one for one in Compartment.values if one not in kept]
        vault.take_back(owner=row.client_id, reader=row.giver_id, purpose=purpose, compartments=gone)


def settle_keys(person: Person) -> None:
    """What lay ready for a colleague becomes theirs without an end, and is renewed so that nobody before opens more."""
    if not is_unlocked():
        return
    mine = Handover.objects.filter(to=person, state=Handover.State.DONE)
    waiting = Grant.objects.live().filter(
        reader=person, purpose=OFFERED, data_key__owner__in=mine.values("client")
    )
    for client in set(waiting.values_list("data_key__owner", flat=True)):
        row = mine.select_related("client", "giver", "to").filter(client=client).latest("closed_at")
        with suppress(VaultError), transaction.atomic():
            _own(row, person)
        renew(client)
        current().forget()


def _own(row: Handover, person: Person) -> None:
    client = row.client_id
    held = [one for one in Compartment.values if current().holds(client, one)]
    vault.share(owner=client, compartments=held, reader=person.id, purpose="treatment")
    current().forget()
    vault.take_back(owner=client, reader=person.id, purpose=OFFERED)
    for event in FrameEvent.objects.filter(treatment=row.treatment_id, on=row.from_day, kind="clinician"):
        event.words = _("from %(giver)s to %(to)s") % {"giver": row.giver, "to": row.to}
        event.save(update_fields=["words"])
    for other, fingerprint in ((row.said or {}).get("vouched") or {}).items():
        _accept(person, UUID(other), fingerprint)


def _accept(person: Person, other: UUID, fingerprint: str) -> None:
    """Keys that the giver had compared, on the giver's word; what was compared by oneself is never replaced."""
    if pins.is_pinned(person=person.id, other=other):
        return
    with suppress(VaultError):
        pins.pin(person=person.id, own=current().keys, other=other, fingerprint=fingerprint, compared_at=None)
        record(
            verb="keys.vouched",
            by=person.id,
            practice=person.practice_id,
            object_type="person",
            object_id=other,
        )
