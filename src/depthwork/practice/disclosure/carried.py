"""The map of what a treatment is made of: every model of a client, whether it travels, and if not, why.

A model that is in neither list stops the tests: nobody adds a table and forgets that it has to leave, or must not.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import CASCADE, PROTECT, RESTRICT
from django.utils.translation import gettext_lazy as _

from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault.fields import SealedField

# In the order in which rows can be written: what is pointed at comes first.
TRAVELS = (
    "treatments.client", "treatments.treatment", "treatments.frame", "treatments.frameevent", "treatments.break",
    "treatments.session", "treatments.ending", "treatments.endingbefore", "treatments.followup", "treatments.adjunct",
    "treatments.lifeevent", "treatments.goal", "treatments.goalrating", "treatments.consent", "intake.consultation", "intake.safetyplan",
    "record.progressnote", "record.addendum", "record.signature", "record.planversion", "sources.source",
    "sources.sourceversion", "sources.draft", "tracking.request", "tracking.response", "tracking.score",
    "tracking.alert", "tracking.assessment", "tracking.schedule", "casework.readingrow", "casework.markrow",
    "casework.passageanswer", "formulation.formulation", "formulation.statement", "formulation.citation",
    "formulation.prediction", "supervision.supervision", "supervision.comment", "supervision.agendaitem",
    "supervision.exercise", "supervision.codingsheet", "supervision.pack", "coverage.plan", "coverage.authorisation",
    "coverage.verification", "coverage.charge", "coverage.payment", "coverage.paper", "coverage.payerplan", "coverage.asking", "coverage.letter",
    "coverage.estimate", "portal.thought",
)  # fmt: skip

STAYS = {
    "casework.cueskept": _("computed anew from the text by whoever has the client's yes to it"),
    "tracking.deputy": _("an arrangement between colleagues of this practice"),
    "treatments.handover": _("an arrangement between colleagues of this practice"),
    "portal.invitation": _("the client's sign-in belongs to the practice that gave it"),
    "portal.opening": _("agreed anew with the next clinician"),
    "intake.inquiry": _("lies in the practice's own inbox; its words stand in the consultation"),
    "treatments.unconfirmed": _("says of an answer that it was given elsewhere; the answer itself travels"),
    "disclosure.release": _("given to this practice, and kept as proof by it"),
    "disclosure.disclosure": _("this practice's account of what it gave out"),
    "disclosure.arrival": _("this practice's account of what it took in"),
}

# Whoever takes the treatment in, steps into these of its clinician's places.
HANDED_ON = {("treatments.treatment", "clinician"), ("sources.draft", "person")}
BELONGS = (CASCADE, PROTECT, RESTRICT)


def model_of(label: str) -> type[models.Model]:
    """The model of a label."""
    return apps.get_model(label)


def of_clients() -> list[str]:
    """Every model of the program that has rows of a client."""
    found = []
    for model in apps.get_models():
        points = any(
            f.is_relation and f.many_to_one | bool(f.one_to_one) and f.related_model is Client
            for f in model._meta.concrete_fields
        )
        if model is Client or points:
            found.append(model._meta.label_lower)
    return found


def compartment_of(model: type[models.Model]) -> str:
    """Where the clear columns of a model belong."""
    return str(getattr(model, "compartment", "administration"))


def fields_for(model: type[models.Model], compartments: set[str]) -> list[models.Field[Any, Any]]:
    """The columns of a model that lie in these compartments; none where its rows do not."""
    if compartment_of(model) not in compartments:
        return []
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, SealedField) or str(field.compartment_of(model)) in compartments
    ]


def is_person(field: models.Field[Any, Any]) -> bool:
    """Whether a column names someone who works here, or the client's own sign-in."""
    return bool(field.is_relation and field.related_model is Person)


def holder_of(field: models.Field[Any, Any]) -> str | None:
    """The label of the carried row to which a row belongs by this column: it goes where that one goes."""
    if not field.is_relation or is_person(field):
        return None
    label = str(field.related_model._meta.label_lower)  # type: ignore[union-attr]
    remote = field.remote_field
    return label if label in TRAVELS and remote is not None and remote.on_delete in BELONGS else None


def pointed_at(field: models.Field[Any, Any]) -> str | None:
    """The label of the carried row that a column names, whether it belongs to it or only mentions it."""
    if not field.is_relation or is_person(field):
        return None
    label = str(field.related_model._meta.label_lower)  # type: ignore[union-attr]
    return label if label in TRAVELS else None
