"""A client's own place: how it was opened, what both agreed, what was left for the hour."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models.client import Client, OfClient
from depthwork.practice.vault.fields import SealedJSON
from depthwork.practice.vault.models import Compartment


class Invitation(models.Model):
    """A link with which a client makes an account. The clinician lets it in after comparing fingerprints."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    token_name = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    let_in_at = models.DateTimeField(null=True)

    policy_doors = {"place": "token_name"}  # by which a request finds its practice (config/walls.py)

    class Meta:
        db_table = "portal_invitation"
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, person__isnull=True)
                | Q(used_at__isnull=False, person__isnull=False),
                name="an_invitation_is_used_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(let_in_at__isnull=True) | Q(person__isnull=False),
                name="only_someone_is_let_in",
            ),
        ]


class Opening(models.Model):
    """Whether dreams and thoughts may be left for the hour: off unless both said yes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="+")
    by_client = models.BooleanField(default=False)
    by_clinician = models.BooleanField(default=False)

    class Meta:
        db_table = "portal_opening"

    @property
    def is_open(self) -> bool:
        """Both agreed."""
        return self.by_client and self.by_clinician


class Thought(OfClient):
    """A dream or a thought left for the hour. Sealed to the process notes: the client's account cannot open it again."""

    compartment = Compartment.PROCESS_NOTES

    class Kind(models.TextChoices):
        DREAM = "dream", _("a dream")
        THOUGHT = "thought", _("a thought")

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.THOUGHT)
    left_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    box = models.BinaryField(null=True)
    data_key = models.UUIDField(null=True)
    words = SealedJSON()

    class Meta:
        db_table = "portal_thought"
        ordering = ["left_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(box__isnull=True, data_key__isnull=True, words__isnull=False)
                | Q(box__isnull=False, data_key__isnull=False, words__isnull=True),
                name="a_thought_waits_or_is_read",
            )
        ]
