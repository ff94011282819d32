"""What goes on beside the hours: goals and how near they are, other treatments, events of a life."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.audit.models import Event
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.forms import AdjunctForm, GoalForm, LifeEventForm, RatingForm
from depthwork.practice.treatments.models import Adjunct, Client, Goal, GoalRating, LifeEvent, Treatment
from depthwork.practice.treatments.queries import (
    adjunct_named,
    client_named,
    current_treatment,
    goal_named,
)
from depthwork.practice.treatments.sending import once
from depthwork.practice.treatments.views.common import head, today_of
from depthwork.practice.vault.errors import NoKey


def _treatment(client: Client) -> Treatment:
    treatment = current_treatment(client)
    if treatment is None:
        raise Http404("no treatment")
    return treatment


def _goals(treatment: Treatment) -> list[dict[str, Any]]:
    """Goals with the first and the last rating of each of the two, and whether the client wrote them; three queries."""
    rows = list(
        Goal.objects.filter(treatment=treatment).select_related("client").order_by("closed_on", "order")
    )
    rated: dict[UUID, dict[str, list[GoalRating]]] = {}
    for one in GoalRating.objects.filter(goal__in=rows).select_related("client").order_by("on"):
        rated.setdefault(one.goal_id, {}).setdefault(one.by, []).append(one)
    theirs = set(
        Event.objects.filter(client=treatment.client_id, verb="place.hoped").values_list(
            "object_id", flat=True
        )
    )
    found = []
    for row in rows:
        said = [
            {"by": label, "first": course[0], "last": course[-1], "is_once": len(course) == 1}
            for by, label in (("client", _("client")), ("clinician", _("clinician")))
            if (course := rated.get(row.id, {}).get(by))
        ]
        both = [next((one for one in said if one["first"].by == by), None) for by in ("client", "clinician")]
        found.append({"row": row, "said": said, "both": both, "by_client": str(row.id) in theirs})
    return found


def _events(treatment: Treatment) -> list[dict[str, Any]] | None:
    """Life events lie with the process notes: whoever holds the record alone does not read them."""
    labels = dict(LifeEventForm.base_fields["kind"].choices)  # type: ignore[attr-defined]
    try:
        return [
            {"id": row.id, "on": row.on, "kind": labels.get(row.kind, row.kind), "words": row.words}
            for row in LifeEvent.objects.filter(treatment=treatment).select_related("client").order_by("-on")
        ]
    except NoKey:
        return None


@rule(P.READ_RECORD, of=client_named, reads="alongside.read")
def alongside(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Goals, what stands beside, and what happened."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    context: dict[str, Any] = {"treatment": treatment}
    if treatment is not None:
        context |= {
            "goals": _goals(treatment),
            "adjuncts": Adjunct.objects.filter(treatment=treatment).select_related("client").order_by("-on"),
            "events": _events(treatment),
            "may_write": allows_row(person_of(request), P.WRITE_RECORD, client),
        }
    return render(request, "treatments/alongside.html", head(request, client, **context))


def _keep(
    request: HttpRequest,
    client: Client,
    form: Any,
    act: Any,
    *,
    title: str,
    send: str,
    help: str = "",
    goal: Goal | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("treatments:alongside", client.id)
    return render(
        request,
        "treatments/beside_form.html",
        head(request, client, form=form, title=title, send=send, help=help, goal=goal),
    )


@rule(P.WRITE_RECORD, of=client_named)
def add_goal(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """What the client hopes for."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = _treatment(client)

    def act(data: dict[str, Any]) -> None:
        once(
            Goal,
            form,
            lambda id: actions.add_goal(
                id=id,
                treatment=treatment,
                by=person_of(request),
                words=data["words"],
                is_own=data["is_own"],
                aim=data["aim"],
            ),
            same=lambda row: row.words == data["words"].strip(),
            client=client,
        )

    form = GoalForm(request.POST or None)
    return _keep(request, client, form, act, title=_("A goal"), send=_("Keep the goal"))


@rule(P.WRITE_RECORD, of=goal_named)
def rate_goal(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """How near it is, said by one of the two."""
    goal: Goal = request.subject  # type: ignore[attr-defined]

    def act(data: dict[str, Any]) -> None:
        actions.rate_goal(
            goal=goal,
            by=person_of(request),
            rater=data["rater"],
            value=data["value"],
            on=today_of(goal.client),
        )

    form = RatingForm(request.POST or None)
    return _keep(request, goal.client, form, act, title=_("How near is it?"), send=_("Keep this"), goal=goal)


@rule(P.WRITE_RECORD, of=goal_named)
@require_POST
def close_goal(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """Reached, or no longer one."""
    goal: Goal = request.subject  # type: ignore[attr-defined]
    actions.close_goal(goal=goal, by=person_of(request), on=today_of(goal.client))
    return redirect("treatments:alongside", goal.client_id)


@rule(P.WRITE_RECORD, of=client_named)
def add_adjunct(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Medication, parallel work, another clinician."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = _treatment(client)

    def act(data: dict[str, Any]) -> None:
        once(
            Adjunct,
            form,
            lambda id: actions.add_adjunct(
                id=id,
                treatment=treatment,
                by=person_of(request),
                kind=data["kind"],
                on=data["on"],
                until=data["until"],
                what=data["what"],
            ),
            same=lambda row: (row.kind, row.on, row.what) == (data["kind"], data["on"], data["what"]),
            client=client,
        )

    form = AdjunctForm(request.POST or None, initial={"on": today_of(client)})
    return _keep(request, client, form, act, title=_("Something beside the therapy"), send=_("Keep this"))


@rule(P.WRITE_RECORD, of=adjunct_named)
@require_POST
def end_adjunct(request: HttpRequest, adjunct_id: UUID) -> HttpResponse:
    """It ended today."""
    adjunct: Adjunct = request.subject  # type: ignore[attr-defined]
    try:
        actions.end_adjunct(adjunct=adjunct, by=person_of(request), on=today_of(adjunct.client))
    except CourseError as error:
        messages.error(request, str(error))
    return redirect("treatments:alongside", adjunct.client_id)


@rule(P.WRITE_PROCESS_NOTES, of=client_named)
def add_event(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """An event of the client's life."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = _treatment(client)

    def act(data: dict[str, Any]) -> None:
        once(
            LifeEvent,
            form,
            lambda id: actions.add_life_event(
                id=id,
                treatment=treatment,
                by=person_of(request),
                kind=data["kind"],
                on=data["on"],
                words=data["words"],
            ),
            same=lambda row: (row.kind, row.on, row.words) == (data["kind"], data["on"], data["words"]),
            client=client,
        )

    form = LifeEventForm(request.POST or None, initial={"on": today_of(client)})
    help = _(
        "It stands on the thread. It lies with the process notes: no payer sees it, and the client’s own place "
        "does not show it."
    )
    return _keep(
        request, client, form, act, title=_("An event of their life"), send=_("Keep this"), help=help
    )
