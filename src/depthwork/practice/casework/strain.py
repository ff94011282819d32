"""Strain that somebody marked and nobody marked as repaired, for many treatments at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from depthwork.patterns.hours import Hour
from depthwork.patterns.hours import Treatment as Coded
from depthwork.patterns.strain import left_open, strain_over
from depthwork.practice.casework.bridge import mark_from
from depthwork.practice.casework.models import MarkRow
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.errors import Burned, NoKey

HOURS: Final = 12  # as on the page before the hour: an older strain is a pattern and stands there
BACK: Final = timedelta(weeks=26)


@dataclass(frozen=True, slots=True)
class OpenStrain:
    """The hour of a treatment whose strain still stands open."""

    client_id: UUID
    treatment_id: UUID
    session_id: UUID
    number: int
    on: date


def open_strains(person: Person, *, today: date) -> list[OpenStrain]:
    """Of a clinician's treatments under way those with an open strain, the latest first; one query.

    Marks of each treatment's last twelve marked hours are opened, and no other.
    """
    rows = (
        MarkRow.objects.filter(
            treatment__clinician=person,
            client__in=clients_for(person),
            session__number__isnull=False,
            session__day__gte=today - BACK,
            source__burned_at=None,
            status__in=["confirmed", "edited"],
        )
        .exclude(treatment__state=Treatment.State.ENDED)
        .order_by("session__number")
        .values_list(
            "id", "client_id", "source_id", "status", "body", "treatment_id", "session_id", "session__number",
            "session__day",
        )
    )  # fmt: skip
    courses: dict[UUID, dict[UUID, list[tuple[Any, ...]]]] = {}
    for row in rows:
        courses.setdefault(row[5], {}).setdefault(row[6], []).append(row)
    found = []
    for course in courses.values():
        hours = list(course.items())[-HOURS:]
        waiting = left_open(strain_over(Coded([_hour(session, kept) for session, kept in hours])))
        at = next((kept[0] for _s, kept in hours if waiting is not None and kept[0][7] == waiting.hour), None)
        if at is not None:
            found.append(OpenStrain(at[1], at[5], at[6], at[7], at[8]))
    return sorted(found, key=lambda one: one.on, reverse=True)


def _hour(session: UUID, kept: list[tuple[Any, ...]]) -> Hour:
    cell, marks = MarkRow._meta.get_field("body"), []
    for pk, client, source, status, sealed, *_rest in kept:
        try:
            body = cell.open_value(sealed, owner=client, row=pk, item=source)
        except (NoKey, Burned):  # taken back, or burned, since the page was opened
            continue
        marks.append(mark_from(id=pk, source_id=source, status=status, body=body))
    return Hour(str(session), kept[0][7], kept[0][8], None, "notes", tuple(marks))
