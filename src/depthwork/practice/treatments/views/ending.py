"""The ending of a treatment: written, corrected, taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.forms import EndingForm, ReopenForm
from depthwork.practice.treatments.handover import what_goes_with_the_ending
from depthwork.practice.treatments.models import Client, Ending, EndingBefore, Treatment
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import form_page, today_of, treatment_of


def _said(form: EndingForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {
        "on": data["on"],
        "planned": data["planned"],
        "ended_by": data["ended_by"],
        "summary": data["summary"] or None,
    }


def _as_form(ending: Ending | EndingBefore) -> dict[str, Any]:
    return {
        "on": ending.on,
        "planned": "yes" if ending.planned else "no",
        "ended_by": ending.by,
        "summary": ending.summary,
        "version": getattr(ending, "version", None),
    }


@rule(P.WRITE_RECORD, of=client_named)
def end(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """End the treatment. What is burned with it is said first."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = treatment_of(client)
    before = EndingBefore.objects.filter(treatment=treatment).first()
    initial: dict[str, Any] = {"on": today_of(client)}
    if before is not None:  # a closing summary that was written once is not asked for again
        initial["summary"] = before.summary
    going = what_goes_with_the_ending(treatment)
    form = EndingForm(request.POST or None, initial=initial, going=going)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_treatment(treatment=treatment, by=person_of(request), **_said(form))
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("treatments:frame", client.id)
    return form_page(request, client, form, title=_("The ending"), send=_("End the treatment"))


@rule(P.WRITE_RECORD, of=client_named)
def correct(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Other words for the ending, or another day; what stood before is kept."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = treatment_of(client)
    ending = Ending.objects.select_related("client", "treatment__client").filter(treatment=treatment).first()
    if ending is None:
        raise Http404("no ending")
    form, theirs, status = EndingForm(request.POST or None, initial=_as_form(ending)), [], 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_ending(
                ending=ending, by=person_of(request), version=form.cleaned_data["version"], **_said(form)
            )
        except Changed as error:
            ending.refresh_from_db()
            form = EndingForm({**form.data.dict(), "version": ending.version})
            form.add_error(None, str(error))
            theirs = [(_("Last day"), ending.on), (_("Closing summary"), ending.summary or "–")]
            status = 409
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("treatments:frame", client.id)
    return form_page(
        request,
        client,
        form,
        title=_("Correct the ending"),
        send=_("Keep this"),
        help=_("What stood before stays in the record, with the day of the change."),
        theirs=theirs,
        status=status,
    )


@rule(P.WRITE_RECORD, of=client_named)
def reopen(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Take the ending back, after a question; its words stay in the record."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = treatment_of(client)
    if treatment.state != Treatment.State.ENDED:
        raise Http404("nothing to reopen")
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reopen_treatment(treatment=treatment, by=person_of(request), why=form.cleaned_data["why"])
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The treatment is open again. Plan its hours next."))
            return redirect("treatments:frame", client.id)
    return form_page(
        request,
        client,
        form,
        title=_("Reopen the treatment"),
        send=_("Reopen it"),
        help=_(
            "The closing summary stays in the record. What was burned with the ending does not come back. Follow-ups that were agreed are counted from the next ending. To write a word differently, correct the ending instead."
        ),
    )
