"""What to do in a bad hour, in the client's own words, made together."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON
from depthwork.practice.vault.models import Compartment


class SafetyPlan(OfClient):
    """One dated version. A change makes the next; nothing of an earlier one is lost."""

    compartment = Compartment.RECORD

    number = models.PositiveSmallIntegerField()
    made_on = models.DateField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    parts = SealedJSON()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "intake_safety_plan"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["client", "number"], name="one_safety_plan_for_each_number"),
            models.CheckConstraint(condition=models.Q(number__gt=0), name="safety_plans_count_from_one"),
        ]
