"""Reads of first conversations, consents and safety plans, always of one client or one practice."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from depthwork.practice.config import rows
from depthwork.practice.intake.matching import Offer
from depthwork.practice.intake.models import ClinicianProfile, Consultation, Desk, Inquiry, SafetyPlan
from depthwork.practice.people.models import Person, Practice
from depthwork.practice.policy.crisis import crisis_lines
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.treatments.consents import (
    agreed_among,
    allows,
    cues_possible,
    open_answers,
    today_at,
    transcripts_to_burn,
)
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.unlocked import current, take_from_inbox

__all__ = [
    "agreed_among",
    "allows",
    "clinicians_of",
    "consultation_of",
    "crisis_lines",
    "cues_possible",
    "desk_of",
    "inquiries_of",
    "inquiry_named",
    "open_answers",
    "profile_of",
    "safety_plan_of",
    "safety_plans_of",
    "today_at",
    "transcripts_to_burn",
    "words_of",
]


def desk_of(practice_id: UUID | None) -> Desk | None:
    """The open desk of a practice; without an id, of the only practice there is."""
    desks = Desk.objects.select_related("practice").filter(is_open=True)
    if practice_id is None:
        found = [desk for _ in rows.each_practice() for desk in desks[:2].all()]
        if len(found) != 1:
            return None
        rows.enter(practice=found[0].practice_id)
        return found[0]
    rows.enter(practice=practice_id)
    return desks.filter(practice_id=practice_id).first()


def practice_named(practice_id: UUID) -> Practice | None:
    """A practice by id."""
    rows.enter(practice=practice_id)
    return Practice.objects.filter(id=practice_id).first()


def inquiry_named(inquiry_id: UUID) -> Inquiry | None:
    """An inquiry by id, for the policy to judge."""
    return Inquiry.objects.select_related("practice", "client").filter(id=inquiry_id).first()


@dataclass(frozen=True, slots=True)
class Letter:
    """An inquiry with its words opened."""

    row: Inquiry
    words: dict[str, Any]


def holds_inbox(practice: Practice) -> bool:
    """Whether the keys at hand open the practice's inbox."""
    return current().holds(practice.id, "administration")


def words_of(inquiry: Inquiry) -> dict[str, Any]:
    """What was written, opened with the keys at hand."""
    raw = take_from_inbox(
        owner=inquiry.practice_id,
        compartment="administration",
        data_key=inquiry.data_key,
        blob=bytes(inquiry.box),
    )
    found: dict[str, Any] = json.loads(raw)
    return found


def inquiries_of(person: Person, *, states: Iterable[str] | None = None, limit: int = 100) -> list[Letter]:
    """A practice's inquiries, newest first; one query, opened in memory."""
    rows = Inquiry.objects.filter(practice_id=person.practice_id)
    if states is not None:
        rows = rows.filter(state__in=list(states))
    found = []
    for row in rows[:limit]:
        try:
            found.append(Letter(row, words_of(row)))
        except NoKey:
            continue
    return found


def clinicians_of(practice: Practice, *, public_only: bool = False) -> list[ClinicianProfile]:
    """Profiles of the clinicians who work here now, by name."""
    rows = ClinicianProfile.objects.filter(person__practice=practice, person__is_active=True)
    if public_only:
        rows = rows.filter(is_public=True)
    found = [row for row in rows.select_related("person") if row.person.has_role("clinician")]
    return sorted(found, key=lambda row: row.person.display_name.casefold())


def offer_of(profile: ClinicianProfile) -> Offer:
    """A profile as the match list reads it."""
    return Offer(
        name=profile.person.display_name,
        has_room=profile.has_room,
        languages=tuple(profile.languages),
        problems=tuple(profile.problems),
        formats=tuple(profile.formats),
        times=tuple(profile.times),
        places=tuple(profile.places),
        plans=tuple(profile.plans),
        takes_self_pay=profile.takes_self_pay,
        step_free=profile.step_free,
    )


def consultation_of(client: Client) -> Consultation | None:
    """The consultation that is open, or else the last one."""
    return (
        Consultation.objects.filter(client=client)
        .select_related("client__practice", "decided_by")
        .order_by("decided_on", "-begun_on", "-created_at")
        .filter(decided_on=None)
        .first()
        or Consultation.objects.filter(client=client)
        .select_related("client__practice", "decided_by")
        .order_by("-begun_on", "-created_at")
        .first()
    )


def safety_plan_of(client: Client | UUID) -> SafetyPlan | None:
    """The plan that holds now."""
    client_id = client.id if isinstance(client, Client) else client
    return (
        SafetyPlan.objects.filter(client_id=client_id)
        .select_related("client__practice", "made_by")
        .order_by("-number")
        .first()
    )


def safety_plans_of(client: Client) -> list[SafetyPlan]:
    """Every version, the newest first."""
    return list(
        SafetyPlan.objects.filter(client=client)
        .select_related("client__practice", "made_by")
        .order_by("-number")
    )
