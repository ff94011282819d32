"""Reads of sources, always of one client's treatment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.treatments.queries import session_named
from depthwork.transcripts import Transcript


@dataclass(frozen=True, slots=True)
class Kept:
    """A source with its current version."""

    source: Source
    version: SourceVersion

    @property
    def transcript(self) -> Transcript:
        """The canonical text and its turns, as the library reads them."""
        return transcript_of_version(self.source, self.version)


def source_named(source_id: UUID) -> Source | None:
    """A source by id, for the policy to judge."""
    return (
        Source.objects.select_related("client__practice", "session", "treatment").filter(id=source_id).first()
    )


def version_named(source_id: UUID, number: int) -> Source | None:
    """The source of a version, for the policy to judge."""
    return source_named(source_id)


def hour_of_draft(session_id: UUID, kind: str) -> Session | None:
    """The hour of a draft, for the policy to judge."""
    return session_named(session_id)


def _kept(sources: Iterable[Source]) -> list[Kept]:
    rows = {s.id: s for s in sources}
    versions = SourceVersion.objects.filter(source__in=rows, number=F("source__version")).defer("file")
    found = {v.source_id: v for v in versions}
    return [Kept(source, found[pk]) for pk, source in rows.items() if pk in found]


def _of_kinds(rows: QuerySet[Source], kinds: Iterable[str] | None) -> QuerySet[Source]:
    """Own notes come only where they are asked for by name: they are their writer's, whoever holds a key."""
    if kinds is None:
        return rows.exclude(kind=Source.Kind.COUNTERTRANSFERENCE)
    return rows.filter(kind__in=list(kinds))


def sources_of(session: Session, *, kinds: Iterable[str] | None = None) -> list[Kept]:
    """What is kept with an hour, oldest first; burned things and own notes left out. Two queries."""
    rows = Source.objects.filter(session=session, burned_at=None).order_by("created_at")
    return _kept(_of_kinds(rows, kinds))


def sources_of_treatment(treatment: Treatment, *, kinds: Iterable[str] | None = None) -> list[Kept]:
    """Everything kept of a treatment but own notes, in the order of its hours; two queries."""
    rows = (
        Source.objects.filter(treatment=treatment, burned_at=None)
        .select_related("session")
        .order_by("session__starts_at", "created_at")
    )
    return _kept(_of_kinds(rows, kinds))


def own_notes_of(session: Session, writer: Person) -> list[Kept]:
    """What a clinician wrote of an hour for themselves alone; two queries."""
    rows = Source.objects.filter(
        session=session, created_by=writer, kind=Source.Kind.COUNTERTRANSFERENCE, burned_at=None
    )
    return _kept(rows.order_by("created_at"))


def version_of(source: Source, number: int | None = None) -> SourceVersion:
    """One version of a source, the current one by default."""
    return SourceVersion.objects.get(source=source, number=number or source.version)
