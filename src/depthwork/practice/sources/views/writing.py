"""The note editor: open, save while writing, keep, and two windows side by side."""

from __future__ import annotations

import json
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.sources import actions
from depthwork.practice.sources.actions.noting import last_note
from depthwork.practice.sources.editing import Editor, editor_for
from depthwork.practice.sources.models import Draft, Source
from depthwork.practice.sources.queries import hour_of_draft, source_named, version_of
from depthwork.practice.sources.texts import with_marks
from depthwork.practice.sources.views.common import hour_url, page, source_of, wants_json, whole_number
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.merging import merged, paragraphs
from depthwork.practice.treatments.models import Session
from depthwork.practice.treatments.queries import session_named
from depthwork.practice.vault.errors import Refused
from depthwork.transcripts import canonical

NOTE_KINDS = (Source.Kind.PROCESS_NOTE, Source.Kind.COUNTERTRANSFERENCE)
DRAFTED = (*NOTE_KINDS, Source.Kind.DREAM)


@rule(P.WRITE_PROCESS_NOTES, of=session_named, reads="note.opened")
@require_http_methods(["GET", "POST"])
def process_note(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A new process note of an hour."""
    return _note(request, Source.Kind.PROCESS_NOTE)


@rule(P.WRITE_PROCESS_NOTES, of=session_named, reads="note.opened")
@require_http_methods(["GET", "POST"])
def own_note(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What stirred in the clinician: for the writer alone."""
    return _note(request, Source.Kind.COUNTERTRANSFERENCE)


def _note(request: HttpRequest, kind: str) -> HttpResponse:
    session: Session = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    is_another = "another" in request.GET or "another" in request.POST
    if request.method == "POST":
        return keep(request, session, person, kind, is_another=is_another)
    kept = None if is_another else last_note(session=session, by=person, kind=kind)
    if kept is not None:
        return redirect("sources:edit", kept.id)
    editor = editor_for(session=session, by=person, kind=kind, is_another=is_another)
    return render(request, "sources/note.html", page(request, session, editor=editor))


def edit_note(request: HttpRequest) -> HttpResponse:
    """A kept note again in its editor; what is kept becomes a further version."""
    source, person = source_of(request)
    session = _session_of(source)
    if request.method == "POST":
        return keep(request, session, person, source.kind, source=source)
    editor = editor_for(session=session, by=person, kind=source.kind, source=source)
    return render(request, "sources/note.html", page(request, session, editor=editor, source=source))


def _session_of(source: Source) -> Session:
    if source.session is None:
        raise Http404("no hour")
    source.session.client = source.client
    return source.session


def keep(
    request: HttpRequest,
    session: Session,
    person: Person,
    kind: str,
    *,
    source: Source | None = None,
    is_another: bool = False,
) -> HttpResponse:
    """Keep what the editor sent; answer the page's script in JSON and a plain form with a page."""
    text = canonical(request.POST.get("text", ""))
    provenance = request.POST.get("provenance", "")
    if provenance not in (Source.Provenance.NOTES, Source.Provenance.RECONSTRUCTED):
        provenance = Source.Provenance.NOTES
    try:
        made = actions.keep_note(
            session=session,
            by=person,
            kind=kind,
            text=text,
            provenance=provenance,
            source=source,
            base=whole_number(request.POST.get("base")),
            draft_version=whole_number(request.POST.get("draft_version")),
            is_another=is_another,
        )
    except actions.Crossed as crossed:
        begun_from = whole_number(request.POST.get("base")) if source is not None else 0
        return _side_by_side(request, session, crossed.theirs, text, str(crossed), begun_from)
    except (CourseError, Refused) as error:
        if wants_json(request):
            return JsonResponse({"sentence": str(error)}, status=422)
        editor = editor_for(session=session, by=person, kind=kind, source=source, is_another=is_another)
        context = page(request, session, editor=editor, problem=str(error), typed=text)
        return render(request, "sources/note.html", context, status=422)
    goal = hour_url(session)
    if wants_json(request):
        return JsonResponse({"url": goal, "source": str(made.id), "version": made.version})
    messages.success(request, _("Kept."))
    return redirect(goal)


def _side_by_side(
    request: HttpRequest, session: Session, theirs: Source, mine: str, why: str, begun_from: int
) -> HttpResponse:
    """409: the other window's text and this one's, and one made of both by what they began from."""
    version = version_of(theirs)
    other = with_marks(version.turns, version.passages or [])
    editor = editor_for(session=session, by=person_of(request), kind=theirs.kind, source=theirs)
    if wants_json(request):
        return JsonResponse(_theirs(editor, other, sentence=why, version=editor.draft_version), status=409)
    left, right = compared(mine, other)
    root = theirs.versions.defer("file").filter(number=begun_from).first()
    begun = with_marks(root.turns, root.passages or []) if root is not None and root.turns else ""
    one = merged(base=begun, mine=mine, theirs=other)
    context = page(
        request,
        session,
        source=theirs,
        mine=left,
        theirs=right,
        both=one.text,
        clashes=one.clashes,
        begun=begun,
        editor=editor,
        base=theirs.version,
        why=why,
    )
    return render(request, "sources/conflict.html", context, status=409)


def _theirs(editor: Editor, text: str, *, sentence: str, version: int) -> dict[str, Any]:
    """What the other window has, and where this one has to send from now on."""
    return {
        "theirs": text,
        "sentence": sentence,
        "version": version,
        "base": editor.source.version if editor.source else 0,
        "action": editor.action,
        "draft": editor.draft_url,
    }


def compared(mine: str, theirs: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both texts by paragraph, each with whether the other lacks it."""
    one, two = paragraphs(mine), paragraphs(theirs)
    left, right = [(part, True) for part in one], [(part, True) for part in two]
    for block in SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks():
        for n in range(block.size):
            left[block.a + n] = (one[block.a + n], False)
            right[block.b + n] = (two[block.b + n], False)
    return left, right


@rule(P.WRITE_PROCESS_NOTES, of=hour_of_draft)
@require_POST
def draft(request: HttpRequest, session_id: UUID, kind: str) -> HttpResponse:
    """What stands in the editor of a new text."""
    if kind not in DRAFTED:
        raise Http404("no such editor")
    return _save(request, request.subject, kind, None)  # type: ignore[attr-defined]


@rule(P.WRITE_PROCESS_NOTES, of=source_named)
@require_POST
def source_draft(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """What stands in the editor of a text that is kept."""
    source, _person = source_of(request)
    if source.burned_at is not None or source.kind not in DRAFTED:
        raise Http404("not drafted")
    return _save(request, _session_of(source), source.kind, source)


def _save(request: HttpRequest, session: Session, kind: str, source: Source | None) -> HttpResponse:
    person = person_of(request)
    words = {
        "text": canonical(request.POST.get("text", "")),  # forms send line ends as CR LF
        "provenance": request.POST.get("provenance", ""),
        "writer": request.POST.get("writer", "")[:40],
        "seq": whole_number(request.POST.get("seq")),
        "fields": _fields(request.POST.get("fields", "")),
    }
    version = whole_number(request.POST.get("draft_version"))
    try:
        row = actions.save_draft(
            session=session,
            by=person,
            kind=kind,
            words=words,
            source=source,
            based_on=whole_number(request.POST.get("base")),
            version=version,
        )
    except Changed as error:
        return _elsewhere(request, session, kind, source, str(error))
    except (CourseError, Refused) as error:
        return JsonResponse({"sentence": str(error)}, status=422)
    return JsonResponse({"version": row.version, "sentence": _saved_at(row.changed_at, person)})


def _fields(raw: str) -> dict[str, str]:
    """What else the form holds; names and texts only, and not without end."""
    try:
        found = json.loads(raw or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(k)[:40]: canonical(str(v)[:20_000]) for k, v in list(found.items())[:80]}


def _elsewhere(
    request: HttpRequest, session: Session, kind: str, source: Source | None, why: str
) -> HttpResponse:
    """The other window's draft, or what it has kept meanwhile."""
    person = person_of(request)
    row = Draft.objects.filter(person=person, session=session, kind=kind, source=source).first()
    kept = source or (None if row else last_note(session=session, by=person, kind=kind))
    editor = editor_for(session=session, by=person, kind=kind, source=kept)
    answer = _theirs(editor, editor.text, sentence=why, version=editor.draft_version)
    return JsonResponse(answer, status=409)


def _saved_at(at: datetime, person: Person) -> str:
    local = timezone.localtime(at, zone_of(person.practice.time_zone))
    return _("Saved %(time)s") % {"time": date_format(local, "H:i")}


@rule(P.WRITE_PROCESS_NOTES, of=hour_of_draft)
@require_POST
def let_go(request: HttpRequest, session_id: UUID, kind: str) -> HttpResponse:
    """Let a draft go; what was kept before stands as it was."""
    session: Session = request.subject  # type: ignore[attr-defined]
    source = None
    if wanted := request.GET.get("source"):
        try:
            source = Source.objects.filter(
                client_id=session.client_id, session=session, id=UUID(wanted)
            ).first()
        except ValueError:
            source = None
        if source is None:
            raise Http404("no such note here")
    actions.drop_draft(session=session, by=person_of(request), kind=kind, source=source)
    return redirect(hour_url(session))
