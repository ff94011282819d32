"""Search: one field, lines with their place. The words asked for are in the body of the request, never in an address."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import clients_for, landing_name
from depthwork.practice.ui.search import search
from depthwork.practice.ui.search_index import AT_MOST, Hit
from depthwork.practice.ui.search_kinds import kind_named


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
    called, names = Client._meta.get_field("called"), {}
    wanted = {hit.client for hit in hits}
    for client, cell in clients_for(person).filter(id__in=wanted).values_list("id", "called"):
        names[client] = landing_name(called.open_value(cell, owner=client, row=client), person)
    return [
        Line(names[hit.client], _address(hit), kind_named(hit.kind), hit)
        for hit in hits
        if hit.client in names
    ]


def _address(hit: Hit) -> str:
    try:
        if hit.link is not None:
            return reverse("casework:hour", args=[hit.link])
        if hit.kind.startswith("treatments.session."):
            return reverse("casework:hour", args=[hit.row])
    except NoReverseMatch:
        pass
    return reverse("ui:thread", args=[hit.client])
