"""The caseload: one line a client."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from depthwork.measures import measure
from depthwork.practice.coverage.queries import standings
from depthwork.practice.people.models import Role
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.tracking.queries.sparks import SLOTS, SmallLine, small_lines
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.places import place_in
from depthwork.practice.treatments.queries import CaseLine, caseload_of
from depthwork.practice.treatments.reach import without_treatment
from depthwork.practice.ui.in_words import said_of
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.sparkline import sparkline

ANYBODY = UUID(int=0)
MEASURES = ("phq9", "dw_session_checkin")  # what stands as a small line; the rest is on the client's page


@rule(P.SEE_CASELOAD, needs_keys=True)
def caseload(request: HttpRequest) -> HttpResponse:
    """Place in the treatment, last hour, small lines of the measures, what the frame says, hours left."""
    person = person_of(request)
    today = datetime.now(zone_of(person.practice.time_zone)).date()
    lines = caseload_of(person, today=today)
    cover = standings([line.client_id for line in lines if line.state != "ended"], today=today)
    small = small_lines([line.client_id for line in lines], MEASURES)
    address = reverse("ui:thread", args=[ANYBODY])  # looked for once, not for each line
    rows = [
        {
            "line": line,
            "href": address.replace(str(ANYBODY), str(line.client_id)),
            "said": said_of(line, today=today),
            "cover": cover.get(line.client_id) if line.state != "ended" else None,
            "sparks": [
                (gettext(measure(key).name), _spark(line, key, small.get((line.client_id, key))))
                for key in MEASURES
            ],
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
    return render(
        request,
        "ui/caseload.html",
        {
            "rows": rows,
            "today": today,
            "has_cover": bool(cover),
            "not_begun": without_treatment(person) if person.has_role(Role.CLINICIAN) else [],
            "may_admit": person.has_role(Role.CLINICIAN),
            "measures": [gettext(measure(key).name) for key in MEASURES],
        },
    )


def _spark(line: CaseLine, key: str, small: SmallLine | None) -> Chart | None:
    """One client's small line, on the measure's own scale; None where it was never answered."""
    if small is None or not any(value is not None for value in small.values):
        return None
    rule = measure(key).main_score
    if rule is None:
        return None
    known = [value for value in small.values if value is not None]
    low, high = rule.range or (min(0.0, *known), max(known))
    cut = rule.cutoffs[0].value if rule.cutoffs else None
    return sparkline(
        small.values,
        key=f"{key}-{line.client_id.hex[:8]}",
        name=gettext(measure(key).name),
        low=low,
        high=high,
        cut=cut,
        slots=SLOTS,
        unfilled=small.unfilled,
    )
