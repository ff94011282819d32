"""Marks and readings as patterns and pages read them: few queries, opened in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from depthwork.coding import Mark
from depthwork.coding.marks_file import Reading
from depthwork.patterns.hours import Hour
from depthwork.practice.casework.bridge import mark_from
from depthwork.practice.casework.models import MarkRow, ReadingRow
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import sources_of_treatment
from depthwork.practice.treatments.models import Treatment

CODED_KINDS = (Source.Kind.TRANSCRIPT, Source.Kind.PROCESS_NOTE, Source.Kind.DREAM)


def mark_named(mark_id: UUID) -> MarkRow | None:
    """A mark by id, for the policy to judge."""
    return MarkRow.objects.select_related("client__practice", "source", "session").filter(id=mark_id).first()


def _opened(rows: Iterable[tuple[UUID, UUID, UUID, str, object]]) -> list[Mark]:
    body = MarkRow._meta.get_field("body")
    return [
        mark_from(
            id=pk,
            source_id=source,
            status=status,
            body=body.open_value(cell, owner=client, row=pk, item=source),
        )
        for pk, client, source, status, cell in rows
    ]


_COLUMNS = ("id", "client_id", "source_id", "status", "body")


def marks_of_source(source: Source, *, coder: UUID | None = None) -> list[Mark]:
    """The marks of one source in the order of the text; of one coder if asked."""
    rows = MarkRow.objects.filter(source=source).exclude(status=MarkRow.Status.REJECTED)
    if coder is not None:
        rows = rows.filter(coder_id=coder)
    return sorted(_opened(rows.values_list(*_COLUMNS)), key=lambda m: (m.span.start, -m.span.end))


def marks_of_treatment(treatment: Treatment) -> list[Mark]:
    """Every code of a treatment whose source was not burned; one query."""
    rows = MarkRow.objects.filter(
        treatment=treatment, source__burned_at=None, status__in=["confirmed", "edited"]
    )
    return _opened(rows.values_list(*_COLUMNS))


def hours_of(treatment: Treatment, *, with_text: bool = False) -> list[Hour]:
    """The treatment as patterns read it: one Hour for each coded source, four queries."""
    marks: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks_of_treatment(treatment):
        marks[mark.source_id].append(mark)
    readings: dict[UUID, Reading] = {}
    rows = (
        ReadingRow.objects.filter(source__treatment=treatment)
        .order_by("how")
        .values_list("source_id", "how", "is_blind")
    )
    for source_id, how, is_blind in rows:  # "dipped" sorts before "whole": the fuller reading stands
        readings[source_id] = Reading(how=how, blind=is_blind)
    if with_text:
        kept = [(k.source, k.version.text) for k in sources_of_treatment(treatment, kinds=CODED_KINDS)]
    else:
        kept = [
            (s, None)
            for s in Source.objects.filter(
                treatment=treatment, burned_at=None, kind__in=CODED_KINDS
            ).select_related("session")
        ]
    return [
        Hour(
            id=str(source.session_id or source.id),
            number=(source.session.number if source.session else None) or 0,
            date=source.session.day if source.session else None,
            reading=readings.get(source.id),
            provenance=source.provenance,  # type: ignore[arg-type]
            marks=tuple(marks.get(str(source.id), ())),
            text=text,
        )
        for source, text in kept
    ]
