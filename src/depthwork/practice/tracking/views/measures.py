"""The measures of a client: what was asked, what came, what moved; asking; the schedule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from depthwork.practice.config.addresses import outward
from depthwork.practice.config.at_once import Look, at_once
from depthwork.practice.config.dates import in_words
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.tracking import actions, alliance, courses
from depthwork.practice.tracking.errors import Elsewhere, TrackingError
from depthwork.practice.tracking.expected import look_at_archive, usual_for
from depthwork.practice.tracking.forms import WHEN_WORDS, AskForm, ScheduleForm
from depthwork.practice.tracking.models import Request, Schedule
from depthwork.practice.tracking.queries.alerts import look_at_assessments, look_at_what_to_ask
from depthwork.practice.tracking.queries.answers import Asked, asked_of, look_at_open
from depthwork.practice.tracking.queries.due import look_at_due
from depthwork.practice.tracking.schedule import Line, counts_as, lines_of
from depthwork.practice.tracking.views.alerts import colleagues_of
from depthwork.practice.tracking.watching import REASONS
from depthwork.practice.treatments.models import Client, FollowUp, Session, Treatment
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.common import head, sent_again, today_of
from depthwork.wording import figure

USUAL = "dw_session_checkin"  # what is offered where nothing is named: seven questions about the hour itself


def _hour_url(hour: int, sessions: dict[int, UUID]) -> str:
    try:
        return reverse("casework:hour", args=[sessions[hour]]) if hour in sessions else ""
    except NoReverseMatch:
        return ""


def _hours_by_number(treatment: Treatment | None) -> Look[dict[int, UUID]]:
    rows = Session.objects.filter(treatment=treatment, number__isnull=False)
    return Look((rows.values_list("number", "id"),), dict)


@rule(P.READ_MEASURES, of=client_named, reads="measures.read")
def measures(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Everything the forms say of one client, on one page."""
    client: Client = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    asked = asked_of(client.id)
    if any(one.waits for one in asked):
        actions.take_in(client=client, by=person)
        asked = asked_of(client.id)
    treatment = current_treatment(client)
    has_ended = treatment is not None and treatment.state == Treatment.State.ENDED
    ending = getattr(treatment, "ending", None) if has_ended else None
    here = [one for one in asked if treatment is not None and one.treatment in (None, treatment.id)]
    has_checkins = any(one.measure == courses.CHECKIN for one in here)
    rows = courses.courses(asked)
    due, still_open, to_ask, assessments, numbers, archive = at_once(
        look_at_due(client, treatment, asked),
        look_at_open(client.id),
        look_at_what_to_ask(client.id),
        look_at_assessments(client.id),
        _hours_by_number(treatment) if has_checkins else Look((), dict),
        look_at_archive(person, but=client.id) if rows else Look((), dict),
    )
    between = (
        alliance.between_us(here, marked=alliance.marked_hours(treatment))
        if treatment is not None and has_checkins
        else None
    )
    usual = {row.definition.id: usual_for(row, archive) for row in rows}
    names = {one.request_id: one.name for one in asked}
    context: dict[str, Any] = {
        "courses": [
            {
                "course": row,
                "usual": band,
                "chart": courses.drawn(
                    row, ended_on=ending.on if ending else None, usual=band.points if band else ()
                ),
            }
            for row in rows
            for band in (usual[row.definition.id],)
        ],
        "between": between,
        "between_chart": alliance.drawn(between, href=lambda hour: _hour_url(hour, numbers))
        if between
        else None,
        "asked": [{"one": one, "words": _became(one)} for one in reversed(asked)],
        "open": [(row, names.get(row.id, "")) for row in still_open],
        "due": due,
        "for_the_hour": to_ask,
        "assessments": assessments[:6],
        "may_ask": allows_row(person, P.ASK_MEASURES, client),
    }
    return render(request, "tracking/measures.html", head(request, client, **context))


def _became(one: Asked) -> str:
    """What became of one asking, in words."""
    if one.state != "done":
        return courses.STATES[one.state]
    scores = {
        name: figure(value["value"]) + (f" ({_(value['band'])})" if value.get("band") else "")
        for name, value in (one.result.get("scores") or {}).items()
        if value.get("value") is not None
    }
    if len(scores) == 1:
        return next(iter(scores.values()))
    if scores:  # several scores of one form say which is which
        said = {"bond_work": _("between us"), "strain": _("tension")}
        return ", ".join(
            f"{said.get(name) or name.replace('_', ' ')} {words}" for name, words in list(scores.items())[:3]
        )
    why = one.result.get("withheld")  # kept as it was found, said in the language of the page
    return _(why) if why else courses.STATES["done"]


