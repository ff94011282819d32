"""Kept long enough: clients whose treatment ended, and until when the practice's rules ask that each be kept.

It proposes and deletes nothing. Whether to erase, and why, is said by a person on the client's own page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from depthwork.practice.people.models import Person
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.treatments.queries import clients_for, landing_name
from depthwork.practice.ui.erasing import born_in
from depthwork.practice.vault.models import Compartment, LegalHold
from depthwork.practice.vault.unlocked import current


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One client whose treatment ended."""

    client: UUID
    called: str
    last: date | None
    until: date | None
    is_held: bool


def kept_lines(person: Person) -> list[KeptLine]:
    """Those one treats whose treatment ended, the first to be kept long enough on top; four queries."""
    rules = profile_of(person.practice).retention
    mine = Involvement.objects.filter(person=person, part=Part.CLINICIAN, ends_at=None).values("client")
    rows = list(
        clients_for(person)
        .filter(id__in=mine, state=Client.State.ENDED)
        .values_list("id", "called", "details")
    )
    ids = [row[0] for row in rows]
    held_hours = Session.objects.filter(client__in=ids, status=Session.Status.HELD).order_by()
    last = dict(held_hours.values("client").annotate(on=Max("day")).values_list("client", "on"))
    holds = set(LegalHold.objects.filter(owner__in=ids, lifted_at=None).values_list("owner", flat=True))
    called, details = Client._meta.get_field("called"), Client._meta.get_field("details")
    found = []
    for pk, name, about in rows:
        if not current().holds(pk, Compartment.ADMINISTRATION):
            continue
        born = born_in(details.open_value(about, owner=pk, row=pk))
        on = last.get(pk)
        found.append(
            KeptLine(
                pk,
                landing_name(called.open_value(name, owner=pk, row=pk), person),
                on,
                rules.kept_until(on, born=born) if on else None,
                pk in holds,
            )
        )
    return sorted(found, key=lambda line: (line.until or date.min, line.called.casefold()))


@rule(P.SEE_CASELOAD, needs_keys=True)
@require_GET
def kept_long_enough(request: HttpRequest) -> HttpResponse:
    """Each with its day; those whose day has come lead to the page on which a person decides."""
    person = person_of(request)
    today = datetime.now(zone_of(person.practice.time_zone)).date()
    lines = kept_lines(person)
    rules = profile_of(person.practice)
    context = {
        "over": [line for line in lines if line.until is None or line.until <= today],
        "running": [line for line in lines if line.until is not None and line.until > today],
        "rules": rules,
    }
    return render(request, "ui/practice_kept.html", context)
