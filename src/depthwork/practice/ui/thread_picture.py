"""The drawing of a treatment, gathered from every room that has something to hang on the thread."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.patterns.overview import Patterns
from depthwork.practice.treatments.consents import today_at
from depthwork.practice.treatments.models import Adjunct, Goal, Session, Treatment
from depthwork.practice.ui.thread_rows import Hanging
from depthwork.reports.charts import thread_data as draw
from depthwork.reports.charts.chart import Chart
from depthwork.reports.charts.thread import thread_chart

MISSED = ("missed_notice", "missed_no_notice", "cancelled_by_client", "cancelled_by_clinician")
ANSWERED = {"done": True, "unanswered": False}
THEMES = 2  # rows of themes; the others stand in Patterns
GOALS = 2  # goals drawn as a line; the others stand on their page
ROW = {"past": "then", "current": "now", "therapist": "here"}


def picture(
    treatment: Treatment,
    sessions: list[Session],
    found: Patterns,
    hanging: Hanging,
    *,
    lines: tuple[draw.MeasureLine, ...] = (),
) -> Chart | None:
    """Beads and gaps, what came from outside, strain and repair, dreams, what was told then, now and here."""
    if not sessions:
        return None
    strains, told = _from_marks(found)
    ending = getattr(treatment, "ending", None)
    ends_on = ending.on if ending is not None else None
    days = {s.id: s.day for s in sessions}
    return thread_chart(
        draw.Thread(
            key=f"t{treatment.pk.hex[:8]}",
            title=_("The thread"),
            hours=tuple(_bead(s) for s in sessions),
            happenings=_happenings(hanging, sessions[0].day, sessions[-1].day),
            aways=tuple(draw.Away(b.from_date, b.to_date, b.reason or _("break")) for b in hanging.breaks),
            strains=strains,
            dreams=tuple(
                draw.Dream(on=days[d], words=_("dream"))
                for d in sorted((d for d in hanging.dreams if d in days), key=days.__getitem__)
            ),
            told=told,
            themes=_themes(found, sessions),
            lines=tuple(
                _within(line, sessions[-1].day + timedelta(weeks=5)) for line in (*lines, *_goals(hanging))
            ),
            own_notes=_own_notes(hanging, days),
            follow_ups=tuple(
                draw.FollowUp(f.months, ANSWERED.get(f.answer), declined=f.answer == "declined")
                for f in sorted(hanging.follow_ups, key=attrgetter("months"))
            ),
            is_over=ends_on is not None and ends_on < today_at(treatment.client.practice),
            ends_on=ends_on,
        )
    )


def _bead(s: Session) -> draw.Hour:
    missed = s.status in MISSED
    state = (
        "planned" if s.status == "planned" else "missed" if missed else "late" if s.late_minutes else "held"
    )
    words = (
        ngettext("%(n)s minute late", "%(n)s minutes late", s.late_minutes) % {"n": s.late_minutes}
        if s.late_minutes
        else str(s.get_status_display())
        if missed
        else ""
    )
    return draw.Hour(
        on=s.day,
        state=state,
        number=s.number,
        share=max(0.0, 1 - s.late_minutes / s.length_minutes) if s.status == "held" else 1.0,
        words=words,
        href=hour_url(s) if s.status != "planned" else "",
    )


def _happenings(hanging: Hanging, first: date, last: date) -> tuple[draw.Happening, ...]:
    near = timedelta(weeks=5)  # what lies further off would press the hours together
    found = [draw.Happening(on=e.on, kind="life", words=_short(e.words)) for e in hanging.life_events]
    found += [
        draw.Happening(
            on=a.on,
            kind="medication" if a.kind == Adjunct.Kind.MEDICATION else "adjunct",
            words=_short(a.what),
        )
        for a in hanging.adjuncts
    ]
    found += [draw.Happening(on=f.on, kind="frame", words=f.said) for f in hanging.frame_events]
    return tuple(sorted((h for h in found if first - near <= h.on <= last + near), key=lambda h: h.on))


def _from_marks(found: Patterns) -> tuple[tuple[draw.Strain, ...], tuple[draw.Told, ...]]:
    """Strain and episodes from confirmed codes only."""
    strains = knots_of(found)
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


def _themes(found: Patterns, sessions: list[Session]) -> tuple[draw.ThemeRow, ...]:
    """The themes that were marked in most hours."""
    days = {s.number: s.day for s in sessions if s.number}
    most = sorted(found.themes, key=lambda theme: (-len(theme.hours), theme.label))[:THEMES]
    rows = [draw.ThemeRow(one.label, tuple(days[n] for n in one.hours if n in days)) for one in most]
    return tuple(row for row in rows if row.on)


def knots_of(found: Patterns) -> list[draw.Strain]:
    """The strains of a treatment, each with its repair."""
    return _knots([h for h in found.strain.hours if h.date is not None])


def _knots(hours: list[Any]) -> list[draw.Strain]:
    """One knot for each strain that an hour was left with, bound at the next hour in which it was repaired.

    A strain that was repaired within its own hour leaves the line smooth; it stands in the hour and in Patterns.
    """
    knots, waiting = [], None
    for hour in hours:
        mended = hour.mended or (not hour.strains and bool(hour.loose_repairs))
        if mended and waiting is not None:
            knots.append(draw.Strain(on=waiting.date, repaired_on=hour.date))
            waiting = None
        elif not mended and hour.strains:
            waiting = hour
    if waiting is not None:
        knots.append(draw.Strain(on=waiting.date))
    return knots


def _goals(hanging: Hanging) -> tuple[draw.MeasureLine, ...]:
    """How near the goals are: the client's own first, as the client said it; the clinician's where they alone did."""
    rated: dict[Any, dict[str, list[tuple[date, float]]]] = {}
    goals: dict[Any, Goal] = {}
    for one in sorted(hanging.ratings, key=attrgetter("on")):
        goals[one.goal_id] = one.goal
        rated.setdefault(one.goal_id, {}).setdefault(one.by, []).append((one.on, float(one.value)))
    ordered = sorted(
        goals.values(), key=lambda goal: (goal.closed_on is not None, not goal.is_own, goal.order)
    )
    found = []
    for goal in ordered[:GOALS]:
        said = "client" if "client" in rated[goal.id] else "clinician"
        points = tuple(rated[goal.id][said])
        found.append(
            draw.MeasureLine(
                _goal(goal),
                _("goal, client") if said == "client" else _("goal, clinician"),
                points,
            )
        )
    return tuple(found)


def _goal(goal: Goal) -> str:
    """The client's own words in quotation marks, as a name: without the stop that closed the sentence."""
    words = _short(goal.words, 90).rstrip(".")
    return _("“%(words)s”") % {"words": words} if goal.is_own else words


def _own_notes(hanging: Hanging, days: dict[Any, date]) -> tuple[draw.OwnNote, ...]:
    """Hours with an own note of whoever looks; there are none unless they asked for the row."""
    return tuple(
        draw.OwnNote(days[hour], reverse("sources:source", args=[id]))
        for id, hour in sorted(hanging.own_notes, key=lambda row: days.get(row[1], date.min))
        if hour in days
    )


def _within(line: draw.MeasureLine, last: date) -> draw.MeasureLine:
    """A measure's line up to the end: what came years later would press the hours together, and has its own page."""
    return replace(
        line,
        points=tuple(point for point in line.points if point[0] <= last),
        unfilled=tuple(point for point in line.unfilled if point[0] <= last),
    )


def _short(words: str | None, limit: int = 44) -> str:
    words = (words or "").strip()
    return words if len(words) <= limit else words[: limit - 1].rsplit(" ", 1)[0] + "…"


def hour_url(session: Session) -> str:
    """The page of an hour, if that room is there."""
    try:
        return reverse("casework:hour", args=[session.id])
    except NoReverseMatch:
        return ""
