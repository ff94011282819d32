"""A client's record as facts for FHIR: administration and record alone; no row of process notes is opened here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from depthwork.interchange.fhir import facts as f
from depthwork.interchange.fhir.bundle import RecordFacts
from depthwork.practice.coverage.models import Plan
from depthwork.practice.coverage.scores import without_scores, yes_to_scores
from depthwork.practice.people.models import Person
from depthwork.practice.record.models import Addendum, PlanVersion, ProgressNote, Signature
from depthwork.practice.tracking.models import Response, Score
from depthwork.practice.treatments.calendar import day_in
from depthwork.practice.treatments.models import Client, Consent, Ending, Goal, GoalRating, Session, Treatment


def facts_of(
    client: Client, treatment: Treatment | None = None, *, kinds: Collection[str] | None = None
) -> RecordFacts:
    """Everything of a client's record, or of one treatment of it, that FHIR carries.

    Parameters
    ----------
    client : Client
        With its practice; the keys of administration and record are open.
    treatment : Treatment, optional
        One course alone; without it, every course.
    kinds : collection of str, optional
        Only what resources of these kinds are made from; nothing else is opened. Whoever asks for a Practitioner asks
        for everything, since colleagues are named throughout.
    """

    def wants(*names: str) -> bool:
        return kinds is None or "Practitioner" in kinds or not set(kinds).isdisjoint(names)

    courses = Treatment.objects.filter(client=client).order_by("starts_on", "id")
    if treatment is not None:
        courses = courses.filter(pk=treatment.pk)
    rows = list(courses.select_related("ending"))
    ids = [row.pk for row in rows]
    hours = list(Session.objects.filter(treatment__in=ids).order_by("starts_at", "id")) if wants("Appointment", "Encounter", "Goal") else []  # fmt: skip
    found = Response.objects.filter(client=client, box=None).select_related("request", "session")
    forms = ("QuestionnaireResponse", "Questionnaire", "Observation")
    responses = list(found.order_by("arrived_at", "id")) if wants(*forms) else []
    if treatment is not None:
        responses = [one for one in responses if one.treatment_id in (None, treatment.pk)]
    documents = [*_notes(ids), *_summaries(rows)] if wants("DocumentReference") else []
    plans = _plans(ids) if wants("CarePlan") else []
    held = {hour.pk for hour in hours}
    people = {row.clinician_id for row in [*rows, *hours]}
    consents = (
        list(Consent.objects.filter(client=client).order_by("created_at", "id")) if wants("Consent") else []
    )
    people |= {row.person_id for row in consents if row.person_id}
    people |= {UUID(one.author) for one in [*documents, *plans] if one.author}
    return RecordFacts(
        people=tuple(
            f.PersonFact(str(one.id), one.display_name)
            for one in Person.objects.filter(id__in=people).order_by("id")
        ),
        client=client_fact(client),
        courses=tuple(course_fact(row) for row in rows),
        hours=tuple(hour_fact(row) for row in hours),
        answers=tuple(answers_fact(row) for row in responses),
        scores=tuple(_scores(responses, ZoneInfo(client.practice.time_zone))) if wants("Observation") else (),
        goals=tuple(_goals(ids, held)) if wants("Goal") else (),
        plans=tuple(plans),
        consents=tuple(consent_fact(row) for row in consents),
        conditions=tuple(_conditions(client)) if wants("Condition") else (),
        documents=tuple(documents),
    )


def for_an_insurer(facts: RecordFacts, client: Client, *, on: date) -> RecordFacts:
    """What of a record may go to an insurer: without the client's standing yes no answer, no score, no goal (they are
    the client's words, rated), no focus, and of the clinician's own words no sentence that names a score."""
    if yes_to_scores(client, on=on) is not None:
        return facts
    return replace(
        facts,
        answers=(),
        scores=(),
        goals=(),
        courses=tuple(replace(one, focus="") for one in facts.courses),
        plans=tuple(replace(one, parts=_without_scores(one.parts)) for one in facts.plans),
        documents=tuple(_shortened(one) for one in facts.documents),
    )


def _shortened(one: f.DocumentFact) -> f.DocumentFact:
    """A document without its scores; what was signed are the whole words, so a signature on others goes."""
    parts = _without_scores(one.parts)
    return one if parts == dict(one.parts) else replace(one, parts=parts, signature=b"")


def _without_scores(parts: Mapping[str, str]) -> dict[str, str]:
    cut = {name: without_scores(words) for name, words in parts.items()}
    return {name: shorter if left_out else parts[name] for name, (shorter, left_out) in cut.items()}


def client_fact(row: Client) -> f.ClientFact:
    """A client's name and ways of getting in touch."""
    details, contact = dict(row.details or {}), dict(row.contact or {})
    born = details.pop("born", None)
    lines = {
        name: contact.pop(name)
        for name in ("phone", "email", "address")
        if isinstance(contact.get(name), str)
    }
    is_year = isinstance(born, int) and not isinstance(born, bool)
    return f.ClientFact(
        id=str(row.id),
        name=row.name or "",
        called=row.called or "",
        born=str(born) if born is not None else "",
        active=row.state != Client.State.ENDED,
        more={"details": details, "contact": contact, "state": row.state, "born_is_year": is_year},
        **lines,
    )


