"""What to bring to supervision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from depthwork.practice.formulation.feelings import wished_words
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.supervision import actions
from depthwork.practice.supervision.actions.talking import LONGEST_ITEM
from depthwork.practice.supervision.models import AgendaItem, Supervision
from depthwork.practice.supervision.queries import (
    agenda_of,
    item_named,
    open_for,
    runs_for,
    supervision_named,
    wished_in,
)
from depthwork.practice.supervision.views.desk import _given, named
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Session
from depthwork.practice.treatments.views.common import today_of


@rule(P.SEE_TODAY, needs_keys=True)
@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    """Everything that waits to be spoken of: by those I supervise, and by me."""
    return _agenda(request)


def _agenda(request: HttpRequest, *, refused: str = "", typed: Any = None, status: int = 200) -> HttpResponse:
    """The page; with `typed`, the course and the words that could not be kept, as they were written."""
    person = person_of(request)
    given, mine = _given(person), open_for(person)
    closed = {row.id for row in mine if not allows_row(person, P.READ_PROCESS_NOTES, row)}
    readable = [row for row in mine if row.id not in closed]
    items: dict[UUID, list[AgendaItem]] = {}
    for item in agenda_of([*given, *readable]):
        items.setdefault(item.supervision_id, []).append(item)
    shelves = [
        {"row": row, "who": row.client.called, "with": row.supervisor, "items": items.get(row.id, []),
         "wished": [{"hour": s, "words": wished_words((s.after or {}).get("wished_to") or []),
                     "question": (s.after or {}).get("question", "")} for s in wished_in(row)]}
        for row in given
    ]  # fmt: skip
    desks = [
        {"row": one["row"], "n": one["n"], "items": items.get(one["row"].id, [])}
        for one in named(mine)
        if one["row"].id not in closed
    ]
    context = {
        "shelves": shelves,
        "desks": desks,
        "refused": refused,
        "typed": typed,
        "longest": LONGEST_ITEM,
    }
    return render(request, "supervision/agenda.html", context, status=status)


def _takes_part(request: HttpRequest, row: Supervision) -> None:
    """The two of them, and nobody else."""
    person = person_of(request)
    if row.invited_by_id == person.id and row.ended_at is None:
        return
    if not runs_for(row, person):
        raise Http404("not yours")


@rule(P.COMMENT_HOURS, of=supervision_named)
@require_POST
def add(request: HttpRequest, supervision_id: UUID) -> HttpResponse:
    """Something for the next meeting."""
    row: Supervision = request.subject  # type: ignore[attr-defined]
    _takes_part(request, row)
    session = None
    if request.POST.get("session"):
        try:
            session = Session.objects.filter(
                id=UUID(request.POST["session"]), client_id=row.client_id
            ).first()
        except ValueError:
            session = None
    words = request.POST.get("words", "")
    try:
        actions.add_to_agenda(
            supervision=row,
            words=words,
            on=today_of(row.client),
            session=session,
            by=person_of(request),
        )
    except CourseError as error:
        typed = {"row": row.id, "session": session.id if session else None, "words": words}
        return _agenda(request, refused=str(error), typed=typed, status=422)
    return redirect("supervision:agenda")


@rule(P.COMMENT_HOURS, of=item_named)
@require_POST
def done(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """It was spoken of."""
    row: AgendaItem = request.subject  # type: ignore[attr-defined]
    _takes_part(request, row.supervision)
    actions.take_off_agenda(item=row, on=today_of(row.client), by=person_of(request))
    return redirect("supervision:agenda")
