"""The caseload: one line a client."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.places import place_in
from depthwork.practice.treatments.queries import caseload_of


@rule(P.SEE_CASELOAD, needs_keys=True)
def caseload(request: HttpRequest) -> HttpResponse:
    """Place in the treatment, last hour, small lines of the measures, what the frame says, hours left."""
    person = person_of(request)
    today = datetime.now(zone_of(person.practice.time_zone)).date()
    lines = caseload_of(person)
    rows = [
        {
            "line": line,
            "place": place_in(
                format=line.format,
                held=line.held,
                hours_agreed=line.hours_agreed,
                starts_on=line.starts_on,
                today=today,
                state=line.state,
                ended_on=line.last_day if line.state == "ended" else None,
            ),
        }
        for line in lines
    ]
    return render(request, "ui/caseload.html", {"rows": rows, "today": today})
