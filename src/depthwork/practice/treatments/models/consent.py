"""What a client said yes or no to: one answer for each purpose and, where it matters, each person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON
from depthwork.practice.vault.models import Compartment


class Consent(OfClient):
    """A dated answer. It stands until it is taken back or another answer takes its place; neither erases it."""

    compartment = Compartment.RECORD

    class Purpose(models.TextChoices):
        TREATMENT = "treatment", _("treatment")
        RECORDING = "recording", _("recording the hours")
        TRANSCRIPT = "transcript", _("keeping the hours word for word")
        CUES = "cues", _("proposals by software")
        SUPERVISION = "supervision", _("supervision")
        TRAINING = "training", _("training")
        RESEARCH = "research", _("research")
        FORMS = "forms", _("sending forms")
        FOLLOW_UP = "follow_up", _("asking after the end")
        INSURER_SCORES = "insurer_scores", _("scores to the insurer")

    class How(models.TextChoices):
        ROOM = "room", _("said in the room")
        PAPER = "paper", _("signed on paper")
        PHONE = "phone", _("said by telephone")
        OWN_PLACE = "own_place", _("in the client's own place")

    class Lives(models.TextChoices):
        TREATMENT = "treatment_ends", _("until the treatment ends")
        FOLLOW_UPS = "follow_ups_end", _("until the last follow-up")
        DAY = "day", _("until a day")
        RECORD = "record", _("as long as the record")

    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_yes = models.BooleanField()
    given_on = models.DateField()
    how = models.CharField(max_length=10, choices=How.choices, default=How.ROOM)
    ends_on = models.DateField(null=True)
    lives = models.CharField(max_length=16, choices=Lives.choices, blank=True)  # of a transcript or recording
    words = SealedJSON()  # the client's words, families of constructs, who else was named
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "treatments_consent"
        ordering = ["-given_on", "-created_at"]
        indexes = [models.Index(fields=["client", "purpose"])]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "purpose"],
                condition=models.Q(person=None, revoked_at=None, replaced_at=None),
                name="one_open_answer_for_each_purpose",
            ),
            models.UniqueConstraint(
                fields=["client", "purpose", "person"],
                condition=models.Q(person__isnull=False, revoked_at=None, replaced_at=None),
                name="one_open_answer_for_each_person",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="a_consent_is_revoked_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | models.Q(is_yes=True),
                name="only_a_yes_is_taken_back",
            ),
            models.CheckConstraint(
                condition=~models.Q(lives="day") | models.Q(ends_on__isnull=False),
                name="a_life_until_a_day_has_its_day",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether this answer still stands."""
        return self.revoked_at is None and self.replaced_at is None


class Unconfirmed(OfClient):
    """A yes that was given to another practice and binds this one only once the client says it here again.

    The answer itself stays as it came. This row says that it does not count yet; confirming it takes the row away.
    """

    compartment = Compartment.RECORD
    # What is agreed with a practice and its people, not with the one who treats.
    BOUND = (
        Consent.Purpose.CUES, Consent.Purpose.SUPERVISION, Consent.Purpose.TRAINING, Consent.Purpose.RESEARCH,
        Consent.Purpose.INSURER_SCORES,
    )  # fmt: skip

    consent = models.OneToOneField(Consent, on_delete=models.CASCADE, related_name="waits")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "treatments_unconfirmed"
