"""The coverage page, and what a payer agreed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from depthwork.interchange.x12 import read_271
from depthwork.practice.config.refusals import sentence
from depthwork.practice.coverage import actions
from depthwork.practice.coverage.actions.plans import in_the_us
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.forms import (
    AnswerForm,
    AskForm,
    AuthorisationForm,
    PlanForm,
    VerificationForm,
    listed,
)
from depthwork.practice.coverage.models import Authorisation, Plan, Verification
from depthwork.practice.coverage.queries import (
    account_of,
    authorisation_named,
    plan_named,
    plan_pages,
    verification_named,
)
from depthwork.practice.coverage.views.common import keep, only_us, page_head, version_in
from depthwork.practice.intake.queries import consultation_of
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import today_of
from depthwork.practice.vault.errors import NoKey

LINES_SHOWN = 30


@rule(P.SEE_ADMINISTRATION, of=client_named, reads="coverage.read")
def coverage(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Plan years with their hours counted, what is owed, and the way to the papers."""
    client: Client = request.subject  # type: ignore[attr-defined]
    today, us = today_of(client), in_the_us(client)
    account = account_of(client)
    person = person_of(request)
    newest = account.lines[::-1]
    paid = Paginator([one for one in newest if not one.balance], LINES_SHOWN)
    settled = paid.get_page(request.GET.get("page"))
    context = page_head(
        request,
        client,
        is_us=us,
        pages=plan_pages(client, today=today) if us else [],
        account=account,
        open_lines=[one for one in newest if one.balance],
        settled=settled,
        currency=client.practice.currency,
        can_edit=allows_row(person, P.EDIT_COVERAGE, client),
        may_write=allows_row(person, P.WRITE_RECORD, client),
    )
    return render(request, "coverage/coverage.html", context)


