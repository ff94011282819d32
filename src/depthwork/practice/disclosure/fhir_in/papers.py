"""What was signed, agreed, answered and diagnosed: consents, notes, forms with their scores, a payer's plan."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from depthwork.interchange.fhir import facts as f
from depthwork.interchange.fhir.arriving import LeftOut, counted
from depthwork.interchange.fhir.bundle import RecordFacts
from depthwork.interchange.fhir.record import NOT_ASKED
from depthwork.measures import MeasureError, measure
from depthwork.practice.coverage.models import Plan
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.fhir_in.names import Names, day_of, moment_of, now, put, uuid_of
from depthwork.practice.people.models import Person
from depthwork.practice.record.models import Addendum, ProgressNote, Signature
from depthwork.practice.tracking.actions.intake import result_of
from depthwork.practice.tracking.models import Request, Response, Score
from depthwork.practice.treatments.models import Consent, Ending

NO_DIAGNOSES = gettext_noop("where you practise, no diagnosis is kept")


def kept_here(facts: RecordFacts, by: Person) -> tuple[RecordFacts, tuple[LeftOut, ...]]:
    """What of a record this practice keeps, and what it does not: asked before anything is written."""
    consents = tuple(one for one in facts.consents if one.purpose in Consent.Purpose.values)
    conditions = facts.conditions if by.practice.country == "US" else ()
    left = counted({
        ("Condition", NO_DIAGNOSES): len(facts.conditions) - len(conditions),
        ("Consent", NOT_ASKED): len(facts.consents) - len(consents),
    })  # fmt: skip
    return replace(facts, consents=consents, conditions=conditions), left


def consent_rows(
    facts: tuple[f.ConsentFact, ...],
    names: Names,
    client: UUID,
    people: dict[str, UUID],
    by: Person,
) -> list[dict[str, Any]]:
    rows, still_open = [], set()
    for one in sorted(facts, key=lambda fact: (not fact.is_open, -fact.given_on.toordinal())):
        more, person = one.more, people.get(str(one.more.get("person") or ""))
        created = moment_of(more.get("created_at"), None) or now()
        revoked, replaced = moment_of(more.get("revoked_at"), None), moment_of(more.get("replaced_at"), None)
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
    return rows


def write_documents(
    facts: RecordFacts,
    names: Names,
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
            "created_at": moment_of(one.more.get("created_at"), one.at), "created_by_id": people.get(one.author, by.id),
            "version": int(one.more.get("version") or 1), "signed_at": one.at if signed else None,
            "signed_by_id": people.get(one.author) if signed else None,
        })  # fmt: skip
    put(ProgressNote, notes)
    later = [
        one for one in facts.documents if one.kind == "addendum" and one.id in stands and one.of in stands
    ]
    put(Addendum, [
        {"id": names.of(one.id), "client_id": client, "note_id": names.of(one.of), "words": one.parts.get("words"),
         "created_at": one.at, "created_by_id": people[one.author]} for one in later
    ])  # fmt: skip
    put(Signature, [
        {"id": uuid.uuid4(), "client_id": client, "value": one.signature,
         "note_id": names.of(one.id) if one.kind == "progress_note" else None,
         "addendum_id": names.of(one.id) if one.kind == "addendum" else None}
        for one in facts.documents if one.id in stands and (one.kind == "progress_note" or one in later)
    ])  # fmt: skip
    summaries = {one.course: one for one in facts.documents if one.kind == "closing_summary"}
    put(Ending, [_ending(one, summaries.get(one.id), names, client) for one in facts.courses if one.ends_on])
    told["notes_as_drafts"] = sum(1 for row in notes if row["signed_at"] is None)


def _ending(fact: f.CourseFact, summary: f.DocumentFact | None, names: Names, client: UUID) -> dict[str, Any]:
    how = fact.more.get("ending") or {}
    return {
        "id": names.of(summary.id) if summary else uuid.uuid4(), "client_id": client, "treatment_id": names.of(fact.id),
        "planned": bool(how.get("planned", True)), "on": fact.ends_on, "created_at": now(),
        "by": how.get("by") if how.get("by") in Ending.By.values else Ending.By.BOTH,
        "summary": summary.parts.get("summary") if summary else None,
    }  # fmt: skip


def write_answers(
    facts: RecordFacts, names: Names, client: UUID, by: Person, course: Any, told: dict[str, Any]
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
            raise DisclosureError(_("a form of it is none that this program knows")) from None
        more = one.more
        content = {
            **(more.get("about") or {}),
            "measure": one.measure,
            "version": one.version,
            "answers": dict(one.answers),
        }
        mode = more.get("mode") if more.get("mode") in Request.Mode.values else Request.Mode.CLINICIAN
        asked = moment_of(more.get("asked_at"), one.at)
        id, request = names.of(one.id), uuid.uuid5(names.of(one.id) or uuid.uuid4(), "request")
        hour = names.of(one.hour or str(more.get("hour") or ""))
        day = day_of(more.get("on"), one.at.date())
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
        kept = uuid_of(str(UUID(prefix))) if names.kept and len(prefix) == 32 and _is_hex(prefix) else None
        scores.append({
            "id": kept or uuid.uuid4(), "client_id": client, "response_id": id, "number": 1,
            "made_at": (before[0].made_at if before else None) or one.at, "result": result,
        })  # fmt: skip
    put(Request, requests)
    put(Response, responses)
    put(Score, scores)
    told["scores_that_differ"] = differ


def write_conditions(facts: RecordFacts, client: UUID, names: Names) -> None:
    """A diagnosis stands with the payer's plan: one plan for each year it was recorded in, its terms still to be asked."""
    codes: dict[tuple[str, date], list[str]] = {}
    for one in facts.conditions:
        codes.setdefault((one.id.rpartition("-")[0], one.recorded_on), []).append(one.code)
    put(Plan, [
        {"id": (names.of(id) if uuid_of(id) else None) or uuid.uuid4(), "client_id": client, "from_date": day,
         "to_date": day + timedelta(days=364), "diagnosis": found, "created_at": now()}
        for (id, day), found in codes.items()
    ])  # fmt: skip


def _is_hex(text: str) -> bool:
    return all(letter in "0123456789abcdef" for letter in text)
