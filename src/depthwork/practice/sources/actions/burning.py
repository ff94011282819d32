"""Destroy a note or a transcript for good: its key, so every version of it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Draft, Source, SourceVersion
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import Tombstone


@transaction.atomic
def burn_source(*, source: Source, by: Person) -> Tombstone:
    """Every version and draft is gone at once; the tombstone names the day the last backup of the key expires."""
    if Source.objects.filter(pk=source.pk, burned_at__isnull=False).exists():
        raise CourseError("this was burned before")
    tombstone = vault.burn(owner=source.client_id, item=source.id, by=by.id)
    SourceVersion.objects.filter(source=source).update(
        text=None, turns=None, passages=None, about=None, file=None
    )
    Draft.objects.filter(source=source).delete()
    Source.objects.filter(pk=source.pk).update(burned_at=datetime.now(UTC))
    source.refresh_from_db(fields=["burned_at"])
    note("source.burned", source, by=by)
    return tombstone


def burn_what_was_to_end(*, treatment: Treatment, by: Person) -> None:
    """What was agreed to live only until the treatment ends. Under a legal hold it stays, and the log says so."""
    rows = Source.objects.filter(treatment=treatment, until_end=True, burned_at=None).select_related(
        "client__practice"
    )
    held = vault.is_held(treatment.client_id)
    for source in rows:
        if held:
            note("source.held_back_from_burning", source, by=by)
        else:
            burn_source(source=source, by=by)
