"""What a payer agreed to, what is owed and paid, and which documents went out. No word of an hour is here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Plan(OfClient):
    """A payer's plan for one plan year. Dates and counts stand in clear; who pays and on what terms is sealed."""

    compartment = Compartment.ADMINISTRATION

    class Network(models.TextChoices):
        IN = "in", "in network"
        OUT = "out", "out of network"
        UNKNOWN = "unknown", "not known"

    from_date = models.DateField()
    to_date = models.DateField()
    network = models.CharField(max_length=8, choices=Network.choices, default=Network.UNKNOWN)
    visit_limit = models.PositiveSmallIntegerField(null=True)
    used_elsewhere = models.PositiveSmallIntegerField(default=0)  # visits of this plan year with others
    payer = SealedText()
    member_id = SealedText()
    diagnosis = SealedJSON()  # ICD-10-CM codes as they go to the payer
    terms = SealedJSON()  # amounts as text: deductible, deductible_met, copay; coinsurance in percent
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "coverage_plan"
        ordering = ["-from_date"]
        indexes = [models.Index(fields=["client", "-from_date"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date__gt=F("from_date")), name="a_plan_year_ends_after_it_begins"
            )
        ]


class Authorisation(OfClient):
    """So many hours of these codes between these days."""

    compartment = Compartment.ADMINISTRATION

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="authorisations")
    from_date = models.DateField()
    to_date = models.DateField()
    units = models.PositiveSmallIntegerField()
    number = SealedText()
    codes = SealedJSON()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "coverage_authorisation"
        ordering = ["from_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date__gte=F("from_date")), name="an_authorisation_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(units__gt=0), name="an_authorisation_has_units"),
        ]


class Verification(OfClient):
    """What a payer answered, when, and from where it is known. Never a guarantee of payment."""

    compartment = Compartment.ADMINISTRATION

    class How(models.TextChoices):
        TELEPHONE = "telephone", "by telephone"
        FILE = "file", "from a file (271)"
        LETTER = "letter", "from a letter"
        WEBSITE = "website", "from the payer's pages"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="verifications")
    on = models.DateField()
    how = models.CharField(max_length=10, choices=How.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    words = SealedJSON()  # with, reference, time, note
    file = SealedText()  # a 271 as it came, every segment
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "coverage_verification"
        ordering = ["-on", "-created_at"]


class Charge(OfClient):
    """One amount asked. Amounts stand in clear, so that the database itself refuses a negative one."""

    compartment = Compartment.ADMINISTRATION

    class Kind(models.TextChoices):
        HOUR = "hour", "an hour"
        MISSED = "missed", "a missed hour"
        OTHER = "other", "something else"

    session = models.ForeignKey(Session, null=True, on_delete=models.RESTRICT, related_name="charges")
    on = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.HOUR)
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    words = SealedText()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "coverage_charge"
        ordering = ["on", "created_at"]
        indexes = [models.Index(fields=["client", "-on"])]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_fee_is_not_negative"),
            models.UniqueConstraint(fields=["session"], name="one_charge_for_each_hour"),
        ]


class Payment(OfClient):
    """One amount received for a charge."""

    compartment = Compartment.ADMINISTRATION

    class Source(models.TextChoices):
        CLIENT = "client", "the client"
        PAYER = "payer", "the payer"

    charge = models.ForeignKey(Charge, on_delete=models.CASCADE, related_name="payments")
    on = models.DateField()
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.CLIENT)
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "coverage_payment"
        ordering = ["on"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_payment_is_above_zero"),
        ]


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


__all__ = [
    "Authorisation", "Charge", "Client", "Letterhead", "Paper", "Payment", "Plan", "Session", "Verification",
]  # fmt: skip
