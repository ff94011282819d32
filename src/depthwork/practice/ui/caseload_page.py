"""The caseload: one line a client."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from depthwork.measures import measure
from depthwork.outcome.alliance import recent_drop
from depthwork.practice.casework.strain import open_strains
from depthwork.practice.coverage.queries import standings
from depthwork.practice.people.models import Role
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.tracking.courses import CHECKIN
from depthwork.practice.tracking.queries.lines import BETWEEN, DISTRESS
from depthwork.practice.tracking.queries.sparks import SLOTS, SmallLine, most_asked, small_lines
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.places import place_in
from depthwork.practice.treatments.queries import CaseLine, caseload_of, clients_for, landing_name
from depthwork.practice.treatments.reach import without_treatment
from depthwork.practice.ui.in_words import said_of
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.sparkline import sparkline

ANYBODY = UUID(int=0)
# Of each kind the measure asked most stands as a small line; the rest is on the client's page.
KINDS = (DISTRESS, BETWEEN)


@rule(P.SEE_CASELOAD, needs_keys=True)
def caseload(request: HttpRequest) -> HttpResponse:
    """Place in the treatment, last hour, small lines of the measures, what the frame says, hours left."""
    person = person_of(request)
    today = datetime.now(zone_of(person.practice.time_zone)).date()
    lines = caseload_of(person, today=today)
    cover = standings([line.client_id for line in lines if line.state != "ended"], today=today)
    small = small_lines([line.client_id for line in lines], [name for kind in KINDS for name in kind])
    address = reverse("ui:thread", args=[ANYBODY])  # looked for once, not for each line
    kinds = [gettext("Distress or wellbeing"), gettext("Between us")]
    rows = [
        {
            "line": line,
            "href": address.replace(str(ANYBODY), str(line.client_id)),
            "said": said_of(line, today=today),
            "cover": cover.get(line.client_id) if line.state != "ended" else None,
            "fell": _fell(small.get((line.client_id, CHECKIN))) if line.state != "ended" else False,
            "sparks": [
                (kind, *_spark(line, most_asked(small, line.client_id, names)))
                for kind, names in zip(kinds, KINDS, strict=True)
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
            "may_admit": person.has_role(Role.CLINICIAN),
            "kinds": kinds,
        },
    )


def _fell(small: SmallLine | None) -> bool:
    """Whether the last check-in lies well below the ones before it, by the rule of its own page."""
    return small is not None and recent_drop(small.values) is not None


@rule(P.SEE_CASELOAD, needs_keys=True)
def strain(request: HttpRequest) -> HttpResponse:
    """Treatments with an open strain: a page, and the words that the caseload sets beside their lines.

    Which passage is a rupture is sealed mark by mark, so that it is asked for after the caseload stands.
    """
    person = person_of(request)
    found = open_strains(person, today=datetime.now(zone_of(person.practice.time_zone)).date())
    part = bool(request.headers.get("HX-Request"))
    if part:
        return render(request, "ui/strain.html", {"strains": found})
    names = dict(
        clients_for(person).filter(id__in=[one.client_id for one in found]).values_list("id", "called")
    )
    called = Client._meta.get_field("called")
    rows = [
        (
            one,
            landing_name(
                called.open_value(names[one.client_id], owner=one.client_id, row=one.client_id), person
            ),
        )
        for one in found
    ]
    return render(request, "ui/strain_page.html", {"rows": rows})


@rule(P.SEE_CASELOAD, needs_keys=True)
def not_begun(request: HttpRequest) -> HttpResponse:
    """Clients with whom no treatment was agreed yet: a page, and the part of the caseload that it asks for last."""
    rows = without_treatment(person_of(request))
    part = bool(request.headers.get("HX-Request"))
    return render(request, "ui/not_begun.html" if part else "ui/not_begun_page.html", {"not_begun": rows})


def _spark(line: CaseLine, found: tuple[str, SmallLine] | None) -> tuple[str, Chart | None]:
    """A measure's name and one client's small line on its own scale; None where nothing was ever answered."""
    if found is None:
        return "", None
    key, small = found
    name, rule = gettext(measure(key).name), measure(key).main_score
    if rule is None:
        return name, None
    known = [value for value in small.values if value is not None]
    low, high = rule.range or (min(0.0, *known), max(known))
    cut = rule.cutoffs[0].value if rule.cutoffs else None
    return name, sparkline(
        small.values,
        key=f"{key}-{line.client_id.hex[:8]}",
        name=name,
        low=low,
        high=high,
        cut=cut,
        slots=SLOTS,
        unfilled=small.unfilled,
    )
