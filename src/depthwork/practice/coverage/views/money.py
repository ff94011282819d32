"""Charges, payments, documents, and the clinician's own letterhead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.coverage import actions
from depthwork.practice.coverage.documents import make
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.forms import ChargeForm, LetterheadForm, PaymentForm, PeriodForm
from depthwork.practice.coverage.models import Charge, Letterhead
from depthwork.practice.coverage.queries import charge_named
from depthwork.practice.coverage.views.common import keep, page_head
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import today_of
from depthwork.reports.pdf import PdfError, pdf


@rule(P.EDIT_COVERAGE, of=client_named)
@require_POST
def charge_hours(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Charge the held hours at the fee of the frame."""
    client: Client = request.subject  # type: ignore[attr-defined]
    made, without = actions.charge_hours(client=client, by=person_of(request), until=today_of(client))
    messages.success(request, _("Hours charged: %(n)s.") % {"n": made})
    if without:
        messages.error(
            request, _("Hours without an agreed fee: %(n)s. Write the fee into the frame.") % {"n": without}
        )
    return redirect("coverage:coverage", client.id)


@rule(P.EDIT_COVERAGE, of=client_named)
def add_charge(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A missed hour, or something else."""
    client: Client = request.subject  # type: ignore[attr-defined]

    def act(data: dict[str, Any]) -> None:
        actions.add_charge(client=client, by=person_of(request), **data)

    form = ChargeForm(request.POST or None, initial={"on": today_of(client)})
    help = _("Held hours are charged from the page itself. Payers do not pay for missed hours.")
    return keep(request, client, form, act, title=_("A charge"), send=_("Keep the charge"), help=help)


@rule(P.EDIT_COVERAGE, of=charge_named)
def add_payment(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """What was received for a charge."""
    charge: Charge = request.subject  # type: ignore[attr-defined]

    def act(data: dict[str, Any]) -> None:
        actions.add_payment(charge=charge, by=person_of(request), **data)

    form = PaymentForm(request.POST or None, initial={"on": today_of(charge.client), "amount": charge.amount})
    return keep(request, charge.client, form, act, title=_("A payment"), send=_("Keep the payment"))


@rule(P.EDIT_COVERAGE, of=client_named)
@require_POST
def paper(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Superbill or invoice as PDF. That it was made, and of what, is kept; the file's name says nothing of whom."""
    client: Client = request.subject  # type: ignore[attr-defined]
    form, made_on = PeriodForm(request.POST), today_of(client)
    if not form.is_valid():
        messages.error(request, _("Give the first and the last day of the paper."))
        return redirect("coverage:coverage", client.id)
    try:
        made = make(client, by=person_of(request), made_on=made_on, **form.cleaned_data)
        raw = pdf(made.document)
    except (CoverageError, PdfError) as error:
        messages.error(request, str(error))
        return redirect("coverage:coverage", client.id)
    kind = made.document.title.lower()
    actions.keep_paper(
        client=client, by=person_of(request), kind=kind, made_on=made_on, raw=raw, manifest=made.manifest
    )
    response = HttpResponse(raw, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{kind}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@rule(P.EDIT_COVERAGE, of=client_named)
@require_POST
def look(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """What a paper of these days would lack, before it is made."""
    client: Client = request.subject  # type: ignore[attr-defined]
    form, lacks, refused = PeriodForm(request.POST), (), ""
    if form.is_valid():
        try:
            made = make(client, by=person_of(request), made_on=today_of(client), **form.cleaned_data)
            lacks = made.lacks
        except CoverageError as error:
            refused = str(error)
    else:
        refused = _("Give the first and the last day of the paper.")
    context = page_head(request, client, lacks=lacks, refused=refused)
    page = "coverage/lacks.html" if request.htmx else "coverage/lacks_page.html"  # type: ignore[attr-defined]
    return render(request, page, context)


@rule(P.ADMIT_CLIENT)
def letterhead(request: HttpRequest) -> HttpResponse:
    """What stands at the head of one's own documents."""
    person = person_of(request)
    row = Letterhead.objects.filter(person=person).first()
    initial = {name: getattr(row, name) for name in LetterheadForm.base_fields} if row else {}
    form = LetterheadForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_letterhead(by=person, **form.cleaned_data)
        except CoverageError as error:
            form.add_error("npi", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("coverage:letterhead")
    return render(request, "coverage/letterhead.html", {"form": form}, status=422 if form.errors else 200)
