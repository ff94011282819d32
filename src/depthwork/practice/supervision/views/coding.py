"""Code a text blind, seal the sheet, see where two coders agree, settle the rest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from depthwork.coding.icc import FORMS
from depthwork.coding.shelf import installed
from depthwork.coding.two_coders import match
from depthwork.practice.casework.bridge import mark_from
from depthwork.practice.casework.words import name_of_code, name_of_construct
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import Kept, version_of
from depthwork.practice.supervision import actions
from depthwork.practice.supervision.actions.coding import take_own_marks
from depthwork.practice.supervision.models import CodingSheet, Exercise, Supervision
from depthwork.practice.supervision.page import column_of, name_of
from depthwork.practice.supervision.queries import (
    compared,
    exercise_named,
    marks_file,
    sealed_sheets,
    sheet_named,
)
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named

BANDS = (
    (0.40, gettext_lazy("weak")),
    (0.60, gettext_lazy("fair")),
    (0.75, gettext_lazy("good")),
    (2.0, gettext_lazy("excellent")),
)
RATED = {"intensity": gettext_lazy("intensity"), "level": gettext_lazy("level")}


@rule(P.SHARE_CLIENT, of=client_named)
@require_POST
def ask(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A sheet for me and one for each person chosen."""
    row: Client = request.subject  # type: ignore[attr-defined]
    by = person_of(request)
    try:
        source = Source.objects.filter(
            id=UUID(request.POST.get("source", "")), client=row, burned_at=None
        ).first()
        ids = [UUID(raw) for raw in request.POST.getlist("coder")]
    except ValueError:
        source, ids = None, []
    if source is None:
        raise Http404("no such text")
    coders = list(Person.objects.filter(id__in=ids, practice_id=by.practice_id))
    if request.POST.get("me") == "1":
        coders.append(by)
    try:
        actions.ask_for_coding(source=source, coders=coders, by=by)
    except CourseError as error:
        from django.contrib import messages

        messages.error(request, str(error))
    return redirect("supervision:client", row.id)


def _own_sheet(request: HttpRequest) -> CodingSheet:
    row: CodingSheet = request.subject  # type: ignore[attr-defined]
    if row.coder_id != person_of(request).id or row.set_aside_at is not None:
        raise Http404("not yours")
    return row


@rule(P.MARK_HOURS, of=sheet_named, reads="sheet.read")
@require_GET
def sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """The text and one's own marks: no hour, no name, no cue, no score, nobody else's marks."""
    return _sheet(request, _own_sheet(request))


def _sheet(request: HttpRequest, row: CodingSheet, *, refused: str = "", status: int = 200) -> HttpResponse:
    transcript = Kept(row.source, version_of(row.source, row.exercise.source_version)).transcript
    marks = marks_file(row).marks
    books = [
        {
            "construct": construct,
            "name": name_of_construct(construct),
            "codes": [(code, name_of_code(construct, code)) for code in codes],
        }
        for book in installed().values()
        for construct, codes in book.codes.items()
    ]
    context = {
        "row": row,
        "column": column_of(transcript, marks),
        "books": books,
        "refused": refused,
        "typed": _typed(request) if refused else {},
        "construct": request.POST.get("construct") or request.GET.get("construct", ""),
        "n_marks": len(marks),
    }
    return render(request, "supervision/sheet.html", context, status=status)


def _typed(request: HttpRequest) -> dict[str, str]:
    construct, _sep, code = request.POST.get("code", "").partition("/")
    turn, quote = request.POST.get("turn", ""), request.POST.get("quote", "")
    return {"turn": turn, "quote": quote, "construct": construct, "code": code}


