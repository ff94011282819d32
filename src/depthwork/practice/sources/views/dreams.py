"""A dream report: the day's residue, associations tied to its elements, when it was told, what came later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.sources import actions
from depthwork.practice.sources.actions.keeping import change_source, write_turns
from depthwork.practice.sources.editing import Editor, editor_for
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.texts import text_of, with_marks, without_marks
from depthwork.practice.sources.views.common import hour_url, page, source_of, wants_json, whole_number
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.merging import merged
from depthwork.practice.treatments.models import Session
from depthwork.practice.treatments.queries import session_named
from depthwork.practice.vault.errors import Refused
from depthwork.transcripts import canonical

TOLD_AT = (
    ("start", gettext_lazy("at the start")),
    ("middle", gettext_lazy("in the middle")),
    ("end", gettext_lazy("at the end")),
)
MOST_TIES = 40
SPARE_ROWS = 2


@dataclass(frozen=True, slots=True)
class Tie:
    """Words said to an element of the dream, and where the element stands; None when it is not in the report."""

    n: int
    element: str
    words: str
    span: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept about a dream beside its report."""

    title: str
    residue: str
    told_at: str
    later: str
    ties: tuple[Tie, ...]


def told(version: SourceVersion) -> Told:
    """The cells of a dream for its page."""
    about = version.about or {}
    return Told(
        title=about.get("title") or "",
        residue=about.get("residue") or "",
        told_at=dict(TOLD_AT).get(about.get("told_at") or "", ""),
        later=about.get("later") or "",
        ties=tuple(
            Tie(
                n,
                one.get("element", ""),
                one.get("words", ""),
                _place(version.text or "", one.get("element", "")),
            )
            for n, one in enumerate(about.get("associations") or [], start=1)
        ),
    )


def _place(text: str, element: str) -> tuple[int, int] | None:
    """Where an element stands in the report, letter for letter or but for its capitals."""
    if not element.strip():
        return None
    at = text.find(element)
    if at < 0:
        at = text.lower().find(element.lower())
    return None if at < 0 or len(text.lower()) != len(text) else (at, at + len(element))


def next_dream(source: Source) -> Source | None:
    """The dream that followed in this treatment."""
    if source.session is None:
        return None
    return (
        Source.objects.filter(
            treatment_id=source.treatment_id,
            kind=Source.Kind.DREAM,
            burned_at=None,
            session__starts_at__gt=source.session.starts_at,
        )
        .select_related("session")
        .order_by("session__starts_at")
        .first()
    )


