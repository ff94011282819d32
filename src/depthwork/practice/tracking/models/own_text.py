"""The words of a form that a practice is licensed to use, and who said so. No clinical text; never exported."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from depthwork.practice.people.models import Practice


class OwnText(models.Model):
    """One form's words as one practice may use them. A text that was taken out stays as a dated line without its words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+")
    measure = models.CharField(max_length=40)
    words = models.JSONField(
        default=dict
    )  # items: {id: text}, options: {id: [[value, label]]}, instructions, notice
    licence = models.CharField(max_length=300)
    language = models.CharField(max_length=12, default="en")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_on = models.DateField()
    taken_out_at = models.DateTimeField(null=True)
    taken_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "tracking_own_text"
        ordering = ["measure", "-confirmed_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "measure"],
                condition=Q(taken_out_at=None),
                name="one_text_in_use_for_each_form",
            ),
            models.CheckConstraint(condition=~Q(licence=""), name="a_text_names_its_licence"),
            models.CheckConstraint(
                condition=Q(taken_out_at__isnull=True, taken_out_by__isnull=True)
                | Q(taken_out_at__isnull=False, taken_out_by__isnull=False),
                name="a_text_is_taken_out_by_someone",
            ),
        ]

    @property
    def policy_practice(self) -> uuid.UUID:
        return self.practice_id

    @property
    def policy_client(self) -> None:
        return None
