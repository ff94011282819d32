"""The page of an hour, its reading column, its profile, and the clinician's own line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from depthwork.practice.casework import words
from depthwork.practice.casework.beside import Beside, beside
from depthwork.practice.casework.errors import Changed
from depthwork.practice.casework.hour import MAIN_KINDS, Column, chosen, column_of
from depthwork.practice.casework.page.profile import hour_chart
from depthwork.practice.casework.page.setting import set_passages
from depthwork.practice.casework.undone import last_act
from depthwork.practice.config.at_once import at_once
from depthwork.practice.config.dates import in_words
from depthwork.practice.people.models import Person
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.record.queries import look_at_note
from depthwork.practice.sources.editing import hours_editor, look_at_drafts
from depthwork.practice.sources.hints import hints_for
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import Kept, kept_among, look_at_standing, sources_of
from depthwork.practice.treatments.actions import keep_line, skip_remembering
from depthwork.practice.treatments.leaves import leaves_for
from depthwork.practice.treatments.models import Session
from depthwork.practice.treatments.queries import session_named

LONGEST_LINE = 500


def treats_client(person: Person, row: Any) -> bool:
    """Whether this person is the clinician of the row's client."""
    return allows_row(person, P.WRITE_PROCESS_NOTES, row)


@rule(P.READ_PROCESS_NOTES, of=session_named, reads="hour.read")
@require_GET
def hour(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Transcript or note in a reading column, marks in the margin, the profile under it, the editor beside."""
    session: Session = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    treats = treats_client(person, session)
    standing, note, drafts = (
        at_once(look_at_standing(session, person), look_at_note(session), look_at_drafts(session, person))
        if treats
        else ([], None, [])
    )
    sources = kept_among(standing) if treats else sources_of(session)
    kept = _chosen(request, sources)
    column = _column(request, session, kept, person, treats=treats) if kept else None
    context = {
        "session": session,
        **_of_whom(request, session, column.beside if column else None, treats=treats),
        "compartment": _("Process notes"),
        "treats": treats,
        "counts_emotion": profile_of(session.client.practice).emotion_word_counts,
        "sources": [k for k in sources if k.source.kind in MAIN_KINDS],
        **(_set(request, column) if column else {"column": None}),
        "main": kept.source if kept else None,
        "material": [k for k in sources if k.source.kind == Source.Kind.MATERIAL],
        **(_beside_text(sources, standing, note) if treats else {}),
        "hour_name": hour_name(session),
        "palette": words.PALETTE,
        "undo": last_act(request, kept.source) if kept else None,
        "editor": hours_editor(session=session, by=person, kept=sources, drafts=drafts) if treats else None,
    }
    return render(request, "casework/hour.html", context)


def _beside_text(sources: list[Kept], standing: list[Source], note: ProgressNote | None) -> dict[str, Any]:
    """What leads on from an hour: its progress note, everything kept with it, and what may belong in the record."""
    notes = [k for k in sources if k.source.kind == Source.Kind.PROCESS_NOTE]
    return {
        "progress_note": note,
        "standing": standing,
        "hinted": [(k.source, found) for k in notes if (found := hints_for(k.version.text or ""))],
    }


def _of_whom(request: HttpRequest, session: Session, said: Beside | None, *, treats: bool) -> dict[str, Any]:
    """The client's name and pages for who treats them; for who was invited, the course's number, no name, no day."""
    if treats:
        return {
            "who": session.client.called,
            "leaves": leaves_for(request, session.client),
            "sheet_head": _sheet_head(session),
        }
    called = said.called if said else ""
    return {
        "course": called,
        "course_home": said.home if said else "",
        "sheet_head": f"{called}, {hour_name(session).lower()}",
    }


@rule(P.READ_PROCESS_NOTES, of=session_named)
@require_GET
def column(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The reading column alone, for an exchange without the page around it."""
    session: Session = request.subject  # type: ignore[attr-defined]
    kept = _chosen(request, sources_of(session))
    if kept is None:
        raise Http404("no such source")
    return column_response(request, session, kept)


def column_response(
    request: HttpRequest, session: Session, kept: Kept, *, says: str = "", focus: str = ""
) -> HttpResponse:
    """The column as it stands now, with a sentence for the reader and the place where they go on."""
    person = person_of(request)
    treats = treats_client(person, session)
    context = {
        "session": session,
        "treats": treats,
        **_set(request, _column(request, session, kept, person, treats=treats)),
        "undo": last_act(request, kept.source),
        "says": says,
        "focus": focus,
    }
    return render(request, "casework/column.html", context)


def _column(request: HttpRequest, session: Session, kept: Kept, person: Person, *, treats: bool) -> Column:
    only = request.GET.get("only", "")
    return column_of(
        session,
        kept,
        person,
        treats=treats,
        only=only if only in words.BY_ID else "",
        all_cues=request.GET.get("cues") == "all",
    )


def _set(request: HttpRequest, column: Column) -> dict[str, Any]:
    """The column with its passages set."""
    passages = set_passages(
        column.passages, is_short=column.is_short, query=column.query, csrf=get_token(request)
    )
    return {"column": column, "passages": passages}


def _chosen(request: HttpRequest, sources: list[Kept]) -> Kept | None:
    wanted = request.GET.get("source")
    kept = chosen(sources, wanted)
    if wanted and kept is None:
        raise Http404("no such source of this hour")
    return kept


def hour_name(session: Session) -> str:
    """Hour 7 of 16; or the day, for an hour that was not held."""
    if session.number is None:
        return _("The hour of %(day)s") % {"day": in_words(session.day, "j F")}
    agreed = session.treatment.hours_agreed
    if session.treatment.format == "brief" and agreed:
        return _("Hour %(n)s of %(all)s") % {"n": session.number, "all": agreed}
    return _("Hour %(n)s") % {"n": session.number}


def _sheet_head(session: Session) -> str:
    return f"{session.client.initials}, {hour_name(session).lower()}, {in_words(session.day)}"


@rule(P.READ_PROCESS_NOTES, of=session_named)
@require_GET
def profile(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The profile of the hour: counted from words and times, no code enters."""
    session: Session = request.subject  # type: ignore[attr-defined]
    kept = _chosen(request, sources_of(session))
    if kept is None:
        raise Http404("no such source")
    context = {
        "session": session,
        "profile": hour_chart(
            kept.transcript,
            key=f"p{session.pk.hex[:8]}",
            name=hour_name(session),
            counts_emotion=profile_of(session.client.practice).emotion_word_counts,
        ),
    }
    if not request.headers.get("HX-Request"):
        person = person_of(request)
        treats = treats_client(person, session)
        said = None if treats else beside(kept.source, person)
        context |= {**_of_whom(request, session, said, treats=treats), "hour_name": hour_name(session)}
        return render(request, "casework/profile_page.html", context)
    return render(request, "casework/profile.html", context)


@rule(P.WRITE_PROCESS_NOTES, of=session_named)
@require_POST
def line(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The one line of the hour that the clinician keeps."""
    session: Session = request.subject  # type: ignore[attr-defined]
    words_kept = " ".join(request.POST.get("line", "").split())
    if len(words_kept) > LONGEST_LINE:
        said = _("the line is longer than %(n)s characters; one line is enough") % {"n": LONGEST_LINE}
        return _line_again(request, session, words_kept, said, status=422)
    was = session.kept_line or ""
    if words_kept and words_kept != was:
        # Asked for where no line stands: one that does came from another window, and is shown first.
        if was and request.POST.get("version") != str(session.version):
            said = _("a line was kept of this hour in another window; nothing was overwritten")
            return _line_again(request, session, words_kept, said, status=409)
        try:
            keep_line(session=session, by=person_of(request), line=words_kept)
        except Changed as changed:
            session.refresh_from_db()
            return _line_again(request, session, words_kept, str(changed), status=409)
    return redirect("casework:hour", session_id)


def _line_again(request: HttpRequest, session: Session, line: str, said: str, *, status: int) -> HttpResponse:
    """The line as it was written, beside the one that stands."""
    context = {
        "client": session.client,
        "who": session.client.called,
        "leaves": leaves_for(request, session.client),
        "session": session,
        "hour_name": hour_name(session),
        "line": line,
        "words": said,
        "longest": LONGEST_LINE,
    }
    return render(request, "casework/line_again.html", context, status=status)


@rule(P.WRITE_PROCESS_NOTES, of=session_named)
@require_POST
def skip(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """See the cues of this hour without a line first."""
    session: Session = request.subject  # type: ignore[attr-defined]
    skip_remembering(session=session, by=person_of(request))
    return redirect("casework:hour", session_id)
