"""The minute after the hour."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from depthwork.practice.config.dates import in_words
from depthwork.practice.formulation import actions
from depthwork.practice.formulation.feelings import chosen_words, wished_words
from depthwork.practice.formulation.forms import AfterForm
from depthwork.practice.formulation.views.common import page_head
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.record.queries import note_of_hour
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.handing import reads_own_words
from depthwork.practice.treatments.models import Session
from depthwork.practice.treatments.queries import session_named
from depthwork.practice.treatments.views.common import sent_again

OWN = ("feelings", "feeling_words", "wished_to")  # what stirred in whoever held the hour: theirs alone


def _as_it_stands(session: Session, *, opens_own: bool) -> list[tuple[str, str]]:
    """What the hour says now, under the questions of the form; what is empty is left out."""
    kept, asks = session.after or {}, AfterForm.base_fields
    if not opens_own:
        kept = {name: words for name, words in kept.items() if name not in OWN}
    said = [
        ("status", str(session.get_status_display())),
        ("late_minutes", str(session.late_minutes or "")),
        ("line", session.kept_line or ""),
        ("first_words", session.first_words or ""),
        ("last_words", session.last_words or ""),
        ("feeling_words", kept.get("feeling_words") or ""),
        ("wished_to", ", ".join(wished_words(kept.get("wished_to") or []))),
        ("question", kept.get("question") or ""),
        ("next", kept.get("next") or ""),
    ]
    told = [(str(asks[name].label), words) for name, words in said if words]
    felt = ", ".join(f"{words} {n}" for words, n in chosen_words(kept.get("feelings") or {}))
    return [*told, (_("How it felt to be there"), felt)] if felt else told


@rule(P.WRITE_PROCESS_NOTES, of=session_named)
def after(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Attendance, two words or more, one line to keep; the rest if wished. Nothing is compulsory."""
    session: Session = request.subject  # type: ignore[attr-defined]
    kept = session.after or {}
    opens_own = reads_own_words(person_of(request), session)
    theirs_alone = {} if opens_own else {name: kept[name] for name in OWN if name in kept}
    begun = session.starts_at <= timezone.now()
    initial = {
        "status": session.status if session.status != "planned" else "held" if begun else "",
        "late_minutes": session.late_minutes or None,
        "line": session.kept_line or "",
        "first_words": session.first_words or "",
        "last_words": session.last_words or "",
        "version": session.version,
        **{name: kept.get(name) for name in (*OWN, "question", "next") if name not in theirs_alone},
    }
    form, status, theirs = AfterForm(request.POST or None, initial=initial), 200, None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.leave_trace(
                session=session,
                by=person_of(request),
                version=data["version"],
                status=data["status"],
                late_minutes=data["late_minutes"] or 0,
                words=data["words"],
                line=data["line"],
                first_words=data["first_words"],
                last_words=data["last_words"],
                after=form.after() | theirs_alone,
                once=data["once"],
            )
        except Changed as error:
            session.refresh_from_db()
            form, status, theirs = (
                sent_again(form, session.version, error),
                409,
                _as_it_stands(session, opens_own=opens_own),
            )
        except CourseError as error:
            form.add_error(None, str(error))
            status = 422
        else:
            if "and_note" in request.POST:
                return redirect("record:hour", session.id)
            return redirect("ui:today")
    elif form.is_bound:
        status = 422
    what = _("after the hour of %(day)s") % {"day": in_words(session.day)}
    context = page_head(request, session.client, what, session=session, form=form, theirs=theirs)
    context["note"] = note_of_hour(session)
    context["main"] = [form[name] for name in AfterForm.MAIN]
    context["more"] = [form[name] for name in AfterForm.MORE if opens_own or name not in OWN]
    return render(request, "formulation/after.html", context, status=status)
