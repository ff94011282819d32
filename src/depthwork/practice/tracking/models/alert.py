"""An answer that needs a person, and what the person asked and did."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from depthwork.practice.tracking.models.request import Request
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON
from depthwork.practice.vault.models import Compartment


class Alert(OfClient):
    """All that one form raised. Written with the answer itself, so that neither is there without the other.

    `escalate_at` is the moment from which the covering colleague sees it too; null where somebody sat in the
    room, or where it is for the next hour.
    """

    compartment = Compartment.RECORD

    class State(models.TextChoices):
        OPEN = "open", _("to be read")
        ANSWERED = "answered", _("asked about")

    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="alert")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    raised_at = models.DateTimeField()
    escalate_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    is_for_the_hour = models.BooleanField(default=False)
    box = models.BinaryField(null=True)
    data_key = models.UUIDField(null=True)
    what = SealedJSON()  # measure, raised: [{id, level, item, answer, at}]

    class Meta:
        db_table = "tracking_alert"
        ordering = ["raised_at"]
        indexes = [
            models.Index(fields=["client", "state"]),
            models.Index(fields=["escalate_at"], condition=Q(state="open"), name="alerts_to_hand_on"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | Q(state="answered", answered_at__isnull=False),
                name="an_alert_is_open_or_answered",
            ),
        ]


class Assessment(OfClient):
    """What was asked and what was done about an alert, by whom. Nothing here is a level."""

    compartment = Compartment.RECORD

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="assessments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    words = SealedJSON()  # topics, asked, done, steps, spoken_at

    class Meta:
        db_table = "tracking_assessment"
        ordering = ["at"]
