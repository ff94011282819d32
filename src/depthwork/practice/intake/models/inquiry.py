"""Someone asks for a first conversation, while nobody of the practice is signed in."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from depthwork.practice.people.models import Practice
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault.fields import SealedModel, SealedText
from depthwork.practice.vault.models import Compartment


class Inquiry(models.Model):
    """A sealed letter in the practice's inbox. In clear stand its day, its state and whom it became."""

    class State(models.TextChoices):
        NEW = "new", _("not yet read")
        CALLING = "calling", _("call back")
        OFFERED = "offered", _("a conversation is offered")
        WAITING = "waiting", _("waits for a place")
        REFERRED = "referred", _("referred on")
        CLIENT = "client", _("became a client")
        CLOSED = "closed", _("closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="inquiries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    arrived_at = models.DateTimeField()
    due_on = models.DateField()  # the day that the form promised it would be read
    once = models.CharField(
        max_length=64, unique=True
    )  # digest of the form's own token: a second send finds it
    data_key = models.UUIDField()
    box = models.BinaryField()
    client = models.ForeignKey(Client, null=True, on_delete=models.SET_NULL, related_name="inquiries")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "intake_inquiry"
        ordering = ["-arrived_at"]
        indexes = [models.Index(fields=["practice", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(client__isnull=False) | models.Q(state="client"),
                name="an_inquiry_with_a_client_became_one",
            )
        ]

    @property
    def policy_client(self) -> None:
        return None

    @property
    def policy_practice(self) -> uuid.UUID:
        return self.practice_id


class InquiryStep(SealedModel):
    """What was done about an inquiry, by whom, on which day."""

    compartment = Compartment.ADMINISTRATION

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="steps")
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Inquiry.State.choices, blank=True)
    words = SealedText()

    class Meta:
        db_table = "intake_inquiry_step"
        ordering = ["at"]

    def vault_owner(self) -> uuid.UUID:
        return self.practice_id

    @staticmethod
    def vault_filter(owner: uuid.UUID) -> dict[str, Any]:
        return {"practice_id": owner}
