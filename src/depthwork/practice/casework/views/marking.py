"""Marks, cues, readings and answers: thin, form to action to the column as it stands now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from depthwork.practice.casework import actions
from depthwork.practice.casework.engine import first_cues
from depthwork.practice.casework.errors import Changed, MarkError
from depthwork.practice.casework.forms import read_mark
from depthwork.practice.casework.gate import gate
from depthwork.practice.casework.models import CuesKept, MarkRow
from depthwork.practice.casework.page.column import Stood, entry_of
from depthwork.practice.casework.queries import mark_named
from depthwork.practice.casework.undone import remember, take_last
from depthwork.practice.casework.views.hour import column_response, treats_client
from depthwork.practice.casework.words import BECAME, shelf_for_palette
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import Kept, source_named, version_of
from depthwork.practice.treatments.queries import session_named, treatment_named

View = Callable[..., HttpResponse]


def said_plainly(view: View) -> View:
    """What an act refuses becomes a sentence (422), a lost race both versions side by side (409)."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Changed as changed:
            return _changed(request, changed)
        except MarkError as refused:
            if request.headers.get("HX-Request"):
                response = HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
                response["HX-Retarget"] = "#marker-says"
                response["HX-Reswap"] = "textContent"
                return response
            return render(request, "casework/refused.html", {"words": str(refused)}, status=422)

    return inner


def _changed(request: HttpRequest, changed: Changed) -> HttpResponse:
    """Both versions: what stands now, and what was sent."""
    row: MarkRow = request.subject  # type: ignore[attr-defined]
    now = mark_named(row.id)
    sent = {k: v for k, v in request.POST.items() if k not in ("csrfmiddlewaretoken", "version")}
    context: dict[str, Any] = {"words": str(changed), "sent": sent, "now": now}
    if now is not None and now.source.session is not None:
        from depthwork.practice.casework.actions.marks import transcript_for
        from depthwork.practice.casework.bridge import mark_of

        mark = mark_of(now)
        stood = Stood(mark, "", None, now.version, True, not mark.is_unaided)
        context |= {"entry": entry_of(stood, transcript_for(now.source), 0), "session": now.source.session}
    return render(request, "casework/changed.html", context, status=409)


def _after(request: HttpRequest, source: Source, *, says: str, focus: str = "") -> HttpResponse:
    """The column for HTMX; else back to the hour."""
    if source.session is None:
        raise Http404("no hour")
    if request.headers.get("HX-Request"):
        session = session_named(source.session_id)
        assert session is not None
        source.refresh_from_db()
        return column_response(request, session, Kept(source, version_of(source)), says=says, focus=focus)
    query = {
        k: v
        for k, v in {**request.GET.dict(), "source": str(source.id)}.items()
        if k in ("only", "cues", "source")
    }
    url = reverse("casework:hour", args=[source.session_id])
    return redirect(f"{url}?{urlencode(query)}#{focus or 'column'}")


@rule(P.USE_OWN_ACCOUNT)
@require_GET
def codes(request: HttpRequest) -> HttpResponse:
    """The codebooks as the palette reads them. The same for everybody who reads this language."""
    response = JsonResponse({"constructs": shelf_for_palette(get_language() or "en")})
    response["Cache-Control"] = "private, max-age=3600"
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


def _on_the_text_shown(request: HttpRequest, source: Source) -> None:
    """Offsets count in the text that the page shows; on another version they would fall on other words."""
    shown = request.GET.get("text", "")
    if shown and shown != str(source.version):
        raise MarkError(
            _("the text was changed in another window; open the hour again and select the words once more")
        )


