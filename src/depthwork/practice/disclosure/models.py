"""The word on which something leaves, what left, and what came in."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Release(OfClient):
    """A client's signed word that something may go to someone: which compartments, what for, until when."""

    compartment = Compartment.RECORD

    class Purpose(models.TextChoices):
        TRANSFER = "transfer", _("moving the treatment to another practice")
        OWN_ACCESS = "own_access", _("the client’s own copy")
        COLLEAGUE = "colleague", _("a colleague’s use: study, training, consultation")
        COURT = "court", _("a court or an authority")

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    compartments = models.JSONField(default=list)
    to_whom = SealedText()
    words = SealedText()
    signed_on = models.DateField()
    ends_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "disclosure_release"
        ordering = ["-signed_on", "-created_at"]
        indexes = [models.Index(fields=["client", "purpose"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="a_release_is_revoked_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("signed_on")),
                name="a_release_ends_after_it_is_signed",
            ),
        ]

    def holds(self, *, on: date) -> bool:
        """Whether it stands on a day: signed by then, not ended, not taken back."""
        return (
            self.revoked_at is None and self.signed_on <= on and (self.ends_on is None or on <= self.ends_on)
        )


class Disclosure(OfClient):
    """Something that left: its kind, the compartments in it, for whom, and the fingerprint of its bytes."""

    compartment = Compartment.ADMINISTRATION

    class Kind(models.TextChoices):
        CASE = "case", _("case package")
        ACCESS = "access", _("the client’s own copy")
        FHIR = "fhir", _("record as FHIR")
        ANNOTATIONS = "annotations", _("annotations")
        RESEARCH = "research", _("research data")
        PACK = "pack", _("de-identified pack")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    treatment = models.UUIDField(null=True)
    release = models.ForeignKey(Release, null=True, on_delete=models.SET_NULL, related_name="disclosures")
    compartments = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)  # of what was made, before it was sealed
    size = models.PositiveBigIntegerField()
    made_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    to_whom = SealedText()
    manifest = SealedJSON()  # which rows of which models, by count
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "disclosure_disclosure"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["client", "-created_at"])]


class Arrival(OfClient):
    """A treatment that came from elsewhere: from whom, by which rule its ids stand here, what was checked."""

    compartment = Compartment.ADMINISTRATION

    class Kind(models.TextChoices):
        CASE = "case", _("case package")
        FHIR = "fhir", _("FHIR bundle")

    kind = models.CharField(max_length=4, choices=Kind.choices)
    treatment = models.UUIDField(null=True, default=uuid.uuid4)
    sha256 = models.CharField(max_length=64)
    ids_kept = models.BooleanField()
    arrived_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    origin = SealedJSON()  # practice, person, fingerprint, counts, signatures

    class Meta:
        db_table = "disclosure_arrival"
        ordering = ["-arrived_at"]
