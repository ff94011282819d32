"""Whose a FHIR resource is, read off its id: the row that it is made from names the client."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from depthwork.practice.coverage.models import Plan
from depthwork.practice.record.models import Addendum, PlanVersion, ProgressNote
from depthwork.practice.tracking.models import Response, Score
from depthwork.practice.treatments.models import Consent, Ending, Goal, Session, Treatment

MADE_FROM: dict[str, tuple[type[models.Model], ...]] = {
    "Appointment": (Session,), "Encounter": (Session,), "EpisodeOfCare": (Treatment,), "Goal": (Goal,),
    "CarePlan": (PlanVersion,), "Consent": (Consent,), "Condition": (Plan,), "QuestionnaireResponse": (Response,),
    "Observation": (Score,), "DocumentReference": (ProgressNote, Addendum, Ending),
}  # fmt: skip
# Where a colleague is named in a record, and so stands in it as a Practitioner.
NAMED_IN: tuple[tuple[type[models.Model], str], ...] = (
    (Treatment, "clinician"), (Session, "clinician"), (Consent, "person"), (PlanVersion, "created_by"),
    (ProgressNote, "signed_by"), (ProgressNote, "created_by"), (Addendum, "created_by"),
)  # fmt: skip


def owners_of(kind: str, resource_id: str) -> set[UUID]:
    """Ids of the clients in whose record a resource of this id can stand; empty where the id is of another shape."""
    row = _row_of(kind, resource_id)
    if row is None:
        return set()
    if kind == "Patient":
        return {row}
    ways = NAMED_IN if kind == "Practitioner" else [(model, "pk") for model in MADE_FROM.get(kind, ())]
    return {
        client
        for model, column in ways
        for client in model._default_manager.filter(**{column: row}).order_by().values_list("client", flat=True).distinct()
    }  # fmt: skip


def _row_of(kind: str, resource_id: str) -> UUID | None:
    """The id of the row: a score's stands before its name, a plan's before the place of the diagnosis."""
    own = {"Observation": resource_id[:32], "Condition": resource_id.rpartition("-")[0]}.get(
        kind, resource_id
    )
    try:
        return UUID(own)
    except ValueError:
        return None
