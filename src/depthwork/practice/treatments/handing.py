"""Reads of what changes hands: proposals to and from a person, what may be read on, and clients without a clinician."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.practice.config.dates import in_words
from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.treatments.calendar import overlaps
from depthwork.practice.treatments.consents import today_at
from depthwork.practice.treatments.models import Client, Handover, Leaving, Session, Treatment
from depthwork.practice.treatments.queries import landing_name
from depthwork.practice.vault.errors import NoKey, Tampered
from depthwork.practice.vault.models import Compartment
from depthwork.practice.vault.unlocked import current

LATELY = timedelta(days=14)  # a proposal that was declined stands this long on Today
S = Handover.State


def handover_named(handover_id: UUID) -> Handover | None:
    """A handover by id, for the policy to judge."""
    return (
        Handover.objects.select_related("client__practice", "treatment__client__practice", "giver", "to")
        .filter(id=handover_id)
        .first()
    )


def is_somebody_elses(person: Person, permission: Permission, row: Any) -> bool:
    """Of all clinicians only the one to whom it was proposed sees a proposal."""
    return permission == Permission.TAKE_OVER and getattr(row, "to_id", None) != person.id


def open_handover(treatment: Treatment) -> Handover | None:
    """The proposal that stands, taken or not."""
    rows = Handover.objects.select_related("client__practice", "giver", "to")
    return rows.filter(treatment=treatment, state__in=Handover.OPEN).first()


def own_notes_open_to(reader: Person, client: Any) -> Q:
    """Which writers' own notes of a client a reader may see: theirs, and of whoever gave them along with the course."""
    given = Handover.objects.filter(client=client, to=reader, own_notes=True, state=S.DONE)
    return Q(created_by=reader) | Q(created_by__in=given.values("giver"))


def reads_own_words(reader: Person, hour: Session) -> bool:
    """Whether what a clinician wrote of an hour for themselves is open to a reader: their hour, or given along."""
    if hour.clinician_id == reader.id:
        return True
    given = Handover.objects.filter(client=hour.client_id, to=reader, giver=hour.clinician_id, state=S.DONE)
    return given.filter(own_notes=True).exists()


@dataclass(frozen=True, slots=True)
class HandLine:
    """One handover as Today says it. `called` is None where the name does not open."""

    id: UUID
    client_id: UUID
    called: str | None
    kind: str  # offered, coming, given, declined, reading
    state: str
    from_day: date
    other: str
    reads_until: date | None
    answer: str  # of whoever declined


def handovers_of(person: Person, *, today: date) -> list[HandLine]:
    """What was proposed to a person, what they proposed, and what they may read on; one query."""
    rows = (
        Handover.objects.filter(
            Q(to=person, state__in=Handover.OPEN)
            | Q(giver=person, state__in=Handover.OPEN)
            | Q(giver=person, state=S.DECLINED, closed_at__date__gte=today - LATELY)
            | Q(giver=person, state=S.DONE, reads_until__gte=today)
        )
        .order_by("from_day")
        .values_list(
            "id", "client_id", "client__called", "to_id", "state", "from_day", "giver__display_name",
            "to__display_name", "reads_until", "said",
        )
    )  # fmt: skip
    called, words, found = Client._meta.get_field("called"), Handover._meta.get_field("said"), []
    for id, client, cell, to, state, day, giver, taker, until, box in rows:
        mine = to == person.id
        kind = ("offered" if state == S.PROPOSED else "coming") if mine else _GIVEN[state]
        said, answer = None, ""
        if current().holds(client, Compartment.ADMINISTRATION):
            with suppress(
                NoKey, Tampered
            ):  # keys that were exchanged since: the page of the proposal says so
                said = landing_name(called.open_value(cell, owner=client, row=client), person)
                if kind == "declined":
                    answer = (words.open_value(box, owner=client, row=id) or {}).get("answer", "")
        found.append(HandLine(id, client, said, kind, state, day, giver if mine else taker, until, answer))
    return found


_GIVEN = {S.PROPOSED: "given", S.TAKEN: "given", S.DECLINED: "declined", S.DONE: "reading"}


