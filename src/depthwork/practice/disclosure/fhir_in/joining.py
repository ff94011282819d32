"""A record of someone who stands here: what of a bundle is new, what stands here already, and what stays out.

Nobody is matched: whose record it is, a person has said. Within that one client an entry is known by its id, or by what
it says: an hour by its minute, answers by form, day and values, a note by its day and words.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from depthwork.interchange.fhir import facts as f
from depthwork.interchange.fhir.bundle import RecordFacts
from depthwork.practice.coverage.models import Plan
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.fhir_in.course import client_row
from depthwork.practice.disclosure.fhir_in.keyed import keyed, unkeyed
from depthwork.practice.disclosure.fhir_in.names import Names, uuid_of
from depthwork.practice.disclosure.fhir_out import facts_of
from depthwork.practice.disclosure.joining import Left, differs
from depthwork.practice.disclosure.unpacking import living_space
from depthwork.practice.people.models import Person
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.treatments.models import Client, Treatment

HOUR, COURSE, NOTE = "treatments.session", "treatments.treatment", "record.progressnote"


class NamesHere(Names):
    """Ids of a bundle as they are called with a client who stands here: what stands keeps its name, the rest is anew."""

    def __init__(self, facts: RecordFacts, client: Client, by: Person) -> None:
        assert facts.client is not None
        self._first = living_space(uuid.uuid5(by.practice_id, facts.client.id), facts.client.id)
        self._space = uuid.uuid5(self._first, str(client.id))
        self.kept = False
        self.stands: dict[str, UUID] = {}
        named = uuid_of(facts.client.id)
        others = {id for id in (named, named and uuid.uuid5(self._first, facts.client.id)) if id is not None}
        others.discard(client.id)
        if Client.objects.filter(id__in=others, practice_id=by.practice_id).exists():
            raise DisclosureError(_("this record is of another client who stands here; nothing was taken in"))

    def of(self, id: str) -> UUID | None:
        if not id:
            return None
        return self.stands.get(id) or uuid.uuid5(self._space, id)

    def may_be(self, id: str) -> set[UUID]:
        """What an entry is called here if it came before: with this client, as someone new, or from here."""
        raw = unkeyed(id)
        found = {uuid.uuid5(self._space, id), uuid.uuid5(self._first, raw)}
        return found | {own} if (own := uuid_of(raw)) else found


@dataclass(slots=True)
class BundleJoining:
    """What taking a record in with a client who stands here would write, and what it would leave out."""

    facts: RecordFacts  # what is written, and nothing else; ids with their kind before them
    names: NamesHere
    into: UUID | None = None  # the course of what names none
    under_way: bool = False  # a course is open there, and another here
    came: Counter[str] = field(default_factory=Counter)
    stood: int = 0
    left: list[Left] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Whether anything would be written."""
        return bool(self.came)


def joining_bundle(facts: RecordFacts, client: Client, by: Person) -> BundleJoining:
    """Compare a record with a client who stands here; their record is open."""
    names = NamesHere(facts, client, by)
    if not facts.courses:
        raise DisclosureError(_("it holds no EpisodeOfCare: a record is taken in with its treatment"))
    told, here = keyed(facts), facts_of(client)
    found = BundleJoining(RecordFacts(), names)
    assert told.client is not None
    found.left += differs(_of_person(told.client, by), client)
    courses = _courses(told, here, client, by, found)
    found.into = names.of(told.courses[0].id)
    hours = _hours(told, here, found)
    answers = _answers(told, here, found)
    coming = {one.id for one in answers}
    found.facts = replace(
        told, courses=courses, hours=hours, answers=answers,
        scores=tuple(one for one in told.scores if one.answers in coming),
        goals=_goals(told, here, found), plans=_plans(told, here, found), consents=_consents(told, here, found),
        conditions=_conditions(told, client, found), documents=_documents(told, here, client, found),
    )  # fmt: skip
    return found


def _of_person(fact: f.ClientFact, by: Person) -> dict[str, Any]:
    row = client_row(fact, uuid.UUID(int=0), by)
    if fact.born.isdigit():  # a year alone, which stands here as a number
        row["details"] = {**row["details"], "born": int(fact.born)}
    return row if fact.called else {**row, "called": None}


def _known(id: str, there: Iterable[Any], found: BundleJoining) -> Any:
    """The entry here that is called by one of an entry's names."""
    names = {str(one) for one in found.names.may_be(id)}
    return next((one for one in there if one.id in names), None)


def _stands(id: str, here: str, found: BundleJoining) -> None:
    found.names.stands[id] = UUID(here)


def _settle(label: str, is_same: bool, found: BundleJoining, *, on: date | None = None) -> None:
    """What stands here counts as the same, or stays out where it says something else."""
    if is_same:
        found.stood += 1
    else:
        found.left.append(Left(label, "changed", on.isoformat() if on else ""))


