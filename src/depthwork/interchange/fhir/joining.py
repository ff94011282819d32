"""The resources of a bundle joined to one record: hours of appointments and contacts, and what is named that did not come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from depthwork.interchange.fhir import facts as f
from depthwork.interchange.fhir.bundle import RecordFacts
from depthwork.interchange.fhir.common import Resource, referred
from depthwork.wording import gettext_noop

NOT_THERE = gettext_noop("named, but not in the bundle")
NO_ANSWERS = gettext_noop("a score without its answers")
NO_NOTE = gettext_noop("an addition to a note that did not come")
ONE_COURSE = "treatment_from_its_hours"
BY_DAY = "placed_by_their_day"
BY_TIME = "contacts_of_an_appointment_by_time"
LAST_DAY = "ended_on_its_last_hour"
EARLY = timedelta(minutes=15)  # by so much may a contact begin before the time that was booked
# What a fact names, and the kind of resource that this is.
_NAMES = {
    "clinician": "Practitioner",
    "author": "Practitioner",
    "course": "EpisodeOfCare",
    "hour": "Encounter",
}


@dataclass(frozen=True, slots=True)
class Contact:
    """An Encounter: its own id, the appointment that it kept, and the hour."""

    id: str
    appointment: str
    hour: f.HourFact

    @classmethod
    def of(cls, resource: Resource, hour: f.HourFact) -> Contact:
        """From the resource and what was read of it."""
        return cls(str(resource["id"]), referred(resource, "appointment", "Appointment"), hour)


def joined(held: Mapping[str, list[Any]], left: Counter[tuple[str, str]], notes: Counter[str]) -> RecordFacts:
    """One record.

    Parameters
    ----------
    held : mapping of str to list
        What was read, by kind; one Patient among it.
    left, notes : Counter
        Added to: what has no place, by kind and reason; what was understood rather than read.
    """
    hours, called = _hours(
        held["Appointment"], _with_appointments(held["Appointment"], held["Encounter"], notes)
    )
    client = held["Patient"][0]
    facts = RecordFacts(
        people=tuple(held["Practitioner"]), client=client, courses=tuple(held["EpisodeOfCare"]), hours=hours,
        answers=tuple(held["QuestionnaireResponse"]), scores=tuple(held["Observation"]), goals=tuple(held["Goal"]),
        plans=tuple(held["CarePlan"]), consents=tuple(held["Consent"]), conditions=tuple(held["Condition"]),
        documents=tuple(held["DocumentReference"]),
    )  # fmt: skip
    return _ended(_placed(_with_a_course(_settled(facts, called, left), notes), notes), notes)


def _with_appointments(
    appointments: list[f.HourFact], contacts: list[Contact], notes: Counter[str]
) -> list[Contact]:
    """A contact that names no appointment kept the one of its time: many systems write both and tie them by nothing,
    and nobody has two hours at once."""
    there = {one.id for one in appointments}
    free = {one.id: one for one in appointments if one.status in ("planned", "held")}
    for one in contacts:
        free.pop(one.appointment, None)
    made = []
    for one in contacts:
        at = one.hour.starts_at
        fitting = [
            booked
            for booked in ([] if one.appointment in there else free.values())
            if booked.starts_at - EARLY <= at < booked.starts_at + timedelta(minutes=booked.length_minutes)
        ]
        if fitting:
            booked = min(fitting, key=lambda each: abs(each.starts_at - at))
            del free[booked.id]
            one = replace(one, appointment=booked.id)
            notes[BY_TIME] += 1
        made.append(one)
    return made


def _hours(
    appointments: list[f.HourFact], contacts: list[Contact]
) -> tuple[tuple[f.HourFact, ...], dict[str, str]]:
    """Appointments with their Encounters; an Encounter without one is an hour of its own. And how each is called."""
    hours = {one.id: one for one in appointments}
    called: dict[str, str] = {}
    kept: set[str] = set()
    for one in contacts:
        before = hours.get(one.appointment)
        if before is not None and one.appointment not in kept:
            kept.add(before.id)
            hours[before.id] = replace(
                before, status="held", number=one.hour.number, started_at=one.hour.started_at,
                stopped_at=one.hour.stopped_at, course=before.course or one.hour.course,
                clinician=before.clinician or one.hour.clinician,
            )  # fmt: skip
            called[one.id] = before.id
        else:
            id = one.id if one.id not in hours else f"contact.{one.id}"[:64]
            hours[id], called[one.id] = replace(one.hour, id=id), id
    return tuple(hours.values()), called


def _settled(facts: RecordFacts, called: Mapping[str, str], left: Counter[tuple[str, str]]) -> RecordFacts:
    """What is named and did not come is named no more, and counted; what is nothing without it is left out."""
    people = {one.id for one in facts.people}
    there = {
        "clinician": people, "author": people, "course": {one.id for one in facts.courses},
        "hour": {one.id for one in facts.hours},
    }  # fmt: skip
    gone: set[tuple[str, str]] = set()

    def settle(one: Any) -> Any:
        changed = {}
        for name, kind in _NAMES.items():
            value = getattr(one, name, "")
            value = called.get(value, value) if name == "hour" else value
            if value and value not in there[name]:
                gone.add((kind, value))
                value = ""
            if value != getattr(one, name, ""):
                changed[name] = value
        return replace(one, **changed) if changed else one

    answers = {one.id for one in facts.answers}
    scores = [one for one in facts.scores if one.answers in answers]
    left["Observation", NO_ANSWERS] += len(facts.scores) - len(scores)
    notes = {one.id for one in facts.documents if one.kind != "addendum"}
    documents = [one for one in facts.documents if one.kind != "addendum" or one.of in notes]
    left["DocumentReference", NO_NOTE] += len(facts.documents) - len(documents)
    made = replace(
        facts,
        courses=tuple(map(settle, facts.courses)), hours=tuple(map(settle, facts.hours)),
        answers=tuple(map(settle, facts.answers)), scores=tuple(map(settle, scores)),
        goals=tuple(map(settle, facts.goals)), plans=tuple(map(settle, facts.plans)),
        documents=tuple(map(settle, documents)),
    )  # fmt: skip
    for kind, _id in gone:
        left[kind, NOT_THERE] += 1
    return made


def _with_a_course(facts: RecordFacts, notes: Counter[str]) -> RecordFacts:
    """Where no EpisodeOfCare came, one treatment from the first day that the record knows."""
    if facts.courses or facts.client is None:
        return facts
    days: list[date] = [one.starts_at.date() for one in facts.hours]
    days = days or [one.at.date() for one in facts.answers] + [one.on for one in facts.documents]
    if not days:
        return facts
    clinician = next((one.clinician for one in facts.hours if one.clinician), "")
    id = f"{facts.client.id[:50]}.treatment"
    notes[ONE_COURSE] += 1
    return replace(facts, courses=(f.CourseFact(id, facts.client.id, clinician, "active", min(days)),))


def _placed(facts: RecordFacts, notes: Counter[str]) -> RecordFacts:
    """What names no treatment stands with the one that was under way on its day; counted where there are several.

    Answers before the first day belong to none, and neither do those of our own that name none: we would have said it.
    """
    begun = sorted(facts.courses, key=lambda one: (one.starts_on, one.id))
    if not begun:
        return facts
    hours = _each(facts.hours, lambda one: _course_on(one.starts_at.date(), begun) or begun[0].id)
    of_hour = {one.id: one.course for one in hours}
    made = replace(
        facts,
        hours=hours,
        answers=_each(
            facts.answers,
            lambda one: "" if one.more else of_hour.get(one.hour) or _course_on(one.at.date(), begun),
        ),
        goals=_each(facts.goals, lambda one: begun[-1].id),
        plans=_each(facts.plans, lambda one: _course_on(one.from_date, begun) or begun[0].id),
        documents=_each(
            facts.documents,
            lambda one: (
                ""
                if one.kind == "addendum"
                else of_hour.get(one.hour) or _course_on(one.on, begun) or begun[0].id
            ),
        ),
    )
    if len(begun) > 1:
        notes[BY_DAY] += sum(
            one is not two
            for name in ("hours", "answers", "goals", "plans", "documents")
            for one, two in zip(getattr(facts, name), getattr(made, name), strict=True)
        )
    return made


def _each(group: tuple[Any, ...], course: Callable[[Any], str]) -> tuple[Any, ...]:
    """The facts of a group, each that names no treatment with the one found for it."""
    return tuple(one if one.course or not (id := course(one)) else replace(one, course=id) for one in group)


def _course_on(day: date, begun: list[f.CourseFact]) -> str:
    """The treatment under way on a day, else the last that had begun by then; "" before the first."""
    before = [one for one in begun if one.starts_on <= day]
    under_way = [one for one in before if one.ends_on is None or day <= one.ends_on]
    return next((one.id for one in reversed(under_way or before)), "")


def _ended(facts: RecordFacts, notes: Counter[str]) -> RecordFacts:
    """A treatment that ended there, no day being said, ended with its last hour: from its end it is known how long a
    record is kept. One of ours would have said the day."""

    def end(one: f.CourseFact) -> f.CourseFact:
        if one.state != "ended" or one.ends_on is not None or one.more:
            return one
        notes[LAST_DAY] += 1
        days = (hour.starts_at.date() for hour in facts.hours if hour.course == one.id)
        return replace(one, ends_on=max((one.starts_on, *days)))

    return replace(facts, courses=tuple(map(end, facts.courses)))
