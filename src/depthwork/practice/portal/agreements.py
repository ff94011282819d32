"""What a client agreed to, taken back from their own place."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from depthwork.practice.intake.consent_words import questions
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.portal import actions
from depthwork.practice.portal.views import own_client, place_page
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Consent
from depthwork.practice.treatments.views.common import today_of


class TakeBackForm(forms.Form):
    """A few words, if there are any; none are needed."""

    words = forms.CharField(
        label=gettext_lazy("If you want to say why"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@rule(P.USE_OWN_PLACE, needs_keys=True)
def take_back(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Say what follows from it, then take the agreement back."""
    client = own_client(request)
    row = (
        Consent.objects.select_related("client__practice", "person")
        .filter(id=consent_id, client=client)
        .first()
    )
    if row is None:
        raise Http404("no such agreement")
    if not row.is_yes or not row.is_open:  # sent twice, or answered anew in the hour meanwhile
        return redirect("portal:place")
    form = TakeBackForm(request.POST if request.method == "POST" else None)  # no word is needed
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_back_agreement(
                consent=row, by=person_of(request), on=today_of(client), words=form.cleaned_data["words"]
            )
        except (actions.PlaceError, CourseError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Taken back. Your therapist sees it before the next hour."))
            return redirect("portal:place")
    return place_page(request, "take_back", client, form=form, row=row, question=questions().get(row.purpose))