@rule(P.MARK_HOURS, of=sheet_named)
@require_POST
def mark(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Mark words of a turn: letter for letter, or the whole turn."""
    row = _own_sheet(request)
    transcript = Kept(row.source, version_of(row.source, row.exercise.source_version)).transcript
    try:
        turn = int(request.POST.get("turn", "0")) - 1
        start, end = transcript.span_of(turn, turn) if 0 <= turn < len(transcript.turns) else (0, 0)
        quote = request.POST.get("quote", "").strip()
        if quote and end:
            at = transcript.turns[turn].text.find(quote)
            if at < 0:
                raise CourseError(_("these words do not stand in that turn; copy them letter for letter"))
            start, end = start + at, start + at + len(quote)
        construct, _sep, code = request.POST.get("code", "").partition("/")
        if end <= start:
            raise CourseError(_("choose a turn of this text"))
        actions.add_mark(
            sheet=row,
            start=start,
            end=end,
            construct=construct,
            code=code,
            by=person_of(request),
            version=int(request.POST.get("version", "0")),
        )
    except CourseError as error:
        return _sheet(request, sheet_named(row.id) or row, refused=str(error), status=422)
    except ValueError:
        return _sheet(request, row, refused=_("choose a turn of this text"), status=422)
    response = redirect("supervision:sheet", row.id)
    response["Location"] += f"#t{turn + 1}"
    return response


def _then(request: HttpRequest, act: Any, **more: Any) -> HttpResponse:
    row = _own_sheet(request)
    try:
        act(sheet=row, by=person_of(request), version=int(request.POST.get("version", "0")), **more)
    except (CourseError, ValueError) as error:
        words = str(error) if isinstance(error, CourseError) else _("look at the sheet again")
        return _sheet(request, sheet_named(row.id) or row, refused=words, status=409)
    return redirect("supervision:sheet", row.id)


@rule(P.MARK_HOURS, of=sheet_named)
@require_POST
def unmark(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Take a mark back."""
    return _then(request, actions.remove_mark, mark=request.POST.get("mark", ""))


@rule(P.WRITE_PROCESS_NOTES, of=sheet_named)
@require_POST
def own(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """The clinician's own unaided marks of this text, made before."""
    return _then(request, take_own_marks)


@rule(P.MARK_HOURS, of=sheet_named)
@require_POST
def seal(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """From here on it stands."""
    row = _own_sheet(request)
    answer = _then(request, actions.seal_sheet, read_whole=request.POST.get("read_whole") == "1")
    if (
        answer.status_code == 302
        and Exercise.objects.filter(id=row.exercise_id, opened_at__isnull=False).exists()
    ):
        return redirect("supervision:agreement", row.exercise_id)
    return answer


@rule(P.MARK_HOURS, of=sheet_named)
@require_POST
def aside(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Stop coding this text."""
    answer = _then(request, actions.set_aside)
    return redirect("supervision:desk") if answer.status_code == 302 else answer


def _exercise(request: HttpRequest) -> Exercise:
    """An exercise is opened by who asked for it and by its coders."""
    row: Exercise = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    is_coder = CodingSheet.objects.filter(exercise=row, coder=person, set_aside_at=None).exists()
    invited = Supervision.objects.filter(client_id=row.client_id, supervisor=person, ended_at=None).exists()
    if row.opened_at is None or not (is_coder or row.asked_by_id == person.id):
        raise Http404("not open yet")
    if not is_coder and invited:
        raise Http404("not yours")
    return row


@rule(P.MARK_HOURS, of=exercise_named, reads="agreement.read")
@require_GET
def agreement(request: HttpRequest, exercise_id: UUID) -> HttpResponse:
    """How far the coders agree, construct by construct, and the marks side by side."""
    row = _exercise(request)
    pairs = [_pair(one) for one in compared(row)]
    sheets = sealed_sheets(row)
    chosen = {m["id"] for m in row.consensus or []}
    context = {"row": row, "pairs": pairs, "sheets": sheets, "chosen": chosen, "rows": _side_by_side(sheets)}
    return render(request, "supervision/agreement.html", context)


def _pair(one: Any) -> dict[str, Any]:
    rows = []
    for construct, told in one.comparison.constructs.items():
        rows.append(
            {
                "construct": name_of_construct(construct),
                "marks": told.marks,
                "units": told.units,
                "span_f1": told.span_f1,
                "percent": told.percent,
                "kappa": told.kappa,
                "band": band(told.kappa) if told.units >= 30 else "",
                "why": told.reasons.get("kappa", ""),
            }
        )
    return {
        "a": one.a,
        "b": one.b,
        "rows": rows,
        "ratings": [
            {
                "construct": name_of_construct(construct),
                "name": RATED[name],
                "targets": rated.targets,
                "values": [
                    (form, rated.forms[form].value if form in rated.forms else None) for form in FORMS
                ],
                "why": rated.reason or next((one.reason for one in rated.forms.values() if one.reason), ""),
            }
            for construct, told in one.comparison.constructs.items()
            for name, rated in told.ratings.items()
        ],
        "blind": one.comparison.blind,
        "notes": one.comparison.notes,
    }


def band(kappa: float | None) -> str:
    """Cicchetti's words for a kappa."""
    if kappa is None:
        return ""
    return next(str(words) for limit, words in BANDS if kappa < limit)


def _side_by_side(sheets: list[CodingSheet]) -> list[dict[str, Any]]:
    """Marks of the first two sheets in the order of the text, matched where they are one place and one construct."""
    if len(sheets) < 2:
        return []
    first, second = ([_mark(m, s) for m in s.marks or []] for s in sheets[:2])
    rows, used = [], set()
    constructs = sorted({m.construct for m in (*first, *second)})
    for construct in constructs:
        a = [m for m in first if m.construct == construct]
        b = [m for m in second if m.construct == construct]
        pairs = dict(match([m.span for m in a], [m.span for m in b]))
        for i, one in enumerate(a):
            other = b[pairs[i]] if i in pairs else None
            if other is not None:
                used.add(other.id)
            rows.append(_row(one, other))
        rows += [_row(None, other) for other in b if other.id not in used]
    return sorted(rows, key=lambda r: r["at"])


def _mark(body: dict[str, Any], sheet: CodingSheet) -> Any:
    return mark_from(id=body["id"], source_id=sheet.source_id, status="confirmed", body=body)


def _row(a: Any, b: Any) -> dict[str, Any]:
    return {
        "at": (a or b).span.start,
        "turn": (a or b).turn + 1,
        "a": {"mark": a, "name": name_of(a)} if a else None,
        "b": {"mark": b, "name": name_of(b)} if b else None,
        "same": bool(a and b and a.code == b.code),
    }


@rule(P.MARK_HOURS, of=exercise_named)
@require_POST
def settle(request: HttpRequest, exercise_id: UUID) -> HttpResponse:
    """Keep what both agreed to keep."""
    row = _exercise(request)
    try:
        actions.settle(
            exercise=row,
            chosen=request.POST.getlist("keep"),
            is_finished=request.POST.get("finish") == "1",
            by=person_of(request),
            version=int(request.POST.get("version", "0")),
        )
    except (CourseError, ValueError):
        from django.contrib import messages

        messages.error(request, _("The consensus was changed meanwhile; look at it again."))
    return redirect("supervision:agreement", row.id)
