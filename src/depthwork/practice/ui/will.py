"""What a clinical will carries: names, contacts, next hours, safety plans. Never a process note.

Of clients whose treatment has ended it carries the bare id: their notes are destroyed with the others, where so chosen.
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.audit.models import Event
from depthwork.practice.keeping import wills
from depthwork.practice.people.actions import admit
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.models import Compartment, Will
from depthwork.practice.vault.rotation import sealed_fields
from depthwork.practice.vault.unlocked import current, opened

REFRESH_AFTER = timedelta(hours=20)
HOURS = 6


def facts_of(person: Person, *, now: datetime) -> list[dict[str, Any]]:
    """The few facts of each client of a clinician, opened with the clinician's own keys."""
    parts = Involvement.objects.filter(person=person, part=Part.CLINICIAN, ends_at=None)
    told: list[dict[str, Any]] = []
    for client in Client.objects.filter(id__in=parts.values("client")).order_by("id"):
        if client.state == Client.State.ENDED:
            told.append({"id": str(client.id), "ended": True})
            continue
        hours = Session.objects.filter(client=client, starts_at__gte=now, status=Session.Status.PLANNED)
        told.append(
            {
                "id": str(client.id),
                "name": client.name,
                "called": client.called,
                "contact": client.contact or {},
                "hours": [
                    f"{one.day:%a %d %b %Y}, {one.wall_time:%H:%M} ({one.zone})"
                    for one in hours.order_by("starts_at")[:HOURS]
                ],
                "safety_plan": _safety_plan(client),
            }
        )
    return told


def _safety_plan(client: Client) -> dict[str, Any] | None:
    try:
        model = apps.get_model("intake", "SafetyPlan")
    except LookupError:
        return None
    row = model.objects.filter(client=client).order_by("-created_at").first()
    return None if row is None else {field.name: getattr(row, field.name) for field in sealed_fields(model)}


def write(*, trustees: list[UUID], together: bool, process_notes: str, by: Person) -> Will:
    """Write or change one's will."""
    now = datetime.now(UTC)
    package = json.dumps(facts_of(by, now=now), ensure_ascii=False, default=str).encode()
    with transaction.atomic():
        will = wills.write(
            trustees=trustees, together=together, process_notes=process_notes, package=package, now=now
        )
        record(verb="will.written", by=by.id, practice=by.practice_id, object_type="will", object_id=by.id)
    return will


def refresh_if_due(person: Person) -> bool:
    """Renew the facts of a will once a day; shares that were released for the old one end with it."""
    return renew(person, older_than=REFRESH_AFTER)


def renew(person: Person, *, older_than: timedelta = timedelta(0)) -> bool:
    """Write the facts of today into one's will, if there is one."""
    will = Will.objects.filter(person_id=person.id).first()
    if will is None or datetime.now(UTC) - will.refreshed_at < older_than:
        return False
    write(
        trustees=[part.trustee_id for part in will.parts.all()],
        together=will.together,
        process_notes=will.process_notes,
        by=person,
    )
    return True


def open_as_trustee(will: Will, *, by: Person) -> list[dict[str, Any]]:
    """The facts, for a trustee. The author sees in the audit that it was opened."""
    facts = [one for one in json.loads(wills.open_will(will)) if not one.get("ended")]
    record(
        verb="will.opened", by=by.id, practice=by.practice_id, object_type="will", object_id=will.person_id
    )
    return facts


def rehearse(person: Person) -> int | None:
    """Try one's will where nothing can come of it: in a restored copy. Gives how many clients' facts it opened.

    Two people made for it stand in for the trustees. They get what the author's keys open in the copy, sealed to them
    as the real will is, and open it as the trustees would, together where the author wants both.
    """
    row = Will.objects.filter(person_id=person.id).prefetch_related("parts").first()
    if row is None:
        return None
    own, now = current(), datetime.now(UTC)
    stand_ins = []
    for _part in row.parts.all():
        words = secrets.token_urlsafe(24)
        other, keys, _code = admit(
            practice=person.practice, address=f"rehearsal-{words}", passphrase=words, roles=[], by=None
        )
        pins.pin(
            person=person.id,
            own=own.keys,
            other=other.id,
            fingerprint=pins.fingerprint_of(other.id),
            compared_at=now,
        )
        pins.pin(
            person=other.id,
            own=keys.keys,
            other=person.id,
            fingerprint=pins.fingerprint_of(person.id),
            compared_at=now,
        )
        stand_ins.append((other, keys))
    for (one, keys), (other, _keys) in permutations(stand_ins, 2):
        pins.pin(
            person=one.id,
            own=keys.keys,
            other=other.id,
            fingerprint=pins.fingerprint_of(other.id),
            compared_at=now,
        )
    will = write(
        trustees=[other.id for other, _keys in stand_ins],
        together=row.together,
        process_notes=row.process_notes,
        by=person,
    )
    (reader, keys), *others = stand_ins
    for _other, other_keys in others if row.together else ():
        with opened(other_keys):
            wills.release(will)
    with opened(keys):
        told = open_as_trustee(Will.objects.get(person_id=person.id), by=reader)
    if [one["id"] for one in told] != [
        one["id"] for one in facts_of(person, now=now) if not one.get("ended")
    ]:
        raise Refused(_("the will opened, and does not hold the facts of today"))
    return len(told)


def whose_notes(will: Will) -> tuple[int, int]:
    """Of how many clients the notes would be destroyed, and of how many a legal hold keeps them. For a trustee."""
    if will.process_notes != Will.Notes.DESTROY:
        raise Refused(_("the author chose that process notes are kept, unread"))
    clients = [UUID(one["id"]) for one in json.loads(wills.open_will(will))]
    held = sum(vault.is_held(one) for one in clients)
    return len(clients) - held, held


def opened_by_others(person: Person, *, now: datetime) -> list[Event]:
    """Who opened or released this person's will in the last thirty days, newest first."""
    if not Will.objects.filter(person_id=person.id).exists():
        return []
    since = (now - timedelta(days=30)).isoformat(timespec="microseconds")
    told = Event.objects.filter(
        practice=person.practice_id,
        verb__in=("will.opened", "will.released", "notes.destroyed_by_will"),
        utc__gte=since,
    ).filter(
        Q(object_type="will", object_id=str(person.id))
        | Q(verb="notes.destroyed_by_will", reason=str(person.id))
    )
    found: dict[tuple[Any, str], Event] = {}
    for event in told.exclude(actor=person.id).order_by("-n"):
        found.setdefault((event.actor, event.verb), event)
    return list(found.values())


@transaction.atomic
def carry_out(will: Will, *, by: Person) -> int:
    """Destroy the process notes unread, as the author chose. Clients under legal hold are left."""
    if will.process_notes != Will.Notes.DESTROY:
        raise Refused(_("the author chose that process notes are kept, unread"))
    done = 0
    for one in json.loads(wills.open_will(will)):
        client = UUID(one["id"])
        if vault.is_held(client):
            continue
        vault.shred(owner=client, by=by.id, compartment=Compartment.PROCESS_NOTES)
        record(
            verb="notes.destroyed_by_will",
            by=by.id,
            practice=by.practice_id,
            object_type="client",
            object_id=client,
            client=client,
            reason=str(will.person_id),
        )
        done += 1
    return done
