"""Search: one field, lines with their place. The words asked for are in the body of the request, never in an address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision.queries import open_for
from depthwork.practice.supervision.views.desk import named
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import clients_for, landing_name
from depthwork.practice.ui.search import search
from depthwork.practice.ui.search_index import AT_MOST, Hit
from depthwork.practice.ui.search_kinds import kind_named
from depthwork.practice.ui.search_reach import reach_of
from depthwork.practice.vault.models import Compartment
from depthwork.practice.vault.unlocked import current


class SearchForm(forms.Form):
    """What to look for."""

    words = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=200,
        help_text=gettext_lazy("As they stand, in any case. Only what your keys open is looked at."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A hit as the page shows it."""

    who: str
    href: str
    kind: str
    hit: Hit


@rule(P.SEARCH, needs_keys=True)
def search_page(request: HttpRequest) -> HttpResponse:
    """Look for words in what one may open."""
    form = SearchForm(request.POST or None)
    lines: list[Line] | None = None
    if request.method == "POST" and form.is_valid():
        person = person_of(request)
        record(verb="searched", by=person.id, practice=person.practice_id)
        hits = search(person, form.cleaned_data["words"], session=request.session.session_key)
        lines = _lines(person, hits)
        for client in dict.fromkeys(line.hit.client for line in lines):
            record(verb="search.found", by=person.id, practice=person.practice_id, client=client)
    return render(
        request,
        "ui/search.html",
        {"form": form, "lines": lines, "many": lines is not None and len(lines) == AT_MOST},
    )


def _lines(person: Person, hits: list[Hit]) -> list[Line]:
    wanted = {hit.client for hit in hits}
    names, courses = _names(person, wanted), _courses(person, wanted)
    texts = [hit.link for hit in hits if hit.client in courses and hit.kind.split(".")[0] != "treatments"]
    hours = dict(Source.objects.filter(id__in=texts).values_list("id", "session_id")) if texts else {}
    now = Involvement.objects.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()), person=person)
    treated = set(now.filter(part=Part.CLINICIAN, client__in=wanted).values_list("client", flat=True))
    lines = []
    for one in hits:
        if one.client in courses:
            n, course = courses[one.client]
            called = _("Course %(n)s") % {"n": n}
            lines.append(Line(called, _shared_address(one, course, hours), kind_named(one.kind), one))
        elif one.client in names:
            lines.append(Line(names[one.client], _address(one, treated), kind_named(one.kind), one))
    return lines


def _names(person: Person, wanted: set[UUID]) -> dict[UUID, str]:
    """How each client is called, where the key to the name is held; the others stay without one."""
    called, names = Client._meta.get_field("called"), {}
    for client, cell in clients_for(person).filter(id__in=wanted).values_list("id", "called"):
        is_held = current().holds(client, Compartment.ADMINISTRATION)
        said = called.open_value(cell, owner=client, row=client) if is_held else None
        names[client] = landing_name(said, person)
    return names


def _courses(person: Person, wanted: set[UUID]) -> dict[UUID, tuple[int, UUID]]:
    """Of clients into whose treatment one was invited: the number of the course, as it stands on one's desk."""
    shared = {one.client_id for one in reach_of(person).shared} & wanted
    if not shared:
        return {}
    return {
        one["row"].client_id: (one["n"], one["row"].id)
        for one in named(open_for(person))
        if one["row"].client_id in shared
    }


def _shared_address(hit: Hit, course: UUID, hours: dict[UUID, UUID | None]) -> str:
    """Where who was invited reads it."""
    if hit.kind.startswith("treatments.session."):
        return reverse("casework:hour", args=[hit.row])
    if hit.kind == "supervision.agendaitem.words":
        return reverse("supervision:agenda")
    if hit.link is None:
        return reverse("supervision:course", args=[course])
    hour = hours.get(hit.link)
    if hour is None:
        return reverse("supervision:text", args=[course, hit.link])
    return f"{reverse('casework:hour', args=[hour])}?source={hit.link}"


def _address(hit: Hit, treated: set[UUID]) -> str:
    """Where the words stand; the thread where they have no hour of their own.

    Who covers or keeps the office is led to the page about the client, which opens for them.
    """
    if hit.client not in treated:
        return reverse("treatments:client", args=[hit.client])
    if hit.link is not None:
        return reverse("casework:hour", args=[hit.link])
    if hit.kind.startswith("treatments.session."):
        return reverse("casework:hour", args=[hit.row])
    return reverse("ui:thread", args=[hit.client])
