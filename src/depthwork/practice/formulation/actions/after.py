"""Under a minute after the hour: what came of it, two words or more, one line to keep."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from depthwork.practice.formulation.feelings import checked
from depthwork.practice.people.models import Person
from depthwork.practice.sources.actions import write_note
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.texts import note_turns
from depthwork.practice.treatments.actions import keep_line, record_attendance
from depthwork.practice.treatments.errors import Changed
from depthwork.practice.treatments.models import Session


@transaction.atomic
def leave_trace(
    *,
    session: Session,
    by: Person,
    version: int,
    status: str,
    late_minutes: int = 0,
    words: str = "",
    line: str = "",
    first_words: str = "",
    last_words: str = "",
    after: dict[str, Any] | None = None,
    once: UUID | None = None,
) -> Session:
    """All of it, or nothing of it. Whatever is empty is not asked for.

    `version` is the one that was opened, `once` the id that a note made of the words will have: sent twice, it is
    written once, and the second sending finds everything as it says.
    """
    kept = checked(after or {})
    has_note = bool(words.strip()) and _is_written(session, by, once, words)
    try:
        if status != session.status or late_minutes != session.late_minutes:
            record_attendance(
                session=session,
                by=by,
                status=status,
                late_minutes=late_minutes,
                started_at=session.started_at,  # not asked for here, and so not lost here
                stopped_at=session.stopped_at,
                version=version,
            )
            version += 1
        keep_line(
            session=session,
            by=by,
            line=line,
            first_words=first_words,
            last_words=last_words,
            after=kept,
            version=version,
        )
    except Changed:
        session.refresh_from_db()
        said = (status, late_minutes, line.strip(), first_words.strip(), last_words.strip(), kept)
        if _stands(session) != said or (words.strip() and not has_note):
            raise
        return session
    if words.strip() and not has_note:
        write_note(session=session, text=words, by=by, id=_free(once))
    return session


def _stands(session: Session) -> tuple[Any, ...]:
    """What an hour says now, as the form would say it."""
    return (
        session.status,
        session.late_minutes,
        session.kept_line or "",
        session.first_words or "",
        session.last_words or "",
        session.after or {},
    )


def _is_written(session: Session, by: Person, once: UUID | None, words: str) -> bool:
    """Whether these very words were kept by an earlier sending of the form."""
    if once is None:
        return False
    source = Source.objects.filter(pk=once, session=session, created_by=by, burned_at=None).first()
    if source is None:
        return False
    first = SourceVersion.objects.get(source=source, number=1)
    return bool(first.turns == note_turns(words))


def _free(once: UUID | None) -> UUID | None:
    """The id of the form, where no other words have taken it."""
    return None if once is None or Source.objects.filter(pk=once).exists() else once
