"""Reads of the course of treatments, always scoped to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Cast, Coalesce

from depthwork.practice.config.at_once import Look, look
from depthwork.practice.config.names import named
from depthwork.practice.config.prepared import prepared
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.chosen import chosen_course
from depthwork.practice.treatments.models import (
    Adjunct,
    Break,
    Client,
    Consent,
    FollowUp,
    FrameEvent,
    Goal,
    LifeEvent,
    Session,
    Treatment,
)


def landing_name(called: str | None, person: Person) -> str:
    """How a page that opens first names a client: as they are called, or by initials where the practice chose so."""
    if person.practice.initials_only:
        return named("".join(f"{word[0]}." for word in (called or "").split()[:3]) or "?")
    return called or "?"


def clients_for(person: Person) -> QuerySet[Client]:
    """Clients a person takes part in treating now; a manager sees those of the practice."""
    rows = Client.objects.filter(practice_id=person.practice_id)
    return rows.filter(_in_reach("id", person))


def _in_reach(column: str, person: Person) -> Q:
    """Whether a client's id in this column is one that the person takes part in treating, or manages."""
    from django.utils import timezone

    now = Involvement.objects.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()), person=person)
    let_in = ~Q(**{f"{column}__in": now.filter(part=Part.DENIED).values("client")})
    if person.has_role("manager") and not person.has_role("clinician"):
        return let_in
    return Q(**{f"{column}__in": now.exclude(part__in=[Part.DENIED, Part.FORMER]).values("client")}) & let_in


def client_named(client_id: UUID) -> Client | None:
    """A client by id, for the policy to judge."""
    return Client.objects.select_related("practice").filter(id=client_id).first()


def session_named(session_id: UUID) -> Session | None:
    """An hour by id, for the policy to judge."""
    return Session.objects.select_related("client__practice", "treatment").filter(id=session_id).first()


def treatment_named(treatment_id: UUID) -> Treatment | None:
    """A treatment by id, for the policy to judge."""
    return Treatment.objects.select_related("client__practice", "clinician").filter(id=treatment_id).first()


def goal_named(goal_id: UUID) -> Goal | None:
    """A goal by id, for the policy to judge."""
    return Goal.objects.select_related("client__practice", "treatment").filter(id=goal_id).first()


def adjunct_named(adjunct_id: UUID) -> Adjunct | None:
    """What stands beside a therapy, by id, for the policy to judge."""
    return Adjunct.objects.select_related("client__practice", "treatment").filter(id=adjunct_id).first()


def event_named(event_id: UUID) -> LifeEvent | None:
    """An event of a life by id, for the policy to judge."""
    return LifeEvent.objects.select_related("client__practice", "treatment").filter(id=event_id).first()


def current_treatment(client: Client) -> Treatment | None:
    """The course that lies open: the one chosen in this sign-in, else the one under way, else the last one."""
    rows = Treatment.objects.filter(client=client).select_related("client__practice", "clinician", "ending")
    chosen = chosen_course(client.id)
    if chosen is not None and (found := rows.filter(pk=chosen).first()) is not None:
        return found
    return _present_first(rows).first()


def present_treatment(client: Client) -> Treatment | None:
    """The course under way, or the last one, whichever lies open."""
    return _present_first(Treatment.objects.filter(client=client)).first()


def _present_first(rows: QuerySet[Treatment]) -> QuerySet[Treatment]:
    is_over = Case(When(state=Treatment.State.ENDED, then=1), default=0)
    return rows.order_by(is_over, "-starts_on", "-created_at")


