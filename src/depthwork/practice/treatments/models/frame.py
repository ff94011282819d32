"""The agreed frame, its changes, and the breaks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.treatments.models.sealed_name import SealedName
from depthwork.practice.treatments.models.treatment import Treatment
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Frame(OfClient):
    """Day, hour, length, place, fee and frequency as agreed from a date on. A change makes a new row."""

    compartment = Compartment.ADMINISTRATION

    class Frequency(models.TextChoices):
        FORTNIGHTLY = "fortnightly", _("every two weeks")
        WEEKLY = "weekly", _("weekly")
        TWICE = "twice_weekly", _("twice a week")
        THREE = "three_weekly", _("three times a week")
        FOUR = "four_weekly", _("four times a week")
        FIVE = "five_weekly", _("five times a week")

    class Place(models.TextChoices):
        OFFICE = "office", _("in the room")
        VIDEO = "video", _("by video")
        PHONE = "phone", _("by telephone")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="frames")
    from_date = models.DateField()
    frequency = models.CharField(max_length=12, choices=Frequency.choices, default=Frequency.WEEKLY)
    slots = models.JSONField(default=list)  # [{"weekday": 0-6, "time": "17:00"}], wall time of the practice
    length_minutes = models.PositiveSmallIntegerField(default=50)
    place = models.CharField(max_length=8, choices=Place.choices, default=Place.OFFICE)
    seat = models.CharField(
        max_length=8, default="chair", choices=[("chair", _("chair")), ("couch", _("couch"))]
    )
    terms = SealedJSON()  # fee, currency, missed-session agreement, link
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "treatments_frame"
        constraints = [
            models.UniqueConstraint(fields=["treatment", "from_date"], name="one_frame_from_each_date"),
            models.CheckConstraint(condition=models.Q(length_minutes__gt=0), name="an_hour_has_a_length"),
        ]


class FrameEvent(OfClient):
    """What happened to the frame: material, on the same thread as everything else."""

    compartment = Compartment.ADMINISTRATION

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="frame_events")
    on = models.DateField()
    kind = models.CharField(max_length=20)  # a key of SAID, or the practice's own word
    words = SealedText()
    practice = models.UUIDField(
        null=True, editable=False
    )  # the client's; the database fills it in, for its walls

    SAID = {
        "fee": _("fee"),
        "length": _("length"),
        "day": _("day"),
        "time": _("time"),
        "place": _("place"),
        "seat": _("chair or couch"),
        "frequency": _("how often"),
        "format": _("format"),
        "hours": _("number of hours"),
        "focus": _("focus"),
        "agreement": _("agreement about missed hours"),
        "link": _("telephone or video link"),
        "extra_session": _("one more hour"),
        "clinician": _("who treats"),
        "other": _("something else"),
    }

    class Meta:
        db_table = "treatments_frame_event"
        indexes = [models.Index(fields=["treatment", "on", "practice"], name="changes_of_a_frame")]

    @property
    def said(self) -> str:
        """What changed, in words."""
        return str(self.SAID.get(self.kind, self.kind.replace("_", " ")))


class Break(OfClient):
    """Weeks without hours, announced ahead, with a named covering colleague."""

    compartment = Compartment.ADMINISTRATION

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="breaks")
    from_date = models.DateField()
    to_date = models.DateField()
    announced_on = models.DateField(null=True)
    cover = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    cover_name = SealedName()  # someone outside the practice, who has no sign-in and opens nothing here
    cover_phone = SealedText()  # where whoever covers is reached
    reason = SealedText()
    practice = models.UUIDField(
        null=True, editable=False
    )  # the client's; the database fills it in, for its walls

    class Meta:
        db_table = "treatments_break"
        indexes = [  # all that a caseload asks of a break: the row itself, and what is sealed in it, is not read
            models.Index(
                fields=["treatment", "from_date", "to_date", "announced_on", "practice"], name="breaks_ahead"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_date__gte=models.F("from_date")), name="a_break_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=models.Q(cover__isnull=True) | models.Q(cover_name__isnull=True),
                name="a_break_names_one_cover",
            ),
        ]

    @property
    def covered_by(self) -> str:
        """Who is there instead, by name and number; nothing where nobody is named."""
        name = self.cover.display_name if self.cover else self.cover_name
        return ", ".join(part for part in (name, self.cover_phone) if part)
