"""The page before the hour. It opens when it is asked for, and can be off for a client."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from depthwork.practice.config.dates import in_words
from depthwork.practice.formulation import actions
from depthwork.practice.formulation.before import brief_of
from depthwork.practice.formulation.papers import brief_paper
from depthwork.practice.formulation.views.common import page_head, pdf_response
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.handover import opens_the_page
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.treatments.queries import client_named, current_treatment, session_named
from depthwork.practice.treatments.views.common import today_of


@rule(P.WRITE_PROCESS_NOTES, of=client_named)
@require_GET
def next_hour(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """To the page before the next hour, or the last if none is planned."""
    client: Client = request.subject  # type: ignore[attr-defined]
    rows = Session.objects.filter(client=client)
    found = rows.filter(status="planned", day__gte=today_of(client)).order_by("starts_at").first()
    found = found or rows.order_by("-starts_at").first()
    if found is None:
        return redirect("treatments:frame", client.id)
    return redirect("formulation:before", found.id)


@rule(P.WRITE_PROCESS_NOTES, of=session_named, reads="brief.read")
@require_GET
def before(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One page: what to hold in mind."""
    session: Session = request.subject  # type: ignore[attr-defined]
    is_on = session.treatment.brief_page
    if is_on:
        opens_the_page(client=session.client, by=person_of(request))
    brief = brief_of(session, reader=person_of(request)) if is_on else None
    what = _("before the hour of %(day)s") % {"day": in_words(session.day)}
    context = page_head(request, session.client, what, session=session, brief=brief, is_on=is_on)
    context["name_on"] = request.GET.get("name") == "1"
    context["own_on"] = request.GET.get("own") == "1"
    return render(request, "formulation/before.html", context)


@rule(P.WRITE_PROCESS_NOTES, of=session_named, reads="brief.printed")
@require_GET
def before_pdf(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The same as a sheet; without the name and one's own notes unless they were ticked."""
    session: Session = request.subject  # type: ignore[attr-defined]
    if not session.treatment.brief_page:
        return redirect("formulation:before", session.id)
    client, person = session.client, person_of(request)
    opens_the_page(client=client, by=person)
    document = brief_paper(
        brief_of(session, reader=person),
        about=(client.name or "") if request.GET.get("name") == "1" else "",
        made_on=today_of(client),
        with_own=request.GET.get("own") == "1",
        for_whom=person.display_name,
    )
    return pdf_response(document, "before-the-hour")


@rule(P.WRITE_PROCESS_NOTES, of=client_named)
@require_POST
def switch(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """With the page, or without memory and desire."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    if treatment is not None:
        actions.set_brief_page(
            treatment=treatment, is_on=request.POST.get("on") == "1", by=person_of(request)
        )
    return redirect("formulation:before_next", client.id)
