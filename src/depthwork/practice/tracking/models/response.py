"""What was answered, and what the key of the instrument makes of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from depthwork.practice.tracking.models.request import Request
from depthwork.practice.treatments.models import FollowUp, Session, Treatment
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON
from depthwork.practice.vault.models import Compartment


class Response(OfClient):
    """One finished form. It lies in the inbox (`box`) until someone with the key takes it in (`answers`)."""

    compartment = Compartment.RECORD

    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="response")
    treatment = models.ForeignKey(Treatment, null=True, on_delete=models.CASCADE, related_name="responses")
    session = models.ForeignKey(Session, null=True, on_delete=models.SET_NULL, related_name="responses")
    followup = models.ForeignKey(FollowUp, null=True, on_delete=models.SET_NULL, related_name="responses")
    on = models.DateField()
    arrived_at = models.DateTimeField()
    taken_in_at = models.DateTimeField(null=True)
    box = models.BinaryField(null=True)
    data_key = models.UUIDField(null=True)
    answers = SealedJSON()  # measure, version, hash, answers, mode, rater, language, late, shown

    class Meta:
        db_table = "tracking_response"
        ordering = ["on", "arrived_at"]
        indexes = [models.Index(fields=["client", "on"]), models.Index(fields=["treatment", "on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(box__isnull=False, data_key__isnull=False, taken_in_at__isnull=True)
                | Q(box__isnull=True, data_key__isnull=True, taken_in_at__isnull=False),
                name="answers_wait_in_the_inbox_or_are_taken_in",
            )
        ]


class Score(OfClient):
    """One scoring of a response, with the definition's version and hash. A later scoring is a further row."""

    compartment = Compartment.RECORD

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="scorings")
    number = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField()
    result = SealedJSON()  # measure, version, hash, scores, labels, withheld, key_basis

    class Meta:
        db_table = "tracking_score"
        constraints = [
            models.UniqueConstraint(fields=["response", "number"], name="one_scoring_for_each_number")
        ]
