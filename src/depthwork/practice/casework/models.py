"""Marks and readings of a treatment, sealed: not even which construct was found stands in clear."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON
from depthwork.practice.vault.models import Compartment


class MarkRow(OfClient):
    """One mark. Its span, construct, code, quote and reason are sealed and burn with their source."""

    compartment = Compartment.PROCESS_NOTES

    class Status(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        EDITED = "edited", _("edited")
        REJECTED = "rejected", _("rejected")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="marks")
    session = models.ForeignKey(Session, null=True, on_delete=models.CASCADE, related_name="marks")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="marks")
    source_version = models.PositiveIntegerField(default=1)
    coder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reading = models.ForeignKey("ReadingRow", null=True, on_delete=models.SET_NULL, related_name="marks")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CONFIRMED)
    body = SealedJSON()  # everything else of depthwork.coding.Mark
    before = SealedJSON()  # earlier states, the last one last: what undo goes back to
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "casework_mark"
        indexes = [models.Index(fields=["source"]), models.Index(fields=["treatment"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["confirmed", "edited", "rejected"]),
                name="a_kept_mark_is_no_proposal",
            )
        ]

    def vault_item(self) -> uuid.UUID | None:
        return self.source_id


class ReadingRow(OfClient):
    """How one person coded one source: read whole or dipped into, blind or knowing; sealed when done."""

    compartment = Compartment.PROCESS_NOTES

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="readings")
    coder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    how = models.CharField(
        max_length=8, default="dipped", choices=[("whole", _("read whole")), ("dipped", _("dipped into"))]
    )
    is_blind = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)
    dismissed = models.PositiveIntegerField(default=0)  # cues let go; nothing else of them is kept
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "casework_reading"
        constraints = [
            models.UniqueConstraint(fields=["source", "coder"], name="one_reading_for_each_coder"),
            models.CheckConstraint(
                condition=models.Q(how__in=["whole", "dipped"]), name="read_whole_or_dipped_into"
            ),
        ]

    def vault_item(self) -> uuid.UUID | None:
        return self.source_id


class CuesKept(OfClient):
    """What an engine proposed for one version of a source, less what was answered: computed once, sealed."""

    compartment = Compartment.PROCESS_NOTES

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    source_version = models.PositiveIntegerField()
    engine = models.CharField(max_length=60)
    cues = SealedJSON()  # {"cues": [...] or null where cues are closed, "passages": [...]}
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "casework_cues"
        constraints = [
            models.UniqueConstraint(fields=["source", "source_version", "engine"], name="cues_are_kept_once")
        ]

    def vault_item(self) -> uuid.UUID | None:
        return self.source_id


class PassageAnswer(OfClient):
    """What a person said of a passage that may speak of danger. There is no level and no dismissal."""

    compartment = Compartment.PROCESS_NOTES

    class Answer(models.TextChoices):
        IN_THE_HOUR = "in_the_hour", _("dealt with in the hour")
        IN_THE_RECORD = "in_the_record", _("now in the record")
        NOT_ABOUT_RISK = "not_about_risk", _("not about risk")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="passage_answers")
    answer = models.CharField(max_length=16, choices=Answer.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    passage = SealedJSON()  # quote, turn
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "casework_passage_answer"
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer__in=["in_the_hour", "in_the_record", "not_about_risk"]),
                name="a_passage_has_three_answers",
            )
        ]

    def vault_item(self) -> uuid.UUID | None:
        return self.source_id
