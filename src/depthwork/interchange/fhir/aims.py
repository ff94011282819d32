"""Goal and CarePlan: what is hoped for, and how it is to be worked on."""

from __future__ import annotations

import json

from depthwork.interchange.fhir.common import (
    FhirError,
    NotKept,
    Resource,
    about,
    day_of,
    extension,
    id_of,
    moment,
    more_of,
    needed,
    own,
    reference,
    referred,
    with_more,
)
from depthwork.interchange.fhir.facts import GoalFact, PlanFact
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

NO_END = gettext_noop("closed there without a day")


def goal(fact: GoalFact) -> Resource:
    """A goal in the words in which it was said, with its ratings."""
    made: Resource = {
        "resourceType": "Goal",
        "id": fact.id,
        "lifecycleStatus": "completed" if fact.closed_on else "active",
        "description": {"text": fact.words},
        "subject": reference("Patient", fact.client),
        "expressedBy": reference("Patient", fact.client) if fact.is_own else None,
        "statusDate": fact.closed_on.isoformat() if fact.closed_on else None,
        "category": [{"text": fact.aim}] if fact.aim else [],
        "extension": [extension("course", valueString=fact.course)],
    }
    for rating in fact.ratings:
        text = json.dumps(rating, ensure_ascii=False)
        made["extension"].append(extension("rating", valueString=text))
    return with_more(made, fact.more)


def read_goal(resource: Resource) -> GoalFact:
    """The goal of a Goal."""
    words = (resource.get("description") or {}).get("text")
    if not words:
        raise FhirError(_("it has no words"))
    ratings = []
    for one in resource.get("extension") or []:
        if str(one.get("url")).endswith("/rating"):
            try:
                ratings.append(dict(json.loads(one["valueString"])))
            except (KeyError, ValueError, TypeError, RecursionError):
                raise FhirError(_("a rating of it cannot be read")) from None
    kinds = resource.get("category") or [{}]
    is_closed = resource.get("lifecycleStatus") in ("completed", "cancelled")
    if is_closed and not resource.get("statusDate"):
        raise NotKept(NO_END)
    return GoalFact(
        id=id_of(resource),
        client=needed(resource, "subject", "Patient"),
        course=own(resource, "course", "valueString") or "",
        words=str(words),
        is_own=referred(resource, "expressedBy", "Patient") != "",
        aim=str(kinds[0].get("text") or ""),
        closed_on=day_of(resource.get("statusDate"), "statusDate") if is_closed else None,
        ratings=tuple(ratings),
        more=more_of(resource),
    )


def care_plan(fact: PlanFact) -> Resource:
    """One version of the treatment plan."""
    made: Resource = {
        "resourceType": "CarePlan",
        "id": fact.id,
        "status": "active" if fact.is_latest else "revoked",
        "intent": "plan",
        "category": [{"text": "treatment plan"}],
        "title": f"Treatment plan, version {fact.number}",
        "description": "\n\n".join(words for words in fact.parts.values() if words),
        "subject": reference("Patient", fact.client),
        "period": {"start": fact.from_date.isoformat()},
        "created": moment(fact.created_at),
        "author": reference("Practitioner", fact.author) if fact.author else None,
        "extension": [
            extension("course", valueString=fact.course),
            extension("number", valueInteger=fact.number),
        ],
    }
    return with_more(made, {"parts": dict(fact.parts)})


def read_care_plan(resource: Resource) -> PlanFact:
    """The plan of a CarePlan; another system's description becomes its approach."""
    parts = more_of(resource).get("parts")
    if parts is None:
        parts = {"approach": str(resource.get("description") or resource.get("title") or "")}
    if not isinstance(parts, dict) or not all(isinstance(v, str) for v in parts.values()):
        raise FhirError(_("its parts cannot be read"))
    start = (resource.get("period") or {}).get("start") or resource.get("created")
    number = own(resource, "number", "valueInteger")
    return PlanFact(
        id=id_of(resource),
        client=needed(resource, "subject", "Patient"),
        course=own(resource, "course", "valueString") or "",
        number=number if isinstance(number, int) else 0,
        from_date=day_of(start, "period"),
        created_at=about(resource.get("created") or day_of(start, "period").isoformat(), "created"),
        parts=parts,
        author=referred(resource, "author", "Practitioner"),
        is_latest=resource.get("status") != "revoked",
    )
