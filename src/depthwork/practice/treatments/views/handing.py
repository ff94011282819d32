"""Hand a treatment to a colleague; the colleague takes it or declines it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.handing import handover_named, meets, open_handover
from depthwork.practice.treatments.handing_forms import AnswerForm, HandOverForm
from depthwork.practice.treatments.handover import what_is_open
from depthwork.practice.treatments.models import Client, Frame, Handover, Session, Treatment
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import head, today_of, treatment_of
from depthwork.practice.vault.errors import NoKey, Tampered


def _sentence(error: Exception) -> str:
    said = str(error)
    return said[:1].upper() + said[1:] + "."


@rule(P.SHARE_CLIENT, of=client_named, fresh=True)
def hand_over(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Propose the course that lies open to a colleague; or how the proposal stands."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment, by = treatment_of(client), person_of(request)
    if treatment.state == Treatment.State.ENDED:
        raise Http404("nothing to hand over")
    form = HandOverForm(request.POST or None, by=by, initial={"agreed_on": today_of(client)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.propose_handover(
                treatment=treatment,
                by=by,
                **{
                    name: data[name]
                    for name in ("to", "from_day", "agreed_on", "own_notes", "reads_until", "line")
                },
            )
        except Changed as error:  # in another window: how it stands is below
            messages.error(request, _sentence(error))
            return redirect("treatments:hand_over", client.id)
        except CourseError as error:
            form.add_error(None, _sentence(error))
        else:
            messages.success(request, _("Proposed. It stands on their Today until they answer."))
            return redirect("treatments:hand_over", client.id)
    context = head(
        request,
        client,
        treatment=treatment,
        form=form,
        row=open_handover(treatment),
        may_propose=treatment.clinician_id == by.id,
        open=what_is_open(treatment, by),
        rules=profile_of(client.practice),
    )
    if context["row"] is not None:
        context |= {
            "lapsed": actions.has_lapsed(context["row"]),
            "waits_for": actions.cannot_begin(context["row"]),
            "line": (context["row"].said or {}).get("line", ""),
        }
    return render(request, "treatments/hand_over.html", context, status=422 if form.errors else 200)


@rule(P.SHARE_CLIENT, of=handover_named)
@require_POST
def withdraw(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """Take the proposal back, before the day."""
    row: Handover = request.subject  # type: ignore[attr-defined]
    try:
        actions.withdraw_handover(handover=row, by=person_of(request))
    except CourseError as error:
        messages.error(request, _sentence(error))
    else:
        messages.success(request, _("Taken back. You go on treating, and they open nothing."))
    return redirect("treatments:hand_over", row.client_id)


@rule(P.TAKE_OVER, of=handover_named, reads="handover.read")
def offered(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """What is proposed: whom, from whom, from when, at which hours. Taken or declined here."""
    row: Handover = request.subject  # type: ignore[attr-defined]
    by = person_of(request)
    if row.state in (Handover.State.DECLINED, Handover.State.WITHDRAWN):
        raise Http404("no proposal any more")
    form = AnswerForm(request.POST or None)
    act = request.POST.get("act", "")
    if request.method == "POST" and form.is_valid() and act in ("take", "decline"):
        try:
            if act == "take":
                actions.take_handover(handover=row, by=by)
            else:
                actions.decline_handover(handover=row, by=by, line=form.cleaned_data["line"])
        except CourseError as error:
            messages.error(request, _sentence(error))
            return redirect("treatments:offered", row.id)
        if act == "decline":
            messages.success(request, _("Declined. They read your line, and you open nothing of it."))
            return redirect("ui:today")
        messages.success(request, _("Taken. What waits in it stands below."))
        return redirect("treatments:offered", row.id)
    return render(request, "treatments/offered.html", _shown(row, by, form))


def _shown(row: Handover, by: Any, form: AnswerForm) -> dict[str, Any]:
    treatment, client, called = row.treatment, row.client, None
    with suppress(NoKey, Tampered):
        called = client.called
    planned = Session.objects.filter(
        treatment=treatment, status=Session.Status.PLANNED, day__gte=max(row.from_day, today_of(client))
    )
    hours = list(planned.order_by("starts_at")[:12])
    return {
        "row": row,
        "called": called,
        "treatment": treatment,
        "frame": Frame.objects.filter(treatment=treatment).order_by("-from_date").first(),
        "held": Session.objects.filter(treatment=treatment, status=Session.Status.HELD).count(),
        "hours": hours,
        "meets": {hour.pk for hour in meets(hours, by)},
        "line": (row.said or {}).get("line", "") if called is not None else "",
        "lapsed": actions.has_lapsed(row),
        "open": what_is_open(treatment, by) if row.state == Handover.State.DONE else [],
        "waits_for": actions.cannot_begin(row) if row.state in Handover.OPEN else "",
        "form": form,
    }