def course_named(client_id: UUID, treatment_id: UUID) -> Treatment | None:
    """A course of a client by id, for the policy to judge."""
    return (
        Treatment.objects.select_related("client__practice")
        .filter(id=treatment_id, client_id=client_id)
        .first()
    )


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One treatment of a caseload as the database gives it; the name is opened in memory."""

    client_id: UUID
    treatment_id: UUID
    called: str
    format: str
    state: str
    hours_agreed: int | None
    starts_on: date
    held: int
    last_day: date | None
    missed: int
    break_from: date | None  # the break under way or the next one, and when the client was told of it
    break_told: date | None
    frame_on: date | None  # the last change of the frame


def _is_missed() -> Func:
    """A missed hour, with its states in the words of the query: a kept plan then finds the index of missed hours."""
    states = ", ".join(f"'{state.value}'" for state in Session.MISSED)
    return Func(F("status"), template=f"%(expressions)s IN ({states})", output_field=BooleanField())


def _both(one: Any, other: Any) -> Func:
    """Two values of a row as one text, so that a row is looked up once."""
    return Func(one, other, template="(%(expressions)s)", arg_joiner=" || ' ' || ", output_field=TextField())


def caseload_rows(person: Person, *, today: date) -> QuerySet[Treatment, tuple[Any, ...]]:
    """The lines of a caseload as the database gives them: one query, names sealed.

    Held hours are numbered without a gap (`number_hours`): the last one's number is their count, so that of a
    treatment of years one row is read. `exclude` of what is out of reach, and not `filter` of what is in it: that
    PostgreSQL would join, which looks up each client twice.
    """
    own = Session.objects.filter(treatment=OuterRef("pk")).order_by()
    last = own.filter(number__isnull=False).order_by("-number")
    missed = own.filter(_is_missed()).values("treatment").annotate(n=Count("*")).values("n")
    told = Coalesce(Cast("announced_on", TextField()), Value(""))
    away = Break.objects.filter(treatment=OuterRef("pk"), to_date__gte=today).order_by("from_date")
    event = FrameEvent.objects.filter(treatment=OuterRef("pk"), on__lte=today).order_by("-on")
    return (
        Treatment.objects.filter(clinician=person, client__practice_id=person.practice_id)
        .exclude(~_in_reach("client_id", person))
        .annotate(
            last=Subquery(last.values(both=_both("number", "day"))[:1]),
            missed=Coalesce(Subquery(missed), 0),
            away=Subquery(away.values(both=_both("from_date", told))[:1]),
            changed=Subquery(event.values("on")[:1]),
        )
        .values_list(
            "client_id", "id", "client__called", "format", "state", "hours_agreed", "starts_on", "last", "missed",
            "away", "changed",
        )
    )  # fmt: skip


def caseload_of(person: Person, *, today: date) -> list[CaseLine]:
    """The treatments of a clinician, one query; names opened with the keys at hand."""
    called = Client._meta.get_field("called")
    lines = []
    for client, treatment, name, *agreed, last, missed, away, changed in prepared(
        caseload_rows(person, today=today)
    ):
        held, day = last.split(" ") if last else ("0", "")
        pause, told = away.split(" ") if away else ("", "")
        said = landing_name(called.open_value(name, owner=client, row=client), person)
        lines.append(
            CaseLine(client, treatment, said, *agreed, int(held), _day(day), missed, _day(pause), _day(told), changed)
        )  # fmt: skip
    return sorted(lines, key=lambda line: (line.state == "ended", line.called.casefold()))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class DayLine:
    """One hour of a day."""

    session_id: UUID
    client_id: UUID
    treatment_id: UUID
    called: str
    day: date
    starts_at: datetime
    wall_time: object
    length_minutes: int
    status: str
    number: int | None
    place: str
    format: str
    hours_agreed: int | None
    starts_on: date
    brief_page: bool
    held: int  # hours of the treatment so far


def hours_on(person: Person, day: date) -> list[DayLine]:
    """A clinician's hours of one day, in order; one query."""
    return _day_lines(
        Session.objects.filter(clinician=person, day=day, client__in=clients_for(person)), person
    )


