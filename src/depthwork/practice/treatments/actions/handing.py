"""Propose a course to a colleague, take it or decline it, take the proposal back. The change itself is `carrying`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from depthwork.practice.config import rows
from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.actions.carrying import (
    OFFERED,
    READS_ON,
    carry_out,
    keys_lie_ready,
    settle_keys,
)
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.actions.renewing import renew
from depthwork.practice.treatments.calendar import day_in, zone_of
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.handover import tell
from depthwork.practice.treatments.models import Handover, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.errors import NoKey, Tampered, VaultError
from depthwork.practice.vault.models import Compartment, Grant, KeyPin, Keyring
from depthwork.practice.vault.unlocked import current, is_unlocked

AHEAD: Final = timedelta(days=366)
ANSWER_WITHIN: Final = timedelta(days=60)  # after the day: then a proposal ends by itself, with its keys
READING: Final = (Compartment.ADMINISTRATION.value, Compartment.RECORD.value)


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone_of(zone)).astimezone(UTC)


@transaction.atomic
def propose_handover(
    *,
    treatment: Treatment,
    to: Person,
    from_day: date,
    agreed_on: date,
    by: Person,
    own_notes: bool = False,
    reads_until: date | None = None,
    line: str = "",
) -> Handover:
    """Propose a course to a colleague from a day on. The keys lie ready for them from now; no page opens before the day.

    The client has said yes to it, the process notes among it, on a day that is written down. Own notes stay their
    writer's unless she says otherwise. `reads_until` lets her open the record, and nothing else, until then.
    """
    client = treatment.client
    today = day_in(client.practice.time_zone, datetime.now(UTC))
    _fits(treatment, to, by=by)
    if not today <= from_day <= today + AHEAD:
        raise CourseError(_("choose a day from today on, a year ahead at most"))
    if agreed_on > today:
        raise CourseError(_("the client’s yes lies in the future; ask first, and propose then"))
    if reads_until is not None and not from_day <= reads_until <= from_day + AHEAD:
        raise CourseError(_("your reading ends after the colleague begins, and a year later at most"))
    _compared(by, to)
    _let_lapse(treatment, by=by)
    row = Handover(
        client=client,
        treatment=treatment,
        giver=by,
        to=to,
        from_day=from_day,
        agreed_on=agreed_on,
        own_notes=own_notes,
        reads_until=reads_until,
        said={"line": line.strip(), "vouched": _vouched(client.id, by, to)},
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Changed(_("this course is proposed to a colleague already; take that back first")) from None
    zone = client.practice.time_zone
    held = [one for one in Compartment.values if current().holds(client.id, one)]
    _give(client.id, held, to, OFFERED, None)  # an end would leave nobody with a key, were they long away
    if reads_until is not None:
        _give(client.id, READING, by, READS_ON, _end_of(reads_until, zone))
    note("handover.proposed", row, by=by)
    page = reverse("treatments:offered", args=[row.pk])
    transaction.on_commit(lambda: tell(to, page))
    return row


def _give(client: UUID, compartments: Any, reader: Person, purpose: str, ends_at: datetime | None) -> None:
    try:
        vault.share(
            owner=client, compartments=compartments, reader=reader.id, purpose=purpose, ends_at=ends_at
        )
    except (NoKey, Tampered) as error:
        raise CourseError(str(error)) from None


def _fits(treatment: Treatment, to: Person, *, by: Person) -> None:
    if treatment.state == Treatment.State.ENDED:
        raise CourseError(_("this treatment has ended; there is nothing to hand over"))
    if treatment.clinician_id != by.id:
        raise CourseError(_("only whoever treats in this course hands it over"))
    if to.id == by.id or to.practice_id != by.practice_id or to.client is not None:
        raise CourseError(_("choose somebody else of this practice"))
    if why := cannot_treat(treatment, to):
        raise CourseError(why)


def cannot_begin(row: Handover) -> str:
    """Why a proposal that stands would not be carried out today; nothing where it would."""
    if why := cannot_treat(row.treatment, row.to):
        return why
    return "" if keys_lie_ready(row) else _("their keys are not ready any more; it has to be proposed anew")


def cannot_treat(treatment: Treatment, to: Person) -> str:
    """Why a colleague cannot go on with a course as things stand; nothing where they can."""
    if not to.is_active:
        return _("this person’s sign-in is closed")
    if not to.has_role(Role.CLINICIAN):
        return _("a treatment goes to a clinician of this practice")
    if Involvement.objects.filter(
        person=to, client=treatment.client_id, part=Part.DENIED, ends_at=None
    ).exists():
        return _("this colleague is kept out of the client’s pages; let them near first (Practice, Sharing)")
    own = Treatment.objects.filter(client=treatment.client_id, clinician=to)
    if own.exclude(pk=treatment.pk).exclude(state=Treatment.State.ENDED).exists():
        return _("this colleague has a course with the client already")
    return ""


def _compared(by: Person, to: Person) -> None:
    """Each has accepted the other's keys as they stand: one to give, the other to take."""
    if not Keyring.objects.filter(person=to, recovery_confirmed_at__isnull=False).exists():
        raise CourseError(
            _("this colleague has not set up their keys yet; they do so at their first sign-in")
        )
    try:
        pins.checked_ring(person=by.id, own=current().keys, other=to.id)
    except VaultError as error:
        raise CourseError(str(error)) from None
    theirs = KeyPin.objects.filter(person=to, other=by).values_list("fingerprint", flat=True).first()
    if theirs != pins.fingerprint_of(by.id):
        raise CourseError(
            _("this colleague has not compared your keys yet; ask them to do so first (Practice, Keys)")
        )


