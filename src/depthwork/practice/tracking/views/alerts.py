"""An answer that needs a person: read it, ask, write what was asked and done. And the watch of the practice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.crisis import crisis_lines
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import MoreRaised, TrackingError
from depthwork.practice.tracking.forms import STEPS, TOPICS, AnswerAlertForm, DeputyForm, NudgeForm, WatchForm
from depthwork.practice.tracking.models import Alert, CoverTest, Deputy
from depthwork.practice.tracking.nudges import has_server
from depthwork.practice.tracking.queries.alerts import alert_named, last_asked_about, raised_by, raised_on
from depthwork.practice.tracking.queries.rules import rules_for
from depthwork.practice.tracking.queries.watch import beats_since, is_able, reasons_now, watch_of
from depthwork.practice.tracking.watching import REASONS
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.common import head, today_of


@rule(P.ANSWER_ALERT, of=alert_named, reads="alert.read")
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """The answer as it was given, those before it, and what a person writes down."""
    person = person_of(request)
    row = actions.see_alert(alert=request.subject, by=person)  # type: ignore[attr-defined]
    client, status = row.client, 200
    form = AnswerAlertForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(row, form.cleaned_data, by=person, read=request.POST.get("read", ""))
        except MoreRaised as error:
            row, status = actions.see_alert(alert=row, by=person), 409
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept in the record."))
            return redirect("tracking:alert", row.id)
    context: dict[str, Any] = {
        "alert": row,
        "raised": raised_by(row),
        "last": last_asked_about(client.id, before=row.raised_at),
        "assessments": [_said(one) for one in row.assessments.select_related("by").order_by("at")],
        "form": form,
        "read": raised_on(row),
        "crisis_lines": crisis_lines(client.practice.country),
        "now": datetime.now(UTC),
    }
    return render(request, "tracking/alert.html", head(request, client, **context), status=status)


def _answer(row: Alert, data: dict[str, Any], *, by: Person, read: str) -> None:
    """Close it, if the page that was written on showed all that was raised; one that does not say so showed nothing."""
    spoken = data.pop("spoken_at")
    if spoken is not None:
        spoken = spoken.replace(tzinfo=zone_of(row.client.practice.time_zone))
    actions.answer_alert(
        alert=row, by=by, spoken_at=spoken, read=int(read) if read.isdecimal() else 0, **data
    )


def _said(row: Any) -> dict[str, Any]:
    words = row.words or {}
    topics, steps = dict(TOPICS), dict(STEPS)
    return {
        "row": row,
        "asked": words.get("asked", ""),
        "done": words.get("done", ""),
        "topics": [topics[name] for name in words.get("topics", ()) if name in topics],
        "steps": [steps[name] for name in words.get("steps", ()) if name in steps],
    }


@rule(P.SEE_TODAY)
def watch(request: HttpRequest) -> HttpResponse:
    """How risk answers are seen between the hours, and the proof of it."""
    person = person_of(request)
    practice = person.practice
    row = watch_of(practice.id)
    may_change = person.has_role(Role.MANAGER) or person.has_role(Role.CLINICIAN)
    form = WatchForm(
        request.POST or None,
        initial={
            "is_always_on": row.is_always_on,
            "immediate_minutes": row.immediate_minutes,
            "same_day_minutes": row.same_day_minutes,
            "quiet_from": row.quiet_from,
            "quiet_to": row.quiet_to,
        },
    )
    if request.method == "POST" and may_change and form.is_valid():
        try:
            actions.arrange_watch(practice=practice, by=person, **form.cleaned_data)
        except TrackingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept. Clients are told exactly this."))
            return redirect("tracking:watch")
    context = {
        "form": form,
        "row": row,
        "since": beats_since(practice, now=datetime.now(UTC)),
        "tests": CoverTest.objects.filter(practice=practice)
        .select_related("sent_by", "colleague")
        .order_by("-sent_at")[:12],
        "colleagues": colleagues_of(person),
        "may_change": may_change,
        "has_mail": has_server(),
        "rules": rules_for(practice.id),
        "address": NudgeForm(initial={"address": row.nudges.get(str(person.id), "")}),
    }
    return render(request, "tracking/watch.html", context)


@rule(P.SEE_TODAY)
@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """Where a mail without content goes for me, if anywhere."""
    form = NudgeForm(request.POST)
    if form.is_valid():
        actions.set_address(by=person_of(request), address=form.cleaned_data["address"])
        messages.success(
            request,
            _("Kept.")
            if has_server() or not form.cleaned_data["address"]
            else _("Kept. No mail goes out until a mail server is set up."),
        )
    else:
        messages.error(request, _("This is no mail address; nothing was changed."))
    return redirect("tracking:watch")


def colleagues_of(person: Person) -> list[Person]:
    rows = Person.objects.filter(practice_id=person.practice_id, is_active=True).exclude(id=person.id)
    return [one for one in rows.order_by("display_name") if one.has_role(Role.CLINICIAN)]


@rule(P.SEE_TODAY)
@require_POST
def test(request: HttpRequest) -> HttpResponse:
    """Send a test message to a colleague."""
    person = person_of(request)
    colleague = next((p for p in colleagues_of(person) if str(p.id) == request.POST.get("colleague")), None)
    if colleague is None:
        messages.error(request, _("Choose a colleague of this practice."))
        return redirect("tracking:watch")
    try:
        actions.send_test(by=person, colleague=colleague)
    except TrackingError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("Sent. It stands on your colleague’s first page until it is acknowledged.")
        )
    return redirect("tracking:watch")


@rule(P.SEE_TODAY)
@require_POST
def acknowledge(request: HttpRequest, test_id: UUID) -> HttpResponse:
    """I would have seen it."""
    person = person_of(request)
    row = get_object_or_404(CoverTest, id=test_id, colleague=person)
    actions.acknowledge_test(test=row, by=person)
    messages.success(request, _("Acknowledged."))
    return redirect("tracking:watch")


def names_somebody(request: HttpRequest) -> bool:
    """A deputy is given keys; taking them back asks nothing."""
    return request.method == "POST" and "withdraw" not in request.POST


@rule(P.ASK_MEASURES, of=client_named, fresh=names_somebody)
def deputy(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Who sees a risk answer of this client if the clinician has not; and what still speaks against asking."""
    client: Client = request.subject  # type: ignore[attr-defined]
    person, row = (
        person_of(request),
        Deputy.objects.filter(client_id=client_id).select_related("colleague").first(),
    )
    form = DeputyForm(
        request.POST or None, colleagues=colleagues_of(person), initial={"agreed_on": today_of(client)}
    )
    if request.method == "POST":
        if "withdraw" in request.POST:
            actions.withdraw_deputy(client=client, by=person)
            return redirect("tracking:deputy", client.id)
        if form.is_valid():
            colleague = next(p for p in colleagues_of(person) if str(p.id) == form.cleaned_data["colleague"])
            try:
                actions.name_deputy(
                    client=client, by=person, colleague=colleague, agreed_on=form.cleaned_data["agreed_on"]
                )
            except TrackingError as error:
                form.add_error(None, str(error))
            else:
                return redirect("tracking:deputy", client.id)
    treatment, now = current_treatment(client), datetime.now(UTC)
    reasons = reasons_now(
        client_id=client.id,
        practice_id=client.practice_id,
        treatment_id=treatment.id if treatment else None,
        named=None,
        now=now,
        until=now,
    )
    context = {
        "form": form,
        "row": row,
        "is_able": row is not None and is_able(row.colleague),
        "reasons": [REASONS[name] for name in reasons],
    }
    return render(request, "tracking/deputy.html", head(request, client, **context))