@rule(P.MARK_HOURS, of=source_named)
@require_POST
@said_plainly
def make(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Mark some words; or, with a cue's id, accept that cue as it was changed."""
    source: Source = request.subject  # type: ignore[attr-defined]
    _on_the_text_shown(request, source)
    given = read_mark(request.POST)
    given.pop("version")
    row = actions.make_mark(source=source, by=person_of(request), **given)
    remember(request, source, "made", row.id)
    return _after(request, source, says=_("Marked."), focus=f"e-{row.id}")


@rule(P.MARK_HOURS, of=mark_named)
@require_POST
@said_plainly
def edit(request: HttpRequest, mark_id: UUID) -> HttpResponse:
    """Change a mark."""
    mark: MarkRow = request.subject  # type: ignore[attr-defined]
    _on_the_text_shown(request, mark.source)
    given = read_mark(request.POST)
    if given["version"] is None:
        raise MarkError(_("the page did not say which version it shows; open it again"))
    actions.edit_mark(mark=mark, by=person_of(request), **given)
    remember(request, mark.source, "edited", mark.id)
    return _after(request, mark.source, says=_("Changed."), focus=f"e-{mark.id}")


@rule(P.MARK_HOURS, of=mark_named)
@require_POST
@said_plainly
def remove(request: HttpRequest, mark_id: UUID) -> HttpResponse:
    """Take a mark away."""
    mark: MarkRow = request.subject  # type: ignore[attr-defined]
    actions.remove_mark(mark=mark, by=person_of(request), version=_version(request))
    remember(request, mark.source, "removed", mark.id)
    return _after(
        request, mark.source, says=_("Removed. Undo brings it back."), focus=f"t{mark.body['turn'] + 1}"
    )


@rule(P.MARK_HOURS, of=mark_named)
@require_POST
@said_plainly
def became(request: HttpRequest, mark_id: UUID) -> HttpResponse:
    """Say what became of an interpretation."""
    mark: MarkRow = request.subject  # type: ignore[attr-defined]
    answer = request.POST.get("became", "")
    if answer and answer not in BECAME:
        raise MarkError(_("choose one of the three"))
    actions.say_what_became(mark=mark, by=person_of(request), version=_version(request), became=answer)
    remember(request, mark.source, "edited", mark.id)
    return _after(request, mark.source, says=_("Noted."), focus=f"e-{mark.id}")


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    if not text.isdecimal():
        raise MarkError(_("the page did not say which version it shows; open it again"))
    return int(text)


def _source_of_cue(source_id: UUID, **_ids: UUID) -> Source | None:
    """The source; its cue or passage is looked for inside it by the action."""
    return source_named(source_id)


def _cue_shown(request: HttpRequest, source: Source, cue_id: UUID) -> tuple[int, str]:
    """How many cues are on the page, and the one that comes after this one."""
    row = CuesKept.objects.filter(source=source, source_version=source.version).first()
    cues = (row.cues["cues"] or []) if row else []
    shown = cues if request.GET.get("cues") == "all" else first_cues(cues, most=10)
    ids = [c["id"] for c in shown]
    at = ids.index(str(cue_id)) if str(cue_id) in ids else 0
    following = [i for i in [*ids[at + 1 :], *ids[:at]] if i != str(cue_id)]
    return len(cues) - 1, f"e-{following[0]}" if following else "column"


def _may_answer_cues(request: HttpRequest, source: Source) -> None:
    person = person_of(request)
    session = session_named(source.session_id) if source.session_id else None
    if session is None or not gate(session, person, treats=treats_client(person, source)).is_open:
        raise MarkError(_("cues are not open for this hour"))


@rule(P.MARK_HOURS, of=_source_of_cue)
@require_POST
@said_plainly
def accept(request: HttpRequest, source_id: UUID, cue_id: UUID) -> HttpResponse:
    """A cue becomes a code, as it stands or as it was changed in the palette."""
    source: Source = request.subject  # type: ignore[attr-defined]
    _may_answer_cues(request, source)
    given: dict[str, Any] = {}
    if "construct" in request.POST:
        _on_the_text_shown(request, source)
        given = read_mark(request.POST)
        given.pop("version")
    left, focus = _cue_shown(request, source, cue_id)
    row = actions.accept_cue(source=source, cue_id=cue_id, by=person_of(request), **given)
    remember(request, source, "accepted", row.id, cue_id)
    return _after(request, source, says=_left(_("Accepted."), left), focus=focus)


@rule(P.MARK_HOURS, of=_source_of_cue)
@require_POST
@said_plainly
def dismiss(request: HttpRequest, source_id: UUID, cue_id: UUID) -> HttpResponse:
    """A cue is deleted; a count stays."""
    source: Source = request.subject  # type: ignore[attr-defined]
    _may_answer_cues(request, source)
    left, focus = _cue_shown(request, source, cue_id)
    actions.dismiss_cue(source=source, cue_id=cue_id, by=person_of(request))
    remember(request, source, "dismissed", cue_id)
    return _after(request, source, says=_left(_("Dismissed."), left), focus=focus)


def _left(words: str, n: int) -> str:
    if n == 0:
        said = _("No cue is left.")
    else:
        said = _("One cue is left.") if n == 1 else _("%(n)d cues are left.") % {"n": n}
    return f"{words} {said}"


@rule(P.MARK_HOURS, of=_source_of_cue)
@require_POST
@said_plainly
def answer(request: HttpRequest, source_id: UUID, passage_id: UUID) -> HttpResponse:
    """Answer a passage that may speak of danger."""
    source: Source = request.subject  # type: ignore[attr-defined]
    actions.answer_passage(
        source=source, passage_id=passage_id, by=person_of(request), answer=request.POST.get("answer", "")
    )
    return _after(request, source, says=_("Answered."), focus="again")


@rule(P.MARK_HOURS, of=source_named)
@require_POST
@said_plainly
def reading(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Say how this source was read."""
    source: Source = request.subject  # type: ignore[attr-defined]
    blind = {"yes": True, "no": False}.get(request.POST.get("blind", ""))
    actions.set_reading(
        source=source,
        by=person_of(request),
        how=request.POST.get("how") or None,
        is_blind=blind,
        finished=request.POST.get("finished") == "yes",
    )
    return _after(request, source, says=_("Noted."), focus="reading")


@rule(P.MARK_HOURS, of=source_named)
@require_POST
@said_plainly
def undo(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Take back the last act of this sign-in on this source."""
    source: Source = request.subject  # type: ignore[attr-defined]
    last = take_last(request, source)
    if last is None:
        raise MarkError(_("there is nothing to undo here"))
    _source, act, what, cue = last
    actions.undo(
        source=source, by=person_of(request), act=act, what=UUID(what), cue=UUID(cue) if cue else None
    )
    return _after(request, source, says=_("Taken back."), focus=f"e-{what if act != 'accepted' else cue}")


@rule(P.WRITE_PROCESS_NOTES, of=treatment_named)
@require_POST
def switch(request: HttpRequest, treatment_id: UUID) -> HttpResponse:
    """Cues of a treatment, on or off."""
    treatment = request.subject  # type: ignore[attr-defined]
    actions.switch_cues(treatment=treatment, by=person_of(request), on=request.POST.get("on") == "yes")
    session = session_named(UUID(request.POST["session"])) if request.POST.get("session") else None
    if session is not None and session.treatment_id == treatment.id:
        return redirect("casework:hour", session.id)
    return redirect("casework:patterns", treatment.client_id)
