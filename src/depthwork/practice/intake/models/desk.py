"""What a practice says in public: who reads an inquiry and when, and who works here."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from depthwork.practice.people.models import Practice


class Desk(models.Model):
    """Who reads what is asked, on which days. Until someone has said so, nothing can be asked by form."""

    practice = models.OneToOneField(Practice, on_delete=models.CASCADE, related_name="desk", primary_key=True)
    is_open = models.BooleanField(default=False)
    read_by = models.CharField(max_length=160)
    weekdays = models.JSONField(default=list)  # 0 Monday to 6 Sunday
    read_until = models.TimeField()  # what comes later that day is read on the next
    phone = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=400, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "intake_desk"

    @property
    def policy_client(self) -> None:
        return None

    @property
    def policy_practice(self) -> uuid.UUID:
        return self.practice_id


class ClinicianProfile(models.Model):
    """What someone who asks may know of a clinician. Written by the clinician, read by anyone: nothing here is secret."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="clinician_profile", primary_key=True
    )
    is_public = models.BooleanField(default=False)
    has_room = models.BooleanField(default=True)
    about = models.CharField(max_length=600, blank=True)
    training = models.CharField(max_length=400, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    languages = models.JSONField(default=list)
    problems = models.JSONField(default=list)  # ids of words.PROBLEMS
    formats = models.JSONField(default=list)  # ids of words.FORMATS
    times = models.JSONField(default=list)  # ids of words.TIMES
    places = models.JSONField(default=list)  # office, video, phone
    plans = models.JSONField(default=list)  # insurers, as written
    takes_self_pay = models.BooleanField(default=True)
    fees = models.CharField(max_length=200, blank=True)
    step_free = models.BooleanField(null=True)
    may_ask = models.CharField(max_length=600, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "intake_clinician_profile"
