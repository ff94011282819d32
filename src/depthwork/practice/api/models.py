"""Tokens by which a program reads in a person's name: for one purpose, until a day, some keys and no more."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from depthwork.practice.people.models import Practice
from depthwork.practice.vault.models import DataKey


class ApiToken(models.Model):
    """One token. Its words are shown once; the database keeps a name made from them (`vault.tokens`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=80)
    compartments = models.JSONField(default=list)
    given = models.JSONField(default=list)  # [[client, compartment]] whose keys it held when it was made
    created_at = models.DateTimeField(auto_now_add=True)
    ends_on = models.DateField()  # its last day
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.UUIDField(null=True)
    last_used_on = models.DateField(null=True)

    policy_doors = {"token": "name"}  # by which a request finds its practice (config/walls.py)

    class Meta:
        db_table = "api_token"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="a_token_is_taken_back_by_someone",
            ),
        ]

    @property
    def policy_practice(self) -> uuid.UUID:
        return self.practice_id

    @property
    def policy_client(self) -> None:
        return None


class TokenKey(models.Model):
    """A data key sealed under a token. It goes with the token, and with the data key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="keys")
    data_key = models.ForeignKey(DataKey, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        db_table = "api_token_key"
        constraints = [
            models.UniqueConstraint(fields=["token", "data_key"], name="one_key_for_each_token_and_data_key")
        ]
