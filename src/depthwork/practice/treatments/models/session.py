"""One hour, held or missed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.treatments.models.treatment import Treatment
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Session(OfClient):
    """Wall time and zone are stored, UTC is derived; the number counts held hours."""

    compartment = Compartment.ADMINISTRATION

    class Status(models.TextChoices):
        PLANNED = "planned", _("to come")
        HELD = "held", _("held")
        MISSED_NOTICE = "missed_notice", _("missed, with notice")
        MISSED_NO_NOTICE = "missed_no_notice", _("missed, without notice")
        CANCELLED_BY_CLIENT = "cancelled_by_client", _("cancelled by the client")
        CANCELLED_BY_CLINICIAN = "cancelled_by_clinician", _("cancelled by the clinician")

    MISSED = (Status.MISSED_NOTICE, Status.MISSED_NO_NOTICE)

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="sessions")
    clinician = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    wall_time = models.TimeField()
    zone = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    length_minutes = models.PositiveSmallIntegerField(default=50)
    place = models.CharField(max_length=8, default="office")
    status = models.CharField(max_length=24, choices=Status.choices, default=Status.PLANNED)
    number = models.PositiveSmallIntegerField(null=True)
    late_minutes = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    skipped_remembering = models.BooleanField(
        default=False
    )  # the clinician chose to see cues without a line first
    kept_line = SealedText(compartment=Compartment.PROCESS_NOTES)
    first_words = SealedText(compartment=Compartment.PROCESS_NOTES)
    last_words = SealedText(compartment=Compartment.PROCESS_NOTES)
    after = SealedJSON(compartment=Compartment.PROCESS_NOTES)  # feelings, wished to, question for next time
    practice = models.UUIDField(
        null=True, editable=False
    )  # the client's; the database fills it in, for its walls
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "treatments_session"
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["client", "-day"]),
            models.Index(fields=["clinician", "-day"]),
            models.Index(fields=["treatment", "starts_at"]),
            models.Index(
                fields=["treatment"],
                condition=models.Q(status__in=["missed_notice", "missed_no_notice"]),
                name="missed_hours",  # a caseload counts them for every treatment
            ),
            models.Index(
                fields=["treatment", "number", "day", "practice"],
                condition=models.Q(number__isnull=False),
                name="last_hours",  # all that a caseload asks of an hour, whose row is long
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["treatment", "number"], name="one_hour_for_each_number"),
            models.CheckConstraint(condition=models.Q(length_minutes__gt=0), name="a_session_has_a_length"),
            models.CheckConstraint(
                condition=models.Q(status="held", number__isnull=False)
                | (~models.Q(status="held") & models.Q(number__isnull=True)),
                name="held_hours_are_numbered",
            ),
        ]
