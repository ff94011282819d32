"""Sharing: who besides oneself can open what of one's clients, and who is kept out of a client's pages altogether."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions as treatments
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.ui.practice_pages import colleagues_of, uuid_of
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import rotation
from depthwork.practice.vault.models import Compartment, Grant
from depthwork.practice.vault.unlocked import current


@rule(P.SEE_PRACTICE, needs_keys=True)
def sharing(request: HttpRequest) -> HttpResponse:
    """Who else can open what of one's clients, until when; take back at once."""
    person = person_of(request)
    mine = Involvement.objects.filter(person=person, part=Part.CLINICIAN, ends_at=None).values("client")
    if request.method == "POST":
        client = Client.objects.filter(id__in=mine, id=uuid_of(request.POST.get("client"))).first()
        reader = (
            colleagues_of(person).exclude(id=person.id).filter(id=uuid_of(request.POST.get("reader"))).first()
        )
        if client is None or reader is None:
            raise Http404
        return _act(request, request.POST.get("act", ""), client, reader)
    grants = (
        Grant.objects.filter(data_key__owner__in=mine, data_key__retired_at=None)
        .exclude(reader=person)
        .select_related("reader", "data_key")
        .order_by("created_at")
    )
    called = Client._meta.get_field("called")
    names = {
        pk: called.open_value(cell, owner=pk, row=pk)
        for pk, cell in clients_for(person).filter(id__in=mine).values_list("id", "called")
        if current().holds(pk, Compartment.ADMINISTRATION)
    }
    together: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    for grant in grants:
        row = together.setdefault(
            (grant.data_key.owner, grant.reader_id),
            {"client": grant.data_key.owner, "who": names.get(grant.data_key.owner, "?"), "reader": grant.reader,
             "compartments": [], "ends_at": grant.ends_at, "purpose": grant.purpose},
        )  # fmt: skip
        row["compartments"].append(grant.data_key.get_compartment_display())
    kept_out = [
        {"client": row.client, "who": names.get(row.client, "?"), "other": row.person}
        for row in Involvement.objects.filter(part=Part.DENIED, ends_at=None, client__in=mine).select_related(
            "person"
        )
    ]
    context = {
        "rows": together.values(),
        "kept_out": kept_out,
        "clients": sorted(((pk, name) for pk, name in names.items()), key=lambda one: str(one[1])),
        "colleagues": colleagues_of(person).exclude(id=person.id).filter(is_active=True),
    }
    return render(request, "ui/practice_sharing.html", context)


def _act(request: HttpRequest, act: str, client: Client, other: Person) -> HttpResponse:
    person = person_of(request)
    try:
        if act == "let_near":
            treatments.let_near(client=client, other=other, by=person)
            messages.success(
                request, _("Nothing keeps them out any more. They have no part and no key by that.")
            )
            return redirect("ui:sharing")
        if act == "keep_out":
            treatments.keep_out(client=client, other=other, by=person)
            messages.success(request, _("Kept out, from now on and whatever their part was."))
    except CourseError as error:
        messages.error(request, str(error))
        return redirect("ui:sharing")
    take_back(client=client, reader=other, by=person)
    if act != "keep_out":
        messages.success(request, _("Taken back. New words are sealed under a new key."))
    return redirect("ui:sharing")


def take_back(*, client: Client, reader: Person, by: Person) -> None:
    """End a reader's part and grants, and renew the keys they held. Killed midway, the renewal goes on later."""
    with transaction.atomic():
        touched = vault.take_back(owner=client.id, reader=reader.id)
        parts = Involvement.objects.filter(person=reader, client=client.id, ends_at=None)
        parts.exclude(part=Part.DENIED).update(ends_at=datetime.now(UTC))
        record(verb="sharing.ended", by=by.id, practice=by.practice_id, object_type="person", object_id=reader.id, client=client.id)  # fmt: skip
        for compartment in touched:
            rotation.start_rotation(owner=client.id, compartment=compartment)
    for compartment in touched:
        rotation.move_values(owner=client.id, compartment=compartment)
        rotation.finish_rotation(owner=client.id, compartment=compartment)
