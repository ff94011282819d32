"""Today: the day's hours in order, each with the line that was kept last time."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from depthwork.practice.config.at_once import Look, at_once, look
from depthwork.practice.coverage.queries import look_at_warnings
from depthwork.practice.people.actions import choose_lines
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.public_host import is_public
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.portal.reading import look_at_what_waits
from depthwork.practice.record.queries import look_at_noted, look_at_unsigned
from depthwork.practice.tracking.queries.alerts import look_at_alerts, look_at_tests
from depthwork.practice.tracking.queries.today import look_at_marks
from depthwork.practice.treatments.actions import emergency
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.handing import asked_who_goes_on, handovers_of
from depthwork.practice.treatments.models import Break, Session, Treatment
from depthwork.practice.treatments.places import place_in
from depthwork.practice.treatments.queries import (
    DayLine,
    clients_for,
    hours_of_the_desk,
    hours_on,
    look_at_follow_ups,
    look_at_last_lines,
    next_day_with_hours,
)
from depthwork.practice.treatments.reach import look_at_covered
from depthwork.practice.ui import tour
from depthwork.practice.ui.alarm import alarms_for
from depthwork.practice.ui.backup_page import is_late_for
from depthwork.practice.ui.emergency_page import told_on_today
from depthwork.practice.ui.errors import NOT_SERVED_HERE, failed
from depthwork.practice.ui.in_words import last_hours
from depthwork.practice.ui.will import refresh_if_due
from depthwork.practice.ui.will_notice import told
from depthwork.practice.vault.errors import VaultError

COUNTED = (Session.Status.PLANNED, Session.Status.HELD)  # an hour called off this morning is no hour of today


@rule(P.USE_OWN_ACCOUNT)
def home(request: HttpRequest) -> HttpResponse:
    """The first page of whoever signed in."""
    person = person_of(request)
    if person.client is None and is_public(request):
        return failed(request, NOT_SERVED_HERE)
    if request.session.get(tour.SLOT) == 0:
        steps = tour.steps_for(person)
        if steps and steps[0][0] != request.path:
            return redirect(steps[0][0])
    return redirect(tour.first_page(person))


@rule(P.SEE_TODAY, reads="today.read", needs_keys=True)
def today(request: HttpRequest) -> HttpResponse:
    """Hours of today (or `?day=`), with what stands beside them. Prints no answer and no passage."""
    person = person_of(request)
    now = datetime.now(zone_of(person.practice.time_zone))
    day = _day_asked(request.GET.get("day", "")) or now.date()
    hours, unnoted = hours_of_the_desk(person, day, before=now.date())
    later = None if hours else next_day_with_hours(person, after=day)
    rows = (
        _rows(request, hours, day=day)
        if hours or later is None
        else _rows(request, hours_on(person, later), day=later)
    )
    coming, unsigned, afterwards, alerts, tests, covered, left = at_once(
        _look_at_breaks(person, day),
        look_at_unsigned(person),
        look_at_follow_ups(person, on=now.date()),
        look_at_alerts(person),
        look_at_tests(person),
        look_at_covered(person),
        look_at_what_waits(person),
    )
    context = {
        "day": day,
        "rows": rows,
        "coming": coming,
        "unsigned": unsigned,
        "afterwards": afterwards,
        "yesterday": day - timedelta(days=1),
        "tomorrow": day + timedelta(days=1),
        "is_today": day == now.date(),
        "later": later,
        "unnoted": unnoted,
        "alerts": alerts,
        "cover_tests": tests,
        "covered": covered,
        "counted": sum(row["hour"].status in COUNTED for row in rows),
        "lacks": "" if rows else _what_is_lacking(person),
        "left_for_hours": left,
        "shows_lines": person.shows_lines,
        "alarms": alarms_for(person),
        "emergencies": told_on_today(person),
        "backup_late": is_late_for(person),
        "will_told": told(request),
    }
    refresh_if_due(person)
    with suppress(VaultError):  # said on the page In an emergency, where it can be mended
        emergency.refresh(person)
    return render(request, "ui/today.html", context)


@rule(P.SEE_TODAY, needs_keys=True)
def handed(request: HttpRequest) -> HttpResponse:
    """What changes hands: a page, and the part of Today that is asked for last, since on most days there is nothing."""
    person = person_of(request)
    today = datetime.now(zone_of(person.practice.time_zone)).date()
    part = bool(request.headers.get("HX-Request"))
    context = {"handed": handovers_of(person, today=today), "asked": asked_who_goes_on(person)}
    return render(request, "treatments/parts/handed.html" if part else "ui/handed.html", context)


def _day_asked(raw: str) -> date | None:
    """A day of the calendar that has a day before and after it; anything else is today."""
    try:
        day = parse_date(raw)
    except ValueError:  # well written, and in no calendar: 30 February
        return None
    return day if day is not None and 1900 <= day.year < 2200 else None


@rule(P.SEE_TODAY)
@require_POST
def lines(request: HttpRequest) -> HttpResponse:
    """Whether kept lines stand on Today: somebody else may look at the screen."""
    choose_lines(shown=request.POST.get("shown") == "yes", by=person_of(request))
    return redirect("ui:today")


def _what_is_lacking(person: Person) -> str:
    """What comes first where no hour stands: a client, an agreement, or hours to plan."""
    if not clients_for(person).exists():
        return "client"
    mine = Treatment.objects.filter(clinician=person).exclude(state=Treatment.State.ENDED)
    return "hours" if mine.exists() else "treatment"


def _rows(request: HttpRequest, hours: list[DayLine], *, day: date) -> list[dict[str, Any]]:
    """Each hour with its place in the treatment and the line kept last, which can be switched off."""
    clients = [hour.client_id for hour in hours]
    lines, cover, marks, noted = at_once(
        look_at_last_lines(clients if person_of(request).shows_lines else [], before=day),
        look_at_warnings(clients, today=day),
        look_at_marks(clients),
        look_at_noted(hour.session_id for hour in hours),
    )
    now = timezone.now()
    return [
        {
            "hour": hour,
            "place": _place(hour, day),
            "near_end": last_hours(
                format=hour.format,
                hours_agreed=hour.hours_agreed,
                number=hour.number or (hour.held + 1 if hour.status == "planned" else 0),
            ),
            "line": lines.get(hour.client_id),
            "cover": cover.get(hour.client_id, ()),
            "marks": marks.get(hour.client_id, ()),
            "may_be_noted": hour.status != "planned" or hour.starts_at <= now,
            "became": "" if hour.status == "planned" else Session.Status(hour.status).label,
            "takes_place": hour.status in COUNTED,
            "noted": noted.get(hour.session_id),
        }
        for hour in hours
    ]


def _place(hour: DayLine, day: date) -> str:
    number = hour.number or (hour.held + 1 if hour.status == "planned" else 0)
    if not number:
        return ""
    return place_in(
        format=hour.format,
        held=number,
        hours_agreed=hour.hours_agreed,
        starts_on=hour.starts_on,
        today=day,
    )


def _look_at_breaks(person: Person, day: date) -> Look[list[dict[str, Any]]]:
    """Breaks that begin within six weeks, each stretch of days once, and how many clients were not told of it."""
    soon = Break.objects.filter(
        treatment__clinician=person,
        client__in=clients_for(person),
        from_date__gt=day,
        from_date__lte=day + timedelta(weeks=6),
    )

    @look(soon.values_list("from_date", "to_date", "announced_on"))
    def read(rows: list[tuple[date, date, date | None]]) -> list[dict[str, Any]]:
        told: dict[tuple[date, date], list[date | None]] = {}
        for first, last, announced in rows:
            told.setdefault((first, last), []).append(announced)
        return [
            {"from_date": first, "to_date": last, "untold": sum(one is None for one in found)}
            for (first, last), found in sorted(told.items())
        ]

    return read
