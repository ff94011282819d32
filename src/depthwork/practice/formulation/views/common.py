"""What the pages of this room share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.views.common import head, today_of
from depthwork.reports.blocks import Document
from depthwork.reports.pdf import pdf


def page_head(request: HttpRequest, client: Client, what: str, **more: Any) -> dict[str, Any]:
    """Context of a page of process notes; the printed head carries initials only."""
    return head(
        request,
        client,
        compartment=_("Process notes"),
        sheet_head=f"{client.initials} · {what}",
        today=today_of(client),
        **more,
    )


def pdf_response(document: Document, name: str) -> HttpResponse:
    """A document to be opened or kept; the file's name says what it is, never of whom."""
    response = HttpResponse(pdf(document), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
