"""Under a minute after the hour: what came of it, two words or more, one line to keep."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.formulation.feelings import checked
from depthwork.practice.people.models import Person
from depthwork.practice.sources.actions import write_note
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
) -> Session:
    """All of it, or nothing of it. Whatever is empty is not asked for."""
    if status != session.status or late_minutes != session.late_minutes:
        record_attendance(session=session, by=by, status=status, late_minutes=late_minutes, version=version)
    elif not Session.objects.filter(pk=session.pk, version=version).exists():
        raise Changed(_("someone else has changed this hour in the meantime; nothing was overwritten"))
    keep_line(
        session=session,
        by=by,
        line=line,
        first_words=first_words,
        last_words=last_words,
        after=checked(after or {}),
    )
    if words.strip():
        write_note(session=session, text=words, by=by)
    return session