def hours_without_a_word(treatment: Treatment, person: Person) -> Iterable[tuple[str, str]]:
    """Hours that are over and of which nobody said what became of them; and hours to come that lie on others."""
    today, frame = (
        today_at(treatment.client.practice),
        reverse("treatments:frame", args=[treatment.client_id]),
    )
    planned = list(
        Session.objects.filter(treatment=treatment, status=Session.Status.PLANNED).order_by("starts_at")
    )
    silent = sum(hour.day < today for hour in planned)
    if silent:
        said = ngettext(
            "%(n)s hour is over, and nobody said what became of it.",
            "%(n)s hours are over, and nobody said what became of them.",
            silent,
        )
        yield said % {"n": silent}, frame
    for hour in meets(planned, person)[:3]:
        said = _("The hour of %(day)s at %(time)s lies on another of yours.")
        yield said % {"day": in_words(hour.day), "time": in_words(hour.wall_time, "H:i")}, frame


def meets(planned: Iterable[Session], person: Person) -> list[Session]:
    """Which of these hours to come share a minute with hours of a person's own; one query."""
    coming = list(planned)
    if not coming:
        return []
    own = list(
        Session.objects.filter(
            clinician=person,
            status=Session.Status.PLANNED,
            day__range=(coming[0].day - timedelta(days=1), coming[-1].day + timedelta(days=1)),
        ).exclude(treatment=coming[0].treatment_id)
    )
    return [
        hour
        for hour in coming
        if any(
            overlaps(hour.starts_at, hour.length_minutes, other.starts_at, other.length_minutes)
            for other in own
        )
    ]


@dataclass(frozen=True, slots=True)
class Without:
    """A course under way whose clinician is not there from a day on (None: now)."""

    client_id: UUID
    name: str
    from_day: date | None
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class Gone:
    """A clinician who leaves or has left, and the courses that nobody goes on with yet."""

    person: Person
    leaving: Leaving | None
    courses: tuple[Without, ...]


def without_clinician(manager: Person) -> list[Gone]:
    """For the office: whose courses have no clinician from a day on; four queries. Names only where they open."""
    here = manager.practice_id
    leaving = {row.person_id: row for row in Leaving.objects.filter(practice=here)}
    people = [
        one
        for one in Person.objects.filter(practice_id=here, client=None).order_by("display_name")
        if one.id in leaving or not one.is_active or not one.has_role(Role.CLINICIAN)
    ]
    rows = list(
        Treatment.objects.filter(client__practice_id=here, clinician__in=people)
        .exclude(state=Treatment.State.ENDED)
        .values_list("id", "client_id", "client__name", "clinician_id")
    )
    asked = Handover.objects.filter(treatment__in=[row[0] for row in rows], state__in=Handover.OPEN)
    standing = {treatment: (state, day) for treatment, state, day in asked.values_list("treatment", "state", "from_day")}  # fmt: skip
    found = []
    for one in people:
        row = leaving.get(one.id)
        first = row.last_day + timedelta(days=1) if row and one.is_active else None
        courses = []
        for treatment, client, cell, clinician in rows:
            state, day = standing.get(treatment, ("", None))
            goes_on = state == S.TAKEN and (first is None or day <= first)
            if clinician == one.id and not goes_on:
                courses.append(Without(client, _name(client, cell), first, state == S.PROPOSED))
        if courses or row is not None:
            found.append(Gone(one, row, tuple(sorted(courses, key=lambda c: c.name.casefold()))))
    return found


def _name(client: UUID, cell: Any) -> str:
    if not current().holds(client, Compartment.ADMINISTRATION):
        return _("client %(code)s") % {"code": client.hex[:6]}
    field = Client._meta.get_field("name")
    return str(field.open_value(cell, owner=client, row=client) or "?")


def asked_who_goes_on(person: Person) -> tuple[Leaving | None, list[tuple[UUID, str]]]:
    """Whether the office asked a clinician, and the courses of theirs that were proposed to nobody yet."""
    row = Leaving.objects.filter(person=person, asked_at__isnull=False).first()
    if row is None:
        return None, []
    called = Client._meta.get_field("called")
    rows = (
        Treatment.objects.filter(clinician=person)
        .exclude(state=Treatment.State.ENDED)
        .exclude(handovers__state__in=Handover.OPEN)
        .values_list("client_id", "client__called")
    )
    return row, [
        (client, landing_name(called.open_value(cell, owner=client, row=client), person))
        for client, cell in rows
        if current().holds(client, Compartment.ADMINISTRATION)
    ]
