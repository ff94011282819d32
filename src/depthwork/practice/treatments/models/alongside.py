"""What goes on beside the hours: other treatments, events of a life, aims and their ratings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.treatments.models.session import Session
from depthwork.practice.treatments.models.treatment import Treatment
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Adjunct(OfClient):
    """A medication, a ketamine session, parallel CBT or DBT work, another clinician: dated."""

    compartment = Compartment.RECORD

    class Kind(models.TextChoices):
        MEDICATION = "medication", _("medication")
        KETAMINE = "ketamine", _("ketamine session")
        CBT = "cbt", _("CBT alongside")
        DBT = "dbt", _("DBT skills alongside")
        OTHER_CLINICIAN = "other_clinician", _("another clinician")
        OTHER = "other", _("something else")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="adjuncts")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    on = models.DateField()
    until = models.DateField(null=True)
    what = SealedText()
    version = models.PositiveIntegerField(default=1)
    before = (
        SealedJSON()
    )  # what stood here until it was corrected: [{"replaced_at", and each column as it was}]

    class Meta:
        db_table = "treatments_adjunct"


class LifeEvent(OfClient):
    """A relapse, a death, a birth, a move: on the thread above the hours."""

    compartment = Compartment.PROCESS_NOTES

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="life_events")
    on = models.DateField()
    kind = models.CharField(max_length=16)
    words = SealedText()
    version = models.PositiveIntegerField(default=1)
    before = (
        SealedJSON()
    )  # what stood here until it was corrected: [{"replaced_at", and each column as it was}]

    class Meta:
        db_table = "treatments_life_event"


class Goal(OfClient):
    """What the client hopes for in their own words, or one of the six aims of psychodynamic work."""

    compartment = Compartment.RECORD

    class Aim(models.TextChoices):
        SYMPTOMS = "symptoms", _("less suffering from symptoms")
        SELF_UNDERSTANDING = "self_understanding", _("understanding oneself")
        RELATIONS = "relations", _("freer relations")
        AFFECT = "affect", _("bearing and naming feelings")
        CONFLICT = "conflict", _("less bound by old conflicts")
        CAPACITIES = "capacities", _("work, love and play")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="goals")
    is_own = models.BooleanField(default=True)
    aim = models.CharField(max_length=20, choices=Aim.choices, blank=True)
    words = SealedText()
    closed_on = models.DateField(null=True)
    order = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    before = (
        SealedJSON()
    )  # what stood here until it was corrected: [{"replaced_at", and each column as it was}]

    class Meta:
        db_table = "treatments_goal"


class GoalRating(OfClient):
    """How near the goal is, 0 to 10, by one of the two, on a day."""

    compartment = Compartment.RECORD

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="ratings")
    session = models.ForeignKey(Session, null=True, on_delete=models.SET_NULL, related_name="+")
    on = models.DateField()
    by = models.CharField(max_length=10, choices=[("client", _("client")), ("clinician", _("clinician"))])
    value = SealedJSON()

    class Meta:
        db_table = "treatments_goal_rating"
        constraints = [
            models.UniqueConstraint(fields=["goal", "on", "by"], name="one_rating_a_day_for_each_of_the_two")
        ]