@rule(P.WRITE_PROCESS_NOTES, of=session_named, reads="note.opened")
@require_http_methods(["GET", "POST"])
def dream(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A dream of this hour."""
    session: Session = request.subject  # type: ignore[attr-defined]
    return _form(request, session, person_of(request), None)


def edit_dream(request: HttpRequest) -> HttpResponse:
    """A kept dream again."""
    source, person = source_of(request)
    assert source.session is not None
    source.session.client = source.client
    return _form(request, source.session, person, source)


def _form(request: HttpRequest, session: Session, person: Person, source: Source | None) -> HttpResponse:
    editor = editor_for(session=session, by=person, kind=Source.Kind.DREAM, source=source)
    problem, values, other = "", _values(editor), None
    status = 200
    if request.method == "POST":
        values = _sent(request)
        try:
            _keep(request, session, person, source)
        except Changed as error:
            if wants_json(request):
                answer = {
                    "theirs": editor.text,
                    "sentence": str(error),
                    "version": editor.draft_version,
                    "base": source.version if source else 0,
                }
                return JsonResponse(answer, status=409)
            problem, status = f"{error}.", 409
            if source is not None:
                editor, values, other = _crossed(request, editor, source)
        except (CourseError, Refused) as error:
            problem, status = str(error), 422
            if wants_json(request):
                return JsonResponse({"sentence": problem}, status=422)
        else:
            if wants_json(request):
                return JsonResponse({"url": hour_url(session)})
            messages.success(request, _("Kept."))
            return redirect(hour_url(session))
    context = page(
        request,
        session,
        editor=editor,
        source=source,
        problem=problem,
        typed=values.get("text"),
        values=values,
        told_choices=TOLD_AT,
        rows=_rows(values),
        other=other,
        told_before=_told_before(session, person) if source is None else [],
    )
    return render(request, "sources/dream.html", context, status=status)


def _told_before(session: Session, person: Person) -> list[Source]:
    """Dreams of this hour that are kept: to be written on rather than begun again."""
    rows = Source.objects.filter(
        session=session, created_by=person, kind=Source.Kind.DREAM, burned_at=None
    ).order_by("created_at")
    return list(rows)


def _crossed(request: HttpRequest, editor: Editor, source: Source) -> tuple[Editor, dict[str, str], Told]:
    """Two windows changed a dream: one of both to look at, upon the other's version, which is shown beside it."""
    source.refresh_from_db(fields=["version"])
    sent, now = _sent(request), _current(source)
    number = whole_number(sent.get("base"))
    root = source.versions.defer("file").filter(number=number).first() or now
    was, theirs = _fields_of(root), _fields_of(now)
    values = dict(sent)
    for name in ("text", "residue", "later"):
        mine = sent.get(name, "")
        values[name] = merged(base=was[name], mine=mine, theirs=theirs[name]).text
    if sent.get("told_at", "") == was["told_at"]:
        values["told_at"] = theirs["told_at"]
    own = [
        (sent.get(f"element-{n}", "").strip(), sent.get(f"words-{n}", "").strip()) for n in range(MOST_TIES)
    ]
    own = [pair for pair in own if any(pair)]
    before = [pair for pair in _ties(root) if pair not in _ties(now)]  # the other window took these out
    both = [pair for pair in own if pair not in before]
    both += [pair for pair in _ties(now) if pair not in both and pair not in _ties(root)]
    for n in range(MOST_TIES):
        element, words = both[n] if n < len(both) else ("", "")
        values[f"element-{n}"], values[f"words-{n}"] = element, words
    return replace(editor, base=source.version), values, told(now)


def _fields_of(version: SourceVersion) -> dict[str, str]:
    about = version.about or {}
    text = with_marks(version.turns, version.passages or [])
    return {"text": text, **{name: about.get(name) or "" for name in ("residue", "later", "told_at")}}


def _ties(version: SourceVersion) -> list[tuple[str, str]]:
    ties = (version.about or {}).get("associations") or []
    return [(one.get("element", ""), one.get("words", "")) for one in ties]


def _sent(request: HttpRequest) -> dict[str, str]:
    """What the form sent, with its line ends as one newline."""
    return {key: canonical(value) for key, value in request.POST.dict().items()}


def _keep(request: HttpRequest, session: Session, person: Person, source: Source | None) -> None:
    turns, passages = without_marks(request.POST.get("text", ""))
    if not turns:
        raise CourseError(_("the dream has no words yet; two are enough"))
    about = _about(_sent(request), text_of(turns))
    if source is not None:
        about = {**((_current(source).about) or {}), **about}
        change_source(
            source=source,
            by=person,
            version=whole_number(request.POST.get("base")),
            turns=turns,
            passages=passages,
            about=about,
        )
    elif not _sent_before(session, person, turns):
        write_turns(
            session=session,
            turns=turns,
            by=person,
            kind=Source.Kind.DREAM,
            passages=passages,
            about=about,
            provenance=Source.Provenance.RECONSTRUCTED,
        )
    actions.drop_draft(session=session, by=person, kind=Source.Kind.DREAM, source=source)


def _current(source: Source) -> SourceVersion:
    return SourceVersion.objects.defer("file").get(source=source, number=source.version)


def _sent_before(session: Session, person: Person, turns: list[list[Any]]) -> bool:
    """A form sent twice makes one dream."""
    rows = Source.objects.filter(
        session=session, created_by=person, kind=Source.Kind.DREAM, burned_at=None, version=1
    )
    return any(_current(row).text == text_of(turns) for row in rows)


def _about(values: dict[str, str], text: str) -> dict[str, Any]:
    ties = []
    for n in range(MOST_TIES):
        element = values.get(f"element-{n}", "").strip()
        words = values.get(f"words-{n}", "").strip()
        if not element and not words:
            continue
        if not element:
            raise CourseError(
                _("an association stands without its element; name the words of the dream it belongs to")
            )
        if _place(text, element) is None:
            raise CourseError(
                _(
                    "the element of association %(n)d does not stand in the report; write it as the report has it"
                )
                % {"n": n + 1}
            )
        ties.append({"element": element, "words": words})
    told_at = values.get("told_at", "")
    return {
        "residue": values.get("residue", "").strip(),
        "told_at": told_at if told_at in dict(TOLD_AT) else "",
        "later": values.get("later", "").strip(),
        "associations": ties,
    }


def _values(editor: Editor) -> dict[str, str]:
    """What stands in the form's further fields: from the draft, or from what is kept."""
    fields = dict(editor.fields)
    for n, tie in enumerate(fields.pop("associations", None) or []):
        fields[f"element-{n}"], fields[f"words-{n}"] = tie.get("element", ""), tie.get("words", "")
    return {key: value or "" for key, value in fields.items()}


def _rows(values: dict[str, str]) -> list[tuple[int, str, str]]:
    filled = [n for n in range(MOST_TIES) if values.get(f"element-{n}") or values.get(f"words-{n}")]
    count = min(MOST_TIES, (max(filled) + 1 if filled else 0) + SPARE_ROWS)
    return [(n, values.get(f"element-{n}", ""), values.get(f"words-{n}", "")) for n in range(count)]
