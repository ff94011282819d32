"""The page on which a client is erased, or held against erasure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.api.actions import TokenError
from depthwork.practice.api.views import typed_again
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import head, today_of
from depthwork.practice.ui import erasing
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import Refused


class EraseForm(forms.Form):
    """Why, the name typed out, and the passphrase: three things that nobody does by mistake."""

    why = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=list(erasing.WHY.items()), widget=forms.RadioSelect
    )
    early = forms.BooleanField(
        label=gettext_lazy("I have looked up that it need not be kept for longer"), required=False
    )
    name = forms.CharField(
        label=gettext_lazy("The client’s name, as it stands above"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    passphrase = forms.CharField(
        label=gettext_lazy("Your passphrase"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, client: Client, is_early: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = client
        if is_early:
            self.fields["early"].required = True
        else:
            del self.fields["early"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if name != (self.client.name or "").strip():
            raise forms.ValidationError(_("This is not the name above."))
        return name


@rule(P.SHRED_CLIENT, of=client_named, fresh=("lift",))
def erase(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """What erasing does, what stands against it, and the form."""
    client: Client = request.subject  # type: ignore[attr-defined]
    person, today, act = person_of(request), today_of(client), request.POST.get("act", "")
    is_early = erasing.is_early(client, on=today)
    form = EraseForm(request.POST if act == "erase" else None, client=client, is_early=is_early)
    problem = ""
    try:
        if act == "hold":
            erasing.hold(client=client, by=person)
            messages.success(request, _("The hold stands. Nothing of this client can be burned or erased."))
            return redirect("ui:erase", client.id)
        if act == "lift":
            erasing.lift(client=client, by=person)
            messages.success(request, _("The hold is lifted."))
            return redirect("ui:erase", client.id)
        if act == "erase" and form.is_valid():
            typed_again(request, form.cleaned_data["passphrase"])
            erasing.erase(client=client, why=form.cleaned_data["why"], by=person)
            messages.success(request, _("Erased. A tombstone without a name stands in the audit."))
            return redirect("ui:caseload")
    except (CourseError, Refused, TokenError) as error:
        problem = str(error)
    context = head(
        request,
        client,
        form=form,
        problem=problem,
        is_held=vault.is_held(client.id),
        is_early=is_early,
        goes_on=client.state in (Client.State.ACTIVE, Client.State.CONSULTATION),
        last_hour=erasing.last_hour_of(client),
        kept_until=erasing.kept_until(client),
        retention=profile_of(client.practice).retention,
        complete_on=erasing.complete_on(),
    )
    return render(request, "ui/erase.html", context, status=422 if problem or form.errors else 200)
