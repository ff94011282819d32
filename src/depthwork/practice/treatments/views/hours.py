"""One hour: planned, moved, held or missed; and the calendar file."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from depthwork.practice.config.dates import in_words
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions, ics
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.forms import AttendanceForm, HourForm, MoveForm
from depthwork.practice.treatments.models import Client, Frame, Session
from depthwork.practice.treatments.queries import client_named, clients_for, current_treatment, session_named
from depthwork.practice.treatments.views.common import head, sent_again, today_of

LONGEST_NIGHT = timedelta(hours=4)


@rule(P.WRITE_RECORD, of=client_named)
def plan(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """One hour outside the series."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    frame = Frame.objects.filter(treatment=treatment).order_by("-from_date").first() if treatment else None
    length = frame.length_minutes if frame else 50
    form = HourForm(request.POST or None, initial={"day": today_of(client), "length_minutes": length})
    if request.method == "POST" and form.is_valid() and treatment is not None:
        data = form.cleaned_data
        try:
            actions.plan_hour(
                treatment=treatment,
                by=person_of(request),
                day=data["day"],
                wall_time=data["wall_time"],
                length_minutes=data["length_minutes"],
                place=frame.place if frame else Frame.Place.OFFICE,
                which=data["which"] or None,
            )
        except CourseError as error:
            form.add_error("wall_time", str(error))
        else:
            return redirect("treatments:frame", client.id)
    return render(
        request,
        "treatments/form.html",
        head(request, client, form=form, title=_("One more hour"), send=_("Plan this hour")),
    )


@rule(P.WRITE_RECORD, of=session_named)
def move(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Another time for one hour."""
    session: Session = request.subject  # type: ignore[attr-defined]
    initial = {"day": session.day, "wall_time": session.wall_time, "version": session.version}
    form = MoveForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.move_hour(
                session=session,
                by=person_of(request),
                day=data["day"],
                wall_time=data["wall_time"],
                which=data["which"] or None,
                version=data["version"],
            )
        except Changed as error:
            session.refresh_from_db(fields=["version"])
            form, status = sent_again(form, session.version, error), 409
        except CourseError as error:
            form.add_error("wall_time", str(error))
        else:
            return redirect("treatments:frame", session.client_id)
    return render(
        request,
        "treatments/form.html",
        head(request, session.client, form=form, title=_("Move the hour"), send=_("Move it")),
        status=status,
    )


@rule(P.WRITE_RECORD, of=session_named)
def attendance(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What became of the hour."""
    session: Session = request.subject  # type: ignore[attr-defined]
    zone = zone_of(session.zone)
    to_come = session.starts_at > timezone.now()  # nothing stands ready: it can only be called off
    initial = {
        "status": session.status if session.status != "planned" else "" if to_come else "held",
        "late_minutes": session.late_minutes,
        "version": session.version,
        "started": session.started_at.astimezone(zone).time() if session.started_at else session.wall_time,
        "stopped": session.stopped_at.astimezone(zone).time() if session.stopped_at else None,
    }
    form, status, theirs = AttendanceForm(request.POST or None, initial=initial), 200, []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        start = datetime.combine(session.day, data["started"], tzinfo=zone) if data["started"] else None
        stop = datetime.combine(session.day, data["stopped"], tzinfo=zone) if data["stopped"] else None
        if start and stop and stop < start and stop + timedelta(days=1) - start <= LONGEST_NIGHT:
            stop += timedelta(days=1)  # an hour across midnight stops on the next day
        try:
            actions.record_attendance(
                session=session,
                by=person_of(request),
                status=data["status"],
                late_minutes=data["late_minutes"] or 0,
                started_at=start,
                stopped_at=stop,
                version=data["version"],
            )
        except Changed as error:
            session.refresh_from_db()
            form, status = sent_again(form, session.version, error), 409
            theirs = [(_("The hour was"), session.get_status_display())]
            if session.late_minutes:
                theirs.append((_("Minutes late"), session.late_minutes))
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            return redirect(_afterwards(request.GET.get("then"), session))
    title = _("The hour of %(day)s") % {"day": in_words(session.day)}
    return render(
        request,
        "treatments/form.html",
        head(request, session.client, form=form, title=title, send=_("Keep this"), theirs=theirs),
        status=status,
    )


def _afterwards(then: str | None, session: Session) -> str:
    """Where the reader came from, or what they were about to write."""
    if then == "today":
        return reverse("ui:today")
    if then == "note":
        return reverse("record:hour", args=[session.id])
    return reverse("ui:thread", args=[session.client_id])


@rule(P.SEE_TODAY)
def calendar_file(request: HttpRequest) -> HttpResponse:
    """The clinician's hours to come as iCalendar, without names."""
    person = person_of(request)
    rows = Session.objects.filter(
        clinician=person, client__in=clients_for(person), status="planned"
    ).order_by("starts_at")
    response = HttpResponse(
        ics.calendar(list(rows), made_at=datetime.now(zone_of("UTC"))),
        content_type="text/calendar; charset=utf-8",
    )
    response["Content-Disposition"] = 'attachment; filename="hours.ics"'
    return response
