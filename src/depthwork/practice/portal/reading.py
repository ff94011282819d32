"""What stands in a client's own place: their own forms, goals, hours, agreements. Nothing of the process notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from depthwork.practice.config.dates import in_words
from depthwork.practice.portal.models import Opening, Thought
from depthwork.practice.tracking.courses import courses, drawn
from depthwork.practice.tracking.models import Request
from depthwork.practice.tracking.queries.answers import asked_of, open_requests
from depthwork.practice.tracking.queries.due import shown_to
from depthwork.practice.treatments.consents import open_answers, today_at
from depthwork.practice.treatments.models import Break, Client, Consent, Frame, Goal, GoalRating, Session
from depthwork.reports.charts.chart import Chart


@dataclass(frozen=True, slots=True)
class OwnGoal:
    """A goal in the client's own words, with their own ratings and the clinician's, last first."""

    row: Goal
    ratings: tuple[GoalRating, ...]

    @property
    def last(self) -> int | None:
        """The client's own last rating."""
        return next((int(one.value) for one in self.ratings if one.by == "client"), None)


@dataclass(frozen=True, slots=True)
class Place:
    """One page."""

    forms: tuple[Request, ...]
    goals: tuple[OwnGoal, ...]
    hours: tuple[Session, ...]
    breaks: tuple[Break, ...]  # that the client was told of, with who covers
    link: str  # of hours by telephone or video
    agreed: tuple[Consent, ...]
    plan: list[tuple[str, list[str]]]
    opening: Opening | None
    waiting: int


def own_place(client: Client) -> Place:
    """Everything of the page, opened with the client's own keys; NoKey while nobody let them in."""
    now = datetime.now(UTC)
    forms = tuple(
        row
        for row in open_requests(client.id, mode=Request.Mode.PLACE)
        if row.expires_at is None or row.expires_at > now
    )
    goals = list(Goal.objects.filter(client=client, closed_on=None).order_by("order"))
    ratings: dict[Any, list[GoalRating]] = {}
    for one in GoalRating.objects.filter(goal__in=goals).order_by("-on"):
        ratings.setdefault(one.goal_id, []).append(one)
    str(client.called)  # opens, or says NoKey
    for row in goals:
        str(row.words)
    return Place(
        forms=forms,
        goals=tuple(OwnGoal(row, tuple(ratings.get(row.id, ()))) for row in goals),
        hours=tuple(
            Session.objects.filter(client=client, status=Session.Status.PLANNED, starts_at__gte=now).order_by(
                "starts_at"
            )[:8]
        ),
        breaks=tuple(breaks_told(client)),
        link=_link(client),
        agreed=tuple(sorted(open_answers(client), key=lambda row: (row.purpose, row.person_id is not None))),
        plan=own_plan(client),
        opening=Opening.objects.filter(client=client).first(),
        waiting=Thought.objects.filter(client=client, box__isnull=False).count(),
    )


def breaks_told(client: Client) -> list[Break]:
    """Breaks under way or to come of which the client was told; nobody learns of one from a page first."""
    rows = Break.objects.filter(
        client=client, announced_on__isnull=False, to_date__gte=today_at(client.practice)
    )
    return list(rows.select_related("cover").order_by("from_date"))


def _link(client: Client) -> str:
    """The number or link of the frame as it stands, where the hours are not in the room."""
    soon = today_at(client.practice) + timedelta(days=7)
    frame = Frame.objects.filter(client=client, from_date__lte=soon).order_by("-from_date").first()
    if frame is None or frame.place == Frame.Place.OFFICE:
        return ""
    return str((frame.terms or {}).get("link") or "")


def own_plan(client: Client) -> list[tuple[str, list[str]]]:
    """The safety plan as the two made it, its latest version, section by section; empty where none was made."""
    try:
        from depthwork.practice.intake.queries import safety_plan_of
        from depthwork.practice.intake.safety_words import HEADS
    except ImportError:  # this practice runs without the room of first conversations
        return []
    plan = safety_plan_of(client)
    parts = (plan.parts or {}) if plan is not None else {}
    return [(str(head), _lines(parts[name])) for name, head in HEADS.items() if parts.get(name)]


def _lines(part: Any) -> list[str]:
    """Lines of a section: plain, or a person with a number."""
    rows = part if isinstance(part, list) else [part]
    return [
        ", ".join(str(value) for value in row.values() if value) if isinstance(row, dict) else str(row)
        for row in rows
    ]


def own_courses(client: Client) -> list[Chart]:
    """The courses that the clinician chose to show; none otherwise."""
    shown = shown_to(client.id)
    if not shown:
        return []
    rows = courses(one for one in asked_of(client.id) if one.measure in shown)
    return [chart for chart in (drawn(row) for row in rows) if chart is not None]


LATELY = timedelta(weeks=3)


def taken_back_lately(client: UUID, day: date) -> list[str]:
    """What a client took back in their own place before an hour: the clinician hears of it on the page before it."""
    rows = Consent.objects.filter(
        client_id=client,
        how=Consent.How.OWN_PLACE,
        is_yes=False,
        revoked_at=None,
        replaced_at=None,
        given_on__gt=day - LATELY,
        given_on__lte=day,
    )
    said = _("In their own place the client took back on %(day)s: %(what)s.")
    return [
        said % {"day": in_words(on), "what": Consent.Purpose(purpose).label}
        for purpose, on in rows.order_by("given_on").values_list("purpose", "given_on")
    ]