@rule(P.EDIT_COVERAGE, of=client_named)
def add_plan(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A plan year."""
    client: Client = request.subject  # type: ignore[attr-defined]
    only_us(client)
    form = PlanForm(request.POST or None, initial={"payer": _payer_asked_for(client)})

    def act(data: dict[str, Any]) -> None:
        actions.add_plan(client=client, by=person_of(request), **form.facts())

    return keep(request, client, form, act, title=_("A plan year"), send=_("Keep the plan"))


def _payer_asked_for(client: Client) -> str:
    """The insurance that the client named when they asked for a conversation; the office, without that key, asks again."""
    try:
        row = consultation_of(client)
        return str((row.asked_for or {}).get("plan") or "") if row is not None else ""
    except NoKey:
        return ""


@rule(P.EDIT_COVERAGE, of=plan_named)
def change_plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """A plan year as it should stand."""
    plan: Plan = request.subject  # type: ignore[attr-defined]
    only_us(plan.client)
    form = PlanForm(request.POST or None, initial=PlanForm.opened(plan))

    def act(data: dict[str, Any]) -> None:
        actions.change_plan(plan=plan, by=person_of(request), version=version_in(request), **form.facts())

    def theirs() -> tuple[int, dict[str, Any]]:
        row = plan_named(plan.id) or plan
        return row.version, PlanForm.opened(row)

    return keep(
        request, plan.client, form, act, title=_("The plan year"), send=_("Keep the plan"),
        version=plan.version, theirs=theirs,
    )  # fmt: skip


@rule(P.EDIT_COVERAGE, of=plan_named)
def add_authorisation(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Hours that the payer authorised."""
    plan: Plan = request.subject  # type: ignore[attr-defined]
    only_us(plan.client)

    def act(data: dict[str, Any]) -> None:
        actions.add_authorisation(
            plan=plan, by=person_of(request), **{**data, "codes": listed(data["codes"])}
        )

    form = AuthorisationForm(request.POST or None)
    return keep(
        request, plan.client, form, act, title=_("An authorisation"), send=_("Keep the authorisation")
    )


def _opened(row: Authorisation) -> dict[str, Any]:
    names = ("number", "units", "from_date", "to_date")
    return {**{name: getattr(row, name) for name in names}, "codes": ", ".join(row.codes or ())}


@rule(P.EDIT_COVERAGE, of=authorisation_named)
def change_authorisation(request: HttpRequest, authorisation_id: UUID) -> HttpResponse:
    """An authorisation as it should stand."""
    row: Authorisation = request.subject  # type: ignore[attr-defined]
    only_us(row.client)

    def act(data: dict[str, Any]) -> None:
        actions.change_authorisation(
            row=row,
            by=person_of(request),
            version=version_in(request),
            **{**data, "codes": listed(data["codes"])},
        )

    def theirs() -> tuple[int, dict[str, Any]]:
        now = authorisation_named(row.id) or row
        return now.version, _opened(now)

    form = AuthorisationForm(request.POST or None, initial=_opened(row))
    return keep(
        request, row.client, form, act, title=_("The authorisation"), send=_("Keep the authorisation"),
        version=row.version, theirs=theirs,
    )  # fmt: skip


@rule(P.EDIT_COVERAGE, of=plan_named)
def add_verification(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """How something is known of the plan."""
    plan: Plan = request.subject  # type: ignore[attr-defined]
    only_us(plan.client)

    def act(data: dict[str, Any]) -> None:
        words = {"with": data["spoke_with"], **{name: data[name] for name in ("reference", "time", "note")}}
        actions.add_verification(
            plan=plan, by=person_of(request), on=data["on"], how=data["how"], words=words
        )

    form = VerificationForm(request.POST or None, initial={"on": today_of(plan.client)})
    help = _("What a payer says is not a guarantee of payment; who said it, and when, can be shown later.")
    return keep(request, plan.client, form, act, title=_("A verification"), send=_("Keep this"), help=help)


@rule(P.EDIT_COVERAGE, of=plan_named)
def ask(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """A 270 to download. Nothing is sent from here."""
    plan: Plan = request.subject  # type: ignore[attr-defined]
    only_us(plan.client)
    form = AskForm(request.POST or None, initial={"on": today_of(plan.client)})
    if request.method == "POST" and form.is_valid():
        try:
            row, text = actions.ask_payer(
                plan=plan,
                by=person_of(request),
                services=form.cleaned_data["services"],
                on=form.cleaned_data["on"],
                made_at=datetime.now(zone_of(plan.client.practice.time_zone)),
            )
        except CoverageError as error:
            form.add_error(None, sentence(error))
        else:
            response = HttpResponse(text, content_type="text/plain; charset=us-ascii")
            response["Content-Disposition"] = f'attachment; filename="question-{row.control:09d}.x12"'
            response["Cache-Control"] = "no-store"
            return response
    context = page_head(request, plan.client, form=form, plan=plan)
    return render(request, "coverage/ask.html", context, status=422 if form.errors else 200)


@rule(P.SEE_ADMINISTRATION, of=verification_named, reads="coverage.read")
def kept_answer(request: HttpRequest, verification_id: UUID) -> HttpResponse:
    """A 271 that was kept, read again."""
    row: Verification = request.subject  # type: ignore[attr-defined]
    only_us(row.client)
    if not row.file:
        raise Http404("no file was kept")
    context = page_head(request, row.client, answer=read_271(row.file), on=row.on)
    return render(request, "coverage/answer.html", context)


@rule(P.EDIT_COVERAGE, of=plan_named)
def read_answer(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """A 271 is read into plain words; every segment is shown and kept."""
    plan: Plan = request.subject  # type: ignore[attr-defined]
    only_us(plan.client)
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row, _answer = actions.keep_answer(
                plan=plan,
                by=person_of(request),
                on=today_of(plan.client),
                raw=form.cleaned_data["file"].read(),
            )
        except CoverageError as error:
            form.add_error("file", sentence(error))
        else:  # a page that is loaded again must not keep it again
            return redirect("coverage:kept_answer", row.id)
    context = page_head(request, plan.client, form=form, answer=None)
    return render(request, "coverage/answer.html", context, status=422 if form.errors else 200)
