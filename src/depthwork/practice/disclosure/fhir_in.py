"""A record that came as FHIR becomes rows of administration and record. The caller's transaction holds it all."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models

from depthwork.interchange.fhir import facts as f
from depthwork.interchange.fhir.bundle import RecordFacts
from depthwork.measures import MeasureError, measure
from depthwork.practice.coverage.models import Plan
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.unpacking import insert, sealed_row, write_stranger
from depthwork.practice.people.models import Person
from depthwork.practice.record.models import Addendum, PlanVersion, ProgressNote, Signature
from depthwork.practice.tracking.actions.intake import result_of
from depthwork.practice.tracking.models import Request, Response, Score
from depthwork.practice.treatments.models import Client, Consent, Ending, Goal, GoalRating, Session, Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import DataKey, Tombstone


class _Names:
    """Ids of the bundle as they are called here: kept where they are free and of our shape, else made anew."""

    def __init__(self, facts: RecordFacts, by: Person) -> None:
        assert facts.client is not None
        self._space = uuid.uuid5(by.practice_id, facts.client.id)
        there = Client.objects.filter(id=_uuid(facts.client.id)).values_list("practice_id", flat=True).first()
        anew = uuid.uuid5(self._space, facts.client.id)
        if there == by.practice_id or Client.objects.filter(id=anew).exists():
            raise DisclosureError("this client stands in this practice already; nothing was taken in")
        kinds: tuple[tuple[Iterable[Any], type[models.Model]], ...] = (
            (facts.courses, Treatment), (facts.hours, Session), (facts.answers, Response), (facts.goals, Goal),
            (facts.plans, PlanVersion), (facts.consents, Consent), (facts.documents, ProgressNote),
        )  # fmt: skip
        named = [[_uuid(one.id) for one in group] for group, _ in kinds]
        owner = _uuid(facts.client.id)
        self.kept = (
            there is None
            and owner is not None
            and all(id is not None for group in named for id in group)
            and not DataKey.objects.filter(owner=owner).exists()
            and not Tombstone.objects.filter(owner=owner).exists()
            and not any(
                model._default_manager.filter(pk__in=ids[at : at + 500]).exists()
                for ids, (_, model) in zip(named, kinds, strict=True)
                for at in range(0, len(ids), 500)
            )
        )

    def of(self, id: str) -> UUID | None:
        """The id here of an id of the bundle; None for none."""
        if not id:
            return None
        found = _uuid(id)
        return found if self.kept and found is not None else uuid.uuid5(self._space, id)

    def person(self, id: str, by: Person) -> UUID:
        """Someone of this practice by the same id, or someone from elsewhere."""
        found = _uuid(id)
        here = (
            Person.objects.filter(id=found).values_list("practice_id", flat=True).first() if found else None
        )
        if found is not None and (here == by.practice_id or (here is None and self.kept)):
            return found
        return uuid.uuid5(self._space, f"person/{id}")


def _uuid(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def write_facts(facts: RecordFacts, *, by: Person) -> tuple[Treatment, bool, dict[str, Any]]:
    """Rows of a record, its last treatment, whether ids were kept, and what a person should know of it."""
    if facts.client is None or not facts.courses:
        raise DisclosureError("it holds no EpisodeOfCare: a record is taken in with its treatment")
    names, told = _Names(facts, by), {"left_out_conditions": 0}
    client = names.of(facts.client.id)
    assert client is not None
    vault.make_keys(organisation=by.practice_id, owner=client)
    people = {one.id: names.person(one.id, by) for one in facts.people}
    for one in facts.people:
        write_stranger(people[one.id], one.name, by=by)
    _put(Client, [_client(facts.client, client, by)])
    first = names.of(facts.courses[0].id)
    last = max(facts.courses, key=lambda one: (one.starts_on, one.id))

    def course(id: str) -> UUID | None:
        return names.of(id) or first

    _put(Treatment, [_course(one, names, client, people, by) for one in facts.courses])
    _put(Session, _hours(facts.hours, names, client, people, by, course))
    _put(Goal, [_goal(one, names, client, course) for one in facts.goals])
    _put(GoalRating, [row for one in facts.goals for row in _ratings(one, names, client)])
    _put(PlanVersion, _plans(facts.plans, names, client, people, course))
    _put(Consent, _consents(facts.consents, names, client, people, by, told))
    _documents(facts, names, client, people, by, course, told)
    _answers(facts, names, client, by, course, told)
    _conditions(facts, client, names, by, told)
    treatment = Treatment.objects.select_related("client__practice", "clinician").get(id=names.of(last.id))
    return treatment, names.kept, told


def _put(model: type[models.Model], rows: list[dict[str, Any]]) -> None:
    if rows:
        insert(model, [sealed_row(model, row) for row in rows])


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def _client(fact: f.ClientFact, id: UUID, by: Person) -> dict[str, Any]:
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
        "contact": contact, "created_at": _now(), "version": 1,
    }  # fmt: skip


def _course(
    fact: f.CourseFact, names: _Names, client: UUID, people: dict[str, UUID], by: Person
) -> dict[str, Any]:
    hours = fact.more.get("hours_agreed")
    is_brief = fact.more.get("format") == "brief" and isinstance(hours, int) and hours > 0
    return {
        "id": names.of(fact.id), "client_id": client, "clinician_id": _theirs(fact.clinician, people, by),
        "state": fact.state, "format": "brief" if is_brief else "open_ended", "hours_agreed": hours if is_brief else None,
        "starts_on": fact.starts_on, "focus": fact.focus or None, "created_at": _now(),
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


def _hours(
    facts: tuple[f.HourFact, ...],
    names: _Names,
    client: UUID,
    people: dict[str, UUID],
    by: Person,
    course: Any,
) -> list[dict[str, Any]]:
    rows, numbers = [], set()
    zone = ZoneInfo(by.practice.time_zone)
    held = sorted((one for one in facts if one.status == "held"), key=lambda one: one.starts_at)
    given = [(one.course, one.number) for one in held]
    counted = all(number for _, number in given) and len(set(given)) == len(given)
    for at, one in enumerate(held, 1):
        numbers.add((one.id, one.number if counted else at))
    number_of = dict(numbers)
    for one in facts:
        local = one.starts_at.astimezone(zone)
        more = one.more
        rows.append({
            "id": names.of(one.id), "client_id": client, "treatment_id": course(one.course),
            "clinician_id": _theirs(one.clinician, people, by) if one.status == "planned"
            else people.get(one.clinician, by.id),
            "day": _day(more.get("day"), local.date()), "wall_time": _wall(more.get("wall_time"), local.time()),
            "zone": str(more.get("zone") or by.practice.time_zone)[:60], "starts_at": one.starts_at,
            "length_minutes": one.length_minutes, "place": one.place[:8], "status": one.status,
            "number": number_of.get(one.id), "late_minutes": int(more.get("late_minutes") or 0),
            "started_at": one.started_at if one.status == "held" else None,
            "stopped_at": one.stopped_at if one.status == "held" else None, "created_at": _now(),
        })  # fmt: skip
    return rows


def _day(text: Any, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return otherwise


def _wall(text: Any, otherwise: time) -> time:
    try:
        return time.fromisoformat(text)
    except (TypeError, ValueError):
        return otherwise.replace(tzinfo=None)


def _at(text: Any, otherwise: datetime | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return otherwise
    return found if found.tzinfo else otherwise


def _goal(fact: f.GoalFact, names: _Names, client: UUID, course: Any) -> dict[str, Any]:
    return {
        "id": names.of(fact.id), "client_id": client, "treatment_id": course(fact.course), "is_own": fact.is_own,
        "aim": fact.aim if fact.aim in Goal.Aim.values else "", "words": fact.words, "closed_on": fact.closed_on,
        "order": int(fact.more.get("order") or 0),
    }  # fmt: skip


def _ratings(fact: f.GoalFact, names: _Names, client: UUID) -> list[dict[str, Any]]:
    rows, seen = [], set()
    for one in fact.ratings:
        day, who, value = _day(one.get("on"), date.min), one.get("by"), one.get("value")
        if who not in ("client", "clinician") or day == date.min or (day, who) in seen:
            raise DisclosureError("a rating of a goal has no day or nobody who gave it, or stands twice")
        seen.add((day, who))
        rows.append({
            "id": uuid.uuid4(), "client_id": client, "goal_id": names.of(fact.id), "on": day, "by": who, "value": value,
            "session_id": names.of(str(one.get("hour") or "")),
        })  # fmt: skip
    return rows


def _plans(
    facts: tuple[f.PlanFact, ...], names: _Names, client: UUID, people: dict[str, UUID], course: Any
) -> list[dict[str, Any]]:
    given = [(one.course, one.number) for one in facts]
    counted = all(number > 0 for _, number in given) and len(set(given)) == len(given)
    return [
        {
            "id": names.of(one.id), "client_id": client, "treatment_id": course(one.course),
            "number": one.number if counted else at, "from_date": one.from_date, "words": dict(one.parts),
            "created_at": one.created_at, "created_by_id": people.get(one.author),
        }
        for at, one in enumerate(sorted(facts, key=lambda plan: (plan.from_date, plan.number)), 1)
    ]  # fmt: skip


def _consents(
    facts: tuple[f.ConsentFact, ...],
    names: _Names,
    client: UUID,
    people: dict[str, UUID],
    by: Person,
    told: dict[str, Any],
) -> list[dict[str, Any]]:
    rows, left, still_open = [], 0, set()
    for one in sorted(facts, key=lambda fact: (not fact.is_open, -fact.given_on.toordinal())):
        if one.purpose not in Consent.Purpose.values:
            left += 1
            continue
        more, person = one.more, people.get(str(one.more.get("person") or ""))
        created = _at(more.get("created_at"), None) or _now()
        revoked, replaced = _at(more.get("revoked_at"), None), _at(more.get("replaced_at"), None)
        closes = (one.purpose, person) in still_open or not one.is_open
        if revoked is None and replaced is None and closes:
            replaced = created
        if revoked is None and replaced is None:
            still_open.add((one.purpose, person))
        lives = more.get("lives") if more.get("lives") in Consent.Lives.values else ""
        rows.append({
            "id": names.of(one.id), "client_id": client, "purpose": one.purpose, "person_id": person,
            "is_yes": one.is_yes, "given_on": one.given_on, "ends_on": one.ends_on,
            "how": more.get("how") if more.get("how") in Consent.How.values else Consent.How.PAPER,
            "lives": "" if lives == "day" and one.ends_on is None else lives, "words": more.get("words"),
            "created_at": created, "revoked_at": revoked if one.is_yes else None,
            "revoked_by_id": by.id if revoked and one.is_yes else None, "replaced_at": replaced, "recorded_by_id": by.id,
        })  # fmt: skip
    told["left_out_consents"] = left
    return rows


def _documents(
    facts: RecordFacts,
    names: _Names,
    client: UUID,
    people: dict[str, UUID],
    by: Person,
    course: Any,
    told: dict[str, Any],
) -> None:
    """Notes signed here before keep their signature; what another system signed comes as a draft that says so."""
    who = {one.id: one.name for one in facts.people}
    stands = {
        one.id for one in facts.documents
        if one.is_signed and one.signature and names.kept and one.kind != "closing_summary"
    }  # fmt: skip
    added: dict[str, list[f.DocumentFact]] = {}
    for one in facts.documents:
        if one.kind == "addendum" and not (one.id in stands and one.of in stands):
            added.setdefault(one.of, []).append(one)
    notes, used = [], set()
    for one in facts.documents:
        if one.kind != "progress_note":
            continue
        signed = one.id in stands
        parts = {name: one.parts.get(name) or None for name in ("modality", *ProgressNote.PARTS)}
        rest = [words for name, words in one.parts.items() if name not in parts and words]
        if not signed:
            head = (
                [f"Received. Signed there by {who.get(one.author, '?')} on {one.at.date()}."]
                if one.is_signed
                else []
            )
            tail = [
                f"Added on {late.at.date()}: {late.parts.get('words', '')}" for late in added.get(one.id, ())
            ]
            whole = [*head, *([parts["state"]] if parts["state"] else []), *rest, *tail]
            parts["state"] = "\n\n".join(whole) or None
        hour = names.of(one.hour or str(one.more.get("hour") or ""))
        hour = None if hour in used else hour
        used.add(hour)
        notes.append({
            "id": names.of(one.id), "client_id": client, "treatment_id": course(one.course), "session_id": hour,
            "on": one.on, "times": one.more.get("times"), **parts,
            "created_at": _at(one.more.get("created_at"), one.at), "created_by_id": people.get(one.author, by.id),
            "version": int(one.more.get("version") or 1), "signed_at": one.at if signed else None,
            "signed_by_id": people.get(one.author) if signed else None,
        })  # fmt: skip
    _put(ProgressNote, notes)
    later = [
        one for one in facts.documents if one.kind == "addendum" and one.id in stands and one.of in stands
    ]
    _put(Addendum, [
        {"id": names.of(one.id), "client_id": client, "note_id": names.of(one.of), "words": one.parts.get("words"),
         "created_at": one.at, "created_by_id": people[one.author]} for one in later
    ])  # fmt: skip
    _put(Signature, [
        {"id": uuid.uuid4(), "client_id": client, "value": one.signature,
         "note_id": names.of(one.id) if one.kind == "progress_note" else None,
         "addendum_id": names.of(one.id) if one.kind == "addendum" else None}
        for one in facts.documents if one.id in stands and (one.kind == "progress_note" or one in later)
    ])  # fmt: skip
    summaries = {one.course: one for one in facts.documents if one.kind == "closing_summary"}
    _put(Ending, [_ending(one, summaries.get(one.id), names, client) for one in facts.courses if one.ends_on])
    told["notes_as_drafts"] = sum(1 for row in notes if row["signed_at"] is None)


def _ending(
    fact: f.CourseFact, summary: f.DocumentFact | None, names: _Names, client: UUID
) -> dict[str, Any]:
    how = fact.more.get("ending") or {}
    return {
        "id": names.of(summary.id) if summary else uuid.uuid4(), "client_id": client, "treatment_id": names.of(fact.id),
        "planned": bool(how.get("planned", True)), "on": fact.ends_on, "created_at": _now(),
        "by": how.get("by") if how.get("by") in Ending.By.values else Ending.By.BOTH,
        "summary": summary.parts.get("summary") if summary else None,
    }  # fmt: skip


def _answers(
    facts: RecordFacts, names: _Names, client: UUID, by: Person, course: Any, told: dict[str, Any]
) -> None:
    """Forms with their answers; scores are made anew from them and held against those that came."""
    came: dict[str, list[f.ScoreFact]] = {}
    for one in facts.scores:
        came.setdefault(one.answers, []).append(one)
    requests, responses, scores, differ = [], [], [], 0
    for one in facts.answers:
        try:
            measure(one.measure)
        except MeasureError:
            raise DisclosureError("a form of it is none that this program knows") from None
        more = one.more
        content = {
            "measure": one.measure,
            "version": one.version,
            "answers": dict(one.answers),
            **(more.get("about") or {}),
        }
        mode = more.get("mode") if more.get("mode") in Request.Mode.values else Request.Mode.CLINICIAN
        asked = _at(more.get("asked_at"), one.at)
        id, request = names.of(one.id), uuid.uuid5(names.of(one.id) or uuid.uuid4(), "request")
        hour = names.of(one.hour or str(more.get("hour") or ""))
        day = _day(more.get("on"), one.at.date())
        treatment = course(one.course) if one.course else None
        requests.append({
            "id": request, "client_id": client, "treatment_id": treatment, "session_id": hour, "mode": mode,
            "state": Request.State.DONE, "what": {"measure": one.measure, "version": one.version}, "on": day,
            "asked_at": asked, "expires_at": one.at, "finished_at": one.at, "token_name": request.hex + request.hex,
            "receipt": request.hex[:12],
        })  # fmt: skip
        responses.append({
            "id": id, "client_id": client, "request_id": request, "treatment_id": treatment, "session_id": hour,
            "on": day, "arrived_at": one.at, "taken_in_at": one.at, "answers": content,
        })  # fmt: skip
        result, before = result_of(content, practice=by.practice_id), came.get(one.id, [])
        differ += sum(
            (result["scores"].get(score.score) or {}).get("value") != score.value for score in before
        )
        prefix = before[0].id[:32] if before else ""
        kept = _uuid(str(UUID(prefix))) if names.kept and len(prefix) == 32 and _is_hex(prefix) else None
        scores.append({
            "id": kept or uuid.uuid4(), "client_id": client, "response_id": id, "number": 1,
            "made_at": before[0].at if before else one.at, "result": result,
        })  # fmt: skip
    _put(Request, requests)
    _put(Response, responses)
    _put(Score, scores)
    told["scores_that_differ"] = differ
    told["scores_without_answers"] = len(came.get("", []))


def _conditions(facts: RecordFacts, client: UUID, names: _Names, by: Person, told: dict[str, Any]) -> None:
    """A diagnosis stands with the payer's plan: one plan for each year it was recorded in, its terms still to be asked."""
    if by.practice.country != "US":
        told["left_out_conditions"] = len(facts.conditions)
        return
    codes: dict[tuple[str, date], list[str]] = {}
    for one in facts.conditions:
        codes.setdefault((one.id.rpartition("-")[0], one.recorded_on), []).append(one.code)
    _put(Plan, [
        {"id": (names.of(id) if _uuid(id) else None) or uuid.uuid4(), "client_id": client, "from_date": day,
         "to_date": day + timedelta(days=364), "diagnosis": found, "created_at": _now()}
        for (id, day), found in codes.items()
    ])  # fmt: skip


def _is_hex(text: str) -> bool:
    return all(letter in "0123456789abcdef" for letter in text)
