"""The thread of a treatment: the picture of the product."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from depthwork.patterns.overview import patterns
from depthwork.practice.casework.queries import look_at_hours
from depthwork.practice.config.at_once import at_once
from depthwork.practice.coverage.queries import look_at_warnings
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.tracking.queries.lines import look_at_lines
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.handover import opens_the_page
from depthwork.practice.treatments.leaves import leaves_for
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.places import place_in
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.ui.thread_picture import hour_url, picture
from depthwork.practice.ui.thread_rows import look_at_sessions, look_at_statement, look_at_what_hangs
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
        sessions, hours, hanging, lines, cover, written = at_once(
            look_at_sessions(treatment),
            look_at_hours(treatment),
            look_at_what_hangs(treatment, own_notes_of=person_of(request) if own_row else None),
            look_at_lines(treatment),
            look_at_warnings([client.id], today=today),
            look_at_statement(treatment),
        )
        held, found = [s for s in sessions if s.status == "held"], patterns(hours)
        soon = today + timedelta(weeks=6)
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
            "away": next((b for b in hanging.breaks if b.to_date >= today and b.from_date <= soon), None),
            "cover": cover.get(client.id, ()),
            "own_row": own_row,
            "standing": where_it_stands(treatment, sessions, found, written),
            "picture": picture(treatment, sessions, found, hanging, lines=lines),
        }
    return render(request, "ui/thread.html", context)
