"""The thread of a treatment: the picture of the product."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from depthwork.patterns.overview import patterns
from depthwork.practice.casework.queries import hours_of
from depthwork.practice.coverage.queries import warnings_for
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.tracking.queries.lines import lines_for
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.handover import opens_the_page
from depthwork.practice.treatments.leaves import leaves_for
from depthwork.practice.treatments.models import Break, Client, Session
from depthwork.practice.treatments.places import place_in
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.ui.thread_picture import hour_url, picture
from depthwork.practice.ui.where_it_stands import where_it_stands


@rule(P.READ_PROCESS_NOTES, of=client_named, reads="thread.read")
def thread(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """One long line of time, and the hours as a list beneath it."""
    client: Client = request.subject  # type: ignore[attr-defined]
    opens_the_page(client=client, by=person_of(request))
    treatment = current_treatment(client)
    context: dict[str, Any] = {
        "client": client,
        "who": client.called,
        "leaves": leaves_for(request, client),
        "treatment": treatment,
    }
    if treatment is not None:
        own_row = request.GET.get("own") == "yes"  # off whenever the page is opened
        today = datetime.now(zone_of(client.practice.time_zone)).date()
        sessions = list(Session.objects.filter(treatment=treatment).order_by("starts_at"))
        held = [s for s in sessions if s.status == "held"]
        found = patterns(hours_of(treatment))
        context |= {
            "sessions": [{"row": s, "url": hour_url(s)} for s in reversed(sessions)],
            "latest": {"row": held[-1], "url": hour_url(held[-1])} if held else None,
            "held": len(held),
            "place": place_in(
                format=treatment.format,
                held=len(held),
                hours_agreed=treatment.hours_agreed,
                starts_on=treatment.starts_on,
                today=today,
                state=treatment.state,
                ended_on=held[-1].day if held else None,
            ),
            "away": Break.objects.filter(
                treatment=treatment, to_date__gte=today, from_date__lte=today + timedelta(weeks=6)
            )
            .select_related("cover")
            .order_by("from_date")
            .first(),
            "cover": warnings_for([client.id], today=today).get(client.id, ()),
            "own_row": own_row,
            "standing": where_it_stands(treatment, sessions, found),
            "picture": picture(
                treatment,
                sessions,
                found,
                lines=lines_for(treatment),
                own_notes_of=person_of(request) if own_row else None,
            ),
        }
    return render(request, "ui/thread.html", context)
