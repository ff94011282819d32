"""Reads of what left and what came, always of one client or by an id for the policy to judge."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from depthwork.practice.disclosure.models import Arrival, Disclosure, Release
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.models import Client, Consent
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.errors import VaultError


def release_named(release_id: UUID) -> Release | None:
    """A release by id, for the policy to judge."""
    return Release.objects.select_related("client__practice").filter(id=release_id).first()


def arrival_named(arrival_id: UUID) -> Arrival | None:
    """An arrival by id, for the policy to judge."""
    return Arrival.objects.select_related("client__practice").filter(id=arrival_id).first()


def treated_by(person: Person) -> list[tuple[str, str]]:
    """The clients whom a person treats and whose name they can open, as id and name, for a choice among them."""
    mine = Involvement.objects.filter(person=person, part=Part.CLINICIAN, ends_at=None).values("client")
    field: Any = Client._meta.get_field("name")
    found = []
    for pk, cell in clients_for(person).filter(id__in=mine).values_list("id", "name"):
        try:
            found.append((str(pk), str(field.open_value(cell, owner=pk, row=pk))))
        except VaultError:  # their keys were destroyed, or are not this person's
            continue
    twice = {name for name, n in Counter(name for _pk, name in found).items() if n > 1}
    named = [(pk, f"{name} ({pk[:6]})" if name in twice else name) for pk, name in found]
    return sorted(named, key=lambda one: one[1].casefold())


def releases_of(client: Client) -> list[Release]:
    """Every word of a client about giving something out, newest first."""
    return list(Release.objects.filter(client=client).select_related("recorded_by"))


def standing_release(client: Client, purposes: tuple[str, ...], *, on: date) -> list[Release]:
    """Releases that hold on a day, for one of these purposes."""
    rows = Release.objects.filter(client=client, purpose__in=purposes, revoked_at=None)
    return [row for row in rows if row.holds(on=on)]


def arrivals_of(client: Client) -> list[Arrival]:
    """What came of a client from elsewhere, newest first; what it says is opened on its own page."""
    return list(Arrival.objects.filter(client=client).defer("origin"))


def open_consents(client: Client) -> list[Consent]:
    """Every answer that stands open as it came, with whether it waits to be confirmed here."""
    rows = Consent.objects.filter(client=client, revoked_at=None, replaced_at=None)
    return list(rows.select_related("person", "waits").order_by("purpose", "given_on", "id"))


def given_out(client: Client) -> list[Disclosure]:
    """What left of a client, newest first: the account that a client may ask for."""
    return list(Disclosure.objects.filter(client=client).select_related("by", "release"))
