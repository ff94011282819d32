"""A bundle: everything of a record in one file, and a foreign one read whole or refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from depthwork.interchange.fhir import aims, course, measures, people, record
from depthwork.interchange.fhir.common import BASE, LOINC, FhirError, Resource
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

LARGEST = 50_000_000  # bytes
KNOWN = ("Patient", "Practitioner", "EpisodeOfCare", "Appointment", "Encounter", "Questionnaire", "QuestionnaireResponse",
         "Observation", "Goal", "CarePlan", "Consent", "Condition", "DocumentReference")  # fmt: skip
_READERS: Mapping[str, Callable[[Resource], Any]] = {
    "Patient": people.read_patient,
    "Practitioner": people.read_practitioner,
    "EpisodeOfCare": course.read_episode_of_care,
    "Appointment": course.read_appointment,
    "Encounter": course.read_encounter,
    "QuestionnaireResponse": measures.read_questionnaire_response,
    "Observation": measures.read_observation,
    "Goal": aims.read_goal,
    "CarePlan": aims.read_care_plan,
    "Consent": record.read_consent,
    "Condition": record.read_condition,
    "DocumentReference": record.read_document_reference,
}


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


@dataclass(frozen=True, slots=True)
class BundleRead:
    """What a bundle said. With `faults`, nothing of it may be taken in; `left_out` counts resources not known here."""

    facts: RecordFacts | None
    faults: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


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


def read_bundle(raw: bytes | Mapping[str, Any]) -> BundleRead:
    """A bundle's facts, or every fault of it in words.

    Parameters
    ----------
    raw : bytes or mapping
        The file, or its JSON value.

    Returns
    -------
    BundleRead
        `facts` is None where there are faults: not a bundle, an id that stands twice, a resource that cannot be
        read, a unit that is not points, a reference to something that is not in it, more or fewer than one Patient.

    Notes
    -----
    1. A resource of a kind that is not kept here is counted in `left_out`, never dropped in silence.
    2. An Observation that is no score of ours is counted there too, unless it names one of our measures.
    """
    data = raw
    if isinstance(raw, bytes):
        if len(raw) > LARGEST:
            return BundleRead(None, ("the file is larger than 50 MB; export it in parts",))
        try:
            data = json.loads(raw.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return BundleRead(None, ("not readable as JSON; FHIR as XML is not taken in",))
    if not isinstance(data, Mapping) or data.get("resourceType") != "Bundle":
        return BundleRead(None, ("this is no FHIR Bundle; export the record as one",))
    entries = data.get("entry") or []
    if not isinstance(entries, list):
        return BundleRead(None, ("the bundle's entries are no list; export it again",))
    held: dict[str, list[Any]] = {kind: [] for kind in KNOWN}
    faults: list[str] = []
    unknown: Counter[str] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    for at, entry in enumerate(entries, 1):
        resource = entry.get("resource") if isinstance(entry, Mapping) else None
        kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
        if not isinstance(kind, str) or resource is None:
            faults.append(f"entry {at} holds no resource")
            continue
        seen[kind, str(resource.get("id"))] += 1
        if kind == "Questionnaire":
            continue
        try:
            if kind not in _READERS or (kind == "Observation" and _is_foreign(resource)):
                unknown[kind if len(kind) <= 40 and kind.isalnum() else "something else"] += 1
                continue
            held[kind].append(_READERS[kind](dict(resource)))
        except FhirError as error:
            faults.append(f"entry {at}, {kind}: {error}")
        except (AttributeError, KeyError, TypeError, ValueError, IndexError, RecursionError):
            faults.append(f"entry {at}, {kind}: an element of it has a shape that FHIR R4 does not know")
    faults += [
        f"{kind}: an id stands {times} times; every id stands once"
        for (kind, _), times in seen.items()
        if times > 1
    ]
    if len(held["Patient"]) != 1:
        faults.append(
            f"it has {len(held['Patient'])} Patients; a bundle is taken in for one client at a time"
        )
    facts = _joined(held) if not faults else None
    if facts is not None:
        faults += _loose(facts)
    return BundleRead(None if faults else facts, tuple(faults), dict(sorted(unknown.items())))


def _is_foreign(resource: Mapping[str, Any]) -> bool:
    coding = (resource.get("code") or {}).get("coding") or []
    if any(one.get("system") == f"{BASE}/score" for one in coding):
        return False
    known = measures.scores_by_loinc()
    return not any(one.get("system") == LOINC and one.get("code") in known for one in coding)


def _joined(held: Mapping[str, list[Any]]) -> RecordFacts:
    """Appointments with their Encounters; an Encounter without one is an hour of its own."""
    hours: dict[str, HourFact] = {one.id: one for one in held["Appointment"]}
    for one in held["Encounter"]:
        before = hours.get(one.id)
        hours[one.id] = one if before is None else replace(
            before, status="held", number=one.number, started_at=one.started_at, stopped_at=one.stopped_at,
            course=before.course or one.course, clinician=before.clinician or one.clinician,
        )  # fmt: skip
    return RecordFacts(
        people=tuple(held["Practitioner"]), client=held["Patient"][0], courses=tuple(held["EpisodeOfCare"]),
        hours=tuple(hours.values()), answers=tuple(held["QuestionnaireResponse"]), scores=tuple(held["Observation"]),
        goals=tuple(held["Goal"]), plans=tuple(held["CarePlan"]), consents=tuple(held["Consent"]),
        conditions=tuple(held["Condition"]), documents=tuple(held["DocumentReference"]),
    )  # fmt: skip


def _loose(facts: RecordFacts) -> list[str]:
    """References to what is not in the bundle, or to another client."""
    assert facts.client is not None
    known = {
        "clinician": {one.id for one in facts.people}, "author": {one.id for one in facts.people},
        "course": {one.id for one in facts.courses}, "hour": {one.id for one in facts.hours},
        "answers": {one.id for one in facts.answers}, "client": {facts.client.id},
        "of": {one.id for one in facts.documents},
    }  # fmt: skip
    loose: Counter[tuple[str, str]] = Counter()
    for group in (facts.courses, facts.hours, facts.answers, facts.scores, facts.goals, facts.plans, facts.consents, facts.conditions, facts.documents):  # fmt: skip
        for one in group:
            for name, ids in known.items():
                value = getattr(one, name, "")
                if isinstance(value, str) and value and value not in ids:
                    loose[type(one).__name__.removesuffix("Fact").lower(), name] += 1
    return [
        f"{times} {kind}(s) name a {name} that is not in the bundle" for (kind, name), times in loose.items()
    ]