@rule(P.ASK_MEASURES, of=client_named)
def ask(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ask for a form: by link, in the room, by the clinician, in the client's own place."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    sessions = list(
        Session.objects.filter(treatment=treatment, status__in=["held", "planned"]).order_by("-day")[:12]
    )
    hours = [
        (
            str(one.id),
            _("hour %(n)s, %(day)s") % {"n": one.number, "day": in_words(one.day, "j F")}
            if one.number
            else _("the hour of %(day)s") % {"day": in_words(one.day, "j F")},
        )
        for one in sessions
    ]
    person = person_of(request)
    has_ended = treatment is not None and treatment.state == Treatment.State.ENDED
    colleagues = [person, *colleagues_of(person)] if has_ended else None
    form = AskForm(
        request.POST or None,
        practice=client.practice_id,
        hours=hours,
        colleagues=colleagues,
        initial={"measure": request.GET.get("measure") or USUAL},
    )
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        session = next((one for one in sessions if str(one.id) == data["for_hour"]), None)
        try:
            made = actions.ask(
                client=client,
                by=person,
                measure_id=data["measure"],
                mode=data["mode"],
                treatment=treatment,
                session=session,
                followup=_followup(treatment, data["measure"], asked_of(client.id)) if has_ended else None,
                answers_for=next(
                    (one for one in colleagues or () if str(one.id) == data.get("answers_for")), None
                ),
            )
        except TrackingError as error:
            form.add_error(None, str(error))
        else:
            if made.request.mode in (Request.Mode.ROOM, Request.Mode.CLINICIAN):
                return redirect("tracking:room", made.request.id)
            if made.token is None:
                messages.success(request, _("It waits in the client’s own place."))
                return redirect("tracking:measures", client.id)
            context |= {
                "link": outward(request, "tracking:link", made.token),
                "made": made,
                "reasons": [REASONS[name] for name in made.reasons],
            }
            return render(request, "tracking/linked.html", head(request, client, **context))
    return render(request, "tracking/ask.html", head(request, client, **context))


def _followup(treatment: Treatment, measure: str, asked: list[Asked]) -> FollowUp | None:
    """The follow-up a form belongs to: the first one agreed and due by now that this form was not asked for."""
    done = {(name, one.months) for one in asked for name in counts_as(one.measure)}
    waiting = FollowUp.objects.filter(
        treatment=treatment, answer__in=[FollowUp.Answer.AGREED, FollowUp.Answer.UNANSWERED]
    ).order_by("months")
    today = today_of(treatment.client)
    return next((row for row in waiting if row.due_on <= today and (measure, row.months) not in done), None)


def _agreed(row: Schedule, form: ScheduleForm) -> list[tuple[str, str]]:
    """A schedule in words: form by form, when; and what the client sees."""
    whens: dict[str, list[str]] = {}
    for line in lines_of(row.lines):
        whens.setdefault(f"when_{line.measure}", []).append(str(WHEN_WORDS[line.when]))
    told = [(str(box.label), ", ".join(whens[box.name])) for box in form.rows() if box.name in whens]
    names = dict(form.fields["shown"].choices)  # type: ignore[attr-defined]
    seen = ", ".join(str(names.get(name, name)) for name in row.shown or ())
    return [*told, (str(form.fields["shown"].label), seen or "–")]


@rule(P.ASK_MEASURES, of=client_named)
def schedule(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """When this client is asked what."""
    client: Client = request.subject  # type: ignore[attr-defined]
    row = Schedule.objects.filter(client=client).first()
    lines: dict[str, set[str]] = {}
    for line in lines_of(row.lines if row else None):
        lines.setdefault(line.measure, set()).add(line.when)
    form = ScheduleForm(
        request.POST or None,
        practice=client.practice_id,
        lines=lines,
        shown=set(row.shown or ()) if row else set(),
        initial={"version": row.version if row else 0},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wanted = [
            Line(name.removeprefix("when_"), when)
            for name, whens in data.items()
            if name.startswith("when_")
            for when in whens
        ]
        try:
            actions.change_schedule(
                client=client,
                by=person_of(request),
                lines=wanted,
                shown=data["shown"],
                version=data["version"],
            )
        except Elsewhere as error:
            row = Schedule.objects.get(client=client)
            again = head(
                request, client, form=sent_again(form, row.version, error), theirs=_agreed(row, form)
            )
            return render(request, "tracking/schedule.html", again, status=409)
        except TrackingError as error:
            form.add_error(None, str(error))
            return render(request, "tracking/schedule.html", head(request, client, form=form), status=422)
        messages.success(request, _("The schedule is kept."))
        return redirect("tracking:measures", client.id)
    return render(request, "tracking/schedule.html", head(request, client, form=form, is_default=row is None))
