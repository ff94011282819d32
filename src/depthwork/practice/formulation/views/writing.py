"""Write: one form a statement, so that two people can write at once and neither loses a word."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from depthwork.practice.formulation import actions
from depthwork.practice.formulation.forms import CameForm, HeadingsForm, OutlineForm, PredictionForm
from depthwork.practice.formulation.models import Citation, Formulation, Prediction, Statement
from depthwork.practice.formulation.offers import offers
from depthwork.practice.formulation.outlines import shipped, titles_for
from depthwork.practice.formulation.queries import (
    citation_named,
    formulation_named,
    page_of,
    prediction_named,
    statement_named,
)
from depthwork.practice.formulation.views.common import page_head
from depthwork.practice.formulation.views.reading import counts_in_words, version_page
from depthwork.practice.formulation.views.typed import Typed, headings_as, typed_in, version_of
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.common import head, sent_again, today_of


@rule(P.WRITE_PROCESS_NOTES, of=client_named)
@require_POST
def begin(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The next version."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    if treatment is None:
        raise Http404("no treatment")
    outline = shipped().get(request.POST.get("outline", ""))
    titles = [_(title) for title in outline["titles"]] if outline else titles_for(client.practice)
    try:
        row = actions.begin_version(treatment=treatment, titles=titles, by=person_of(request))
    except CourseError:
        row = Formulation.objects.get(treatment=treatment, kept_at=None)
    return redirect("formulation:write", row.id)


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named, reads="formulation.read")
@require_GET
def write(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """All headings, each statement with its form, lines to cite in the margin."""
    row: Formulation = request.subject  # type: ignore[attr-defined]
    if row.kept_at is not None:
        return redirect("formulation:version", row.id)
    return _editor(request, row)


def _kept_meanwhile(
    request: HttpRequest, row: Formulation, said: list[tuple[str, str]], *, status: int = 409
) -> HttpResponse:
    """The version was signed in another window: what was typed stands to be copied."""
    what = _("formulation, version %(n)s") % {"n": row.number}
    context = page_head(request, row.client, what, row=row, said=[one for one in said if one[1].strip()])
    return render(request, "formulation/kept_meanwhile.html", context, status=status)


def _editor(
    request: HttpRequest, row: Formulation, *, status: int = 200, typed: Typed | None = None, **more: Any
) -> HttpResponse:
    """The page on which a version is written. `typed` could not be kept and stands where it was written."""
    typed = typed or Typed()
    row = formulation_named(row.id) or row
    if row.kept_at is not None:
        crossed = more.get("crossed")
        return _kept_meanwhile(
            request, row, [(_("Your words"), typed.words or (crossed.mine if crossed else ""))]
        )
    page = page_of(row)
    more.setdefault("heads", headings_as(row))
    more.setdefault("headings", HeadingsForm(initial={"title": row.title or "", "version": row.version}))
    more.setdefault("prediction", PredictionForm())
    context = page_head(
        request,
        row.client,
        _("formulation, version %(n)s, being written") % {"n": row.number},
        row=row,
        page=page,
        counts=counts_in_words(page),
        offers=offers(row.treatment, most=8),
        typed=typed,
        to_copy="" if typed.has_place(page) else typed.words,
        **more,
    )
    return render(request, "formulation/write.html", context, status=status)


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named)
@require_POST
def headings(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """Title and headings: existing ones by key, new ones one a line."""
    row: Formulation = request.subject  # type: ignore[attr-defined]
    form, more = HeadingsForm(request.POST), request.POST.get("more", "")
    if row.kept_at is not None:
        said = [one["title"] for one in headings_as(row, request.POST)]
        title = request.POST.get("title", "")
        return _kept_meanwhile(request, row, [(_("Title and headings"), "\n".join([title, *said, more]))])
    heads = headings_as(row, request.POST)
    typed: dict[str, Any] = {"headings": form, "heads": heads, "more": more, "is_naming": True}
    if not form.is_valid():
        return _editor(request, row, status=422, **typed)
    titles = [(one["key"], one["title"]) for one in heads]
    titles += [("", line) for line in more.splitlines()]
    try:
        actions.name_version(
            formulation=row,
            title=form.cleaned_data["title"],
            titles=titles,
            by=person_of(request),
            version=form.cleaned_data["version"],
        )
    except Changed as error:
        now = formulation_named(row.id) or row
        stands = [now.title or "", *(one["title"] for one in now.sections or [])]
        typed |= {"headings": sent_again(form, now.version, error), "stands": [one for one in stands if one]}
        typed["heads"] = headings_as(now, request.POST)
        return _editor(request, now, status=409, **typed)
    except CourseError as error:
        return _editor(
            request, row, status=422, refused=str(error), typed=Typed("\n".join(t for _k, t in titles))
        )
    return redirect("formulation:write", row.id)


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named)
@require_POST
def add(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """A new statement."""
    row: Formulation = request.subject  # type: ignore[attr-defined]
    typed = Typed(request.POST.get("words", ""), section=request.POST.get("section", ""))
    try:
        made = actions.add_statement(
            formulation=row,
            section=typed.section,
            words=typed.words,
            is_inference=request.POST.get("inference") == "1",
            by=person_of(request),
        )
    except CourseError as error:
        return _editor(request, row, status=422, refused=str(error), typed=typed)
    response = redirect("formulation:write", row.id)
    response["Location"] += f"#s{made.id}"
    return response


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named)
@require_POST
def keep(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """Sign the version."""
    row: Formulation = request.subject  # type: ignore[attr-defined]
    try:
        actions.keep_version(
            formulation=row, by=person_of(request), is_shared=request.POST.get("is_shared") == "1"
        )
    except CourseError as error:
        return _editor(request, row, status=422, refused=str(error))
    return redirect("formulation:formulation", row.client_id)


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named)
@require_POST
def lines(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """What may be cited for the words being written. Sent by POST: words stand in no address."""
    row: Formulation = request.subject  # type: ignore[attr-defined]
    words = request.POST.get("q") or request.POST.get("words", "")
    kind = request.POST.get("kind", "")
    statement = statement_named_in(row, request.POST.get("statement", ""))
    found = offers(
        row.treatment, words=words, kind=kind if kind in ("lines", "measures", "dates") else "", most=12
    )
    return render(
        request, "formulation/lines.html", {"offers": found, "statement": statement, "q": words, "row": row}
    )


def statement_named_in(row: Formulation, raw: str) -> Statement | None:
    """A statement of this very version."""
    try:
        return Statement.objects.filter(formulation=row, id=UUID(raw)).first()
    except ValueError:
        return None


@rule(P.WRITE_PROCESS_NOTES, of=statement_named)
@require_POST
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Other words, or another heading."""
    row: Statement = request.subject  # type: ignore[attr-defined]
    by, words = person_of(request), request.POST.get("words", "")
    try:
        version = version_of(request)
        if words.strip() != (row.words or ""):
            row = actions.change_statement(statement=row, words=words, by=by, version=version)
            version = row.version
        section = request.POST.get("section")
        if section and section != (row.body or {}).get("section"):
            actions.move_statement(statement=row, section=section, by=by, version=version)
    except actions.Crossed as crossed:
        return _editor(request, row.formulation, status=409, crossed=crossed)
    except CourseError as error:
        return _refused(request, row, error)
    return _to_statement(row)


