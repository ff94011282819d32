"""Asking for a form: by link, in the room, by the clinician, or in the client's own place."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models import FollowUp, Session, Treatment
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON
from depthwork.practice.vault.models import Compartment

CLOSED = ("done", "declined", "left_open", "withdrawn")


class Request(OfClient):
    """One form asked of one client once. Which form, is sealed; in clear stand ids, states and times.

    The sheet being filled in is `draft` (sealed under the link's token) or `kept_draft` (under the record's key).
    """

    compartment = Compartment.RECORD

    class Mode(models.TextChoices):
        LINK = "link", _("by link")
        ROOM = "room", _("in the room")
        CLINICIAN = "clinician", _("by the clinician")
        PLACE = "place", _("in the client’s own place")

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        DONE = "done", _("answered")
        DECLINED = "declined", _("declined")
        LEFT_OPEN = "left_open", _("left open")
        WITHDRAWN = "withdrawn", _("taken back")

    treatment = models.ForeignKey(Treatment, null=True, on_delete=models.CASCADE, related_name="requests")
    session = models.ForeignKey(Session, null=True, on_delete=models.SET_NULL, related_name="requests")
    followup = models.ForeignKey(FollowUp, null=True, on_delete=models.SET_NULL, related_name="requests")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answers_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # after the end: who sees a risk answer in time
    mode = models.CharField(max_length=10, choices=Mode.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    what = SealedJSON()  # measure, version, hash, left_out
    on = models.DateField()  # the day it belongs to
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    saved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    token_name = models.CharField(max_length=64, null=True, unique=True)
    told = models.BinaryField(null=True)  # sealed under the token: which form, who asks
    draft = models.BinaryField(null=True)  # sealed under the token: answers so far
    kept_draft = SealedJSON()
    receipt = models.CharField(max_length=12, null=True, unique=True)

    policy_doors = {"form": "token_name"}  # by which a request finds its practice (config/walls.py)

    class Meta:
        db_table = "tracking_request"
        ordering = ["asked_at"]
        indexes = [
            models.Index(fields=["client", "on"]),
            models.Index(fields=["expires_at"], condition=Q(state="asked"), name="requests_to_close"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", finished_at__isnull=True)
                | (Q(state__in=CLOSED) & Q(finished_at__isnull=False)),
                name="a_form_is_open_or_finished",
            ),
            models.CheckConstraint(
                condition=~Q(mode="link") | Q(token_name__isnull=False, expires_at__isnull=False),
                name="a_link_has_a_token_and_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "declined", "withdrawn"])
                | Q(draft__isnull=True, kept_draft__isnull=True),
                name="a_finished_form_keeps_no_draft",
            ),
            models.CheckConstraint(
                condition=Q(state="done", receipt__isnull=False)
                | (~Q(state="done") & Q(receipt__isnull=True)),
                name="a_sent_form_has_a_receipt",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it may still be answered."""
        return self.state == self.State.ASKED
