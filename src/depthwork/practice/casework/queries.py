"""Marks and readings as patterns and pages read them: few queries, opened in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from depthwork.coding import Mark
from depthwork.coding.anchor import Anchored, settle
from depthwork.coding.marks_file import Reading
from depthwork.patterns.hours import Hour
from depthwork.practice.casework.bridge import mark_from
from depthwork.practice.casework.models import MarkRow, PassageAnswer, ReadingRow
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.queries import sources_of_treatment
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.treatments.models import Treatment
from depthwork.transcripts import Transcript

CODED_KINDS = (Source.Kind.TRANSCRIPT, Source.Kind.PROCESS_NOTE, Source.Kind.DREAM)


def mark_named(mark_id: UUID) -> MarkRow | None:
    """A mark by id, for the policy to judge."""
    return (
        MarkRow.objects.select_related("client__practice", "source", "session")
        .filter(id=mark_id, source__burned_at=None)
        .first()
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A mark with what its row knows: whose, when, which version of which text."""

    mark: Mark
    coder: UUID | None
    on: datetime
    version: int
    source_version: int


def _opened(rows: Iterable[tuple[Any, ...]]) -> list[Kept]:
    body = MarkRow._meta.get_field("body")
    return [
        Kept(
            mark_from(
                id=pk,
                source_id=source,
                status=status,
                body=body.open_value(cell, owner=client, row=pk, item=source),
            ),
            *rest,
        )
        for pk, client, source, status, cell, *rest in rows
    ]


_COLUMNS = (
    "id",
    "client_id",
    "source_id",
    "status",
    "body",
    "coder_id",
    "created_at",
    "version",
    "source_version",
)


def kept_marks_of(source: Source, *, coder: UUID | None = None) -> list[Kept]:
    """The codes of one source in the order of the text; of one coder if asked. One query."""
    rows = MarkRow.objects.filter(source=source).exclude(status=MarkRow.Status.REJECTED)
    if coder is not None:
        rows = rows.filter(coder_id=coder)
    return sorted(
        _opened(rows.values_list(*_COLUMNS)), key=lambda k: (k.mark.span.start, -k.mark.span.end, k.on)
    )


def marks_of_source(source: Source, *, coder: UUID | None = None) -> list[Mark]:
    """The codes of one source in the order of the text; of one coder if asked."""
    return [kept.mark for kept in kept_marks_of(source, coder=coder)]


def marks_of_treatment(treatment: Treatment) -> list[Mark]:
    """Every code of a treatment whose source was not burned; one query."""
    return [kept.mark for kept in _of_treatment(treatment)]


def _of_treatment(treatment: Treatment) -> list[Kept]:
    rows = MarkRow.objects.filter(
        treatment=treatment, source__burned_at=None, status__in=["confirmed", "edited"]
    )
    return _opened(rows.values_list(*_COLUMNS))


def settled(kept: Iterable[Kept], transcript: Transcript, *, version: int) -> list[tuple[Kept, Anchored]]:
    """Marks in the present text: those made on an older version are looked up again, and none is lost."""
    given = list(kept)
    old = [k for k in given if k.source_version != version]
    found = dict(zip((k.mark.id for k in old), settle((k.mark for k in old), transcript), strict=True))
    return [(k, found.get(k.mark.id) or Anchored(k.mark, "same", "")) for k in given]


def hours_of(treatment: Treatment, *, with_text: bool = False) -> list[Hour]:
    """The treatment as patterns read it: one Hour for each coded source, four queries.

    Texts are opened only where asked, or where a text was changed after it was marked.
    """
    marks: dict[UUID, list[Kept]] = defaultdict(list)
    for kept in _of_treatment(treatment):
        marks[UUID(kept.mark.source_id)].append(kept)
    readings = _readings(treatment)
    sources: list[tuple[Source, str | None]]
    if with_text:
        sources = [(k.source, k.version.text) for k in sources_of_treatment(treatment, kinds=CODED_KINDS)]
    else:
        rows = Source.objects.filter(treatment=treatment, burned_at=None, kind__in=CODED_KINDS)
        sources = [(s, None) for s in rows.select_related("session")]
    settled_in = _settled_again([s for s, _ in sources], marks)
    return [
        Hour(
            id=str(source.session_id or source.id),
            number=(source.session.number if source.session else None) or 0,
            date=source.session.day if source.session else None,
            reading=readings.get(source.id),
            provenance=source.provenance,  # type: ignore[arg-type]
            marks=tuple(k.mark for k in settled_in.get(source.id, marks.get(source.id, ()))),
            text=text,
        )
        for source, text in sources
    ]


def _readings(treatment: Treatment) -> dict[UUID, Reading]:
    found: dict[UUID, Reading] = {}
    rows = (
        ReadingRow.objects.filter(source__treatment=treatment)
        .order_by("how")
        .values_list("source_id", "how", "is_blind")
    )
    for source_id, how, is_blind in rows:  # "dipped" sorts before "whole": the fuller reading stands
        found[source_id] = Reading(how=how, blind=is_blind)
    return found


def _settled_again(sources: list[Source], marks: dict[UUID, list[Kept]]) -> dict[UUID, list[Kept]]:
    """Marks of changed texts, where they stand now; detached ones are left out and so counted nowhere."""
    changed = {s.id: s for s in sources if any(k.source_version != s.version for k in marks.get(s.id, ()))}
    if not changed:
        return {}
    versions = SourceVersion.objects.filter(source__in=changed).defer("file")
    texts = {v.source_id: v for v in versions if v.number == changed[v.source_id].version}
    return {
        pk: [
            Kept(anchored.mark, kept.coder, kept.on, kept.version, kept.source_version)
            for kept, anchored in settled(
                marks[pk], transcript_of_version(source, texts[pk]), version=source.version
            )
            if anchored.state != "detached"
        ]
        for pk, source in changed.items()
    }


def answers_of(source: Source) -> dict[str, list[PassageAnswer]]:
    """What people said of the passages to read again, by the words of the passage; one query.

    By its words and not its id, so that an answer holds when the text is changed elsewhere.
    """
    found: dict[str, list[PassageAnswer]] = defaultdict(list)
    for answer in PassageAnswer.objects.filter(source=source).select_related("by"):
        found[answer.passage["quote"]].append(answer)
    return found


def names_of(people: Iterable[UUID | None]) -> dict[UUID, str]:
    """First names of coders; one query."""
    rows = Person.objects.filter(id__in={p for p in people if p}).values_list("id", "display_name")
    return {pk: _first(name) for pk, name in rows}


def _first(name: str) -> str:
    """The first name; a title ("Dr.") is none."""
    return next((part for part in name.split() if not part.endswith(".")), name)