def _courses(
    told: RecordFacts, here: RecordFacts, client: Client, by: Person, found: BundleJoining
) -> tuple[f.CourseFact, ...]:
    mine = Treatment.objects.filter(client=client, clinician=by, state=Treatment.State.ACTIVE).first()
    moments: dict[str, set[Any]] = {}
    for hour in here.hours:
        moments.setdefault(hour.course, set()).add(hour.starts_at)
    kept = []
    for one in told.courses:
        same = _known(one.id, here.courses, found) or _by_its_hours(one, told, here, moments)
        if same is not None:
            found.stood += 1
        elif one.state == Treatment.State.ACTIVE and mine is not None:
            found.under_way = True
            same = next(course for course in here.courses if course.id == str(mine.id))
        else:
            kept.append(one)
            found.came[COURSE] += 1
            continue
        _stands(one.id, same.id, found)
        if one.ends_on and not same.ends_on:
            found.left.append(Left("treatments.ending", "stays", one.ends_on.isoformat()))
    return tuple(kept)


def _by_its_hours(
    one: f.CourseFact, told: RecordFacts, here: RecordFacts, moments: Mapping[str, set[Any]]
) -> f.CourseFact | None:
    """The course here that has at least half of its held hours, to the minute."""
    is_only = len(told.courses) == 1
    own = {
        hour.starts_at
        for hour in told.hours
        if hour.status == "held" and (hour.course == one.id or (is_only and not hour.course))
    }
    for course in here.courses:
        if own and 2 * len(own & moments.get(course.id, set())) >= len(own):
            return course
    return None


def _hours(told: RecordFacts, here: RecordFacts, found: BundleJoining) -> tuple[f.HourFact, ...]:
    at = {one.starts_at: one for one in here.hours}
    kept = []
    for one in told.hours:
        day = one.starts_at.date()
        same = _known(one.id, here.hours, found) or at.get(one.starts_at)
        if same is not None:
            _stands(one.id, same.id, found)
            _settle(HOUR, (same.starts_at, same.status) == (one.starts_at, one.status), found, on=day)
        elif one.status == "planned" and (one.course or told.courses[0].id) in found.names.stands:
            found.left.append(Left(HOUR, "planned", day.isoformat()))
        else:
            kept.append(one)
            found.came[HOUR] += 1
    return tuple(kept)


def _answers(told: RecordFacts, here: RecordFacts, found: BundleJoining) -> tuple[f.AnswersFact, ...]:
    there: dict[Any, list[f.AnswersFact]] = {}
    for one in here.answers:
        there.setdefault(_said(one), []).append(one)
    kept = []
    for one in told.answers:
        same = _known(one.id, here.answers, found)
        if same is None and there.get(_said(one)):
            same = there[_said(one)].pop(0)
        if same is None:
            kept.append(one)
            found.came["tracking.response"] += 1
        else:
            _settle("tracking.response", _said(same) == _said(one), found, on=one.at.date())
    return tuple(kept)


def _said(one: f.AnswersFact) -> tuple[Any, ...]:
    """Which form, on which day, and every answer that was given."""
    given = sorted((item, str(value)) for item, value in one.answers.items() if value is not None)
    return one.measure, str(one.more.get("on") or one.at.date()), tuple(given)


def _goals(told: RecordFacts, here: RecordFacts, found: BundleJoining) -> tuple[f.GoalFact, ...]:
    kept = []
    for one in told.goals:
        course = str(found.names.stands.get(one.course) or (None if one.course else found.into))
        alike = (
            goal for goal in here.goals if goal.course == course and _plain(goal.words) == _plain(one.words)
        )
        same = _known(one.id, here.goals, found) or next(alike, None)
        if same is None:
            kept.append(one)
            found.came["treatments.goal"] += 1
            continue
        _stands(one.id, same.id, found)
        is_same = _plain(same.words) == _plain(one.words) and _ratings(one) <= _ratings(same)
        _settle("treatments.goal", is_same, found)
    return tuple(kept)


def _ratings(one: f.GoalFact) -> set[tuple[str, str, str]]:
    return {(str(row.get("on")), str(row.get("by")), str(row.get("value"))) for row in one.ratings}


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()


def _plans(told: RecordFacts, here: RecordFacts, found: BundleJoining) -> tuple[f.PlanFact, ...]:
    """A plan comes with its course; where one stands for the course, that one stays."""
    kept = []
    for one in told.plans:
        course = found.names.stands.get(one.course or told.courses[0].id)
        there = [plan for plan in here.plans if plan.course == str(course)]
        if not there:
            kept.append(one)
            found.came["record.planversion"] += 1
        elif any(_parts(one.parts) == _parts(plan.parts) for plan in there):
            found.stood += 1
        else:
            found.left.append(Left("record.planversion", "stays", one.from_date.isoformat()))
    return tuple(kept)


