"""What a payer agreed to, and how it is known. No word of an hour is here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Plan(OfClient):
    """A payer's plan for one plan year. Dates and counts stand in clear; who pays and on what terms is sealed."""

    compartment = Compartment.ADMINISTRATION

    class Network(models.TextChoices):
        IN = "in", _("in network")
        OUT = "out", _("out of network")
        UNKNOWN = "unknown", _("not known")

    from_date = models.DateField()
    to_date = models.DateField()
    network = models.CharField(max_length=8, choices=Network.choices, default=Network.UNKNOWN)
    visit_limit = models.PositiveSmallIntegerField(null=True)
    used_elsewhere = models.PositiveSmallIntegerField(default=0)  # visits of this plan year with others
    payer = SealedText()
    member_id = SealedText()
    diagnosis = SealedJSON()  # ICD-10-CM codes as they go to the payer
    terms = SealedJSON()  # amounts as text: deductible, deductible_met, copay; coinsurance in percent
    claims = (
        SealedJSON()
    )  # what a claim asks: payer_id, group, insured, telehealth, modifiers, consent under Part 2
    version = models.PositiveIntegerField(default=1)
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
    version = models.PositiveIntegerField(default=1)
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
        TELEPHONE = "telephone", _("by telephone")
        FILE = "file", _("from a file (271)")
        LETTER = "letter", _("from a letter")
        WEBSITE = "website", _("from the payer's pages")

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


class Asking(OfClient):
    """A question about benefits that was written as a file. The file itself is not kept, nor sent from here."""

    compartment = Compartment.ADMINISTRATION

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="askings")
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    control = models.PositiveIntegerField()
    words = SealedJSON()  # services asked about, day of service
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "coverage_asking"
        ordering = ["-on", "-created_at"]
