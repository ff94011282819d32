"""A bundle: everything of a record in one file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from depthwork.interchange.fhir import aims, course, measures, people, record
from depthwork.interchange.fhir.common import BASE, Resource
from depthwork.interchange.fhir.facts import (
    AnswersFact,
    ClientFact,
    ConditionFact,
    ConsentFact,
    CourseFact,
    DocumentFact,
    GoalFact,
    HourFact,
    PersonFact,
    PlanFact,
    ScoreFact,
)
from depthwork.measures import MeasureError, measure

KNOWN = ("Patient", "Practitioner", "EpisodeOfCare", "Appointment", "Encounter", "Questionnaire", "QuestionnaireResponse",
         "Observation", "Goal", "CarePlan", "Consent", "Condition", "DocumentReference")  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """Everything of one client's record that FHIR carries."""

    people: tuple[PersonFact, ...] = ()
    client: ClientFact | None = None
    courses: tuple[CourseFact, ...] = ()
    hours: tuple[HourFact, ...] = ()
    answers: tuple[AnswersFact, ...] = ()
    scores: tuple[ScoreFact, ...] = ()
    goals: tuple[GoalFact, ...] = ()
    plans: tuple[PlanFact, ...] = ()
    consents: tuple[ConsentFact, ...] = ()
    conditions: tuple[ConditionFact, ...] = ()
    documents: tuple[DocumentFact, ...] = ()


def bundle(facts: RecordFacts) -> Resource:
    """A collection Bundle of a record.

    Parameters
    ----------
    facts : RecordFacts
        Of the compartments administration and record; there is no fact for a process note.

    Returns
    -------
    dict
        FHIR R4 (4.0.1), type ``collection``; each questionnaire that was answered stands in it once.
    """
    made: list[Resource] = [people.practitioner(one) for one in facts.people]
    if facts.client is not None:
        made.insert(0, people.patient(facts.client))
    made += [course.episode_of_care(one) for one in facts.courses]
    made += [course.appointment(one) for one in facts.hours]
    made += [course.encounter(one) for one in facts.hours if one.status == "held"]
    made += _questionnaires({one.measure for one in facts.answers})
    made += [measures.questionnaire_response(one) for one in facts.answers]
    made += [measures.observation(one) for one in facts.scores]
    made += [aims.goal(one) for one in facts.goals] + [aims.care_plan(one) for one in facts.plans]
    made += [record.consent(one) for one in facts.consents] + [
        record.condition(one) for one in facts.conditions
    ]
    made += [record.document_reference(one) for one in facts.documents]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": _url(one), "resource": one} for one in made],
    }


def _url(resource: Resource) -> str:
    return f"{BASE}/{resource['resourceType']}/{resource['id']}"


def _questionnaires(ids: Iterable[str]) -> list[Resource]:
    found = []
    for one in sorted(ids):
        try:
            found.append(measures.questionnaire(measure(one)))
        except MeasureError:
            continue
    return found
