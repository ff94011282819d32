"""Who supervises what, until when; comments, the agenda, sheets of blind coders, packs."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _

from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Supervision(OfClient):
    """One client's course shared with one person, for a purpose, with the client's consent, until a day."""

    compartment = Compartment.PROCESS_NOTES

    class Purpose(models.TextChoices):
        SUPERVISION = "supervision", _("supervision")
        CONSULTATION = "consultation", _("consultation")
        TRAINING = "training", _("training: coding only")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="supervisions")
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(null=True, editable=False)  # how the supervisor knows it, for ever
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=14, choices=Purpose.choices, default=Purpose.SUPERVISION)
    terms = SealedJSON()  # words, consent: {on, words, recording, cues}, limits
    from_day = models.DateField(null=True)  # hours shown from this day on
    to_day = models.DateField(null=True)  # and up to this one
    consented_on = models.DateField()
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "supervision_supervision"
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["supervisor", "ends_at"]), models.Index(fields=["client"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="a_supervision_is_ended_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("started_at")), name="a_supervision_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(supervisor=F("invited_by")), name="nobody_supervises_themselves"
            ),
            models.UniqueConstraint(
                fields=["treatment", "supervisor"],
                condition=Q(ended_at=None),
                name="one_open_supervision_for_each_person",
            ),
            models.UniqueConstraint(
                fields=["supervisor", "number"],
                condition=Q(number__isnull=False),
                name="a_number_is_of_one_course_only",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A sharing that begins takes the next number of its supervisor; one that ended leaves its own behind."""
        if self._state.adding and self.number is None:
            self.number = next_number(self.supervisor_id)
        super().save(*args, **kwargs)


class LastNumber(models.Model):
    """The last number under which a course was shown to someone; it stays when a client's rows are gone."""

    supervisor = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "supervision_last_number"


@transaction.atomic
def next_number(supervisor: uuid.UUID) -> int:
    """A number that no course of this supervisor ever had; two at once take two."""
    LastNumber.objects.get_or_create(supervisor_id=supervisor)
    last = LastNumber.objects.select_for_update().get(supervisor_id=supervisor)
    top = Supervision.objects.filter(supervisor_id=supervisor).aggregate(top=Max("number"))["top"]
    last.number = max(last.number, top or 0) + 1
    last.save(update_fields=["number"])
    return last.number


class Comment(OfClient):
    """A supervisor's or a clinician's words beside a passage. They burn with what they stand beside."""

    compartment = Compartment.PROCESS_NOTES

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="comments")
    source_version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = SealedText()
    place = SealedJSON()  # start, end, turn, speaker, quote, anchor
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "supervision_comment"
        ordering = ["created_at"]

    def vault_item(self) -> uuid.UUID | None:
        return self.source_id


class AgendaItem(OfClient):
    """Something to bring to supervision, or to ask there."""

    compartment = Compartment.PROCESS_NOTES

    supervision = models.ForeignKey(Supervision, on_delete=models.CASCADE, related_name="agenda")
    session = models.ForeignKey(Session, null=True, on_delete=models.SET_NULL, related_name="+")
    words = SealedText()
    on = models.DateField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(null=True)

    class Meta:
        db_table = "supervision_agenda_item"
        ordering = ["on"]


class Exercise(OfClient):
    """One text coded by several people, each blind to the others until all sheets are sealed."""

    compartment = Compartment.PROCESS_NOTES

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="exercises")
    source_version = models.PositiveIntegerField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    consensus = SealedJSON()  # marks settled together
    settled_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "supervision_exercise"

    def vault_item(self) -> uuid.UUID | None:
        return self.source_id


class CodingSheet(OfClient):
    """One coder's marks on the text of an exercise. Sealed, it does not change, and then it counts."""

    compartment = Compartment.PROCESS_NOTES

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="sheets")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    marks = SealedJSON()
    read_whole = models.BooleanField(default=False)
    knows_the_case = models.BooleanField(default=False)
    sealed_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "supervision_coding_sheet"
        constraints = [
            models.UniqueConstraint(fields=["exercise", "coder"], name="one_sheet_for_each_coder"),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True) | Q(set_aside_at__isnull=True),
                name="a_sheet_is_sealed_or_set_aside",
            ),
        ]

    def vault_item(self) -> uuid.UUID | None:
        return self.source_id


class Pack(OfClient):
    """A de-identified pack for a case seminar: what is in it, what was decided, and the two answers at its end."""

    compartment = Compartment.PROCESS_NOTES

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="packs")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    consented_on = models.DateField()
    choice = (
        SealedJSON()
    )  # title, audience, consent, hours, dreams, formulation, kept_lines, measures, patterns
    decisions = SealedJSON()  # key -> replace | keep
    words = SealedJSON()  # key -> a person's own replacement
    answers = SealedJSON()  # the two questions
    digest = models.CharField(max_length=64, blank=True)  # of what was last made; content-free
    finished_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "supervision_pack"
        ordering = ["-created_at"]