def _refused(request: HttpRequest, row: Statement, error: CourseError) -> HttpResponse:
    """The editor, with what was typed in the statement's field still there."""
    typed = typed_in(request, row)
    return _editor(request, row.formulation, status=422, refused=str(error), typed=typed)


def _keep_words_first(request: HttpRequest, row: Statement) -> Statement:
    """What stands unsaved in the statement's own field is kept before anything else is done with it."""
    words = request.POST.get("words")
    if words is None or not words.strip() or words.strip() == (row.words or ""):
        return row
    version = version_of(request, row.version)
    return actions.change_statement(statement=row, words=words, by=person_of(request), version=version)


def _to_statement(row: Statement) -> HttpResponse:
    response = redirect("formulation:write", row.formulation_id)
    response["Location"] += f"#s{row.id}"
    return response


@rule(P.WRITE_PROCESS_NOTES, of=statement_named)
def cite(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Cite what was chosen; on its own, a page of lines to choose from."""
    row: Statement = request.subject  # type: ignore[attr-defined]
    if row.formulation.kept_at is not None:
        if request.method == "POST":
            return _editor(request, row.formulation, typed=typed_in(request, row))
        raise Http404("kept")
    refused = ""
    try:
        row = _keep_words_first(request, row)
    except actions.Crossed as crossed:
        return _editor(request, row.formulation, status=409, crossed=crossed)
    except CourseError as error:
        return _refused(request, row, error)
    if request.method == "POST" and request.POST.get("key"):
        try:
            actions.cite(
                statement=row,
                key=request.POST["key"],
                is_against=request.POST.get("against") == "1",
                by=person_of(request),
            )
        except CourseError as error:
            refused = str(error)
        else:
            return _to_statement(row)
    words = request.POST.get("q") or row.words or ""
    context = page_head(
        request,
        row.client,
        _("cite a line"),
        statement=row,
        row=row.formulation,
        q=words,
        refused=refused,
        offers=offers(row.formulation.treatment, words=words) or offers(row.formulation.treatment),
    )
    return render(request, "formulation/cite.html", context, status=422 if refused else 200)


@rule(P.WRITE_PROCESS_NOTES, of=statement_named)
@require_POST
def inference(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """No line says this; or a line does."""
    row: Statement = request.subject  # type: ignore[attr-defined]
    try:
        before, version = row.version, version_of(request, row.version)
        kept = _keep_words_first(request, row)
        actions.mark_inference(
            statement=kept,
            is_inference=request.POST.get("on") == "1",
            by=person_of(request),
            version=kept.version if kept.version > before else version,
        )
    except actions.Crossed as crossed:
        return _editor(request, row.formulation, status=409, crossed=crossed)
    except CourseError as error:
        return _refused(request, row, error)
    return _to_statement(row)


@rule(P.WRITE_PROCESS_NOTES, of=statement_named)
@require_POST
def strike(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Leave it out of this version."""
    row: Statement = request.subject  # type: ignore[attr-defined]
    try:
        actions.strike_out(statement=row, by=person_of(request), version=version_of(request, row.version))
    except actions.Crossed as crossed:
        return _editor(request, row.formulation, status=409, crossed=crossed)
    except CourseError as error:
        return _refused(request, row, error)
    return redirect("formulation:write", row.formulation_id)


@rule(P.WRITE_PROCESS_NOTES, of=citation_named)
@require_POST
def withdraw(request: HttpRequest, citation_id: UUID) -> HttpResponse:
    """The statement no longer rests on this."""
    row: Citation = request.subject  # type: ignore[attr-defined]
    statement = row.statement
    try:
        actions.withdraw_citation(citation=row, by=person_of(request))
    except CourseError:
        raise Http404("kept") from None
    return _to_statement(statement)


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named)
@require_POST
def expect(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """What one expects, dated today."""
    row: Formulation = request.subject  # type: ignore[attr-defined]
    form = PredictionForm(request.POST)
    is_made = False
    if form.is_valid():
        try:
            actions.expect(
                formulation=row,
                words=form.cleaned_data["words"],
                by_date=form.cleaned_data["by_date"],
                made_on=today_of(row.client),
                by=person_of(request),
            )
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            is_made = True
    if is_made:
        return redirect("formulation:version" if row.kept_at else "formulation:write", row.id)
    if row.kept_at is None:
        return _editor(request, row, status=422, prediction=form)
    return version_page(request, row, status=422, prediction=form)


@rule(P.WRITE_PROCESS_NOTES, of=prediction_named)
@require_POST
def came(request: HttpRequest, prediction_id: UUID) -> HttpResponse:
    """What came."""
    row: Prediction = request.subject  # type: ignore[attr-defined]
    form = CameForm(request.POST)
    if not form.is_valid():
        context = head(request, row.client, theirs=row, mine=request.POST.get("words", ""), form=form)
        return render(request, "formulation/came_twice.html", context, status=422)
    try:
        actions.say_what_came(
            prediction=row,
            words=form.cleaned_data["words"],
            version=form.cleaned_data["version"],
            on=today_of(row.client),
            by=person_of(request),
        )
    except Changed as error:
        context = head(request, row.client, theirs=prediction_named(row.id), mine=form.cleaned_data["words"],
                       error=str(error))  # fmt: skip
        return render(request, "formulation/came_twice.html", context, status=409)
    return redirect("formulation:formulation", row.client_id)


@rule(P.USE_OWN_ACCOUNT)
def outline(request: HttpRequest) -> HttpResponse:
    """The practice's own headings."""
    person = person_of(request)
    if not person.has_role("clinician", "manager"):
        raise Http404("not allowed")
    form = OutlineForm(request.POST or None, initial={"text": "\n".join(titles_for(person.practice))})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_outline(text=form.cleaned_data["text"], by=person)
        except CourseError as error:
            form.add_error("text", str(error))
        else:
            return redirect("formulation:outline")
    return render(request, "formulation/outline.html", {"form": form, "shipped": shipped()})
