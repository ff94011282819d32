"""Filling in a form: the same page by link, in the room, and in the client's own place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.practice.people.models import Person
from depthwork.practice.policy.crisis import crisis_lines
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import Closed, TrackingError
from depthwork.practice.tracking.judging import BETWEEN_HOURS, needs_crisis_text
from depthwork.practice.tracking.page import answers_in, questions
from depthwork.practice.tracking.queries.watch import reasons_for
from depthwork.practice.tracking.sheet import Sheet
from depthwork.practice.tracking.statements import reading_statements
from depthwork.practice.vault.errors import NoKey


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the page of a form sends what it gathers."""

    save: str
    send: str
    decline: str
    clear: str = ""
    back: str = ""


def leave_out_risk(sheet: Sheet, *, now: datetime) -> None:
    """Between the hours a risk question stands on the page only while somebody would see its answer."""
    request, definition = sheet.request, sheet.definition
    if request.mode in BETWEEN_HOURS and definition.risk_items and reasons_for(request, now=now):
        kept = {item.id for item in definition.risk_items}
        sheet.told["left_out"] = sorted(kept | set(sheet.left_out))


def show(
    request: HttpRequest, sheet: Sheet, ways: Ways, *, error: str = "", status: int = 200
) -> HttpResponse:
    """The form, as far as it is filled in."""
    now = datetime.now(UTC)
    if not sheet.definition.has_text:  # the practice may no longer use its words
        return closed(request, sheet)
    leave_out_risk(sheet, now=now)
    row, definition = sheet.request, sheet.definition
    asks_risk = any(item.id not in sheet.left_out for item in definition.risk_items)
    rows = questions(sheet)
    context = {
        "sheet": sheet,
        "definition": definition,
        # "Ask the patient ..." is said to whoever asks, and stands on no screen that is handed over.
        "says_to_clinician": definition.rater == "clinician_administered" and row.mode != row.Mode.CLINICIAN,
        "questions": rows,
        "ways": ways,
        "error": error,
        "clinician": sheet.told.get("asked_by") or _("your therapist"),
        "statements": reading_statements(
            row, clinician=sheet.told.get("asked_by", ""), asks_risk=asks_risk, now=now
        ),
        "crisis": needs_crisis_text(sheet.raised),
        "crisis_lines": crisis_lines(row.client.practice.country),
        "country": row.client.practice.country,
        "count": counted(sum(q.is_asked and q.value != "" for q in rows), sum(q.is_asked for q in rows)),
        "left_out": bool(sheet.left_out),
        "until": row.expires_at,
        "zone": row.client.practice.time_zone,
    }
    return render(request, "tracking/form.html", context, status=status)


def counted(answered: int, of: int) -> str:
    """Two of nine answered."""
    return ngettext("%(n)s of %(of)s answered.", "%(n)s of %(of)s answered.", of) % {"n": answered, "of": of}


def save(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Keep what changed. Answers in JSON for the page's own script."""
    # An answer to a question that was on the page is kept, whatever has changed since: it is never dropped.
    given = answers_in(sheet.definition, request.POST)
    try:
        kept = actions.save_items(request_id=sheet.request.id, token=sheet.token, given=given)
    except Closed as error:
        return JsonResponse({"closed": True, "sentence": str(error)}, status=410)
    return JsonResponse(
        {
            "saved": sorted(set(given) - set(kept.wrong)),
            "wrong": kept.wrong,
            "crisis": kept.crisis,
            "asked": list(kept.asked),
            "count": counted(kept.answered, kept.of),
        }
    )


def send(
    request: HttpRequest, sheet: Sheet, ways: Ways, *, by: Person | None, done: Callable[[], str]
) -> HttpResponse:
    """Send it. The script gets an address to go to; a plain form gets the page itself."""
    is_script = request.headers.get("X-Questions") == "1"
    # An answer to a question that was on the page is kept, whatever has changed since: it is never dropped.
    given = answers_in(sheet.definition, request.POST)
    try:
        made = actions.send(request_id=sheet.request.id, token=sheet.token, given=given, by=by)
    except Closed as error:
        if is_script:
            return JsonResponse({"closed": True, "sentence": str(error)}, status=410)
        return closed(request, sheet)
    except TrackingError as error:
        if is_script:
            return JsonResponse({"sentence": str(error)}, status=422)
        return show(request, sheet, ways, error=str(error), status=422)
    if made.wrong:
        sentence = _("One answer does not fit its question; look at it again.")
        if is_script:
            return JsonResponse({"sentence": sentence, "wrong": made.wrong}, status=422)
        return show(request, sheet, ways, error=sentence, status=422)
    if is_script:
        return JsonResponse({"receipt": made.receipt, "crisis": made.crisis, "go": done()})
    from django.shortcuts import redirect

    return redirect(done())


def sent(request: HttpRequest, sheet: Sheet, ways: Ways) -> HttpResponse:
    """The receipt, the same however often it is asked for."""
    row = sheet.request
    alert = getattr(row, "alert", None)
    context: dict[str, Any] = {
        "row": row,
        "definition": sheet.definition,
        "ways": ways,
        "clinician": sheet.told.get("asked_by") or _("your therapist"),
        "crisis": alert is not None and not alert.is_for_the_hour,
        "crisis_lines": crisis_lines(row.client.practice.country),
    }
    return render(request, "tracking/sent.html", context)


def closed(request: HttpRequest, sheet: Sheet | None, *, status: int = 410) -> HttpResponse:
    """A form that is past its time, taken back or declined, or a link that opens nothing."""
    row = sheet.request if sheet else None
    context = {
        "row": row,
        "saved": bool(sheet and sheet.answers),
        "crisis_lines": crisis_lines(row.client.practice.country) if row else (),
    }
    return render(request, "tracking/closed.html", context, status=status)


COUNTRY = "country"


def keeps_calm(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """If nothing can be written, say so truly, with the crisis numbers: they need no database."""
    from functools import wraps

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (DatabaseError, NoKey):
            if request.headers.get("X-Questions") == "1":
                return JsonResponse({"sentence": _("Not kept yet. It is tried again.")}, status=503)
            lines = crisis_lines((request.POST.get("country") or request.COOKIES.get(COUNTRY, ""))[:2])
            return HttpResponse(
                render_to_string("tracking/not_kept.html", {"crisis_lines": lines}), status=503
            )

    return guarded
