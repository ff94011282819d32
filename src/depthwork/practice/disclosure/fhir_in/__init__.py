"""A record that came as FHIR becomes rows of administration and record. The caller's transaction holds it all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Max

from depthwork.interchange.fhir.bundle import RecordFacts
from depthwork.practice.disclosure.fhir_in.course import (
    client_row,
    course_row,
    goal_row,
    hour_rows,
    plan_rows,
    rating_rows,
)
from depthwork.practice.disclosure.fhir_in.joining import BundleJoining
from depthwork.practice.disclosure.fhir_in.names import Names, put
from depthwork.practice.disclosure.fhir_in.papers import (
    consent_rows,
    kept_here,
    write_answers,
    write_conditions,
    write_documents,
)
from depthwork.practice.disclosure.unpacking import write_stranger
from depthwork.practice.people.models import Person
from depthwork.practice.record.models import PlanVersion
from depthwork.practice.treatments.actions import number_hours
from depthwork.practice.treatments.models import Client, Consent, Goal, GoalRating, Session, Treatment
from depthwork.practice.vault import actions as vault

__all__ = ["Names", "kept_here", "write_facts", "write_joined"]


def write_facts(facts: RecordFacts, names: Names, *, by: Person) -> tuple[Treatment, dict[str, Any]]:
    """Rows of a record of someone new: its last treatment, and what a person should know of it."""
    assert facts.client is not None
    client = names.of(facts.client.id)
    assert client is not None
    vault.make_keys(organisation=by.practice_id, owner=client)
    people = _people(facts, names, by)
    put(Client, [client_row(facts.client, client, by)])
    told = _written(facts, names, client, people, by, names.of(facts.courses[0].id))
    last = max(facts.courses, key=lambda one: (one.starts_on, one.id))
    return _treatment(names.of(last.id)), told


def write_joined(found: BundleJoining, client: Client, *, by: Person) -> tuple[Treatment, dict[str, Any]]:
    """Rows of a record beside what stands here of its client: the treatment that they belong to, and what to know."""
    facts, names = found.facts, found.names
    told = _written(facts, names, client.id, _people(facts, names, by), by, found.into)
    for one in Treatment.objects.filter(client=client, id__in=set(names.stands.values())):
        number_hours(one)
    last = max(facts.courses, key=lambda one: (one.starts_on, one.id), default=None)
    return _treatment(names.of(last.id) if last else found.into), told


def _treatment(id: UUID | None) -> Treatment:
    return Treatment.objects.select_related("client__practice", "clinician").get(id=id)


def _people(facts: RecordFacts, names: Names, by: Person) -> dict[str, UUID]:
    people = {one.id: names.person(one.id, by) for one in facts.people}
    for one in facts.people:
        write_stranger(people[one.id], one.name, by=by)
    return people


def _written(
    facts: RecordFacts, names: Names, client: UUID, people: dict[str, UUID], by: Person, first: UUID | None
) -> dict[str, Any]:
    told: dict[str, Any] = {}

    def course(id: str) -> UUID | None:
        return names.of(id) or first

    put(Treatment, [course_row(one, names, client, people, by) for one in facts.courses])
    put(Session, _after_those_here(hour_rows(facts.hours, names, client, people, by, course)))
    put(Goal, [goal_row(one, names, client, course) for one in facts.goals])
    put(GoalRating, [row for one in facts.goals for row in rating_rows(one, names, client)])
    put(PlanVersion, plan_rows(facts.plans, names, client, people, course))
    put(Consent, consent_rows(facts.consents, names, client, people, by))
    write_documents(facts, names, client, people, by, course, told)
    write_answers(facts, names, client, by, course, told)
    write_conditions(facts, client, names)
    return told


def _after_those_here(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Numbers that no hour of the treatment has; the hours are counted anew once they stand."""
    there = Session.objects.filter(treatment__in={row["treatment_id"] for row in rows}, number__isnull=False)
    top = dict(there.order_by().values_list("treatment").annotate(top=Max("number")))
    for row in rows:
        if row["number"] is not None and row["treatment_id"] in top:
            top[row["treatment_id"]] += 1
            row["number"] = top[row["treatment_id"]]
    return rows
