"""Sharing: who besides oneself can open what of one's clients, and who is kept out of a client's pages altogether."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions as treatments
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.handover import sharing_ends
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.ui.practice_pages import colleagues_of, uuid_of
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import VaultError
from depthwork.practice.vault.models import Compartment, DataKey, Grant
from depthwork.practice.vault.unlocked import current

PURPOSES = {
    "treatment": gettext_lazy("treatment"),
    "supervision": gettext_lazy("supervision"),
    "cover": gettext_lazy("cover in a break"),
    "office": gettext_lazy("the office"),
    "alerts": gettext_lazy("answers that need a person"),
    "alert": gettext_lazy("an answer that needed a person"),
    "research": gettext_lazy("research"),
    "own place": gettext_lazy("their own place"),
    "handover": gettext_lazy("a treatment proposed to them"),
    "reading": gettext_lazy("reading on, after handing over"),
}


def _waiting(mine: Any) -> list[DataKey]:
    """Keys of one's clients that are to be renewed, or whose renewal was interrupted."""
    owners = list(mine.values_list("client", flat=True))
    return [*treatments.keys_due(owners), *treatments.unfinished(owners)]


@rule(P.SEE_PRACTICE, needs_keys=True)
def sharing(request: HttpRequest) -> HttpResponse:
    """Who else can open what of one's clients, until when; take back at once."""
    person = person_of(request)
    mine = Involvement.objects.filter(person=person, part=Part.CLINICIAN, ends_at=None).values("client")
    if request.method == "POST":
        client = Client.objects.filter(id__in=mine, id=uuid_of(request.POST.get("client"))).first()
        if client is not None and request.POST.get("act") == "renew":
            return _renew(request, client)
        reader = (
            colleagues_of(person).exclude(id=person.id).filter(id=uuid_of(request.POST.get("reader"))).first()
        )
        if client is None or reader is None:
            raise Http404
        return _act(request, request.POST.get("act", ""), client, reader)
    grants = (
        Grant.objects.live()
        .filter(data_key__owner__in=mine, data_key__retired_at=None)
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
        owner = grant.data_key.owner
        row = together.setdefault(
            (owner, grant.reader_id),
            {"client": owner, "who": names.get(owner, "?"), "reader": grant.reader, "given": {}},
        )
        one = row["given"].setdefault(
            (grant.purpose, grant.consent, grant.granter_id),
            {
                "compartments": [],
                "ends_at": grant.ends_at,
                "purpose": PURPOSES.get(grant.purpose, grant.purpose),
            },
        )
        one["compartments"].append(grant.data_key.get_compartment_display())
    kept_out = [
        {"client": row.client, "who": names.get(row.client, "?"), "other": row.person}
        for row in Involvement.objects.filter(part=Part.DENIED, ends_at=None, client__in=mine).select_related(
            "person"
        )
    ]
    context = {
        "rows": [{**row, "given": list(row["given"].values())} for row in together.values()],
        "due": sorted({str(names.get(key.owner, "?")) for key in _waiting(mine)}),
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


def _renew(request: HttpRequest, client: Client) -> HttpResponse:
    try:
        treatments.renew_all(client=client.id, by=person_of(request))
    except VaultError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Renewed. What was written before stands under the new keys too."))
    return redirect("ui:sharing")


def take_back(*, client: Client, reader: Person, by: Person) -> None:
    """End a reader's part and grants, and renew the keys they held. Killed midway, the renewal goes on later."""
    with transaction.atomic():
        vault.take_back(owner=client.id, reader=reader.id)
        sharing_ends(client=client.id, by=by, reader=reader.id)
        now = datetime.now(UTC)
        parts = Involvement.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=now), person=reader, client=client.id
        )
        parts.exclude(part=Part.DENIED).update(ends_at=now)
        record(verb="sharing.ended", by=by.id, practice=by.practice_id, object_type="person", object_id=reader.id, client=client.id)  # fmt: skip
    treatments.renew(client.id)
