"""What is owed and paid, and what was expected. Amounts stand in clear, dates too; words are sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models import Session
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Charge(OfClient):
    """One amount asked. Amounts stand in clear, so that the database itself refuses a negative one."""

    compartment = Compartment.ADMINISTRATION

    class Kind(models.TextChoices):
        HOUR = "hour", _("an hour")
        MISSED = "missed", _("a missed hour")
        OTHER = "other", _("something else")

    session = models.ForeignKey(Session, null=True, on_delete=models.RESTRICT, related_name="charges")
    on = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.HOUR)
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    words = SealedText()
    service = SealedJSON()  # kind of hour, place and modifier as a payer wants them, complexity
    version = models.PositiveIntegerField(default=1)
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
        CLIENT = "client", _("the client")
        PAYER = "payer", _("the payer")

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


class Estimate(OfClient):
    """What the coming hours are expected to cost a client who pays directly. A change makes a new row."""

    compartment = Compartment.ADMINISTRATION

    booked_on = models.DateField()
    asked_on = models.DateField(null=True)
    first_day = models.DateField()
    last_day = models.DateField()
    due_on = models.DateField(null=True)  # none: not owed unless asked for
    given_on = models.DateField(null=True)
    expected = models.DecimalField(max_digits=9, decimal_places=2)
    body = SealedJSON()  # lines: code, units, fee as text; diagnosis codes
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "coverage_estimate"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["client", "-created_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(expected__gt=0), name="an_estimate_expects_something"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="an_estimate_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(first_day__gte=F("booked_on")), name="an_estimate_is_for_what_is_booked"
            ),
        ]
