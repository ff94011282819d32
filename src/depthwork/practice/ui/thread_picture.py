"""The drawing of a treatment, gathered from every room that has something to hang on the thread."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from depthwork.patterns.overview import patterns
from depthwork.practice.casework.queries import hours_of
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.models import (
    Adjunct,
    Break,
    Ending,
    FollowUp,
    FrameEvent,
    LifeEvent,
    Session,
    Treatment,
)
from depthwork.reports.charts import thread_data as draw
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.thread import thread_chart

MISSED = ("missed_notice", "missed_no_notice", "cancelled_by_client", "cancelled_by_clinician")
ANSWERED = {"done": True, "unanswered": False, "declined": False}
ROW = {"past": "then", "current": "now", "therapist": "here"}


def picture(
    treatment: Treatment, sessions: list[Session], *, lines: tuple[draw.MeasureLine, ...] = ()
) -> Chart | None:
    """Beads and gaps, what came from outside, strain and repair, dreams, what was told then, now and here."""
    if not sessions:
        return None
    strains, told = _from_marks(treatment)
    days = {s.id: s.day for s in sessions}
    dreams = Source.objects.filter(treatment=treatment, kind=Source.Kind.DREAM, burned_at=None).values_list(
        "session_id", flat=True
    )
    return thread_chart(
        draw.Thread(
            key=f"t{treatment.pk.hex[:8]}",
            title="The thread",
            hours=tuple(_bead(s) for s in sessions),
            happenings=_happenings(treatment),
            aways=tuple(
                draw.Away(b.from_date, b.to_date, b.reason or "break")
                for b in Break.objects.filter(treatment=treatment).order_by("from_date")
            ),
            strains=strains,
            dreams=tuple(
                draw.Dream(on=days[d], words="dream")
                for d in sorted((d for d in dreams if d in days), key=days.__getitem__)
            ),
            told=told,
            lines=lines,
            follow_ups=tuple(
                draw.FollowUp(f.months, ANSWERED.get(f.answer))
                for f in FollowUp.objects.filter(treatment=treatment).order_by("months")
            ),
            ends_on=Ending.objects.filter(treatment=treatment).values_list("on", flat=True).first(),
        )
    )


def _bead(s: Session) -> draw.Hour:
    missed = s.status in MISSED
    state = (
        "planned" if s.status == "planned" else "missed" if missed else "late" if s.late_minutes else "held"
    )
    words = (
        f"{s.late_minutes} minutes late" if s.late_minutes else str(s.get_status_display()) if missed else ""
    )
    return draw.Hour(
        on=s.day,
        state=state,
        number=s.number,
        share=max(0.0, 1 - s.late_minutes / s.length_minutes) if s.status == "held" else 1.0,
        words=words,
        href=hour_url(s) if s.status == "held" else "",
    )


def _happenings(treatment: Treatment) -> tuple[draw.Happening, ...]:
    found = [
        draw.Happening(on=e.on, kind="life", words=_short(e.words))
        for e in LifeEvent.objects.filter(treatment=treatment)
    ]
    found += [
        draw.Happening(
            on=a.on,
            kind="medication" if a.kind == Adjunct.Kind.MEDICATION else "adjunct",
            words=_short(a.what),
        )
        for a in Adjunct.objects.filter(treatment=treatment)
    ]
    found += [
        draw.Happening(on=f.on, kind="frame", words=f.kind)
        for f in FrameEvent.objects.filter(treatment=treatment)
    ]
    return tuple(sorted(found, key=lambda h: h.on))


def _from_marks(treatment: Treatment) -> tuple[tuple[draw.Strain, ...], tuple[draw.Told, ...]]:
    """Strain and episodes from confirmed codes only."""
    found = patterns(hours_of(treatment))
    strains = []
    hours = [h for h in found.strain.hours if h.date is not None]
    for hour in hours:
        if hour.strains:
            strains.append(draw.Strain(on=hour.date, repaired_on=_mended_on(hour, hours)))
    core = {
        (part, code)
        for part, code in (found.ccrt.core.codes if found.ccrt.core else {}).items()
        if code and part != "wish"
    }
    told = [
        draw.Told(
            on=one.hour.date,
            sphere=ROW[one.episode.sphere],
            as_ever=any(c.key in core for c in one.episode.components),
        )
        for one in found.told.counted
        if one.hour.date is not None and one.episode.sphere in ROW and core
    ]
    return tuple(strains), tuple(told)


def _mended_on(hour: Any, hours: list[Any]) -> Any:
    """The day of the first repair at or after a strain, if one is said."""
    if hour.mended:
        return hour.date
    later = [h for h in hours if h.hour > hour.hour and (h.loose_repairs or h.mended)]
    return later[0].date if later else None


def _short(words: str | None, limit: int = 44) -> str:
    words = (words or "").strip()
    return words if len(words) <= limit else words[: limit - 1].rsplit(" ", 1)[0] + "…"


def hour_url(session: Session) -> str:
    """The page of an hour, if that room is there."""
    try:
        return reverse("casework:hour", args=[session.id])
    except NoReverseMatch:
        return ""
