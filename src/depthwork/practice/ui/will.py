"""What a clinical will carries: names, contacts, next hours, safety plans. Never a process note."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.keeping import wills
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.models import Compartment, Will
from depthwork.practice.vault.rotation import sealed_fields

REFRESH_AFTER = timedelta(hours=20)
HOURS = 6


def facts_of(person: Person, *, now: datetime) -> list[dict[str, Any]]:
    """The few facts of each client of a clinician, opened with the clinician's own keys."""
    parts = Involvement.objects.filter(person=person, part=Part.CLINICIAN, ends_at=None)
    told = []
    for client in Client.objects.filter(id__in=parts.values("client")).exclude(state=Client.State.ENDED):
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
    will = Will.objects.filter(person_id=person.id).prefetch_related("parts").first()
    if will is None or datetime.now(UTC) - will.refreshed_at < REFRESH_AFTER:
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
    facts: list[dict[str, Any]] = json.loads(wills.open_will(will))
    record(
        verb="will.opened", by=by.id, practice=by.practice_id, object_type="will", object_id=will.person_id
    )
    return facts


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
        )
        done += 1
    return done
