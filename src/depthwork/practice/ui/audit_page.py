"""The audit as pages: what happened in the practice, and who read of one client.

What is looked for is in the body of the request: an address would keep whom somebody asked about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, UUIDField, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from depthwork.practice.api.queries import purposes_of
from depthwork.practice.audit.models import Event
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named, clients_for, landing_name
from depthwork.practice.treatments.views.common import head, today_of
from depthwork.practice.ui.verbs import GRAVE, KINDS, reading_verbs, sentence
from depthwork.practice.vault.models import Compartment
from depthwork.practice.vault.unlocked import current, is_unlocked

A_PAGE = 50


class AuditForm(forms.Form):
    """What to look for in the audit; an empty field asks for everything."""

    client = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    person = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    first = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=gettext_lazy("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, *args: Any, clients: Mapping[UUID, str], people: Mapping[UUID, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        everyone = ("", _("everyone"))
        chosen = {
            "client": [everyone, *((str(pk), name) for pk, name in clients.items())],
            "person": [everyone, *((str(pk), name) for pk, name in people.items()), ("nobody", _("nobody signed in"))],
            "kind": [("", _("everything")), *((key, kind.label) for key, kind in KINDS.items())],
        }  # fmt: skip
        for name, choices in chosen.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def events_for(person: Person) -> QuerySet[Event]:
    """A manager sees the practice, and what happened before anybody was known; a clinician their acts and clients."""
    here = Event.objects.order_by("-n")
    if person.has_role("manager"):
        # Nearly every event is this practice's: an "or" would have the database gather and sort them all for one page.
        own = Value(person.practice_id, output_field=UUIDField())
        return here.alias(of=Coalesce("practice", own)).filter(of=person.practice_id)
    mine = Involvement.objects.filter(person=person, part=Part.CLINICIAN).values("client")
    return here.filter(Q(actor=person.id) | Q(client__in=mine), practice=person.practice_id)


def names_for(person: Person) -> dict[UUID, str]:
    """Clients by name, as far as this person holds the key to the name; none while locked."""
    if not is_unlocked():
        return {}
    called, found = Client._meta.get_field("called"), {}
    for pk, cell in clients_for(person).values_list("id", "called"):
        if current().holds(pk, Compartment.ADMINISTRATION):
            found[pk] = landing_name(called.open_value(cell, owner=pk, row=pk), person)
    return dict(sorted(found.items(), key=lambda one: one[1].casefold()))


def _narrowed(events: QuerySet[Event], asked: Mapping[str, Any], zone: ZoneInfo) -> QuerySet[Event]:
    if asked.get("client"):
        events = events.filter(client=asked["client"])
    if asked.get("person"):
        events = events.filter(actor=None if asked["person"] == "nobody" else asked["person"])
    if asked.get("kind"):
        events = events.filter(KINDS[asked["kind"]].asks())
    if asked.get("first"):
        events = events.filter(utc__gte=_moment(asked["first"], zone))
    if asked.get("last"):
        events = events.filter(utc__lt=_moment(asked["last"] + timedelta(days=1), zone))
    return events


def _moment(day: date, zone: ZoneInfo) -> str:
    """The beginning of a day as the audit writes moments, which sort as text."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC).isoformat(timespec="microseconds")


@rule(P.READ_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """What happened, in sentences: for a manager the practice, for a clinician their own acts and clients."""
    person = person_of(request)
    people = {one.id: str(one) for one in Person.objects.filter(practice_id=person.practice_id)}
    staff = Person.objects.filter(practice_id=person.practice_id, client=None).values_list("id", flat=True)
    names = names_for(person)
    form = AuditForm(
        request.POST or None, clients=names, people={pk: people[pk] for pk in staff if pk in people}
    )
    events, asked = events_for(person), request.method == "POST" and form.is_valid()
    if asked:
        events = _narrowed(events, form.cleaned_data, ZoneInfo(person.practice.time_zone))
    number = request.POST.get("page") if asked else request.GET.get("page")
    page = Paginator(events, A_PAGE).get_page(number)
    tokens = purposes_of({one.object_id for one in page if one.object_type == "api.apitoken"}, person)
    context = {
        "page": page,
        "form": form,
        "is_narrowed": asked,
        "lines": [sentence(event, people, names, tokens) for event in page],
        "grave": _grave(events_for(person)) if person.has_role("manager") else [],
    }
    return render(request, "ui/practice_audit.html", context, status=422 if form.errors else 200)


def _grave(events: QuerySet[Event]) -> list[tuple[str, int]]:
    """What a manager should know of the last week without looking for it."""
    since = (datetime.now(UTC) - timedelta(days=7)).isoformat(timespec="microseconds")
    found = Counter(events.filter(verb__in=GRAVE, utc__gte=since).order_by().values_list("verb", flat=True))
    return [(str(said), found[verb]) for verb, said in GRAVE.items() if found[verb]]


@rule(P.SHARE_CLIENT, of=client_named, reads="readers.read")
@require_GET
def readers(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Who read of this client in the last year: each person, what, how often, and when last."""
    client: Client = request.subject  # type: ignore[attr-defined]
    since = datetime.combine(today_of(client) - timedelta(days=365), time(), tzinfo=UTC)
    rows = Event.objects.filter(
        client=client.id, verb__in=reading_verbs(), utc__gte=since.isoformat(timespec="microseconds")
    ).order_by("n")
    people = {one.id: str(one) for one in Person.objects.filter(practice_id=client.practice_id)}
    together: dict[tuple[UUID | None, str], dict[str, Any]] = {}
    for event in rows.iterator():
        said = sentence(event, people, {})
        line = together.setdefault(
            (event.actor, event.verb), {"who": said.who, "what": said.what, "times": 0}
        )
        line["times"] += 1
        line["last"] = said.when
    own = person_of(request).id
    lines = sorted(together.items(), key=lambda one: one[1]["last"], reverse=True)
    context = head(
        request, client,
        others=[line for (actor, _verb), line in lines if actor != own],
        mine=sum(line["times"] for (actor, _verb), line in lines if actor == own),
    )  # fmt: skip
    return render(request, "ui/readers.html", context)
