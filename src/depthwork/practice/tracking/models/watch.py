"""Who sees a risk answer between the hours, and what proves it. No clinical text."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from depthwork.practice.people.models import Practice
from depthwork.practice.treatments.models.client import Client


class Watch(models.Model):
    """The practice's own arrangement."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.OneToOneField(Practice, on_delete=models.CASCADE, related_name="+")
    is_always_on = models.BooleanField(default=False)
    immediate_minutes = models.PositiveSmallIntegerField(default=30)
    same_day_minutes = models.PositiveSmallIntegerField(default=240)
    quiet_from = models.TimeField(null=True)
    quiet_to = models.TimeField(null=True)
    last_beat = models.DateTimeField(null=True)
    unbroken_since = models.DateTimeField(null=True)
    nudges = models.JSONField(default=dict)  # person id -> address for a mail without content

    class Meta:
        db_table = "tracking_watch"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_begin_and_end",
            ),
            models.CheckConstraint(
                condition=Q(immediate_minutes__gt=0, same_day_minutes__gt=0), name="a_watch_has_its_minutes"
            ),
        ]


class Deputy(models.Model):
    """The colleague who sees a risk answer of this client if the clinician has not, with a standing grant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="+")
    colleague = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agreed_on = models.DateField()  # the day the client agreed

    class Meta:
        db_table = "tracking_deputy"


class CoverTest(models.Model):
    """A test message to a colleague, and when it was acknowledged."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    colleague = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tracking_cover_test"
        indexes = [models.Index(fields=["colleague", "-acknowledged_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(acknowledged_at__gte=F("sent_at")),
                name="a_test_is_acknowledged_after_it_was_sent",
            ),
            models.CheckConstraint(condition=~Q(sent_by=F("colleague")), name="a_test_goes_to_somebody_else"),
        ]

    @property
    def policy_practice(self) -> uuid.UUID:
        return self.practice_id

    @property
    def policy_client(self) -> None:
        return None
