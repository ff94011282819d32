"""A treatment that goes to a colleague, and a colleague who will not be here from a day on."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from depthwork.practice.people.models import Practice
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.treatments.models.treatment import Treatment
from depthwork.practice.vault.fields import SealedJSON
from depthwork.practice.vault.models import Compartment


class Handover(OfClient):
    """One course proposed to one colleague from a day on: taken and carried out, or not.

    The keys lie ready for the colleague from the proposal on, sealed to them alone; no page opens before the day.
    """

    compartment = Compartment.ADMINISTRATION

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        TAKEN = "taken", _("taken, and not begun yet")
        DONE = "done", _("handed over")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("taken back")

    OPEN = (State.PROPOSED, State.TAKEN)

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="handovers")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="handed_to")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    from_day = models.DateField()
    agreed_on = models.DateField()  # when the client said yes to it
    own_notes = models.BooleanField(default=False)  # the giver's own notes are read by the colleague too
    reads_until = models.DateField(null=True)  # the giver may open the record until then; empty: nothing
    said = (
        SealedJSON()
    )  # line: to the colleague; answer: theirs; vouched: fingerprints the giver has compared
    made_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)  # taken or declined
    closed_at = models.DateTimeField(null=True)  # carried out, declined or taken back

    class Meta:
        db_table = "treatments_handover"
        ordering = ["made_at"]
        indexes = [
            models.Index(fields=["to", "state"]),
            models.Index(fields=["from_day"], condition=Q(state="taken"), name="handovers_to_carry_out"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["treatment"],
                condition=Q(state__in=["proposed", "taken"]),
                name="one_open_handover_for_each_course",
            ),
            models.CheckConstraint(condition=~Q(giver=F("to")), name="a_course_goes_to_somebody_else"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "taken"], closed_at__isnull=True)
                | Q(state__in=["done", "declined", "withdrawn"], closed_at__isnull=False),
                name="a_handover_is_open_or_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["taken", "done", "declined"]) | Q(answered_at__isnull=False),
                name="a_handover_is_answered_before_it_is_done",
            ),
            models.CheckConstraint(
                condition=Q(reads_until__isnull=True) | Q(reads_until__gte=F("from_day")),
                name="reading_on_ends_after_the_handover",
            ),
        ]


class Leaving(models.Model):
    """The last day on which a clinician treats anybody here, and whether the office asked who goes on. No client in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+")
    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="leaving")
    last_day = models.DateField()
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "treatments_leaving"
