"""Marks and readings as patterns and pages read them: few queries, opened in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from depthwork.coding import Mark
from depthwork.coding.anchor import Anchored, settle
from depthwork.coding.marks_file import Reading
from depthwork.patterns.hours import Hour
from depthwork.practice.casework.bridge import mark_from
from depthwork.practice.casework.models import MarkRow, PassageAnswer, ReadingRow
from depthwork.practice.config.at_once import Look, look, rows_at_once
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
    who: str = ""  # the coder's first name, where it was asked for


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
    return look_at_marks(source, coder=coder).now()


def look_at_marks(source: Source, *, coder: UUID | None = None) -> Look[list[Kept]]:
    """The same with the first names of who coded, to be asked together with what else a page wants to know."""
    rows = MarkRow.objects.filter(source=source).exclude(status=MarkRow.Status.REJECTED)
    if coder is not None:
        rows = rows.filter(coder_id=coder)

    @look(rows.values_list(*_COLUMNS, "coder__display_name"))
    def read(told: list[tuple[Any, ...]]) -> list[Kept]:
        named = [(*row, _first(name or "")) for *row, name in told]
        return sorted(_opened(named), key=lambda k: (k.mark.span.start, -k.mark.span.end, k.on))

    return read


def marks_of_source(source: Source, *, coder: UUID | None = None) -> list[Mark]:
    """The codes of one source in the order of the text; of one coder if asked."""
    return [kept.mark for kept in kept_marks_of(source, coder=coder)]


def marks_of_treatment(treatment: Treatment) -> list[Mark]:
    """Every code of a treatment whose source was not burned; one query."""
    return [kept.mark for kept in _opened(_marks(treatment))]


def _marks(treatment: Treatment) -> QuerySet[MarkRow, tuple[Any, ...]]:
    rows = MarkRow.objects.filter(
        treatment=treatment, source__burned_at=None, status__in=["confirmed", "edited"]
    )
    return rows.values_list(*_COLUMNS)


def settled(kept: Iterable[Kept], transcript: Transcript, *, version: int) -> list[tuple[Kept, Anchored]]:
    """Marks in the present text: those made on an older version are looked up again, and none is lost."""
    given = list(kept)
    old = [k for k in given if k.source_version != version]
    found = dict(zip((k.mark.id for k in old), settle((k.mark for k in old), transcript), strict=True))
    return [(k, found.get(k.mark.id) or Anchored(k.mark, "same", "")) for k in given]


def hours_of(treatment: Treatment, *, with_text: bool = False) -> list[Hour]:
    """The treatment as patterns read it: one Hour for each coded source.

    One journey, and one for the keys of the texts. Texts are opened only where asked, or where a text was changed
    after it was marked.
    """
    if not with_text:
        return look_at_hours(treatment).now()
    kept = sources_of_treatment(treatment, kinds=CODED_KINDS)
    marks, readings = rows_at_once(_marks(treatment), _readings(treatment))
    return _hours([(k.source, k.version.text) for k in kept], marks, readings)


def look_at_hours(treatment: Treatment) -> Look[list[Hour]]:
    """The same without texts, to be asked together with what else a page wants to know."""
    own = [one.name for one in Source._meta.concrete_fields]
    sources = Source.objects.filter(treatment=treatment, burned_at=None, kind__in=CODED_KINDS)

    @look(
        sources.select_related("session").only(*own, "session__number", "session__day"),
        _marks(treatment),
        _readings(treatment),
    )
    def read(rows: list[Source], marks: list[Any], readings: list[Any]) -> list[Hour]:
        return _hours([(row, None) for row in sorted(rows, key=attrgetter("created_at"))], marks, readings)

    return read


def _hours(sources: list[tuple[Source, str | None]], rows: list[Any], read: list[Any]) -> list[Hour]:
    marks: dict[UUID, list[Kept]] = defaultdict(list)
    for kept in _opened(rows):
        marks[UUID(kept.mark.source_id)].append(kept)
    readings: dict[UUID, Reading] = {}
    for source_id, how, is_blind in sorted(read, key=itemgetter(1)):
        readings[source_id] = Reading(
            how=how, blind=is_blind
        )  # "dipped" before "whole": the fuller one stands
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


def _readings(treatment: Treatment) -> QuerySet[ReadingRow, tuple[Any, ...]]:
    return ReadingRow.objects.filter(source__treatment=treatment).values_list("source_id", "how", "is_blind")


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


def look_at_answers(source: Source) -> Look[dict[str, list[PassageAnswer]]]:
    """What people said of the passages to read again, by the words of the passage.

    By its words and not its id, so that an answer holds when the text is changed elsewhere.
    """

    @look(PassageAnswer.objects.filter(source=source).select_related("by"))
    def read(rows: list[PassageAnswer]) -> dict[str, list[PassageAnswer]]:
        found: dict[str, list[PassageAnswer]] = defaultdict(list)
        for answer in sorted(rows, key=attrgetter("created_at")):
            found[answer.passage["quote"]].append(answer)
        return found

    return read


def look_at_reading(source: Source, person: Person) -> Look[ReadingRow | None]:
    """How a person said that they read a source."""
    rows = ReadingRow.objects.filter(source=source, coder=person)
    return Look((rows,), lambda found: found[0] if found else None)


def names_of(people: Iterable[UUID | None]) -> dict[UUID, str]:
    """First names of coders; one query."""
    rows = Person.objects.filter(id__in={p for p in people if p}).values_list("id", "display_name")
    return {pk: _first(name) for pk, name in rows}


def _first(name: str) -> str:
    """The first name; a title ("Dr.") is none."""
    return next((part for part in name.split() if not part.endswith(".")), name)
