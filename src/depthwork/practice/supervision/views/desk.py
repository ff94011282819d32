"""The supervisor's desk: what was shared, under a number and no name; texts with comments in their own colour."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from depthwork.practice.casework.queries import marks_of_source
from depthwork.practice.formulation.queries import latest_kept, page_of
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import Kept, source_named, version_of
from depthwork.practice.supervision import actions
from depthwork.practice.supervision.actions.talking import LONGEST
from depthwork.practice.supervision.models import Comment, Supervision
from depthwork.practice.supervision.page import column_of
from depthwork.practice.supervision.queries import (
    comment_named,
    comments_on,
    open_for,
    open_supervision,
    runs_for,
    shared_hours,
    shared_source,
    sheets_for,
    supervision_named,
    texts_of,
    waiting_in,
)
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.vault.unlocked import current

HOURS_ON_A_PAGE = 60


@rule(P.SEE_TODAY, needs_keys=True)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What is shared with me now, until when, and the sheets that wait."""
    person = person_of(request)
    rows = open_for(person)
    return render(
        request,
        "supervision/desk.html",
        {"rows": _told(named(rows)), "sheets": sheets_for(person), "given_by_me": _given(person)},
    )


def _told(desks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With what each course was shared for, and how much waits to be spoken of: numbers alone are soon mixed up."""
    waiting = waiting_in([one["row"] for one in desks])
    for one in desks:
        row: Supervision = one["row"]
        opens = current().held(row.client_id, row.compartment)
        one["says"] = (row.terms or {}).get("words", "") if opens and row.purpose != "training" else ""
        one["waiting"] = waiting.get(row.id, 0)
    return desks


def named(rows: list[Supervision]) -> list[dict[str, Any]]:
    """Each course under the number it has for good: a supervisor is shown no name."""
    return [{"row": row, "n": row.number} for row in rows]


def number_of(row: Supervision, person: Person) -> int | None:
    """The number under which a course stands on someone's desk; nothing for who does not read it so."""
    return row.number if runs_for(row, person) else None


def _given(person: Person) -> list[Supervision]:
    from datetime import UTC, datetime

    return list(
        Supervision.objects.filter(invited_by=person, ended_at=None, ends_at__gt=datetime.now(UTC))
        .select_related("supervisor", "client__practice")
        .order_by("ends_at")
    )


def _mine(request: HttpRequest) -> tuple[Supervision, Person]:
    """The supervision of the request, if it is this person's and runs."""
    row, person = request.subject, person_of(request)  # type: ignore[attr-defined]
    if not runs_for(row, person):
        raise Http404("not shared with you")
    return row, person


@rule(P.READ_PROCESS_NOTES, of=supervision_named, reads="supervision.read")
@require_GET
def course(request: HttpRequest, supervision_id: UUID) -> HttpResponse:
    """The hours of a course that were shared, and what may be read of each."""
    row, person = _mine(request)
    page = Paginator(shared_hours(row), HOURS_ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    texts = texts_of(row, shown)
    hours = [{"hour": one, "texts": texts.get(one.id, [])} for one in shown]
    has_formulation = latest_kept(row.treatment) is not None and row.from_day is None and row.to_day is None
    return render(
        request,
        "supervision/course.html",
        {
            "row": row,
            "n": number_of(row, person),
            "hours": hours,
            "page": page,
            "has_formulation": has_formulation,
        },
    )


@rule(P.READ_PROCESS_NOTES, of=supervision_named, reads="supervision.read")
@require_GET
def formulation(request: HttpRequest, supervision_id: UUID) -> HttpResponse:
    """The formulation that stands, where the whole course was shared."""
    row, person = _mine(request)
    kept = latest_kept(row.treatment)
    if kept is None or row.from_day or row.to_day:
        raise Http404("not shared")
    return render(
        request,
        "supervision/formulation.html",
        {"row": row, "n": number_of(row, person), "page": page_of(kept)},
    )


def _supervision_of_text(supervision_id: UUID, source_id: UUID) -> Supervision | None:
    return supervision_named(supervision_id)


@rule(P.READ_PROCESS_NOTES, of=_supervision_of_text, reads="supervision.read")
@require_GET
def text(request: HttpRequest, supervision_id: UUID, source_id: UUID) -> HttpResponse:
    """One text in a reading column, the clinician's marks and all comments beside it."""
    row: Supervision = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    treats = allows_row(person, P.WRITE_PROCESS_NOTES, row)
    if not treats:
        row, person = _mine(request)
    source = Source.objects.select_related("session").filter(id=source_id, client_id=row.client_id).first()
    if source is None or not shared_source(row, source):
        raise Http404("not shared")
    return _text(request, row, source, treats=treats)


def _text(
    request: HttpRequest,
    row: Supervision,
    source: Source,
    *,
    treats: bool,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    kept = Kept(source, version_of(source))
    column = column_of(kept.transcript, marks_of_source(source), comments_on(source))
    context = {
        "row": row,
        "source": source,
        "column": column,
        "refused": refused,
        "n": number_of(row, person_of(request)),
        "me": person_of(request).id,
        "treats": treats,
        "typed": _typed(request) if refused else {},
        "longest": LONGEST,
    }
    return render(request, "supervision/text.html", context, status=status)


def _typed(request: HttpRequest) -> dict[str, str]:
    """A comment that could not be kept, as it was written."""
    return {name: request.POST.get(name, "") for name in ("turn", "quote", "words", "next")}


@rule(P.COMMENT_HOURS, of=source_named)
@require_POST
def add_comment(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Words beside a turn, or beside words of it given letter for letter."""
    source: Source = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    row = open_supervision(person, source.treatment_id)
    treats = allows_row(person, P.WRITE_PROCESS_NOTES, source)
    if row is None and treats:
        row = Supervision.objects.filter(treatment_id=source.treatment_id, ended_at=None).first()
    if row is None or not shared_source(row, source):
        raise Http404("not shared")
    on_hour = request.POST.get("next") == "hour" and source.session_id is not None
    try:
        start, end = _place(request, source)
        made = actions.comment(
            source=source, start=start, end=end, words=request.POST.get("words", ""), by=person
        )
    except (CourseError, ValueError) as error:
        words = str(error) if isinstance(error, CourseError) else _("choose a turn of this text")
        return _text(request, row, source, treats=treats, refused=words, status=422)
    if on_hour:
        response = redirect("casework:hour", source.session_id)
        response["Location"] += f"?source={source.id}#e-{made.id}"
        return response
    response = redirect("supervision:text", row.id, source.id)
    response["Location"] += f"#k{made.id}"
    return response


def _place(request: HttpRequest, source: Source) -> tuple[int, int]:
    """The offsets of the words, or of the whole turn where none are given."""
    transcript = Kept(source, version_of(source)).transcript
    turn = int(request.POST.get("turn", "0")) - 1
    if not 0 <= turn < len(transcript.turns):
        raise ValueError("no such turn")
    start, end = transcript.span_of(turn, turn)
    quote = request.POST.get("quote", "").strip()
    if quote:
        at = transcript.turns[turn].text.find(quote)
        if at < 0:
            raise CourseError(_("these words do not stand in that turn; copy them letter for letter"))
        start, end = start + at, start + at + len(quote)
    return start, end


@rule(P.COMMENT_HOURS, of=comment_named)
@require_POST
def withdraw(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    """Take back one's own comment."""
    row: Comment = request.subject  # type: ignore[attr-defined]
    shared, hour = open_supervision(person_of(request), row.source.treatment_id), row.source.session_id
    try:
        actions.withdraw_comment(comment=row, by=person_of(request))
    except CourseError:
        raise Http404("not yours") from None
    if request.POST.get("next") == "hour" and hour is not None:
        response = redirect("casework:hour", hour)
        response["Location"] += f"?source={row.source_id}"
        return response
    return redirect("supervision:text", shared.id, row.source_id) if shared else redirect("ui:home")
