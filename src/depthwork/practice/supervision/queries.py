"""Supervision as pages read it: what was granted, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from depthwork.coding.marks_file import MarksFile, Reading
from depthwork.coding.two_coders import Comparison, HourPair, compare
from depthwork.practice.casework.bridge import mark_from
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision.models import (
    AgendaItem,
    CodingSheet,
    Comment,
    Exercise,
    Pack,
    Supervision,
)
from depthwork.practice.treatments.models import Client, Session


def supervision_named(supervision_id: UUID) -> Supervision | None:
    """A supervision by id, for the policy to judge."""
    return (
        Supervision.objects.select_related("client__practice", "treatment", "supervisor", "invited_by")
        .filter(id=supervision_id)
        .first()
    )


def sheet_named(sheet_id: UUID) -> CodingSheet | None:
    """A coder's sheet by id, for the policy to judge."""
    return (
        CodingSheet.objects.select_related("client__practice", "source", "exercise", "coder")
        .filter(id=sheet_id)
        .first()
    )


def exercise_named(exercise_id: UUID) -> Exercise | None:
    """An exercise by id, for the policy to judge."""
    return (
        Exercise.objects.select_related("client__practice", "source__session").filter(id=exercise_id).first()
    )


def comment_named(comment_id: UUID) -> Comment | None:
    """A comment by id, for the policy to judge."""
    return Comment.objects.select_related("client__practice", "source").filter(id=comment_id).first()


def item_named(item_id: UUID) -> AgendaItem | None:
    """An item of an agenda by id, for the policy to judge."""
    return AgendaItem.objects.select_related("client__practice", "supervision").filter(id=item_id).first()


def pack_named(pack_id: UUID) -> Pack | None:
    """A pack by id, for the policy to judge."""
    return Pack.objects.select_related("client__practice", "treatment__clinician").filter(id=pack_id).first()


def open_for(person: Person) -> list[Supervision]:
    """What is shared with someone now; one query."""
    return list(
        Supervision.objects.filter(supervisor=person, ended_at=None, ends_at__gt=datetime.now(UTC))
        .select_related("treatment__clinician", "client__practice", "invited_by")
        .order_by("number", "started_at", "id")
    )


def open_supervision(person: Person, treatment: UUID) -> Supervision | None:
    """The supervision in which someone reads a course now."""
    return next((s for s in open_for(person) if s.treatment_id == treatment), None)


def runs_for(row: Supervision, person: Person) -> bool:
    """Whether this very sharing is someone's, and open now."""
    return row.supervisor_id == person.id and row.ended_at is None and row.ends_at > datetime.now(UTC)


def supervisions_of(client: Client) -> list[Supervision]:
    """Every sharing of a client, newest first."""
    return list(
        Supervision.objects.filter(client=client).select_related(
            "supervisor", "invited_by", "client__practice"
        )
    )


def shared_hours(row: Supervision) -> QuerySet[Session]:
    """The hours inside the days that were agreed; held ones, newest first."""
    hours = Session.objects.filter(treatment_id=row.treatment_id, status="held")
    if row.from_day:
        hours = hours.filter(day__gte=row.from_day)
    if row.to_day:
        hours = hours.filter(day__lte=row.to_day)
    return hours.order_by("-starts_at")


def texts_of(row: Supervision, hours: Sequence[Session]) -> dict[UUID, list[Source]]:
    """What may be read of some hours, hour by hour, oldest first; one query, and no text is opened."""
    found: dict[UUID, list[Source]] = {}
    rows = Source.objects.filter(session__in=hours).select_related("session").order_by("created_at")
    for source in rows:
        if source.session_id is not None and shared_source(row, source):
            found.setdefault(source.session_id, []).append(source)
    return found


def shared_source(row: Supervision, source: Source) -> bool:
    """Whether a text lies inside what was agreed. One's own notes are nobody else's."""
    if source.treatment_id != row.treatment_id or source.burned_at is not None:
        return False
    if source.kind == Source.Kind.COUNTERTRANSFERENCE:
        return False
    return shared_day(row, source.session.day if source.session_id else None)


def shared_day(row: Supervision, day: date | None) -> bool:
    """Whether a day lies inside what was agreed; what has no day, only where no days were named."""
    if day is None:
        return row.from_day is None and row.to_day is None
    return (row.from_day is None or day >= row.from_day) and (row.to_day is None or day <= row.to_day)


def comments_on(source: Source) -> list[Comment]:
    """The comments beside a text, in its order; one query."""
    rows = Comment.objects.filter(source=source).select_related("author")
    return sorted(rows, key=lambda c: ((c.place or {}).get("start", 0), c.created_at))


def agenda_of(supervisions: list[Supervision]) -> list[AgendaItem]:
    """What is still to be spoken of, and what was, newest first."""
    return list(
        AgendaItem.objects.filter(supervision__in=supervisions)
        .select_related("session", "created_by", "supervision")
        .order_by("done_on", "-on")
    )


def waiting_in(supervisions: list[Supervision]) -> dict[UUID, int]:
    """How many points of each agenda are still to be spoken of; one query, and no word is opened."""
    rows = AgendaItem.objects.filter(supervision__in=supervisions, done_on=None).values("supervision_id")
    return {one["supervision_id"]: one["n"] for one in rows.annotate(n=Count("id"))}


def wished_in(row: Supervision) -> list[Session]:
    """Hours after which the clinician wished to extend, lower the fee or run over, or left a question."""
    hours = Session.objects.filter(treatment_id=row.treatment_id, status="held").order_by("-starts_at")[:12]
    taken = set(AgendaItem.objects.filter(supervision=row).values_list("session_id", flat=True))
    return [
        s
        for s in hours
        if s.id not in taken and ((s.after or {}).get("wished_to") or (s.after or {}).get("question"))
    ]


def sheets_for(person: Person) -> list[CodingSheet]:
    """Sheets that wait for someone, and those they have sealed."""
    return list(
        CodingSheet.objects.filter(coder=person, set_aside_at=None, source__burned_at=None)
        .select_related("exercise", "client__practice", "source")
        .order_by("sealed_at", "exercise__created_at")
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sealed sheets of one exercise."""

    a: CodingSheet
    b: CodingSheet
    comparison: Comparison


def sealed_sheets(exercise: Exercise) -> list[CodingSheet]:
    """The sheets that count."""
    return list(
        CodingSheet.objects.filter(exercise=exercise, sealed_at__isnull=False)
        .select_related("coder", "source", "client__practice")
        .order_by("sealed_at")
    )


def marks_file(sheet: CodingSheet) -> MarksFile:
    """A sheet as the comparison reads it. Blind means: without sight of any other's codes."""
    marks = tuple(
        mark_from(id=m["id"], source_id=sheet.source_id, status="confirmed", body=m)
        for m in sheet.marks or []
    )
    return MarksFile(
        source=str(sheet.source_id),
        text_sha256="",
        marks=marks,
        reading=Reading(how="whole" if sheet.read_whole else "dipped", blind=True),
    )


def compared(exercise: Exercise) -> list[Compared]:
    """Every pair of sealed sheets; nothing before all are sealed."""
    if exercise.opened_at is None:
        return []
    sheets = sealed_sheets(exercise)
    files = {s.id: marks_file(s) for s in sheets}
    return [
        Compared(a, b, compare([HourPair(_("this hour"), files[a.id], files[b.id])], basis="unaided"))
        for i, a in enumerate(sheets)
        for b in sheets[i + 1 :]
    ]