def course_fact(row: Treatment) -> f.CourseFact:
    """A treatment."""
    ending = getattr(row, "ending", None)
    more: dict[str, Any] = {"format": row.format, "hours_agreed": row.hours_agreed}
    if ending is not None:
        more["ending"] = {"planned": ending.planned, "by": ending.by}
    return f.CourseFact(
        id=str(row.id), client=str(row.client_id), clinician=str(row.clinician_id), state=row.state,
        starts_on=row.starts_on, ends_on=ending.on if ending else None, focus=row.focus or "", more=more,
    )  # fmt: skip


def hour_fact(row: Session) -> f.HourFact:
    """An hour, held or missed. The line kept of it is no part of the record."""
    return f.HourFact(
        id=str(row.id), client=str(row.client_id), course=str(row.treatment_id), clinician=str(row.clinician_id),
        status=row.status, starts_at=row.starts_at.astimezone(UTC), length_minutes=row.length_minutes,
        place=row.place, number=row.number, started_at=_utc(row.started_at), stopped_at=_utc(row.stopped_at),
        more={"wall_time": row.wall_time.isoformat(), "day": row.day.isoformat(), "zone": row.zone,
              "late_minutes": row.late_minutes},
    )  # fmt: skip


def answers_fact(row: Response) -> f.AnswersFact:
    """A finished form."""
    content = dict(row.answers or {})
    return f.AnswersFact(
        id=str(row.id), client=str(row.client_id), measure=content.pop("measure", ""),
        version=int(content.pop("version", None) or 1), at=row.arrived_at.astimezone(UTC),
        answers=content.pop("answers", {}), hour=_held(row.session), course=str(row.treatment_id or ""),
        more={"about": content, "on": row.on.isoformat(), "hour": str(row.session_id or ""), "mode": row.request.mode,
              "asked_at": row.request.asked_at.isoformat()},
    )  # fmt: skip


def _scores(responses: list[Response], zone: ZoneInfo) -> list[f.ScoreFact]:
    latest: dict[UUID, Score] = {}
    for row in Score.objects.filter(response__in=responses).order_by("number"):
        latest[row.response_id] = row
    found = []
    for response in responses:
        made = latest.get(response.pk)
        result = (made.result or {}) if made else {}
        arrived = response.arrived_at.astimezone(UTC)
        # A form that was filled in on another day than it was entered is of that day.
        at = arrived if arrived.astimezone(zone).date() == response.on else response.on
        for name, one in sorted((result.get("scores") or {}).items()):
            assert made is not None
            found.append(
                f.ScoreFact(
                    id=f"{made.id.hex}-{name.replace('_', '-')}"[:64], client=str(response.client_id),
                    answers=str(response.id), measure=result["measure"], score=name,
                    at=at, value=one.get("value"), band=one.get("band") or "", withheld=one.get("withheld") or "",
                    hour=_held(response.session), made_at=made.made_at.astimezone(UTC),
                )
            )  # fmt: skip
    return found


def _goals(courses: list[UUID], hours: set[UUID]) -> list[f.GoalFact]:
    ratings: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for one in GoalRating.objects.filter(goal__treatment__in=courses).order_by("on", "by"):
        hour = str(one.session_id) if one.session_id in hours else ""
        ratings[one.goal_id].append(
            {"on": one.on.isoformat(), "by": one.by, "value": one.value, "hour": hour}
        )
    return [
        f.GoalFact(
            id=str(row.id), client=str(row.client_id), course=str(row.treatment_id), words=row.words or "",
            is_own=row.is_own, aim=row.aim, closed_on=row.closed_on, ratings=tuple(ratings[row.pk]),
            more={"order": row.order},
        )
        for row in Goal.objects.filter(treatment__in=courses).order_by("order", "id")
    ]  # fmt: skip


