"""Charges, payments, and what the practice and its clinicians say of themselves to payers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.config.dates import in_words
from depthwork.practice.config.refusals import sentence
from depthwork.practice.coverage import actions
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.forms import (
    ChangeChargeForm,
    ChargeForm,
    PaymentForm,
)
from depthwork.practice.coverage.models import Charge, Letterhead
from depthwork.practice.coverage.office_forms import LetterheadForm, OfficeForm
from depthwork.practice.coverage.queries import charge_named, missed_not_charged, paid_of
from depthwork.practice.coverage.views.common import keep, version_in
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import today_of


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
    missed = {str(one.session.id): one for one in missed_not_charged(client, until=today_of(client))}
    labels = [
        (key, f"{in_words(one.session.day, 'D j F Y')}, {one.session.get_status_display()}")
        for key, one in missed.items()
    ]
    chosen = missed.get(request.GET.get("hour", ""))
    initial: dict[str, Any] = {"on": today_of(client)}
    if chosen is not None:
        initial |= {
            "session": str(chosen.session.id), "on": chosen.session.day, "kind": Charge.Kind.MISSED, "amount": chosen.fee,
        }  # fmt: skip

    def act(data: dict[str, Any]) -> None:
        picked = missed.get(data.pop("session", "") or "")
        if picked is not None:
            data |= {"session": picked.session, "on": picked.session.day, "kind": Charge.Kind.MISSED}
        actions.add_charge(client=client, by=person_of(request), **data)

    form = ChargeForm(request.POST or None, initial=initial, missed=labels)
    agreed = next((one.agreed for one in reversed(missed.values()) if one.agreed), "")
    help = _("Held hours are charged from the page itself. Payers do not pay for missed hours.")
    if agreed:
        help = " ".join([help, _("Agreed about missed hours: %(words)s") % {"words": agreed}])
    return keep(request, client, form, act, title=_("A charge"), send=_("Keep the charge"), help=help)


@rule(P.EDIT_COVERAGE, of=charge_named)
def change_charge(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """Another amount or other words, and how the hour is counted by a payer."""
    charge: Charge = request.subject  # type: ignore[attr-defined]
    said = charge.service or {}
    initial = {"amount": charge.amount, "words": charge.words, **said}
    form = ChangeChargeForm(request.POST or None, initial=initial, charge=charge)

    def act(data: dict[str, Any]) -> None:
        actions.change_charge(
            charge=charge, by=person_of(request), version=version_in(request), amount=data["amount"],
            words=data["words"], service=form.service(),
        )  # fmt: skip

    def theirs() -> tuple[int, dict[str, Any]]:
        now = charge_named(charge.id) or charge
        return now.version, {"amount": now.amount, "words": now.words, **(now.service or {})}

    title = _("The charge of %(day)s") % {"day": in_words(charge.on)}
    return keep(
        request, charge.client, form, act, title=title, send=_("Keep the charge"), version=charge.version,
        theirs=theirs, charge=charge,
    )  # fmt: skip


@rule(P.EDIT_COVERAGE, of=charge_named)
@require_POST
def take_out_charge(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """A charge that should not stand."""
    charge: Charge = request.subject  # type: ignore[attr-defined]
    try:
        actions.take_out_charge(charge=charge, by=person_of(request))
    except CoverageError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Taken out."))
    return redirect("coverage:coverage", charge.client_id)


@rule(P.EDIT_COVERAGE, of=charge_named)
def add_payment(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """What was received for a charge."""
    charge: Charge = request.subject  # type: ignore[attr-defined]

    def act(data: dict[str, Any]) -> None:
        actions.add_payment(charge=charge, by=person_of(request), **data)

    initial = {"on": today_of(charge.client), "amount": charge.amount - paid_of(charge)}
    form = PaymentForm(request.POST or None, initial=initial)
    return keep(request, charge.client, form, act, title=_("A payment"), send=_("Keep the payment"))


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
            form.add_error("npi", sentence(error))
        else:
            messages.success(request, _("Kept."))
            return redirect("coverage:letterhead")
    return render(request, "coverage/letterhead.html", {"form": form}, status=422 if form.errors else 200)


@rule(P.MANAGE_PRACTICE)
def office(request: HttpRequest) -> HttpResponse:
    """What the practice says of itself to payers, and whether the parts for the United States are shown."""
    person = person_of(request)
    row = actions.office_of(person.practice)
    initial = {name: getattr(row, name) for name in ("npi", "sender", "receiver", "is_part2")}
    initial["us_parts"] = {None: "", True: "yes", False: "no"}[row.us_parts]
    form = OfficeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        data["us_parts"] = {"": None, "yes": True, "no": False}[data["us_parts"]]
        try:
            actions.set_office(practice=person.practice, by=person, **data)
        except CoverageError as error:
            form.add_error("npi", sentence(error))
        else:
            messages.success(request, _("Kept."))
            return redirect("coverage:office")
    return render(request, "coverage/office.html", {"form": form}, status=422 if form.errors else 200)
