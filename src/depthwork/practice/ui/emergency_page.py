"""In an emergency: whom one names, whose records one could open with another, and what others did with one's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.keeping import escrow
from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows, person_of, rule
from depthwork.practice.tracking.nudges import nudge_soon
from depthwork.practice.treatments.actions import emergency
from depthwork.practice.treatments.emergencies import told_to
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import clients_for, landing_name
from depthwork.practice.vault.errors import VaultError
from depthwork.practice.vault.models import Compartment, Escrow, KeyPin
from depthwork.practice.vault.unlocked import current

ACTS = ("name", "nobody", "ask", "open", "end")


class TwoForm(forms.Form):
    """The two who act together."""

    first = forms.ChoiceField(label=gettext_lazy("One of the two"))
    second = forms.ChoiceField(label=gettext_lazy("The other"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            self.fields[name].choices = [("", _("choose")), *choices]  # type: ignore[attr-defined]


@rule(P.SEE_PRACTICE, needs_keys=True, fresh=ACTS, reads="emergency.looked")
def in_an_emergency(request: HttpRequest) -> HttpResponse:
    """One page for all three: naming, opening, and ending. Each act asks for the passphrase anew."""
    person = person_of(request)
    others = _who_can_be_named(person)
    own = Escrow.objects.filter(person=person).select_related("first", "second").first()
    first = {"first": str(own.first_id), "second": str(own.second_id)} if own else None
    choices = [(str(one.id), str(one)) for one in others]
    act = request.POST.get("act", "")
    form = TwoForm(request.POST if act == "name" else None, initial=first, choices=choices)
    if act in ACTS and (act != "name" or form.is_valid()):
        try:
            _done(request, person, act, {str(one.id): one for one in others}, form)
        except (CourseError, VaultError) as error:
            messages.error(request, str(error))
        return redirect("ui:emergency")
    try:
        emergency.refresh(person)
    except VaultError as error:
        messages.error(request, str(error))
    now = datetime.now(UTC)
    asked = escrow.released(person.id, now=now)
    context: dict[str, Any] = {
        "form": form,
        "own": own,
        "may_name": person.has_role(Role.CLINICIAN),
        "enough": len(others) >= 2,
        "reasons": emergency.REASONS.items(),
        "named": [
            {"client": pk, "called": called, "of": row.person, "asked": asked.get(pk)}
            for pk, (row, called) in sorted(escrow.labels().items(), key=lambda one: one[1][1].casefold())
        ],
    }
    for one in context["named"]:
        if one["asked"] is not None:
            one["why"] = emergency.REASONS.get(one["asked"].reason, "")
    return render(request, "ui/practice_emergency.html", context, status=422 if form.errors else 200)


def _who_can_be_named(person: Person) -> list[Person]:
    """Colleagues whose keys this person compared."""
    pinned = KeyPin.objects.filter(person=person).values("other")
    here = Person.objects.filter(practice_id=person.practice_id, client=None, is_active=True, id__in=pinned)
    return list(here.exclude(id=person.id).order_by("display_name", "id"))


def _done(request: HttpRequest, person: Person, act: str, others: dict[str, Person], form: TwoForm) -> None:
    """Do what was asked; what is wrong with it is raised."""
    if act == "name":
        two = [others[form.cleaned_data[name]] for name in ("first", "second")]
        emergency.name_two(first=two[0], second=two[1], by=person)
        messages.success(
            request, _("Named. From now on these two together can open a record; neither can alone.")
        )
    elif act == "nobody":
        emergency.name_nobody(by=person)
        messages.success(request, _("Nobody opens a record without you any more."))
    elif act == "ask":
        row = emergency.ask(client=_uuid(request), reason=request.POST.get("reason", ""), by=person)
        other = row.second_id if row.first_id == person.id else row.first_id
        nudge_soon("emergency", to=[other, row.person_id])
        messages.success(
            request, _("Your half is with the other, sealed to them. It waits for a day; speak to them now.")
        )
    elif act == "open":
        row = emergency.open_together(client=_uuid(request), by=person)
        nudge_soon("emergency", to=[row.person_id, row.first_id, row.second_id])
        messages.success(
            request,
            _("The record is open for 24 hours: it stands on Today, under “You cover”. Its clinician and the client read that you opened it."),
        )  # fmt: skip
    else:
        mine = clients_for(person).filter(id=_uuid(request)).first()
        if mine is None or not _treats(person, mine):
            raise CourseError(_("only whoever treats this client ends it"))
        emergency.end(client=mine, by=person)
        messages.success(request, _("Ended. The record is closed to them, and its keys are renewed."))


def _treats(person: Person, client: Client) -> bool:
    return allows(person, P.SHARE_CLIENT, practice=client.practice_id, client=client.id)


def _uuid(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("client", ""))
    except ValueError:
        raise CourseError(_("nobody has named you for this record")) from None


def told_on_today(person: Person) -> list[dict[str, Any]]:
    """What others did with the records of this person's clients, by the name the reader holds the key to."""
    steps = told_to(person, now=datetime.now(UTC)) if person.has_role(Role.CLINICIAN) else []
    if not steps:
        return []
    called = Client._meta.get_field("called")
    cells = clients_for(person).filter(id__in={one.client_id for one in steps}).values_list("id", "called")
    names = {
        pk: landing_name(called.open_value(cell, owner=pk, row=pk), person)
        for pk, cell in cells
        if current().holds(pk, Compartment.ADMINISTRATION)
    }
    return [{"step": one, "called": names.get(one.client_id, "")} for one in steps]
