"""A client: everything that says who it is, is sealed."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from depthwork.practice.config.names import named
from depthwork.practice.people.models import Practice
from depthwork.practice.treatments.models.sealed_name import SealedName
from depthwork.practice.vault.fields import SealedJSON, SealedModel
from depthwork.practice.vault.models import Compartment


class Client(SealedModel):
    """A person who came or asked to come. In clear stand a random id, the practice and a state."""

    compartment = Compartment.ADMINISTRATION

    class State(models.TextChoices):
        INQUIRY = "inquiry", _("has asked")
        CONSULTATION = "consultation", _("in consultation")
        WAITING = "waiting", _("waiting")
        ACTIVE = "active", _("in treatment")
        ENDED = "ended", _("ended")

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="clients")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    name = SealedName()
    called = SealedName()  # what the clinician calls them: first name or initials
    details = SealedJSON()  # born, pronouns, work, languages
    contact = SealedJSON()  # phone, e-mail, address, emergency contact, contact wishes
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "treatments_client"

    def vault_owner(self) -> uuid.UUID:
        return self.id

    @staticmethod
    def vault_filter(owner: uuid.UUID) -> dict[str, Any]:
        return {"id": owner}

    @property
    def policy_client(self) -> uuid.UUID:
        return self.id

    @property
    def policy_practice(self) -> uuid.UUID:
        return self.practice_id

    @property
    def initials(self) -> str:
        """Initials of the name, for landing pages and print."""
        return named("".join(f"{word[0]}." for word in (self.name or "?").split()[:3]))


class OfClient(SealedModel):
    """A sealed row that belongs to a client."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    @property
    def policy_client(self) -> uuid.UUID:
        return self.client_id

    @property
    def policy_practice(self) -> uuid.UUID:
        return self.client.practice_id
