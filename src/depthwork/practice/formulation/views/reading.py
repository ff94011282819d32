"""Read a formulation: prose with its evidence beside it, what changed, what was expected and what came."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from depthwork.practice.formulation.differences import differences, in_words
from depthwork.practice.formulation.forms import CameForm, PredictionForm
from depthwork.practice.formulation.models import Formulation
from depthwork.practice.formulation.papers import formulation_paper
from depthwork.practice.formulation.queries import (
    formulation_named,
    page_of,
    pages_of,
    predictions_of,
    stands_in,
    stands_of,
    versions_of,
)
from depthwork.practice.formulation.views.common import page_head, pdf_response
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.common import today_of


@rule(P.WRITE_PROCESS_NOTES, of=client_named, reads="formulation.read")
@require_GET
def formulation(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The version that stands; while none is kept, the one being written."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    versions = versions_of(treatment) if treatment is not None else []
    shown = next((v for v in versions if v.kept_at is not None), versions[0] if versions else None)
    if shown is None:
        context = page_head(request, client, _("formulation"), treatment=treatment)
        return render(request, "formulation/empty.html", context)
    shown.client = client
    return _page(request, shown, versions)


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named, reads="formulation.read")
@require_GET
def version(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """One version."""
    row: Formulation = request.subject  # type: ignore[attr-defined]
    return version_page(request, row)


def version_page(
    request: HttpRequest, row: Formulation, *, status: int = 200, prediction: PredictionForm | None = None
) -> HttpResponse:
    """One version; with an expectation that could not be kept, as it was typed."""
    return _page(request, row, versions_of(row.treatment), status=status, prediction=prediction)


def _page(
    request: HttpRequest,
    row: Formulation,
    versions: list[Formulation],
    *,
    status: int = 200,
    prediction: PredictionForm | None = None,
) -> HttpResponse:
    what = _("formulation, version %(n)s") % {"n": row.number}
    writing = next((v for v in versions if v.kept_at is None), None)
    earlier = next((v for v in versions if v.number < row.number), None)
    page, *before = pages_of(row, *([earlier] if earlier else []))
    context = page_head(
        request,
        row.client,
        what,
        page=page,
        row=row,
        versions=versions,
        draft=writing,
        earlier=earlier,
        next_number=versions[0].number + 1,
        changed="".join(in_words(differences(stands_in(one), stands_in(page))) for one in before),
        predictions=_predictions(row),
        counts=counts_in_words(page),
        may_write=allows_row(person_of(request), P.WRITE_PROCESS_NOTES, row),
        prediction=prediction or PredictionForm(),
    )
    return render(request, "formulation/formulation.html", context, status=status)


def _predictions(row: Formulation) -> list[dict[str, object]]:
    """What stood written when this version was, each with a form for what came."""
    return [
        {"row": p, "form": CameForm(initial={"version": p.version}, prefix=None)}
        for p in predictions_of(row.treatment)
        if p.formulation.number <= row.number
    ]


def counts_in_words(page: object) -> str:
    """Eight statements: six cited, one inference, one flagged."""
    from django.utils.translation import ngettext

    total = len(page.statements)  # type: ignore[attr-defined]
    names = (
        ("cited", _("cited")),
        ("inference", ""),
        ("flagged", _("flagged")),
        ("bare", _("with nothing cited")),
    )
    said = []
    for kind, words in names:
        n = page.count(kind)  # type: ignore[attr-defined]
        if n:
            inferred = ngettext("%(n)d inference", "%(n)d inferences", n) % {"n": n}
            said.append(f"{n} {words}" if words else inferred)
    head = ngettext("%(n)d statement", "%(n)d statements", total) % {"n": total}
    return f"{head}: {', '.join(said)}." if said else f"{head}."


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named, reads="formulation.read")
@require_GET
def changes(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """Statement by statement, against the version before."""
    row: Formulation = request.subject  # type: ignore[attr-defined]
    versions = versions_of(row.treatment)
    earlier = next((v for v in versions if v.number < row.number), None)
    found = differences(stands_of(earlier) if earlier else [], stands_of(row))
    context = page_head(
        request,
        row.client,
        _("what changed in version %(n)s") % {"n": row.number},
        row=row,
        earlier=earlier,
        found=[d for d in found if d.change != "same"],
        same=sum(d.change == "same" for d in found),
        said=in_words(found),
    )
    return render(request, "formulation/changes.html", context)


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named, reads="formulation.printed")
@require_GET
def version_pdf(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """One version as sheets, under initials."""
    row: Formulation = request.subject  # type: ignore[attr-defined]
    document = formulation_paper(
        page_of(row),
        [p for p in predictions_of(row.treatment) if p.formulation.number <= row.number],
        about=row.client.initials,
        made_on=today_of(row.client),
        for_whom=person_of(request).display_name,
    )
    return pdf_response(document, f"formulation-{row.number}")