def _plans(courses: list[UUID]) -> list[f.PlanFact]:
    rows = list(PlanVersion.objects.filter(treatment__in=courses).order_by("treatment", "number"))
    last = {row.treatment_id: row.number for row in rows}
    return [
        f.PlanFact(
            id=str(row.id), client=str(row.client_id), course=str(row.treatment_id), number=row.number,
            from_date=row.from_date, created_at=row.created_at.astimezone(UTC), parts=row.words or {},
            author=str(row.created_by_id or ""), is_latest=row.number == last[row.treatment_id],
        )
        for row in rows
    ]  # fmt: skip


def consent_fact(row: Consent) -> f.ConsentFact:
    """An answer of the client."""
    return f.ConsentFact(
        id=str(row.id), client=str(row.client_id), purpose=row.purpose, is_yes=row.is_yes, given_on=row.given_on,
        is_open=row.is_open, ends_on=row.ends_on,
        more={"how": row.how, "lives": row.lives, "words": row.words,
              "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
              "replaced_at": row.replaced_at.isoformat() if row.replaced_at else None,
              "created_at": row.created_at.isoformat(), "person": str(row.person_id or "")},
    )  # fmt: skip


def _conditions(client: Client) -> list[f.ConditionFact]:
    return [
        f.ConditionFact(f"{row.id}-{at}", str(client.id), str(code), row.from_date)
        for row in Plan.objects.filter(client=client).order_by("from_date", "id")
        for at, code in enumerate(row.diagnosis or [])
    ]


def _notes(courses: list[UUID]) -> list[f.DocumentFact]:
    signatures: dict[UUID, bytes] = {}
    for one in Signature.objects.filter(note__treatment__in=courses) | Signature.objects.filter(
        addendum__note__treatment__in=courses
    ):
        signatures[one.note_id or one.addendum_id] = one.value
    found = []
    for row in (
        ProgressNote.objects.filter(treatment__in=courses)
        .select_related("session")
        .order_by("on", "created_at", "id")
    ):
        found.append(
            f.DocumentFact(
                id=str(row.id), client=str(row.client_id), kind="progress_note", on=row.on,
                parts={name: getattr(row, name) or "" for name in ("modality", *ProgressNote.PARTS)},
                at=(row.signed_at or row.created_at).astimezone(UTC), is_signed=row.is_signed,
                author=str(row.signed_by_id or row.created_by_id or ""), course=str(row.treatment_id),
                hour=_held(row.session), signature=signatures.get(row.pk, b""),
                more={"times": row.times, "created_at": row.created_at.isoformat(), "hour": str(row.session_id or ""),
                      "version": row.version},
            )
        )  # fmt: skip
    added = Addendum.objects.filter(note__treatment__in=courses).select_related("client__practice")
    for row in added.order_by("created_at", "id"):
        found.append(
            f.DocumentFact(
                id=str(row.id), client=str(row.client_id), kind="addendum", on=day_in(row.client.practice.time_zone, row.created_at),
                parts={"words": row.words or ""}, at=row.created_at.astimezone(UTC), is_signed=True,
                author=str(row.created_by_id), of=str(row.note_id), signature=signatures.get(row.pk, b""),
            )
        )  # fmt: skip
    return found


def _summaries(courses: list[Treatment]) -> list[f.DocumentFact]:
    found = []
    for row in Ending.objects.filter(treatment__in=courses).order_by("on", "id"):
        if row.summary:
            at = datetime.combine(row.on, time(12), tzinfo=UTC)
            found.append(
                f.DocumentFact(
                    id=str(row.id), client=str(row.client_id), kind="closing_summary", on=row.on,
                    parts={"summary": row.summary}, at=at, course=str(row.treatment_id),
                )
            )  # fmt: skip
    return found


def _held(hour: Session | None) -> str:
    """The Encounter of an hour; one that was not held has an Appointment alone."""
    return str(hour.id) if hour is not None and hour.status == Session.Status.HELD else ""


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None
