"""One course of treatment with one clinician, its ending and what was agreed for afterwards."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Treatment(OfClient):
    """From the first agreed hour to the ending."""

    compartment = Compartment.ADMINISTRATION

    class State(models.TextChoices):
        CONSULTATION = "consultation", _("consultation")
        ACTIVE = "active", _("under way")
        ENDED = "ended", _("ended")

    class Format(models.TextChoices):
        BRIEF = "brief", _("brief, with one focus")
        OPEN_ENDED = "open_ended", _("open-ended")

    clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="treatments"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    format = models.CharField(max_length=10, choices=Format.choices, default=Format.OPEN_ENDED)
    hours_agreed = models.PositiveSmallIntegerField(null=True)
    starts_on = models.DateField()
    focus = SealedText(compartment=Compartment.RECORD)  # in the client's words
    private_core_conflict = SealedText(compartment=Compartment.PROCESS_NOTES)
    brief_page = models.BooleanField(default=True)  # "before the hour"; off: without memory or desire
    cues = models.BooleanField(default=False)
    practice = models.UUIDField(
        null=True, editable=False
    )  # the client's; the database fills it in, for its walls
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "treatments_treatment"
        indexes = [models.Index(fields=["clinician", "state"]), models.Index(fields=["client"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(format="brief", hours_agreed__gt=0) | models.Q(format="open_ended"),
                name="a_brief_therapy_has_its_hours",
            ),
            models.UniqueConstraint(
                fields=["client", "clinician"],
                condition=models.Q(state="active"),
                name="one_course_under_way_with_a_clinician",
            ),
        ]


class Ending(OfClient):
    """How a treatment ended, by whom, and the closing summary of the record."""

    compartment = Compartment.RECORD

    class By(models.TextChoices):
        BOTH = "both", _("agreed by both")
        CLIENT = "client", _("by the client")
        CLINICIAN = "clinician", _("by the clinician")
        OUTSIDE = "outside", _("by circumstances")

    treatment = models.OneToOneField(Treatment, on_delete=models.CASCADE, related_name="ending")
    planned = models.BooleanField(default=True)
    by = models.CharField(max_length=10, choices=By.choices, default=By.BOTH)
    on = models.DateField()
    summary = SealedText()
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "treatments_ending"


class EndingBefore(OfClient):
    """An ending as it stood before it was corrected or taken back: part of the record, and never erased from it."""

    compartment = Compartment.RECORD

    class Why(models.TextChoices):
        CORRECTED = "corrected", _("corrected")
        MISTAKE = "mistake", _("taken back: it was a mistake")
        CAME_BACK = "came_back", _("taken back: the client came back")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="endings_before")
    planned = models.BooleanField(default=True)
    by = models.CharField(max_length=10, choices=Ending.By.choices)
    on = models.DateField()
    summary = SealedText()
    why = models.CharField(max_length=10, choices=Why.choices)
    replaced_at = models.DateTimeField(auto_now_add=True)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "treatments_ending_before"
        ordering = ["-replaced_at"]
        indexes = [models.Index(fields=["treatment"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(why__in=["corrected", "mistake", "came_back"]),
                name="an_ending_is_replaced_for_a_reason",
            )
        ]


class FollowUp(OfClient):
    """A question asked months or years after the end, if it was agreed."""

    compartment = Compartment.RECORD

    class Answer(models.TextChoices):
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("declined")
        DONE = "done", _("answered")
        UNANSWERED = "unanswered", _("not answered")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="followups")
    months = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.AGREED)
    words = SealedText()
    figures = SealedJSON()

    class Meta:
        db_table = "treatments_followup"
        constraints = [
            models.UniqueConstraint(fields=["treatment", "months"], name="one_follow_up_for_each_month")
        ]
