"""What a file brought and someone of the practice has to look up: who did, when, and what waits."""

from __future__ import annotations

from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.intake import considering
from depthwork.practice.people.models import Practice
from depthwork.practice.policy.confirming import HOLDS, Matter, confirm, matters_of, standing_of, unchecked
from depthwork.practice.policy.models import Confirmation
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.calendar import zone_of


class ConfirmForm(forms.Form):
    """How it was looked up."""

    how = forms.ChoiceField(label=gettext_lazy("How"), choices=Confirmation.How.choices)


def all_matters(practice: Practice) -> tuple[Matter, ...]:
    """Everything of this practice that is to be looked up."""
    return (*matters_of(practice), considering.matter())


def waiting(practice: Practice, *, on: date) -> list[Matter]:
    """What nobody has confirmed, or not since it fell due."""
    return unchecked(practice, all_matters(practice), on=on)


@rule(P.SEE_PRACTICE)
def checked(request: HttpRequest) -> HttpResponse:
    """Each fact with its source; a press confirms one, with name and day."""
    person = person_of(request)
    practice = person.practice
    today = datetime.now(zone_of(practice.time_zone)).date()
    matters = all_matters(practice)
    if request.method == "POST":
        matter = next((one for one in matters if one.id == request.POST.get("matter")), None)
        form = ConfirmForm(request.POST)
        if matter is None:
            raise Http404("no such fact here")
        if form.is_valid():
            confirm(matter=matter, by=person, on=today, how=form.cleaned_data["how"])
            messages.success(request, _("Confirmed in your name."))
            return redirect("ui:checked")
    rows = standing_of(practice, matters, on=today)
    context = {
        "rows": rows,
        "hows": Confirmation.How.choices,
        "waiting": sum(one.holds is None for one in rows),
        "days": HOLDS.days,
    }
    return render(request, "ui/practice_checked.html", context)
