"""What is read: clients, treatments, hours, measures, marks, patterns, annotations."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from depthwork.coding import Mark
from depthwork.interchange.annotations.web import to_web
from depthwork.practice.api.routes import need, read, schema
from depthwork.practice.casework.queries import hours_of, kept_marks_of
from depthwork.practice.disclosure.texts_out import coded_texts
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of
from depthwork.practice.sources.models import Source
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.treatments.models import Client, Session, Treatment
from depthwork.practice.treatments.queries import client_named, clients_for, session_named, treatment_named
from depthwork.practice.vault.models import Compartment
from depthwork.practice.vault.unlocked import current

ADMINISTRATION, RECORD, NOTES = Compartment.ADMINISTRATION, Compartment.RECORD, Compartment.PROCESS_NOTES


class Me(Schema):
    """Who reads, and by what."""

    person: str
    practice: str
    purpose: str | None
    compartments: list[str] | None
    ends_on: date | None


class ClientOut(Schema):
    """A client. The names are empty where no key to the administration is at hand."""

    id: UUID
    state: str
    called: str | None
    name: str | None


class TreatmentOut(Schema):
    """One course of treatment."""

    id: UUID
    client: UUID
    clinician: UUID
    state: str
    format: str
    hours_agreed: int | None
    starts_on: date


class HourOut(Schema):
    """One hour, held or missed."""

    id: UUID
    treatment: UUID
    day: date
    starts_at: datetime
    length_minutes: int
    late_minutes: int
    place: str
    status: str
    number: int | None


class ScoreOut(Schema):
    """One score of a form."""

    name: str
    value: float | None
    band: str | None
    withheld: str | None


class FormOut(Schema):
    """A form that was asked for, and what it gave. Answers to single questions are not in it."""

    id: UUID
    measure: str
    on: date
    mode: str
    state: str
    hour: int | None
    asked_at: datetime
    finished_at: datetime | None
    scores: list[ScoreOut]


class MarkOut(Schema):
    """A code that a person made or accepted. Cues that nobody answered are not in it."""

    id: str
    source: str
    start: int
    end: int
    of: str = Field(alias="construct")
    code: str
    attributes: dict[str, Any]
    origin: str
    status: str


class PatternsOut(Schema):
    """What recurs, by the codes that were made: counted from hours read whole alone, withheld where it is too little."""

    hours_whole: int
    episodes: int
    core: dict[str, str | None] | None
    components: list[dict[str, Any]]
    withheld: list[str]


@read("openapi.json", P.READ_API, answer=dict[str, Any], tag="about")
def openapi(request: HttpRequest) -> Any:
    """This description."""
    return schema()


@read("me", P.READ_API, answer=Me, tag="about")
def me(request: HttpRequest) -> Any:
    """Whose token this is, what it is for, what it may read and until when."""
    person, token = person_of(request), request.api_token  # type: ignore[attr-defined]
    return Me(
        person=str(person), practice=person.practice.name, purpose=token.purpose if token else None,
        compartments=token.compartments if token else None, ends_on=token.ends_on if token else None,
    )  # fmt: skip


def _client(row: Client) -> ClientOut:
    named = bool(current().held(row.id, ADMINISTRATION))
    return ClientOut(
        id=row.id, state=row.state, called=row.called if named else None, name=row.name if named else None
    )


def in_reach(request: HttpRequest) -> list[Client]:
    """The clients of whom any key is at hand, by the person's part in their treatment."""
    rows = clients_for(person_of(request)).select_related("practice").order_by("created_at", "id")
    return [
        row for row in rows if any(current().held(row.id, one) for one in (ADMINISTRATION, RECORD, NOTES))
    ]


@read("clients", P.READ_API, answer=list[ClientOut], tag="clients")
def clients(request: HttpRequest) -> Any:
    """The clients within reach."""
    return [_client(row) for row in in_reach(request)]


@read("clients/{uuid:client_id}", P.SEE_ADMINISTRATION, of=client_named, reads="client.read", answer=ClientOut, tag="clients")  # fmt: skip
def client(request: HttpRequest, client_id: UUID) -> Any:
    """One client."""
    need(client_id, ADMINISTRATION)
    return _client(request.subject)  # type: ignore[attr-defined]


def _treatment(row: Treatment) -> TreatmentOut:
    return TreatmentOut(
        id=row.id, client=row.client_id, clinician=row.clinician_id, state=row.state, format=row.format,
        hours_agreed=row.hours_agreed, starts_on=row.starts_on,
    )  # fmt: skip


@read("clients/{uuid:client_id}/treatments", P.SEE_ADMINISTRATION, of=client_named, reads="client.read", answer=list[TreatmentOut], tag="treatments")  # fmt: skip
def treatments(request: HttpRequest, client_id: UUID) -> Any:
    """The treatments of a client."""
    need(client_id, ADMINISTRATION)
    return [_treatment(row) for row in Treatment.objects.filter(client_id=client_id).order_by("starts_on", "id")]  # fmt: skip


@read("treatments/{uuid:treatment_id}", P.SEE_ADMINISTRATION, of=treatment_named, reads="treatment.read", answer=TreatmentOut, tag="treatments")  # fmt: skip
def treatment(request: HttpRequest, treatment_id: UUID) -> Any:
    """One treatment."""
    row: Treatment = request.subject  # type: ignore[attr-defined]
    need(row.client_id, ADMINISTRATION)
    return _treatment(row)


