"""The papers: which there are, what each would lack, and each as a PDF with its manifest kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.config.refusals import sentence
from depthwork.practice.coverage import actions, documents
from depthwork.practice.coverage.actions.plans import in_the_us
from depthwork.practice.coverage.documents import Made
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.forms import PeriodForm, YearForm
from depthwork.practice.coverage.models import Estimate, Letter, Letterhead, Paper, Plan
from depthwork.practice.coverage.queries import estimate_named, letter_named
from depthwork.practice.coverage.scores import courses_for, yes_to_scores
from depthwork.practice.coverage.views.common import only_us, page_head
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows, allows_row, person_of, rule
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.common import today_of
from depthwork.reports.pdf import PdfError, pdf


def client_of(client_id: UUID, kind: str = "") -> Client | None:
    """The client of a paper's address, for the policy to judge."""
    return client_named(client_id)


def kinds() -> dict[str, str]:
    """The papers by the name under which they are kept."""
    return {
        "superbill": _("superbill"),
        "invoice": _("invoice"),
        "statement": _("statement"),
        "year": _("yearly statement"),
        "claim": _("claim data"),
        "estimate": _("good-faith estimate"),
        "plan": _("treatment plan"),
        "progress": _("progress summary"),
        "letter": _("letter about equal treatment"),
    }


