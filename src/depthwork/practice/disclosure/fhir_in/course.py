"""The client, the treatments, their hours, goals and plans, as rows by column name."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from depthwork.interchange.fhir import facts as f
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.fhir_in.names import Names, day_of, now, wall_time_of, zone_named
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client, Goal


def client_row(fact: f.ClientFact, id: UUID, by: Person) -> dict[str, Any]:
    more = dict(fact.more)
    born: Any = fact.born or None
    if more.get("born_is_year") and fact.born.isdigit():
        born = int(fact.born)
    details = {"born": born, **(more.get("details") or {})}
    contact = {**(more.get("contact") or {})}
    contact |= {name: getattr(fact, name) for name in ("phone", "email", "address") if getattr(fact, name)}
    state = more.get("state") if more.get("state") in Client.State.values else None
    return {
        "id": id, "practice_id": by.practice_id, "name": fact.name, "called": fact.called or fact.name.split()[0],
        "state": state or (Client.State.ACTIVE if fact.active else Client.State.ENDED), "details": details,
        "contact": contact, "created_at": now(), "version": 1,
    }  # fmt: skip


def course_row(
    fact: f.CourseFact, names: Names, client: UUID, people: dict[str, UUID], by: Person
) -> dict[str, Any]:
    hours = fact.more.get("hours_agreed")
    is_brief = fact.more.get("format") == "brief" and isinstance(hours, int) and hours > 0
    return {
        "id": names.of(fact.id), "client_id": client, "clinician_id": _theirs(fact.clinician, people, by),
        "state": fact.state, "format": "brief" if is_brief else "open_ended", "hours_agreed": hours if is_brief else None,
        "starts_on": fact.starts_on, "focus": fact.focus or None, "created_at": now(),
    }  # fmt: skip


def _theirs(id: str, people: dict[str, UUID], by: Person) -> UUID:
    """The one who takes a treatment in is its clinician from now on, unless the clinician works here."""
    found = people.get(id)
    here = (
        Person.objects.filter(id=found, practice_id=by.practice_id, is_active=True).exists()
        if found
        else False
    )
    return found if found is not None and here else by.id


def hour_rows(
    facts: tuple[f.HourFact, ...],
    names: Names,
    client: UUID,
    people: dict[str, UUID],
    by: Person,
    course: Any,
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    zone = ZoneInfo(by.practice.time_zone)
    held = sorted((one for one in facts if one.status == "held"), key=lambda one: one.starts_at)
    number_of = _counted(held, course)
    for one in facts:
        local = one.starts_at.astimezone(zone)
        more = one.more
        rows.append({
            "id": names.of(one.id), "client_id": client, "treatment_id": course(one.course),
            "clinician_id": _theirs(one.clinician, people, by) if one.status == "planned"
            else people.get(one.clinician, by.id),
            "day": day_of(more.get("day"), local.date()), "wall_time": wall_time_of(more.get("wall_time"), local.time()),
            "zone": zone_named(more.get("zone"), by.practice.time_zone), "starts_at": one.starts_at,
            "length_minutes": one.length_minutes, "place": one.place[:8], "status": one.status,
            "number": number_of.get(one.id), "late_minutes": int(more.get("late_minutes") or 0),
            "started_at": one.started_at if one.status == "held" else None,
            "stopped_at": one.stopped_at if one.status == "held" else None, "created_at": now(),
        })  # fmt: skip
    return rows


def goal_row(fact: f.GoalFact, names: Names, client: UUID, course: Any) -> dict[str, Any]:
    return {
        "id": names.of(fact.id), "client_id": client, "treatment_id": course(fact.course), "is_own": fact.is_own,
        "aim": fact.aim if fact.aim in Goal.Aim.values else "", "words": fact.words, "closed_on": fact.closed_on,
        "order": int(fact.more.get("order") or 0),
    }  # fmt: skip


def rating_rows(fact: f.GoalFact, names: Names, client: UUID) -> list[dict[str, Any]]:
    rows, seen = [], set()
    for one in fact.ratings:
        day, who, value = day_of(one.get("on"), date.min), one.get("by"), one.get("value")
        if who not in ("client", "clinician") or day == date.min or (day, who) in seen:
            raise DisclosureError(_("a rating of a goal has no day or nobody who gave it, or stands twice"))
        seen.add((day, who))
        rows.append({
            "id": uuid.uuid4(), "client_id": client, "goal_id": names.of(fact.id), "on": day, "by": who, "value": value,
            "session_id": names.of(str(one.get("hour") or "")),
        })  # fmt: skip
    return rows


def plan_rows(
    facts: tuple[f.PlanFact, ...], names: Names, client: UUID, people: dict[str, UUID], course: Any
) -> list[dict[str, Any]]:
    in_order = sorted(facts, key=lambda plan: (plan.from_date, plan.number))
    number_of = _counted(in_order, course)
    return [
        {
            "id": names.of(one.id), "client_id": client, "treatment_id": course(one.course),
            "number": number_of[one.id], "from_date": one.from_date, "words": dict(one.parts),
            "created_at": one.created_at, "created_by_id": people.get(one.author),
        }
        for one in in_order
    ]  # fmt: skip


def _counted(in_order: list[Any], course: Any) -> dict[str, int]:
    """The number of each among those of its treatment: as they came if all have one and none twice, else by order."""
    groups: dict[Any, list[Any]] = {}
    for one in in_order:
        groups.setdefault(course(one.course), []).append(one)
    numbers: dict[str, int] = {}
    for group in groups.values():
        given = [one.number or 0 for one in group]
        is_counted = min(given) > 0 and len(set(given)) == len(given)
        numbers |= {one.id: given[at] if is_counted else at + 1 for at, one in enumerate(group)}
    return numbers
