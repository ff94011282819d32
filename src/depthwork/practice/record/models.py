"""The record: progress notes that are signed and then only added to, and the plan in its versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedBytes, SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class ProgressNote(OfClient):
    """What 45 CFR 164.501 asks of the record and not of process notes. Once signed, the database refuses a change."""

    compartment = Compartment.RECORD
    PARTS = ("state", "plan", "risk", "medication")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="progress_notes")
    session = models.ForeignKey(
        Session, null=True, on_delete=models.RESTRICT, related_name="progress_notes"
    )  # none: a telephone call, a letter
    on = models.DateField()
    times = SealedJSON()  # {"start": "17:02", "stop": "17:50"}, wall time of the practice
    modality = SealedText()
    state = SealedText()  # symptoms, functioning, progress; what was found
    plan = SealedText()
    risk = SealedText()  # what was asked and answered, what was done
    medication = SealedText()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "record_progress_note"
        ordering = ["on", "created_at"]
        indexes = [models.Index(fields=["client", "-on"])]
        constraints = [
            models.UniqueConstraint(fields=["session"], name="one_progress_note_for_each_hour"),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True, signed_by__isnull=True)
                | models.Q(signed_at__isnull=False, signed_by__isnull=False),
                name="a_progress_note_is_signed_by_someone",
            ),
        ]

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The parts that hold words, in order."""
        return [(name, words) for name in self.PARTS if (words := getattr(self, name))]


class Addendum(OfClient):
    """What was added to a signed note: dated, by whom, and never changed either."""

    compartment = Compartment.RECORD

    note = models.ForeignKey(ProgressNote, on_delete=models.RESTRICT, related_name="addenda")
    words = SealedText()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "record_addendum"
        ordering = ["created_at"]


class Signature(OfClient):
    """The writer's Ed25519 signature over a note or an addendum, in plain words and date.

    It points at what it signs with RESTRICT: a signed row goes only when its client goes. Sealed itself,
    since a signature lets whoever holds it try guesses of a short text.
    """

    compartment = Compartment.RECORD

    note = models.OneToOneField(ProgressNote, null=True, on_delete=models.RESTRICT, related_name="signature")
    addendum = models.OneToOneField(Addendum, null=True, on_delete=models.RESTRICT, related_name="signature")
    value = SealedBytes()

    class Meta:
        db_table = "record_signature"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(note__isnull=False, addendum__isnull=True)
                | models.Q(note__isnull=True, addendum__isnull=False),
                name="a_signature_signs_one_thing",
            )
        ]


class PlanVersion(OfClient):
    """The treatment plan as it stood from a day on; a change appends."""

    compartment = Compartment.RECORD
    PARTS = ("difficulties", "aims", "approach", "review")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="plan_versions")
    number = models.PositiveIntegerField()
    from_date = models.DateField()
    words = SealedJSON()  # a text for each of PARTS
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "record_plan_version"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["treatment", "number"], name="one_plan_for_each_number")
        ]
