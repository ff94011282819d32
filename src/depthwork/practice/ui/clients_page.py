"""Whom the practice treats, as its office sees them: names, and the way to appointments and payers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.many import CLOSED, open_rows
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import clients_for


@rule(P.MANAGE_PRACTICE, reads="clients.read", needs_keys=True)
def clients(request: HttpRequest) -> HttpResponse:
    """A line for each client whose clinician let the office see them; the others are counted."""
    states = dict(Client.State.choices)
    rows, closed = [], 0
    for pk, _owner, state, name in open_rows(clients_for(person_of(request)), "name", also=["state"]):
        if name is CLOSED:
            closed += 1
        else:
            rows.append({"id": UUID(pk), "name": name or _("without a name"), "state": states.get(state, state), "ended": state == "ended"})  # fmt: skip
    rows.sort(key=lambda row: (row["ended"], str(row["name"]).casefold()))
    return render(request, "ui/clients.html", {"rows": rows, "closed": closed})
