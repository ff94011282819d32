"""A person becomes a client, and a treatment begins."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import NoKey


@transaction.atomic
def admit_client(
    *,
    name: str,
    by: Person,
    called: str = "",
    details: dict[str, Any] | None = None,
    contact: dict[str, Any] | None = None,
    state: str = Client.State.ACTIVE,
    id: UUID | None = None,
) -> Client:
    """A new client of the clinician `by`, with keys for the four compartments.

    Managers of the practice whose keys the clinician has accepted get the administration compartment.
    """
    if not name.strip():
        raise CourseError(_("a client needs a name, or the initials they wish to go by"))
    row = Client(id=id or uuid4(), practice_id=by.practice_id, state=state)
    vault.make_keys(organisation=by.practice_id, owner=row.id)
    row.name = name.strip()
    row.called = called.strip() or name.split()[0]
    row.details = details or {}
    row.contact = contact or {}
    row.save(force_insert=True)
    Involvement.objects.create(person=by, practice=by.practice_id, client=row.id, part=Part.CLINICIAN)
    for manager in Person.objects.filter(practice_id=by.practice_id, is_active=True).exclude(id=by.id):
        if manager.has_role(Role.MANAGER):
            try:
                vault.share(
                    owner=row.id, compartments=["administration"], reader=manager.id, purpose="office"
                )
            except NoKey:  # fingerprints not compared yet: the office sees this client later
                continue
    note("client.admitted", row, by=by)
    return row


def may_be_under_way(client: Client, clinician: Person) -> None:
    """One course at a time with the same clinician: what is open ends first, or goes on."""
    if Treatment.objects.filter(client=client, clinician=clinician, state=Treatment.State.ACTIVE).exists():
        raise CourseError(_("a treatment with this client is under way; end it first, or go on with it"))


@transaction.atomic
def begin_treatment(
    *,
    client: Client,
    by: Person,
    starts_on: date,
    format: str = Treatment.Format.OPEN_ENDED,
    hours_agreed: int | None = None,
    focus: str | None = None,
    private_core_conflict: str | None = None,
    id: UUID | None = None,
) -> Treatment:
    """A course of treatment with the clinician `by`."""
    if format == Treatment.Format.BRIEF and not hours_agreed:
        raise CourseError(_("a brief therapy needs its number of hours"))
    may_be_under_way(client, by)
    row = Treatment(
        id=id or uuid4(),
        client=client,
        clinician=by,
        starts_on=starts_on,
        format=format,
        hours_agreed=hours_agreed if format == Treatment.Format.BRIEF else None,
        focus=focus,
        private_core_conflict=private_core_conflict,
    )
    row.save(force_insert=True)
    if client.state != Client.State.ACTIVE:
        client.state = Client.State.ACTIVE
        client.save(update_fields=["state"])
    note("treatment.begun", row, by=by)
    return row


@transaction.atomic
def change_client(
    *,
    client: Client,
    by: Person,
    name: str,
    called: str,
    details: dict[str, Any],
    contact: dict[str, Any],
    version: int | None = None,
) -> Client:
    """Change name and contact. `version` is the one that was opened; a lost race writes nothing."""
    if not name.strip():
        raise CourseError(_("a client needs a name, or the initials they wish to go by"))
    expected = client.version if version is None else version
    if not Client.objects.filter(pk=client.pk, version=expected).update(version=expected + 1):
        raise Changed(_("this was changed in another window meanwhile; nothing was overwritten"))
    client.version = expected + 1
    client.name, client.called = name.strip(), called.strip() or name.split()[0]
    client.details, client.contact = details, contact
    client.save(update_fields=["name", "called", "details", "contact"])
    note("client.changed", client, by=by)
    return client