def _day_lines(found: QuerySet[Session], person: Person) -> list[DayLine]:
    called = Client._meta.get_field("called")
    top = Session.objects.filter(treatment=OuterRef("treatment"), number__isnull=False).order_by("-number")
    found = found.annotate(held=Coalesce(Subquery(top.values("number")[:1]), 0))
    rows = found.order_by("starts_at").values_list(
        "id",
        "client_id",
        "treatment_id",
        "client__called",
        "day",
        "starts_at",
        "wall_time",
        "length_minutes",
        "status",
        "number",
        "place",
        "treatment__format",
        "treatment__hours_agreed",
        "treatment__starts_on",
        "treatment__brief_page",
        "held",
    )
    return [
        DayLine(*row[:3], landing_name(called.open_value(row[3], owner=row[1], row=row[1]), person), *row[4:])
        for row in rows
    ]


def look_at_last_lines(clients: list[UUID], *, before: date) -> Look[dict[UUID, tuple[int | None, str]]]:
    """Each client's last kept line before a day, opened in memory."""
    field = Session._meta.get_field("kept_line")
    own = Session.objects.filter(client=OuterRef("pk"), day__lt=before, kept_line__isnull=False)
    newest = Subquery(own.order_by("-day", "-starts_at").values("pk")[:1])
    last = Client.objects.filter(id__in=clients).annotate(last=newest).values("last")

    @look(Session.objects.filter(id__in=last).values_list("client_id", "id", "number", "kept_line"))
    def read(told: list[tuple[Any, ...]]) -> dict[UUID, tuple[int | None, str]]:
        return {
            client: (number, field.open_value(cell, owner=client, row=hour))
            for client, hour, number, cell in told
        }

    return read


def next_day_with_hours(person: Person, *, after: date) -> date | None:
    """The next day on which a clinician has an hour."""
    rows = Session.objects.filter(clinician=person, day__gt=after, status=Session.Status.PLANNED)
    return rows.order_by("day").values_list("day", flat=True).first()


def hours_of_the_desk(person: Person, day: date, *, before: date) -> tuple[list[DayLine], list[DayLine]]:
    """The hours of one day, and planned ones of the last four weeks of which nobody said what became of them.

    One query for both.
    """
    silent = Q(day__lt=before, day__gte=before - timedelta(weeks=4), status=Session.Status.PLANNED)
    rows = Session.objects.filter(Q(day=day) | silent, clinician=person, client__in=clients_for(person))
    lines = _day_lines(rows, person)
    since = before - timedelta(weeks=4)
    return (
        [line for line in lines if line.day == day],
        [line for line in lines if line.status == Session.Status.PLANNED and since <= line.day < before],
    )


@dataclass(frozen=True, slots=True)
class AfterLine:
    """A follow-up that was agreed and whose day has come."""

    id: UUID
    client_id: UUID
    called: str
    months: int
    due_on: date


def follow_ups_due(person: Person, *, on: date) -> list[AfterLine]:
    """Follow-ups of a clinician's ended treatments that are to be asked now; one query."""
    return look_at_follow_ups(person, on=on).now()


def look_at_follow_ups(person: Person, *, on: date) -> Look[list[AfterLine]]:
    """The same, to be asked together with what else a page wants to know.

    A declined one is not there, nor any of a client whose yes to being asked has run out.
    """
    called = Client._meta.get_field("called")
    over = Consent.objects.filter(
        client=OuterRef("client"),
        purpose=Consent.Purpose.FOLLOW_UP,
        person=None,
        revoked_at=None,
        replaced_at=None,
        ends_on__lt=on,
    )
    rows = (
        FollowUp.objects.filter(
            treatment__clinician=person,
            treatment__state=Treatment.State.ENDED,
            client__in=clients_for(person),
            answer=FollowUp.Answer.AGREED,
            due_on__lte=on,
        )
        .exclude(Exists(over))
        .values_list("id", "client_id", "client__called", "months", "due_on")
    )

    @look(rows)
    def read(told: list[tuple[Any, ...]]) -> list[AfterLine]:
        return [
            AfterLine(
                *row[:2], landing_name(called.open_value(row[2], owner=row[1], row=row[1]), person), *row[3:]
            )
            for row in sorted(told, key=itemgetter(4))
        ]

    return read
