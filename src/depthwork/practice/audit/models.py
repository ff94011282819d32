"""The chain of events: appended, never changed. No foreign keys, so that the log never interferes with live data."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One act or one reading: who, what, which row, when. No clinical content."""

    n = models.BigAutoField(primary_key=True)
    utc = models.CharField(max_length=32)
    practice = models.UUIDField(null=True, db_index=True)
    actor = models.UUIDField(null=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    client = models.UUIDField(null=True, db_index=True)
    reason = models.CharField(max_length=120, blank=True)
    previous = models.CharField(max_length=64)
    own = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_event"
        ordering = ["n"]
        indexes = [  # the audit page asks by day; alarms, wills and what is grave by what happened, each since a moment
            models.Index(fields=["utc"], name="audit_by_time"),
            models.Index(fields=["verb", "utc"], name="audit_by_verb_and_time"),
        ]
