"""What stands in a client's own place: their own forms, goals, hours, agreements. Nothing of the process notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.measures import MeasureError, measure
from depthwork.practice.audit.models import Event
from depthwork.practice.config.at_once import Look, look
from depthwork.practice.config.dates import in_words
from depthwork.practice.people.models import Person
from depthwork.practice.portal.models import Opening, Thought
from depthwork.practice.tracking.courses import courses, drawn
from depthwork.practice.tracking.models import Request
from depthwork.practice.tracking.queries.answers import asked_of, open_requests
from depthwork.practice.tracking.queries.due import shown_to
from depthwork.practice.treatments.consents import open_answers, today_at
from depthwork.practice.treatments.emergencies import Told, opened_for
from depthwork.practice.treatments.handing import open_handover
from depthwork.practice.treatments.models import (
    Break,
    Client,
    Consent,
    Frame,
    Goal,
    GoalRating,
    Session,
    Treatment,
)
from depthwork.practice.treatments.queries import clients_for, landing_name, present_treatment
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
    goals: tuple[OwnGoal, ...]  # the client's own, of the treatment under way
    may_hope: bool
    hours: tuple[Session, ...]
    breaks: tuple[Break, ...]  # that the client was told of, with who covers
    link: str  # of hours by telephone or video
    agreed: tuple[Consent, ...]
    plan: list[tuple[str, list[str]]]
    opened: tuple[Told, ...]  # without the therapist, in an emergency
    opening: Opening | None
    waiting: int
    treats: str = ""  # with whom the hours are
    next_treats: tuple[str, date] | None = None  # and with whom from a day on, once a colleague has taken it

    @property
    def named(self) -> list[tuple[Request, str]]:
        """Each form with the name it has: a day says nothing of what is asked."""
        return [(row, _named(row)) for row in self.forms]


def _named(row: Request) -> str:
    try:
        return _(measure((row.what or {}).get("measure", "")).name)
    except MeasureError:
        return ""


def own_place(client: Client) -> Place:
    """Everything of the page, opened with the client's own keys; NoKey while nobody let them in."""
    now = datetime.now(UTC)
    forms = tuple(
        row
        for row in open_requests(client.id, mode=Request.Mode.PLACE)
        if row.expires_at is None or row.expires_at > now
    )
    treatment = present_treatment(client)
    goes_on = treatment is not None and treatment.state != Treatment.State.ENDED
    goals = (
        list(Goal.objects.filter(treatment=treatment, is_own=True, closed_on=None).order_by("order"))
        if goes_on
        else []
    )
    ratings: dict[Any, list[GoalRating]] = {}
    for one in GoalRating.objects.filter(goal__in=goals).order_by("-on"):
        ratings.setdefault(one.goal_id, []).append(one)
    str(client.called)  # opens, or says NoKey
    for row in goals:
        str(row.words)
    return Place(
        forms=forms,
        may_hope=goes_on,
        goals=tuple(OwnGoal(row, tuple(ratings.get(row.id, ()))) for row in goals),
        hours=tuple(
            Session.objects.filter(client=client, status=Session.Status.PLANNED, starts_at__gte=now).order_by(
                "starts_at"
            )[:8]
        ),
        breaks=tuple(breaks_told(client)),
        link=_link(client),
        agreed=_agreed(client),
        plan=own_plan(client),
        opened=tuple(opened_for(client.id, now=now)),
        opening=Opening.objects.filter(client=client).first(),
        waiting=Thought.objects.filter(client=client, box__isnull=False).count(),
        treats=treatment.clinician.display_name if treatment is not None and goes_on else "",
        next_treats=_next(treatment) if treatment is not None and goes_on else None,
    )


def _agreed(client: Client) -> tuple[Consent, ...]:
    """The answers in the order in which they are asked for: the treatment first."""
    asked = [str(purpose) for purpose in Consent.Purpose]
    return tuple(
        sorted(open_answers(client), key=lambda row: (asked.index(row.purpose), row.person_id is not None))
    )


def _next(treatment: Treatment) -> tuple[str, date] | None:
    """Who treats from a day on, once they have taken it."""
    row = open_handover(treatment)
    return (row.to.display_name, row.from_day) if row is not None and row.state == row.State.TAKEN else None


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


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much a client left for the hour, unread."""

    client_id: UUID
    called: str
    n: int


def waiting_for(person: Person) -> list[Waiting]:
    """What clients of a clinician left for the hour; one query, and none of the words."""
    return look_at_what_waits(person).now()


def look_at_what_waits(person: Person) -> Look[list[Waiting]]:
    """The same, to be asked together with what else a page wants to know."""
    called = Client._meta.get_field("called")
    rows = (
        Thought.objects.filter(
            box__isnull=False,
            client__in=clients_for(person).filter(
                id__in=Treatment.objects.filter(clinician=person).values("client")
            ),
        )
        .order_by()
        .values_list("client_id", "client__called")
        .annotate(n=Count("id"))
    )

    @look(rows)
    def read(told: list[tuple[Any, ...]]) -> list[Waiting]:
        return [
            Waiting(client, landing_name(called.open_value(cell, owner=client, row=client), person), n)
            for client, cell, n in sorted(told, key=itemgetter(0))
        ]

    return read


def waits_for_the_hour(client: UUID, day: date) -> list[str]:
    """That something was left, on the page before an hour; the words wait for the hour itself."""
    n = Thought.objects.filter(client_id=client, box__isnull=False).count()
    if not n:
        return []
    said = ngettext(
        "The client left one thing for the hour in their own place; it is read in the hour.",
        "The client left %(n)s things for the hour in their own place; they are read in the hour.",
        n,
    )
    return [said % {"n": n}]


def hoped_lately(client: UUID, day: date) -> list[str]:
    """That the client wrote a hope of their own since; the goals themselves stand beside the treatment."""
    rows = Event.objects.filter(client=client, verb="place.hoped").order_by("n").values_list("utc", flat=True)
    said = _("In their own place the client wrote on %(day)s what they hope for; it stands among the goals.")
    days = sorted({on for on in (date.fromisoformat(utc[:10]) for utc in rows) if day - LATELY < on <= day})
    return [said % {"day": in_words(on)} for on in days]


def hours_to_keep_with(client: Client) -> list[Session]:
    """The hours that a thought may belong to, the latest first: held lately, or soon to come."""
    rows = Session.objects.filter(
        client=client,
        status__in=(Session.Status.HELD, Session.Status.PLANNED),
        starts_at__lte=datetime.now(UTC) + timedelta(days=8),
    )
    return list(rows.order_by("-starts_at")[:16])