def _hour(row: Session) -> HourOut:
    return HourOut(
        id=row.id, treatment=row.treatment_id, day=row.day, starts_at=row.starts_at,
        length_minutes=row.length_minutes, late_minutes=row.late_minutes, place=row.place, status=row.status,
        number=row.number,
    )  # fmt: skip


@read("treatments/{uuid:treatment_id}/sessions", P.SEE_ADMINISTRATION, of=treatment_named, reads="hours.read", answer=list[HourOut], tag="sessions")  # fmt: skip
def sessions(request: HttpRequest, treatment_id: UUID) -> Any:
    """The hours of a treatment, held and missed, in order."""
    row: Treatment = request.subject  # type: ignore[attr-defined]
    need(row.client_id, ADMINISTRATION)
    return [_hour(one) for one in Session.objects.filter(treatment=row).order_by("starts_at", "id")]


@read("sessions/{uuid:session_id}", P.SEE_ADMINISTRATION, of=session_named, reads="hours.read", answer=HourOut, tag="sessions")  # fmt: skip
def session(request: HttpRequest, session_id: UUID) -> Any:
    """One hour."""
    row: Session = request.subject  # type: ignore[attr-defined]
    need(row.client_id, ADMINISTRATION)
    return _hour(row)


@read("treatments/{uuid:treatment_id}/measures", P.READ_MEASURES, of=treatment_named, reads="measures.read", answer=list[FormOut], tag="measures")  # fmt: skip
def measures(request: HttpRequest, treatment_id: UUID) -> Any:
    """The forms that were asked for, with their scores."""
    row: Treatment = request.subject  # type: ignore[attr-defined]
    need(row.client_id, RECORD)
    return [
        FormOut(
            id=one.request_id, measure=one.measure, on=one.on, mode=one.mode, state=one.state, hour=one.hour,
            asked_at=one.asked_at, finished_at=one.finished_at, scores=_scores(one.result),
        )
        for one in asked_of(row.client_id, treatment=row)
    ]  # fmt: skip


def _scores(result: dict[str, Any]) -> list[ScoreOut]:
    return [
        ScoreOut(name=name, value=one.get("value"), band=_text(one.get("band")), withheld=_text(one.get("withheld")))
        for name, one in sorted((result.get("scores") or {}).items())
    ]  # fmt: skip


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


@read("treatments/{uuid:treatment_id}/marks", P.EXPORT_CLIENT, of=treatment_named, reads="marks.read", answer=list[MarkOut], tag="marks")  # fmt: skip
def marks(request: HttpRequest, treatment_id: UUID) -> Any:
    """The codes of a treatment, in the order of its hours and of their texts."""
    row: Treatment = request.subject  # type: ignore[attr-defined]
    need(row.client_id, NOTES)
    found = []
    for source in Source.objects.filter(treatment=row, burned_at=None).order_by("created_at", "id"):
        found += [_mark(kept.mark) for kept in kept_marks_of(source)]
    return found


def _mark(mark: Mark) -> dict[str, Any]:
    """By name: of an object, ninja would read `construct` as pydantic's own method of that name."""
    return {
        "id": mark.id, "source": mark.source_id, "start": mark.span.start, "end": mark.span.end, "construct": mark.construct,
        "code": mark.code, "attributes": dict(mark.attributes), "origin": mark.origin, "status": mark.status,
    }  # fmt: skip


@read("treatments/{uuid:treatment_id}/patterns", P.EXPORT_CLIENT, of=treatment_named, reads="patterns.read", answer=PatternsOut, tag="marks")  # fmt: skip
def patterns(request: HttpRequest, treatment_id: UUID) -> Any:
    """What recurs in a treatment, from the codes as they stand now."""
    from depthwork.patterns import patterns_apart

    row: Treatment = request.subject  # type: ignore[attr-defined]
    need(row.client_id, NOTES)
    found = patterns_apart(hours_of(row)).together
    core = found.ccrt.core
    return PatternsOut(
        hours_whole=found.caption.hours_whole, episodes=found.ccrt.episodes, core=core.codes if core else None,
        components=[_plain(one) for one in found.ccrt.components], withheld=list(found.ccrt.withheld),
    )  # fmt: skip


def _plain(one: Any) -> dict[str, Any]:
    made = asdict(one) if is_dataclass(one) and not isinstance(one, type) else dict(one)
    return dict(json.loads(json.dumps(made, default=str)))


@read("sessions/{uuid:session_id}/annotations", P.EXPORT_CLIENT, of=session_named, reads="marks.read", answer=list[dict[str, Any]], tag="marks")  # fmt: skip
def annotations(request: HttpRequest, session_id: UUID) -> Any:
    """The marks on each text of an hour as W3C Web Annotations. They quote the text."""
    row: Session = request.subject  # type: ignore[attr-defined]
    need(row.client_id, NOTES)
    mine = {str(one) for one in Source.objects.filter(session=row, burned_at=None).values_list("id", flat=True)}  # fmt: skip
    return [to_web(one.marks) for one in coded_texts(row.treatment) if one.marks.source in mine]
