"""Cues and passages of a source as they are kept: computed once for each version of its text, sealed."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from depthwork.practice.casework.engine import Proposals, name_of_engine, propose
from depthwork.practice.casework.models import CuesKept
from depthwork.practice.config.at_once import Look
from depthwork.practice.sources.models import Source
from depthwork.transcripts import Transcript


def proposals_for(
    source: Source, transcript: Transcript, *, with_cues: bool, forget: bool = False
) -> Proposals:
    """What the engine proposes for the present text, less what was answered.

    Passages are always looked for. Cues are kept only where they may be shown: before that, none is stored,
    and with `forget` (the agreement has ended) those that were are deleted.
    """
    return proposals_from(
        look_at_kept_cues(source).now(), source, transcript, with_cues=with_cues, forget=forget
    )


def look_at_kept_cues(source: Source) -> Look[CuesKept | None]:
    """What was proposed for the present text before, to be asked together with what else a page wants to know."""
    rows = CuesKept.objects.filter(source=source, source_version=source.version, engine=name_of_engine())
    return Look((rows,), lambda found: found[0] if found else None)


def proposals_from(
    row: CuesKept | None, source: Source, transcript: Transcript, *, with_cues: bool, forget: bool = False
) -> Proposals:
    """The same as `proposals_for`, of what was kept of it."""
    name = name_of_engine()
    if row is not None:
        kept: dict[str, Any] = row.cues
        if forget and kept["cues"] is not None:
            row.cues = kept = {**kept, "cues": None}
            row.save(update_fields=["cues"])
        if kept["cues"] is not None or not with_cues:
            return Proposals(name, (kept["cues"] or []) if with_cues else [], kept["passages"])
    made = propose(transcript, source=source.id, version=source.version)
    # Where the engine was silent nothing counts as read: it is asked again later.
    cells = {"cues": made.cues if with_cues and not made.silent else None, "passages": made.passages}
    with transaction.atomic():
        if row is not None:
            row.cues = cells
            row.save(update_fields=["cues"])
        else:
            CuesKept.objects.filter(source=source).exclude(source_version=source.version).delete()
            CuesKept.objects.get_or_create(
                source=source,
                source_version=source.version,
                engine=name,
                defaults={"client_id": source.client_id, "cues": cells},
            )
    return Proposals(name, made.cues if with_cues else [], made.passages, made.silent if with_cues else "")
