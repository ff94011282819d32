"""Documents, what they are written from, and what stands at their head."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from depthwork.practice.coverage.models.plans import Plan
from depthwork.practice.people.models import Practice
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON
from depthwork.practice.vault.models import Compartment


class Paper(OfClient):
    """A document that was made: its manifest says of which rows and fields, its digest of which bytes."""

    compartment = Compartment.ADMINISTRATION

    kind = models.CharField(max_length=12)
    made_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    sha256 = models.CharField(max_length=64)
    manifest = SealedJSON()  # [[model, field, compartment, [row ids]]]
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "coverage_paper"
        ordering = ["-created_at"]


class PayerPlan(OfClient):
    """The plan of treatment in a payer's words, written by the clinician beside the aims it translates.

    It lies in the record: the office does not read it. A change appends a version.
    """

    compartment = Compartment.RECORD
    PARTS = (
        "problems", "symptoms", "impairment", "risk", "frequency", "interventions", "duration", "progress",
        "barriers", "coordination", "discharge", "participation",
    )  # fmt: skip

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="payer_plans")
    number = models.PositiveIntegerField()
    from_date = models.DateField()
    review_on = models.DateField()
    words = SealedJSON()  # a text for each of PARTS
    goals = SealedJSON()  # [{"aim": id of a Goal or "", "kind": its kind, "goal", "seen", "now"}]
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "coverage_payer_plan"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["treatment", "number"], name="one_payer_plan_for_each_number"),
            models.CheckConstraint(
                condition=models.Q(review_on__gt=models.F("from_date")),
                name="a_payer_plan_is_looked_at_again_later",
            ),
        ]


class Letter(OfClient):
    """What a letter to a payer about equal treatment compares and asks for. No word of the treatment."""

    compartment = Compartment.ADMINISTRATION

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="letters")
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    words = SealedJSON()  # reference, decided_on, limit, applies, compared, hours
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "coverage_letter"
        ordering = ["-on", "-created_at"]


class Letterhead(models.Model):
    """What a payer asks of a clinician and the practice. Nothing of a client, so nothing is sealed."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    legal_name = models.CharField(max_length=120)
    licence = models.CharField(max_length=60, blank=True)
    npi = models.CharField(max_length=10, blank=True)
    practice_name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    tax_id = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "coverage_letterhead"


class Office(models.Model):
    """What a practice says of itself to payers, and whether the parts for the United States are shown."""

    practice = models.OneToOneField(
        Practice, on_delete=models.CASCADE, primary_key=True, related_name="coverage_office"
    )
    us_parts = models.BooleanField(null=True)  # null: by the practice's country
    is_part2 = models.BooleanField(
        default=False
    )  # a federally assisted substance use programme (42 CFR Part 2)
    npi = models.CharField(max_length=10, blank=True)  # of the practice as an organisation (type 2)
    sender = models.CharField(max_length=15, blank=True)  # as the clearing house gave it
    receiver = models.CharField(max_length=15, blank=True)
    last_control = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "coverage_office"
