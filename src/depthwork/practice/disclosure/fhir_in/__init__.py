"""A record that came as FHIR becomes rows of administration and record. The caller's transaction holds it all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from depthwork.interchange.fhir.bundle import RecordFacts
from depthwork.practice.disclosure.fhir_in.course import (
    client_row,
    course_row,
    goal_row,
    hour_rows,
    plan_rows,
    rating_rows,
)
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
from depthwork.practice.treatments.models import Client, Consent, Goal, GoalRating, Session, Treatment
from depthwork.practice.vault import actions as vault

__all__ = ["Names", "kept_here", "write_facts"]


def write_facts(facts: RecordFacts, names: Names, *, by: Person) -> tuple[Treatment, dict[str, Any]]:
    """Rows of a record: its last treatment, and what a person should know of it."""
    assert facts.client is not None
    told: dict[str, Any] = {}
    client = names.of(facts.client.id)
    assert client is not None
    vault.make_keys(organisation=by.practice_id, owner=client)
    people = {one.id: names.person(one.id, by) for one in facts.people}
    for one in facts.people:
        write_stranger(people[one.id], one.name, by=by)
    put(Client, [client_row(facts.client, client, by)])
    first = names.of(facts.courses[0].id)
    last = max(facts.courses, key=lambda one: (one.starts_on, one.id))

    def course(id: str) -> UUID | None:
        return names.of(id) or first

    put(Treatment, [course_row(one, names, client, people, by) for one in facts.courses])
    put(Session, hour_rows(facts.hours, names, client, people, by, course))
    put(Goal, [goal_row(one, names, client, course) for one in facts.goals])
    put(GoalRating, [row for one in facts.goals for row in rating_rows(one, names, client)])
    put(PlanVersion, plan_rows(facts.plans, names, client, people, course))
    put(Consent, consent_rows(facts.consents, names, client, people, by))
    write_documents(facts, names, client, people, by, course, told)
    write_answers(facts, names, client, by, course, told)
    write_conditions(facts, client, names)
    treatment = Treatment.objects.select_related("client__practice", "clinician").get(id=names.of(last.id))
    return treatment, told
