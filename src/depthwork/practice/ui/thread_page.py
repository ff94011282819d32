"""The thread of a treatment: the picture of the product."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import rule
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.leaves import leaves_for
from depthwork.practice.treatments.models import (
    Adjunct,
    Break,
    Client,
    Ending,
    FollowUp,
    FrameEvent,
    LifeEvent,
    Session,
    Treatment,
)
from depthwork.practice.treatments.places import place_in
from depthwork.practice.treatments.queries import client_named, current_treatment

MISSED = ("missed_notice", "missed_no_notice", "cancelled_by_client", "cancelled_by_clinician")


@rule(P.READ_PROCESS_NOTES, of=client_named, reads="thread.read")
def thread(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """One long line of time, and the hours as a list beneath it."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    context: dict[str, Any] = {
        "client": client,
        "who": client.called,
        "leaves": leaves_for(client.id, request.path),
        "treatment": treatment,
    }
    if treatment is not None:
        today = datetime.now(zone_of(client.practice.time_zone)).date()
        sessions = list(Session.objects.filter(treatment=treatment).order_by("starts_at"))
        held = [s for s in sessions if s.status == "held"]
        context |= {
            "sessions": list(reversed(sessions)),
            "held": len(held),
            "place": place_in(
                format=treatment.format,
                held=len(held),
                hours_agreed=treatment.hours_agreed,
                starts_on=treatment.starts_on,
                today=today,
                state=treatment.state,
                ended_on=held[-1].day if held else None,
            ),
            "picture": picture(treatment, sessions),
        }
    return render(request, "ui/thread.html", context)


def picture(treatment: Treatment, sessions: list[Session]) -> Any:
    """The drawing, from the rows of every room."""
    from depthwork.reports.charts import thread_data as draw
    from depthwork.reports.charts.thread import thread_chart

    if not sessions:
        return None
    hours = tuple(
        draw.Hour(
            on=s.day,
            state="planned"
            if s.status == "planned"
            else "missed"
            if s.status in MISSED
            else "late"
            if s.late_minutes
            else "held",
            number=s.number,
            share=max(0.0, 1 - s.late_minutes / s.length_minutes) if s.status == "held" else 1.0,
            words=f"{s.late_minutes} minutes late"
            if s.late_minutes
            else s.get_status_display()
            if s.status in MISSED
            else "",
            href=_hour_url(s) if s.status == "held" else "",
        )
        for s in sessions
    )
    happenings = [
        draw.Happening(on=e.on, kind="life", words=_short(e.words))
        for e in LifeEvent.objects.filter(treatment=treatment)
    ]
    happenings += [
        draw.Happening(
            on=a.on, kind="medication" if a.kind == "medication" else "adjunct", words=_short(a.what)
        )
        for a in Adjunct.objects.filter(treatment=treatment)
    ]
    happenings += [
        draw.Happening(on=f.on, kind="frame", words=f.kind)
        for f in FrameEvent.objects.filter(treatment=treatment)
    ]
    aways = tuple(
        draw.Away(b.from_date, b.to_date, b.reason or "break")
        for b in Break.objects.filter(treatment=treatment).order_by("from_date")
    )
    ending = Ending.objects.filter(treatment=treatment).values_list("on", flat=True).first()
    asked = tuple(
        draw.FollowUp(f.months, {"done": True, "unanswered": False, "declined": False}.get(f.answer))
        for f in FollowUp.objects.filter(treatment=treatment).order_by("months")
    )
    return thread_chart(
        draw.Thread(
            key=f"t{treatment.pk.hex[:8]}",
            title="The thread",
            hours=hours,
            happenings=tuple(sorted(happenings, key=lambda h: h.on)),
            aways=aways,
            follow_ups=asked,
            ends_on=ending,
        )
    )


def _short(words: str | None, limit: int = 44) -> str:
    words = (words or "").strip()
    return words if len(words) <= limit else words[: limit - 1].rsplit(" ", 1)[0] + "…"


def _hour_url(session: Session) -> str:
    from django.urls import NoReverseMatch

    try:
        return reverse("casework:hour", args=[session.id])
    except NoReverseMatch:
        return ""
