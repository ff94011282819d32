"""Reads of what left and what came, always of one client or by an id for the policy to judge."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from depthwork.practice.disclosure.models import Arrival, Disclosure, Release
from depthwork.practice.treatments.models import Client, Consent


def release_named(release_id: UUID) -> Release | None:
    """A release by id, for the policy to judge."""
    return Release.objects.select_related("client__practice").filter(id=release_id).first()


def arrival_named(arrival_id: UUID) -> Arrival | None:
    """An arrival by id, for the policy to judge."""
    return Arrival.objects.select_related("client__practice").filter(id=arrival_id).first()


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