@rule(P.SEE_ADMINISTRATION, of=client_named, reads="coverage.read")
def papers(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Every paper that can be made for this client, and those that were."""
    client: Client = request.subject  # type: ignore[attr-defined]
    person, today, us = person_of(request), today_of(client), in_the_us(client)
    month = {"first": today.replace(day=1), "last": today}
    quarter = {"first": _months_back(today), "last": today}

    def period(name: str, initial: dict[str, Any] = month) -> PeriodForm:
        return PeriodForm(initial=initial, auto_id=f"{name}_%s")

    names = kinds()
    context = page_head(
        request,
        client,
        is_us=us,
        bill=period("bill"),
        statement=period("statement", {"first": today.replace(month=1, day=1), "last": today}),
        claim=period("claim"),
        progress=period("progress", quarter),
        year=YearForm(initial={"year": today.year}, auto_id="year_%s"),
        made=[(row, names.get(row.kind, row.kind)) for row in _papers_of(client)],
        may_head=allows(person, P.ADMIT_CLIENT, practice=person.practice_id),
        has_letterhead=Letterhead.objects.filter(person=person).exists(),
        can_edit=allows_row(person, P.EDIT_COVERAGE, client),
        may_write=us and allows_row(person, P.WRITE_RECORD, client),
    )
    if context["may_write"]:
        context |= _of_the_record(client, today)
    return render(request, "coverage/papers.html", context)


def _papers_of(client: Client) -> list[Paper]:
    return list(Paper.objects.filter(client=client).select_related("by").defer("manifest")[:12])


def _months_back(day: Any) -> Any:
    """The first day of the month three months ago."""
    month = (day.month - 4) % 12 + 1
    return day.replace(day=1, month=month, year=day.year - (1 if month > day.month else 0))


def _of_the_record(client: Client, today: Any) -> dict[str, Any]:
    """What the papers of the record need: the plan in the payer's words, and which scores there are."""
    treatment = current_treatment(client)
    if treatment is None:
        return {"payer_plan": None}
    yes = yes_to_scores(client, on=today)
    return {
        "payer_plan": documents.latest_plan(treatment),
        "yes": yes,
        "courses": courses_for(treatment) if yes is not None else [],
        "letters": list(Letter.objects.filter(client=client).select_related("client")),
        "current_plan": Plan.objects.filter(client=client).select_related("client").first(),
    }


def deliver(
    request: HttpRequest,
    client: Client,
    kind: str,
    make: Callable[[], Made],
    *,
    back: str = "coverage:papers",
) -> HttpResponse:
    """A paper as PDF, or what it would lack. That it was made, and of what, is kept; its name says nothing of whom."""
    looking = "look" in request.POST
    try:
        made = make()
        raw = b"" if looking else _bytes(request, made)
    except (CoverageError, PdfError) as error:
        if looking:
            return _lacks(request, client, (), sentence(error))
        messages.error(request, sentence(error))
        return redirect(back, client.id)
    if looking:
        return _lacks(request, client, made.lacks, "")
    actions.keep_paper(
        client=client,
        by=person_of(request),
        kind=kind,
        made_on=today_of(client),
        raw=raw,
        manifest=made.manifest,
    )
    as_data = request.POST.get("as") == "data"
    response = HttpResponse(raw, content_type="application/json" if as_data else "application/pdf")
    way, end = ("attachment", "json") if as_data else ("inline", "pdf")
    response["Content-Disposition"] = f'{way}; filename="{kind}.{end}"'
    response["Cache-Control"] = "no-store"
    return response


def _bytes(request: HttpRequest, made: Made) -> bytes:
    if request.POST.get("as") == "data" and made.data is not None:
        return json.dumps(made.data, ensure_ascii=False, indent=2).encode()
    with translation.override(made.language):
        return pdf(made.document)


def _lacks(request: HttpRequest, client: Client, lacks: tuple[str, ...], refused: str) -> HttpResponse:
    context = page_head(request, client, lacks=lacks, refused=refused)
    page = "coverage/lacks.html" if request.htmx else "coverage/lacks_page.html"  # type: ignore[attr-defined]
    return render(request, page, context)


def _period(request: HttpRequest) -> dict[str, Any]:
    form = PeriodForm(request.POST)
    if not form.is_valid():
        raise CoverageError(_("give the first and the last day of the paper"))
    return form.cleaned_data


@rule(P.EDIT_COVERAGE, of=client_of)
@require_POST
def paper(request: HttpRequest, client_id: UUID, kind: str = "bill") -> HttpResponse:
    """A paper of the office: superbill or invoice, statement, yearly statement, claim data."""
    client: Client = request.subject  # type: ignore[attr-defined]
    by, made_on = person_of(request), today_of(client)
    if kind == "claim":
        only_us(client)

    def make() -> Made:
        if kind == "year":
            form = YearForm(request.POST)
            if not form.is_valid():
                raise CoverageError(_("write the year with four figures"))
            return documents.year(client, by=by, of=form.cleaned_data["year"], made_on=made_on)
        build = {"bill": documents.make, "statement": documents.statement, "claim": documents.claim}.get(kind)
        if build is None:
            raise Http404("no such paper")
        return build(client, by=by, made_on=made_on, **_period(request))

    name = ("superbill" if in_the_us(client) else "invoice") if kind == "bill" else kind
    return deliver(request, client, name, make)


@rule(P.EDIT_COVERAGE, of=client_named)
@require_POST
def look(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """What a superbill or an invoice of these days would lack, before it is made."""
    client: Client = request.subject  # type: ignore[attr-defined]
    by, made_on = person_of(request), today_of(client)
    request.POST = request.POST.copy()  # type: ignore[assignment]
    request.POST["look"] = "yes"
    return deliver(
        request,
        client,
        "superbill",
        lambda: documents.make(client, by=by, made_on=made_on, **_period(request)),
    )


@rule(P.WRITE_RECORD, of=client_of, reads="coverage.record_paper")
@require_POST
def record_paper(request: HttpRequest, client_id: UUID, kind: str) -> HttpResponse:
    """A paper of the record for the payer: treatment plan or progress summary. Scores by the client's yes alone."""
    client: Client = request.subject  # type: ignore[attr-defined]
    only_us(client)
    treatment = current_treatment(client)
    if treatment is None or kind not in ("plan", "progress"):
        raise Http404("no such paper")
    by, made_on = person_of(request), today_of(client)
    measures = request.POST.getlist("measure")

    def make() -> Made:
        if kind == "plan":
            return documents.treatment_plan(treatment, by=by, made_on=made_on, measures=measures)
        return documents.progress_summary(
            treatment,
            by=by,
            made_on=made_on,
            measures=measures,
            with_notes="notes" in request.POST,
            **_period(request),
        )

    return deliver(request, client, kind, make)


@rule(P.EDIT_COVERAGE, of=estimate_named)
@require_POST
def estimate_paper(request: HttpRequest, estimate_id: UUID) -> HttpResponse:
    """A good-faith estimate as PDF."""
    row: Estimate = request.subject  # type: ignore[attr-defined]
    only_us(row.client)
    by, made_on = person_of(request), today_of(row.client)
    return deliver(
        request, row.client, "estimate", lambda: documents.good_faith(row, by=by, made_on=made_on),
        back="coverage:estimates",
    )  # fmt: skip


@rule(P.WRITE_RECORD, of=letter_named, reads="coverage.record_paper")
@require_POST
def letter_paper(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """A letter about equal treatment as PDF."""
    row: Letter = request.subject  # type: ignore[attr-defined]
    only_us(row.client)
    treatment = current_treatment(row.client)
    if treatment is None:
        raise Http404("no treatment")
    by, made_on = person_of(request), today_of(row.client)
    return deliver(
        request, row.client, "letter", lambda: documents.parity_letter(row, treatment, by=by, made_on=made_on)
    )
