"""Reads of sources, always of one client's treatment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from depthwork.practice.config.at_once import Look
from depthwork.practice.config.dates import in_words
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Draft, Source, SourceVersion
from depthwork.practice.sources.texts import transcript_of_version
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.consents import transcripts_to_burn
from depthwork.practice.treatments.handing import own_notes_open_to
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


def standing_of_hour(session: Session, reader: Person) -> list[Source]:
    """Everything kept with an hour or burned since, own notes that are open to the reader among it. One query."""
    return look_at_standing(session, reader).now()


def look_at_standing(session: Session, reader: Person) -> Look[list[Source]]:
    """The same, to be asked together with what else a page wants to know."""
    rows = Source.objects.filter(session=session)
    theirs = own_notes_open_to(reader, session.client_id)
    shown = rows.filter(~Q(kind=Source.Kind.COUNTERTRANSFERENCE) | theirs)
    return Look((shown,), partial(sorted, key=attrgetter("created_at")))


def kept_among(rows: Iterable[Source]) -> list[Kept]:
    """Of what stands with an hour, what `sources_of` gives: nothing burned, no own note. One query."""
    return _kept(one for one in rows if one.burned_at is None and one.kind != Source.Kind.COUNTERTRANSFERENCE)


def own_notes_of(session: Session, writer: Person) -> list[Kept]:
    """What a clinician wrote of an hour for themselves alone; two queries."""
    rows = Source.objects.filter(
        session=session, created_by=writer, kind=Source.Kind.COUNTERTRANSFERENCE, burned_at=None
    )
    return _kept(rows.order_by("created_at"))


def begun_in(treatment: Treatment, person: Person) -> Iterator[tuple[str, str]]:
    """What a person has begun to write in a course and not kept: it is theirs alone, and closes to them with the day."""
    rows = Draft.objects.filter(session__treatment=treatment, person=person).order_by("session__day")
    for hour, day in dict(rows.values_list("session_id", "session__day")).items():
        said = _("Something you began on the hour of %(day)s is not kept yet.") % {"day": in_words(day)}
        yield said, reverse("casework:hour", args=[hour])


def version_of(source: Source, number: int | None = None) -> SourceVersion:
    """One version of a source, the current one by default."""
    return SourceVersion.objects.get(source=source, number=number or source.version)


def outlived(*, at: datetime | None = None, clients: Iterable[UUID] | None = None) -> list[Source]:
    """Sources that are still there although what was agreed for them has ended; a few queries for a whole house.

    Transcripts by the client's consent, and whatever was to live only until its treatment ended.
    """
    at = at or datetime.now(UTC)
    there = Source.objects.filter(burned_at=None).select_related("treatment__clinician", "client__practice")
    if clients is not None:
        there = there.filter(client_id__in=list(clients))
    transcripts = list(there.filter(kind=Source.Kind.TRANSCRIPT))
    days = {
        one.client_id: at.astimezone(zone_of(one.client.practice.time_zone)).date() for one in transcripts
    }
    due: set[UUID] = set()
    for day in set(days.values()):
        of_day = [client for client, own in days.items() if own == day]
        due |= {one.treatment_id for one in transcripts_to_burn(of_day, on=day)}
    ended = there.filter(until_end=True, treatment__ending__isnull=False).select_related("treatment__ending")
    over = [
        one
        for one in ended
        if one.treatment.ending.on <= at.astimezone(zone_of(one.client.practice.time_zone)).date()
    ]
    found = {one.pk: one for one in over} | {one.pk: one for one in transcripts if one.treatment_id in due}
    return list(found.values())
