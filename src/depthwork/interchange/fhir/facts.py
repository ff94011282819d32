"""What a record says, as FHIR carries it. Ids are text; times have a zone; `more` is what FHIR has no element for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PersonFact:
    """Someone who works in a practice."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ClientFact:
    """A client: name, and what is known for getting in touch. `born` is a year, a month or a day, as known."""

    id: str
    name: str
    called: str = ""
    born: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    active: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CourseFact:
    """A treatment. `state` is consultation, active or ended."""

    id: str
    client: str
    clinician: str
    state: str
    starts_on: date
    ends_on: date | None = None
    focus: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HourFact:
    """An hour. `status` is planned, held, missed_notice, missed_no_notice, cancelled_by_client or _by_clinician."""

    id: str
    client: str
    course: str
    clinician: str
    status: str
    starts_at: datetime
    length_minutes: int
    place: str = "office"
    number: int | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnswersFact:
    """One finished form. `answers` maps an item's id to a number, a text, NA, REFUSED or None."""

    id: str
    client: str
    measure: str
    version: int
    at: datetime
    answers: Mapping[str, Any]
    hour: str = ""
    course: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScoreFact:
    """One score of one form. `value` is None with the reason in `withheld`.

    `at` is when the form was answered, a day where no more is known; `made_at` when it was scored.
    """

    id: str
    client: str
    answers: str
    measure: str
    score: str
    at: date | datetime
    value: float | None
    band: str = ""
    withheld: str = ""
    hour: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GoalFact:
    """What is hoped for. `ratings` are {on, by, value 0-10, hour}."""

    id: str
    client: str
    course: str
    words: str
    is_own: bool = True
    aim: str = ""
    closed_on: date | None = None
    ratings: tuple[Mapping[str, Any], ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanFact:
    """One version of the treatment plan: a text for each part."""

    id: str
    client: str
    course: str
    number: int
    from_date: date
    created_at: datetime
    parts: Mapping[str, str]
    author: str = ""
    is_latest: bool = True


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """One answer of a client to one question."""

    id: str
    client: str
    purpose: str
    is_yes: bool
    given_on: date
    is_open: bool = True
    ends_on: date | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConditionFact:
    """A diagnosis as it was given to a payer: an ICD-10-CM code."""

    id: str
    client: str
    code: str
    recorded_on: date


@dataclass(frozen=True, slots=True)
class DocumentFact:
    """A document of the record. `kind` is progress_note, addendum or closing_summary; `parts` its texts by name.

    `signature` is the writer's Ed25519 signature, if there is one.
    """

    id: str
    client: str
    kind: str
    on: date
    parts: Mapping[str, str]
    at: datetime
    is_signed: bool = False
    author: str = ""
    course: str = ""
    hour: str = ""
    of: str = ""
    signature: bytes = b""
    more: Mapping[str, Any] = field(default_factory=dict)
