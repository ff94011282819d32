"""Who has to do with whom: the policy's own record, kept apart from the vault's grants."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    """The part a person takes in a client's treatment."""

    CLINICIAN = "clinician", _("clinician")
    SUPERVISOR = "supervisor", _("supervisor")
    COVER = "cover", _("covering colleague")
    FORMER = "former", _("treated before")
    OFFICE = "office", _("office")
    SELF = "self", _("the client")
    DENIED = "denied", _("explicitly kept out")


class Involvement(models.Model):
    """A person's part in a client's treatment, from when, until when, for what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="involvements"
    )
    practice = models.UUIDField()
    client = models.UUIDField(db_index=True)
    part = models.CharField(max_length=12, choices=Part.choices)
    purpose = models.CharField(max_length=40, default="treatment")
    starts_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "policy_involvement"
        indexes = [  # whom a person has to do with, asked on most pages: the index alone answers
            models.Index(
                fields=["person", "client", "part", "ends_at", "practice"], name="whom_a_person_sees"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "client", "part"],
                condition=models.Q(ends_at=None),
                name="one_open_part_for_each_person",
            )
        ]


class Confirmation(models.Model):
    """A named person of the practice looked a fact up on a day: a crisis number, a profile, the rules. Never changed."""

    class How(models.TextChoices):
        SOURCE = "source", _("read at its source")
        DIALLED = "dialled", _("dialled")
        ADVICE = "advice", _("asked someone who knows")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey("people.Practice", on_delete=models.CASCADE, related_name="+")
    matter = models.CharField(max_length=80)
    content = models.CharField(max_length=80)  # what was confirmed; a newer file asks again
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    how = models.CharField(max_length=8, choices=How.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "policy_confirmation"
        indexes = [models.Index(fields=["practice", "matter"])]


class SecondFactor(models.Model):
    """The row is the rule: staff of this practice sign in with a second factor. Who asked for it, and since when."""

    practice = models.OneToOneField(
        "people.Practice", on_delete=models.CASCADE, related_name="second_factor", primary_key=True
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "policy_second_factor"
