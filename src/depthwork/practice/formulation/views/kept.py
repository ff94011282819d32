"""Kept lines: the treatment in a few pages, without a number."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from depthwork.practice.formulation.kept import kept_lines
from depthwork.practice.formulation.papers import kept_lines_paper
from depthwork.practice.formulation.views.common import page_head, pdf_response
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.common import today_of


@rule(P.WRITE_PROCESS_NOTES, of=client_named, reads="kept_lines.read")
@require_GET
def kept_lines_page(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """One line an hour, breaks as blank space."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    lines = kept_lines(treatment) if treatment is not None else []
    context = page_head(request, client, _("kept lines"), lines=lines, treatment=treatment)
    return render(request, "formulation/kept_lines.html", context)


@rule(P.WRITE_PROCESS_NOTES, of=client_named, reads="kept_lines.printed")
@require_GET
def kept_lines_pdf(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The same as sheets."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    document = kept_lines_paper(
        kept_lines(treatment) if treatment is not None else [],
        about=client.initials,
        made_on=today_of(client),
        for_whom=person_of(request).display_name,
    )
    return pdf_response(document, "kept-lines")