def _vouched(client: UUID, by: Person, to: Person) -> dict[str, str]:
    """Whose keys the giver has accepted, of all who read of this client: the colleague has to seal to them too."""
    readers = set(Grant.objects.live().filter(data_key__owner=client).values_list("reader_id", flat=True))
    found = {}
    for reader in readers - {by.id, to.id}:
        try:
            pins.checked_ring(person=by.id, own=current().keys, other=reader)
        except VaultError:
            continue  # not accepted, or exchanged since: the colleague compares for themselves
        found[str(reader)] = pins.fingerprint_of(reader)
    return found


def _let_lapse(treatment: Treatment, *, by: Person) -> None:
    """A proposal that nobody answered in time gives way to a new one."""
    for row in Handover.objects.filter(treatment=treatment, state=Handover.State.PROPOSED):
        if has_lapsed(row):
            _close(row, Handover.State.WITHDRAWN, by=by)


def end_lapsed_handovers(*, at: datetime | None = None) -> int:
    """Proposals that nobody answered for two months after their day: their keys go. Gives how many."""
    done = 0
    for _each in rows.each_practice():
        waiting = Handover.objects.filter(
            state=Handover.State.PROPOSED, from_day__lt=(at or datetime.now(UTC)).date() - ANSWER_WITHIN
        )
        for row in waiting.select_related("client__practice", "giver"):
            if has_lapsed(row, at=at):
                _close(row, Handover.State.WITHDRAWN, by=row.giver)
                done += 1
    return done


def has_lapsed(row: Handover, *, at: datetime | None = None) -> bool:
    """Whether a proposal was left unanswered for too long."""
    ends_at = _end_of(row.from_day + ANSWER_WITHIN, row.client.practice.time_zone)
    return row.state == Handover.State.PROPOSED and ends_at <= (at or datetime.now(UTC))


@transaction.atomic
def take_handover(*, handover: Handover, by: Person) -> Handover:
    """The colleague takes it. If the day has come it is carried out at once, otherwise when it comes."""
    _is_theirs(handover, by)
    if handover.treatment.state == Treatment.State.ENDED:
        raise CourseError(_("this treatment has ended; there is nothing to hand over"))
    if why := cannot_treat(handover.treatment, by):
        raise CourseError(why)
    for compartment in (Compartment.ADMINISTRATION, Compartment.RECORD, Compartment.PROCESS_NOTES):
        try:
            current().living_key(handover.client_id, compartment)
        except VaultError:
            raise CourseError(
                _("the keys do not open for you: compare keys with %(name)s, and ask for a new proposal")
                % {"name": handover.giver.display_name}
            ) from None
    now = datetime.now(UTC)
    _move(handover, Handover.State.PROPOSED, state=Handover.State.TAKEN, answered_at=now)
    note("handover.taken", handover, by=by)
    if handover.from_day <= day_in(by.practice.time_zone, now):
        carry_out(handover)
        settle_keys(by)
    return handover


@transaction.atomic
def decline_handover(*, handover: Handover, by: Person, line: str = "") -> None:
    """The colleague does not take it, with a line to whoever asked. The keys go, and are renewed at the next sign-in."""
    _is_theirs(handover, by)
    if line.strip():
        try:
            handover.said = {**(handover.said or {}), "answer": line.strip()}
            handover.save(update_fields=["said"])
        except VaultError:
            raise CourseError(_("your line cannot be sealed to them; decline without one")) from None
    now = datetime.now(UTC)
    _move(handover, Handover.State.PROPOSED, state=Handover.State.DECLINED, answered_at=now, closed_at=now)
    _take_keys_back(handover)
    note("handover.declined", handover, by=by)


@transaction.atomic
def withdraw_handover(*, handover: Handover, by: Person) -> None:
    """Take a proposal back, also one that was taken and has not begun."""
    if handover.giver_id != by.id:
        raise CourseError(_("only whoever proposed it takes it back"))
    _close(handover, Handover.State.WITHDRAWN, by=by)
    renew(handover.client_id)


def let_go_handovers(*, treatment: Treatment, by: Person) -> None:
    """The treatment ends: nothing of it is handed over any more."""
    for row in Handover.objects.select_related("client").filter(treatment=treatment, state__in=Handover.OPEN):
        _close(row, Handover.State.WITHDRAWN, by=by)


def close_handovers_to(*, client: UUID, by: Person, reader: UUID | None = None, agreed_for: str = "") -> None:
    """All that one reader had of a client is taken back: a proposal to them as well."""
    if reader is None or agreed_for:
        return
    theirs = Handover.objects.select_related("client").filter(client=client, to=reader)
    for row in theirs.filter(state__in=Handover.OPEN):
        _close(row, Handover.State.WITHDRAWN, by=by)


def _is_theirs(handover: Handover, by: Person) -> None:
    if handover.to_id != by.id:
        raise CourseError(_("this was proposed to somebody else"))
    if has_lapsed(handover):
        raise CourseError(_("this proposal was open for two months and has run out; ask for a new one"))


def _close(row: Handover, state: str, *, by: Person) -> None:
    _move(row, *Handover.OPEN, state=state, closed_at=datetime.now(UTC))
    _take_keys_back(row)
    note("handover.withdrawn", row, by=by)


def _move(row: Handover, *from_states: str, **what: Any) -> None:
    """One step, if no other window took one first."""
    if not Handover.objects.filter(pk=row.pk, state__in=from_states).update(**what):
        raise Changed(_("this was answered or taken back meanwhile; look at it again"))
    for name, value in what.items():
        setattr(row, name, value)


def _take_keys_back(row: Handover) -> None:
    vault.take_back(owner=row.client_id, reader=row.to_id, purpose=OFFERED)
    vault.take_back(owner=row.client_id, reader=row.giver_id, purpose=READS_ON)
    if is_unlocked():
        current().forget()  # what was opened in this request is asked for anew
