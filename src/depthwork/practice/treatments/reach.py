"""Clients a clinician has to do with beside their caseload: those who have no treatment yet, and those they cover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from depthwork.practice.config.at_once import Look, look
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.treatments.queries import clients_for, landing_name
from depthwork.practice.vault.models import Compartment
from depthwork.practice.vault.unlocked import current

_CALLED: Final = Client._meta.get_field("called")


@dataclass(frozen=True, slots=True)
class NewLine:
    """A client who was admitted and with whom no treatment was agreed yet."""

    client_id: UUID
    called: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class CoverLine:
    """A client of a colleague who is away. `called` is None until the two have compared keys."""

    client_id: UUID
    called: str | None
    until: datetime | None


def without_treatment(person: Person) -> list[NewLine]:
    """A clinician's clients who have had no treatment, the longest waiting first; one query."""
    mine = Involvement.objects.filter(person=person, part=Part.CLINICIAN, ends_at=None).values("client")
    rows = (
        clients_for(person)
        .filter(~Exists(Treatment.objects.filter(client=OuterRef("pk"))), id__in=mine)
        .exclude(state=Client.State.ENDED)
        .order_by("created_at")
        .values_list("id", "called", "state", "created_at")
    )
    return [
        NewLine(
            client,
            landing_name(_CALLED.open_value(name, owner=client, row=client), person),
            str(Client.State(state).label),
            since,
        )
        for client, name, state, since in rows
    ]


def look_at_covered(person: Person) -> Look[list[CoverLine]]:
    """Whom a clinician covers now, soonest over first."""
    parts = Involvement.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=timezone.now()), person=person, part=Part.COVER
    )
    clients = clients_for(person).filter(id__in=parts.values("client"))

    @look(parts.values_list("client", "ends_at"), clients.values_list("id", "called"))
    def read(ends: list[tuple[UUID, datetime | None]], names: list[tuple[UUID, Any]]) -> list[CoverLine]:
        until, found = dict(ends), []
        for client, name in names:
            opens = current().holds(client, Compartment.ADMINISTRATION)
            said = _CALLED.open_value(name, owner=client, row=client) if opens else None
            found.append(CoverLine(client, landing_name(said, person) if opens else None, until[client]))
        return sorted(found, key=lambda line: (line.until is None, line.until or timezone.now()))

    return read
