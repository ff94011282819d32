"""Where the practice works: its country, time, money, and whose rules it follows."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.coverage.models import Charge
from depthwork.practice.people import actions
from depthwork.practice.people.models import Practice
from depthwork.practice.policy.crisis import crisis_lines
from depthwork.practice.policy.jurisdiction import CURRENCIES, profiles, usual
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule


@cache
def _zones() -> tuple[str, ...]:
    """Names of places, not of offsets."""
    return tuple(sorted(one for one in available_timezones() if "/" in one and not one.startswith("Etc/")))


class WhereForm(forms.Form):
    """Each can be changed later, but for the money once an amount was asked in it."""

    country = forms.RegexField(
        r"^[A-Za-z]{2}\Z",
        label=gettext_lazy("Country, two letters"),
        help_text=gettext_lazy("Its crisis numbers stand wherever somebody may need one."),
        error_messages={"invalid": gettext_lazy("Two letters, such as GB, US, DE or ES.")},
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time of the hours"),
        help_text=gettext_lazy("Hours that are planned already keep the time at which they were agreed."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Money"))
    jurisdiction = forms.ChoiceField(label=gettext_lazy("Rules we follow"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practice = practice
        zones, money = {*_zones(), practice.time_zone}, {*CURRENCIES, practice.currency}
        self.fields["time_zone"].choices = [(one, one.replace("_", " ")) for one in sorted(zones)]  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(one, one) for one in sorted(money)]  # type: ignore[attr-defined]
        self.fields["jurisdiction"].choices = [(one.id, one.name) for one in profiles()]  # type: ignore[attr-defined]

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_currency(self) -> str:
        chosen = str(self.cleaned_data["currency"])
        if (
            chosen != self.practice.currency
            and Charge.objects.filter(client__practice=self.practice).exists()
        ):
            raise forms.ValidationError(
                _("Amounts were asked in %(now)s already, and would be read as %(new)s.")
                % {"now": self.practice.currency, "new": chosen}
            )
        return chosen


@rule(P.MANAGE_PRACTICE)
def where(request: HttpRequest) -> HttpResponse:
    """The form, with what each set of rules says and how sure it is."""
    person = person_of(request)
    practice = person.practice
    money, law = usual(practice.country)
    first = {
        "country": practice.country,
        "time_zone": practice.time_zone,
        "currency": practice.currency,
        "jurisdiction": practice.jurisdiction,
    }
    form = WhereForm(request.POST or None, initial=first, practice=practice)
    if request.method == "POST" and form.is_valid():
        actions.choose_place(practice=practice, by=person, **form.cleaned_data)
        if crisis_lines(practice.country):
            messages.success(request, _("Kept. What the rules ask for is asked from now on."))
        else:
            messages.warning(
                request,
                _(
                    "Kept. No crisis number of this country is installed: say yours on the form for inquiries."
                ),
            )
        return redirect("ui:checked")
    context = {"form": form, "profiles": profiles(), "usual_money": money, "usual_law": law}
    return render(request, "ui/practice_where.html", context, status=422 if form.errors else 200)
