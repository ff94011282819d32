"""The frame of a treatment: as agreed, as changed, its breaks, its ending, what was agreed for afterwards."""

from __future__ import annotations

from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.practice.config.at_once import rows_at_once
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.forms import BreakForm, FrameForm, SeriesForm
from depthwork.practice.treatments.handing import open_handover
from depthwork.practice.treatments.models import (
    Break,
    Client,
    EndingBefore,
    FollowUp,
    Frame,
    FrameEvent,
    Session,
)
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.away import (
    agreed_in,
    colleagues_of,
    names_a_cover,
    warn_of_closed_cover,
)
from depthwork.practice.treatments.views.common import form_page, head, opened_or_none, today_of, treatment_of


@rule(P.SEE_ADMINISTRATION, of=client_named, reads="frame.read")
def frame(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Everything about the frame on one page."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    if treatment is None:
        may_write = allows_row(person_of(request), P.WRITE_RECORD, client)
        context = {"treatment": None, "may_write": may_write}
        return render(request, "treatments/frame.html", head(request, client, **context))
    today, ending = today_of(client), getattr(treatment, "ending", None)
    hours = Session.objects.filter(treatment=treatment)
    held = hours.filter(status=Session.Status.HELD).order_by().values("treatment").annotate(n=Count("*"))
    frames, events, breaks, coming, endings_before, followups, counted = rows_at_once(
        Frame.objects.filter(treatment=treatment),
        FrameEvent.objects.filter(treatment=treatment),
        Break.objects.filter(treatment=treatment).select_related("cover__practice"),
        hours.filter(status=Session.Status.PLANNED).order_by("starts_at")[:60],
        EndingBefore.objects.filter(treatment=treatment).select_related("replaced_by"),
        FollowUp.objects.filter(treatment=treatment),
        held.values_list("n", flat=True),
    )
    frames.sort(key=attrgetter("from_date"), reverse=True)
    endings_before.sort(key=attrgetter("replaced_at"), reverse=True)
    context = {
        "treatment": treatment,
        "frame": frames[0] if frames else None,
        "frames": frames,
        "focus": opened_or_none(treatment, "focus"),
        "events": sorted(events, key=attrgetter("on"), reverse=True),
        "breaks": sorted(breaks, key=attrgetter("from_date"), reverse=True),
        "closed": actions.closed_to_cover(b for b in breaks if b.to_date >= today),
        "in_emergency": actions.in_emergency(breaks, on=today),
        "coming": sorted(coming, key=attrgetter("starts_at")),
        "ending": ending,
        "is_over": ending is not None and ending.on < today,
        "summary": opened_or_none(ending, "summary") if ending else None,
        "endings_before": [(row, opened_or_none(row, "summary")) for row in endings_before],
        "followups": [
            (row, opened_or_none(row, "words")) for row in sorted(followups, key=attrgetter("months"))
        ],
        "today": today,
        "now": timezone.now(),
        "may_write": allows_row(person_of(request), P.WRITE_RECORD, client),
        "handover": open_handover(treatment),
        "held": sum(counted),
    }
    return render(request, "treatments/frame.html", head(request, client, **context))


@rule(P.WRITE_RECORD, of=client_named)
def agree(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Agree the frame, or change it from a date on."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = treatment_of(client)
    now = Frame.objects.filter(treatment=treatment).order_by("-from_date").first()
    initial: dict[str, Any] = {"from_date": treatment.starts_on if now is None else today_of(client)}
    if now is not None:
        initial |= {
            "frequency": now.frequency,
            "length_minutes": now.length_minutes,
            "place": now.place,
            "seat": now.seat,
            **(now.terms or {}),
        }
        for n, slot in enumerate(now.slots, start=1):
            initial |= {f"day_{n}": slot["weekday"], f"time_{n}": slot["time"]}
    form = FrameForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        terms = {
            "fee": str(data["fee"]) if data["fee"] is not None else "",
            "currency": client.practice.currency,
            "missed_session": data["missed_session"],
            "link": data["link"],
        }
        coming = Session.objects.filter(treatment=treatment, status=Session.Status.PLANNED)
        planned = coming.count()
        try:
            actions.agree_frame(
                treatment=treatment,
                by=person_of(request),
                from_date=data["from_date"],
                frequency=data["frequency"],
                slots=data["slots"],
                length_minutes=data["length_minutes"],
                place=data["place"],
                seat=data["seat"],
                terms=terms,
                words=data["words"] or None,
            )
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The frame is agreed. Plan its hours next."))
            if gone := planned - coming.count():
                told = ngettext(
                    "%(n)s hour of the frame before is taken out of the calendar.",
                    "%(n)s hours of the frame before are taken out of the calendar.",
                    gone,
                )
                messages.info(request, told % {"n": gone})
            return redirect("treatments:series", client.id)
    return form_page(request, client, form, title=_("The frame"), send=_("Agree this frame"))


@rule(P.WRITE_RECORD, of=client_named)
def series(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Plan the hours of the frame ahead."""
    client: Client = request.subject  # type: ignore[attr-defined]
    form = SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, said = actions.plan_series(
                treatment=treatment_of(client), by=person_of(request), until=form.cleaned_data["until"]
            )
        except CourseError as error:
            form.add_error("until", str(error))
        else:
            messages.success(request, _("%(n)s hours planned.") % {"n": len(made)})
            for line in said:
                messages.warning(request, line)
            return redirect("treatments:frame", client.id)
    return form_page(request, client, form, title=_("Plan the hours"), send=_("Plan these hours"))


@rule(P.WRITE_RECORD, of=client_named, fresh=names_a_cover)
def announce(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Announce a break."""
    client: Client = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    form = BreakForm(request.POST or None, colleagues=colleagues_of(person))
    if request.method == "POST" and form.is_valid():
        try:
            pause = actions.announce_break(
                treatment=treatment_of(client), by=person, **agreed_in(form, person)
            )
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            warn_of_closed_cover(request, pause)
            return redirect("treatments:frame", client.id)
    return form_page(
        request,
        client,
        form,
        title=_("A break"),
        send=_("Announce this break"),
        help=_(
            "Planned hours inside it are taken out. The covering colleague is named on the client's page."
        ),
    )
