"""What marks are made on: transcripts, process notes, dream reports, material. Each burns alone."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.treatments.models.client import OfClient
from depthwork.practice.vault.fields import SealedBytes, SealedJSON, SealedText
from depthwork.practice.vault.models import Compartment


class Source(OfClient):
    """One transcript, note, dream or thing. Its words stand in its versions."""

    compartment = Compartment.PROCESS_NOTES

    class Kind(models.TextChoices):
        TRANSCRIPT = "transcript", _("transcript")
        PROCESS_NOTE = "process_note", _("process note")
        COUNTERTRANSFERENCE = "countertransference", _("own note")
        DREAM = "dream", _("dream report")
        MATERIAL = "material", _("material")

    class Provenance(models.TextChoices):
        VERBATIM = "verbatim", _("verbatim")
        RECONSTRUCTED = "reconstructed", _("reconstructed from memory")
        NOTES = "notes", _("notes")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="sources")
    session = models.ForeignKey(Session, null=True, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    provenance = models.CharField(max_length=14, choices=Provenance.choices)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    burned_at = models.DateTimeField(null=True)
    until_end = models.BooleanField(default=False)  # agreed to live only until the treatment ends

    class Meta:
        db_table = "sources_source"
        ordering = ["created_at"]
        indexes = [models.Index(fields=["session", "kind"]), models.Index(fields=["treatment", "kind"])]

    def vault_item(self) -> uuid.UUID | None:
        return self.id


class SourceVersion(OfClient):
    """The words of a source as they stood; an edit appends, nothing is overwritten."""

    compartment = Compartment.PROCESS_NOTES

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    text = SealedText()  # canonical text: marks count its code points
    turns = SealedJSON()  # [[speaker, text, start_s, end_s], ...]
    passages = SealedJSON()  # [{"start", "end", "kind": recalled|hazy|reverie|forgotten}]
    about = SealedJSON()  # file name, warnings; of a dream: residue, associations, told_at, next
    file = SealedBytes()  # a drawing, a song
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "sources_version"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="one_text_for_each_version")]

    def vault_item(self) -> uuid.UUID | None:
        return self.source_id


class Draft(OfClient):
    """What is being written and not yet kept: one for each person, hour and kind."""

    compartment = Compartment.PROCESS_NOTES

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=20, choices=Source.Kind.choices)
    source = models.ForeignKey(Source, null=True, on_delete=models.CASCADE, related_name="drafts")
    based_on = models.PositiveIntegerField(default=0)  # the version that was opened; 0: a new note
    words = SealedJSON()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "sources_draft"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "session", "kind", "source"], name="one_draft_for_each_note"
            ),
            models.UniqueConstraint(
                fields=["person", "session", "kind"],
                condition=models.Q(source=None),
                name="one_draft_for_a_new_note",
            ),
        ]