def _parts(parts: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted((name, _plain(words)) for name, words in parts.items() if words)


def _consents(told: RecordFacts, here: RecordFacts, found: BundleJoining) -> tuple[f.ConsentFact, ...]:
    """An answer that was given here counts; the one that came beside it is listed."""
    there: dict[tuple[str, str], set[tuple[bool, date]]] = {}
    for one in here.consents:
        there.setdefault(_question(one, here), set()).add((one.is_yes, one.given_on))
    kept = []
    for one in told.consents:
        given = there.get(_question(one, told))
        if given is None:
            kept.append(one)
            found.came["treatments.consent"] += 1
        elif (one.is_yes, one.given_on) in given:
            found.stood += 1
        else:
            on = one.given_on.isoformat()
            found.left.append(Left("treatments.consent", "answer", on, "purpose", one.purpose))
    return tuple(kept)


def _question(one: f.ConsentFact, facts: RecordFacts) -> tuple[str, str]:
    """What was asked, and of whom it speaks, by name."""
    person = str(one.more.get("person") or "")
    return one.purpose, next((who.name for who in facts.people if who.id == person), "")


def _conditions(told: RecordFacts, client: Client, found: BundleJoining) -> tuple[f.ConditionFact, ...]:
    """A diagnosis stands with a payer's plan: where one stands for its day, that one is not changed."""
    if not told.conditions:
        return ()
    plans = [(one.from_date, one.to_date, one.diagnosis or []) for one in Plan.objects.filter(client=client)]
    kept = []
    for one in told.conditions:
        here = [codes for first, last, codes in plans if first <= one.recorded_on <= last]
        if any(one.code in codes for codes in here):
            found.stood += 1
        elif here:
            found.left.append(Left("coverage.plan", "payer", one.recorded_on.isoformat()))
        else:
            kept.append(one)
            found.came["coverage.plan"] += 1
    return tuple(kept)


def _documents(
    told: RecordFacts, here: RecordFacts, client: Client, found: BundleJoining
) -> tuple[f.DocumentFact, ...]:
    words, on = _words_here(here)
    taken = set(
        ProgressNote.objects.filter(client=client, session__isnull=False).values_list("session", flat=True)
    )
    standing: set[str] = set()  # notes of the bundle that stand here
    texts = [one for one in told.documents if one.kind != "addendum"]
    kept = []
    for one in texts:
        if one.kind == "closing_summary":
            kept += _summary(one, here, found)
            continue
        same = _known(one.id, (each for each in here.documents if each.kind == one.kind), found)
        same_id = same.id if same is not None else _alike(one, words, on)
        if same_id is not None:
            standing.add(one.id)
            _stands(one.id, same_id, found)
            _settle(NOTE, _is_in(one, words[same_id]), found, on=one.on)
            continue
        hour = found.names.stands.get(one.hour or str(one.more.get("hour") or ""))
        if hour in taken:  # one note for each hour: it comes as a note of that day
            one = replace(one, hour="", more={**one.more, "hour": ""})
        kept.append(one)
        found.came[NOTE] += 1
    for one in told.documents:
        if one.kind == "addendum" and one.of not in standing:
            kept.append(one)
        elif one.kind == "addendum":
            if _is_in(one, words[str(found.names.stands[one.of])]):
                found.stood += 1
            else:
                found.left.append(Left("record.addendum", "added", one.on.isoformat()))
    return tuple(kept)


def _words_here(here: RecordFacts) -> tuple[dict[str, str], dict[str, date]]:
    """Each note of here in one piece, with what was added, and its day."""
    words, on = {}, {}
    for one in here.documents:
        if one.kind == "progress_note":
            words[one.id], on[one.id] = _plain(" ".join(one.parts.values())), one.on
    for one in here.documents:
        if one.kind == "addendum" and one.of in words:
            words[one.of] += " " + _plain(" ".join(one.parts.values()))
    return words, on


def _alike(one: f.DocumentFact, words: Mapping[str, str], on: Mapping[str, date]) -> str | None:
    """A note of the same day that holds these words; a note without any is like no other."""
    if not any(part.strip() for part in one.parts.values()):
        return None
    return next((id for id, said in words.items() if on[id] == one.on and _is_in(one, said)), None)


def _is_in(one: f.DocumentFact, said: str) -> bool:
    """Whether every text of a document stands in these words; how an hour is called there is not asked."""
    return all(_plain(part) in said for name, part in one.parts.items() if part and name != "modality")


def _summary(one: f.DocumentFact, here: RecordFacts, found: BundleJoining) -> list[f.DocumentFact]:
    """A closing summary comes with its course, or not at all."""
    course = found.names.stands.get(one.course)
    if course is None:
        return [one]
    there = [each for each in here.documents if each.kind == one.kind and each.course == str(course)]
    if any(_parts(each.parts) == _parts(one.parts) for each in there):
        found.stood += 1
    else:
        found.left.append(Left("treatments.ending", "stays", one.on.isoformat()))
    return []
