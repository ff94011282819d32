"""First hours: what was asked, what became known, what was weighed, and what a person decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Consultation(OfClient):
    """Open until a person has decided; then it is read, and a new one is begun if things change."""

    compartment = Compartment.RECORD

    begun_on = models.DateField()
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_for = SealedJSON()  # the inquiry's words, carried over
    notes = SealedJSON()  # [{question, answer}]
    facts = SealedJSON()  # id -> {state, by, on}
    readings = SealedJSON()  # id -> figure or left_open
    preferences = SealedJSON()  # id -> words
    acknowledged = SealedJSON()  # key of an entry -> {by, on, how}
    decision = SealedText()
    reasons = SealedText()
    set_aside = SealedJSON()  # rule ids that were heard and not followed
    shown = SealedJSON()  # the considerations as they stood when it was decided
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_with_client = models.BooleanField(default=True)
    decided_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "intake_consultation"
        ordering = ["-begun_on", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision__isnull=True, decided_by__isnull=True, decided_on__isnull=True)
                | models.Q(decision__isnull=False, decided_by__isnull=False, decided_on__isnull=False),
                name="a_decision_has_a_person_and_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(set_aside__isnull=True) | models.Q(reasons__isnull=False),
                name="what_is_set_aside_has_its_reasons",
            ),
            models.UniqueConstraint(
                fields=["client"],
                condition=models.Q(decided_on=None),
                name="one_open_consultation_for_each_client",
            ),
        ]
