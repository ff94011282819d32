"""The formulation in its versions: statements of a person, each with what it rests on, and what was expected."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from depthwork.practice.casework.models import MarkRow
from depthwork.practice.people.models import Practice
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Outline(models.Model):
    """The headings under which a practice writes its formulations. Headings only; no client's words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.OneToOneField(Practice, on_delete=models.CASCADE, related_name="+")
    titles = models.JSONField(default=list)

    class Meta:
        db_table = "formulation_outline"


class Formulation(OfClient):
    """One version. While it is being written it changes; once kept it stands as it was signed."""

    compartment = Compartment.PROCESS_NOTES

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="formulations")
    number = models.PositiveIntegerField()
    title = SealedText()
    sections = SealedJSON()  # [{"key", "title"}] in order
    after_hours = models.PositiveIntegerField(default=0)  # how many hours had been held
    is_shared = models.BooleanField(default=False)  # gone through with the client
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kept_at = models.DateTimeField(null=True)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "formulation_formulation"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["treatment", "number"], name="one_formulation_for_each_number"),
            models.UniqueConstraint(
                fields=["treatment"], condition=Q(kept_at=None), name="one_formulation_is_being_written"
            ),
            models.CheckConstraint(
                condition=Q(kept_at__isnull=True, kept_by__isnull=True)
                | Q(kept_at__isnull=False, kept_by__isnull=False),
                name="a_formulation_is_kept_by_someone",
            ),
        ]


class Statement(OfClient):
    """A sentence or a few. `line` is what it is through all versions, so that two versions can be compared."""

    compartment = Compartment.PROCESS_NOTES

    formulation = models.ForeignKey(Formulation, on_delete=models.CASCADE, related_name="statements")
    line = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveIntegerField(default=0)
    words = SealedText()
    body = SealedJSON()  # {"section", "inference"}
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "formulation_statement"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["formulation", "line"], name="a_line_stands_once_in_a_version")
        ]


class Citation(OfClient):
    """What a statement rests on, or what speaks against it. Quoted words burn with their source."""

    compartment = Compartment.PROCESS_NOTES

    class Kind(models.TextChoices):
        MARK = "mark", _("a mark")
        PASSAGE = "passage", _("a passage")
        MEASURE = "measure", _("a measure")
        DATE = "date", _("a date")

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="citations")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    is_against = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    mark = models.ForeignKey(MarkRow, null=True, on_delete=models.SET_NULL, related_name="+")
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL, related_name="+")
    source_version = models.PositiveIntegerField(default=1)
    session = models.ForeignKey(Session, null=True, on_delete=models.SET_NULL, related_name="+")
    form = models.UUIDField(null=True)  # the asking of a form, whose score is cited
    on = models.DateField(null=True)
    body = SealedJSON()  # of a passage: start, end, turn, speaker, quote, anchor; else: words

    class Meta:
        db_table = "formulation_citation"
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="date") | Q(on__isnull=False), name="a_cited_date_has_its_day"
            ),
            models.CheckConstraint(
                condition=~Q(kind="measure") | Q(form__isnull=False), name="a_cited_score_has_its_form"
            ),
        ]

    def vault_item(self) -> uuid.UUID | None:
        return self.source_id


class Prediction(OfClient):
    """What was expected, dated and left as written; and what came."""

    compartment = Compartment.PROCESS_NOTES

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="predictions")
    formulation = models.ForeignKey(Formulation, on_delete=models.CASCADE, related_name="predictions")
    words = SealedText()
    made_on = models.DateField()
    by_date = models.DateField(null=True)
    came = SealedText()
    came_on = models.DateField(null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "formulation_prediction"
        ordering = ["made_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(came__isnull=True, came_on__isnull=True)
                | Q(came__isnull=False, came_on__isnull=False),
                name="what_came_has_its_day",
            )
        ]
