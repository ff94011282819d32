"""A new client, who a client is, and where a treatment begins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.chosen import open_course
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.forms import ClientForm, TreatmentForm
from depthwork.practice.treatments.leaves import more_about
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.treatments.queries import (
    client_named,
    clients_for,
    course_named,
    current_treatment,
    present_treatment,
)
from depthwork.practice.treatments.sending import once
from depthwork.practice.treatments.views.common import head, sent_again, today_of

DETAILS = ("born", "pronouns")
CONTACT = ("phone", "email", "address", "emergency")


def _parts(data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    details = {key: data.get(key) for key in DETAILS if data.get(key)}
    contact = {key: data.get(key) for key in CONTACT if data.get(key)}
    return details, contact


def _beside(kept: dict[str, Any] | None, sent: Any) -> dict[str, Any]:
    """What is kept and was not sent; it stays. What was sent is as the form says, empty too."""
    return {key: value for key, value in (kept or {}).items() if key not in sent}


def _told(client: Client) -> list[tuple[str, str]]:
    """Who a client is and how to reach them, under the questions of the form; what is empty is left out."""
    beside = {"work": _("Work"), "languages": _("Languages"), "wishes": _("How they wish to be reached")}
    asks = {key: str(ClientForm.base_fields[key].label) for key in (*DETAILS, *CONTACT)} | beside
    found = []
    for key, value in ((client.details or {}) | (client.contact or {})).items():
        words = ", ".join(str(one) for one in value if one) if isinstance(value, list) else _in_a_line(value)
        if words:
            found.append((asks.get(key) or key.replace("_", " "), str(words)))
    return found


def _in_a_line(emergency: Any) -> Any:
    """Whom to call, as one line to be changed."""
    return ", ".join(str(v) for v in emergency.values() if v) if isinstance(emergency, dict) else emergency


@rule(P.ADMIT_CLIENT, needs_keys=True)
def new_client(request: HttpRequest) -> HttpResponse:
    """Someone becomes a client."""
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        details, contact = _parts(form.cleaned_data)
        person = person_of(request)
        client = once(
            Client,
            form,
            lambda id: actions.admit_client(
                id=id,
                name=form.cleaned_data["name"],
                called=form.cleaned_data["called"],
                details=details,
                contact=contact,
                state=Client.State.CONSULTATION,
                by=person,
            ),
            same=lambda row: row.name == form.cleaned_data["name"].strip(),
            practice=person.practice_id,
            id__in=clients_for(person).values("id"),
        )
        return redirect("treatments:client", client.id)
    return render(request, "treatments/new_client.html", {"form": form})


@rule(P.SEE_ADMINISTRATION, of=client_named, reads="client.read")
def client_page(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Who the client is, and their treatments."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatments = list(
        Treatment.objects.filter(client=client)
        .select_related("clinician", "ending")
        .defer("ending__summary")
        .order_by("-starts_on")
    )
    context = {
        "treatments": treatments,
        "lies_open": current_treatment(client),
        "under_way": any(row.state != Treatment.State.ENDED for row in treatments),
        "more": more_about(request, client),
        "may_edit": allows_row(person_of(request), P.EDIT_ADMINISTRATION, client),
        "may_write": allows_row(person_of(request), P.WRITE_RECORD, client),
        "told": _told(client),
    }
    return render(request, "treatments/client.html", head(request, client, **context))


@rule(P.SEE_ADMINISTRATION, of=course_named)
@require_POST
def open_a_course(request: HttpRequest, client_id: UUID, treatment_id: UUID) -> HttpResponse:
    """Open the pages of one course: thread, record, formulation and the rest are of that one from here on."""
    treatment: Treatment = request.subject  # type: ignore[attr-defined]
    present = present_treatment(treatment.client)
    is_present = present is None or present.pk == treatment.pk
    open_course(request.session, treatment.client_id, None if is_present else treatment.pk)
    return redirect("treatments:frame", treatment.client_id)


@rule(P.EDIT_ADMINISTRATION, of=client_named)
def edit_client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Change name and contact."""
    client: Client = request.subject  # type: ignore[attr-defined]
    contact = client.contact or {}
    initial = {"name": client.name, "called": client.called, **(client.details or {}), **contact}
    initial["emergency"] = _in_a_line(contact.get("emergency"))
    initial["version"] = client.version
    form = ClientForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        details, new_contact = _parts(form.cleaned_data)
        if new_contact.get("emergency") == initial["emergency"] and initial["emergency"]:
            new_contact["emergency"] = contact["emergency"]  # untouched: name and number stay apart
        try:
            actions.change_client(
                client=client,
                by=person_of(request),
                name=form.cleaned_data["name"],
                called=form.cleaned_data["called"],
                details={**_beside(client.details, form.data), **details},
                contact={**_beside(contact, form.data), **new_contact},
                version=form.cleaned_data["version"],
            )
        except Changed as error:
            client.refresh_from_db()
            form, status = sent_again(form, client.version, error), 409
        else:
            messages.success(request, _("Kept."))
            return redirect("treatments:client", client.id)
    theirs = (
        [(_("Name"), client.name), (_("Called"), client.called), *_told(client)] if status == 409 else None
    )
    context = head(request, client, form=form, theirs=theirs)
    return render(request, "treatments/edit_client.html", context, status=status)


@rule(P.WRITE_RECORD, of=client_named)
def begin(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A course of treatment begins."""
    client: Client = request.subject  # type: ignore[attr-defined]
    form = TreatmentForm(request.POST or None, initial={"starts_on": today_of(client)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            once(
                Treatment,
                form,
                lambda id: actions.begin_treatment(
                    id=id,
                    client=client,
                    by=person_of(request),
                    starts_on=data["starts_on"],
                    format=data["format"],
                    hours_agreed=data["hours_agreed"],
                    focus=data["focus"] or None,
                    private_core_conflict=data["private_core_conflict"] or None,
                ),
                same=lambda row: (row.starts_on, row.format) == (data["starts_on"], data["format"]),
                client=client,
            )
        except CourseError as error:
            brief = data["format"] == Treatment.Format.BRIEF and not data["hours_agreed"]
            form.add_error("hours_agreed" if brief else None, str(error))
        else:
            open_course(request.session, client.id, None)
            return redirect("treatments:agree", client.id)
    return render(request, "treatments/begin.html", head(request, client, form=form))
