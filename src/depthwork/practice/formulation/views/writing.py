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
from depthwork.practice.formulation.views.reading import counts_in_words
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.common import head, today_of


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


def _writing(request: HttpRequest) -> Formulation:
    row: Formulation = request.subject  # type: ignore[attr-defined]
    if row.kept_at is not None:
        raise Http404("kept")
    return row


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named, reads="formulation.read")
@require_GET
def write(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """All headings, each statement with its form, lines to cite in the margin."""
    row: Formulation = request.subject  # type: ignore[attr-defined]
    if row.kept_at is not None:
        return redirect("formulation:version", row.id)
    return _editor(request, row)


def _editor(request: HttpRequest, row: Formulation, *, status: int = 200, **more: Any) -> HttpResponse:
    page = page_of(row)
    context = page_head(
        request,
        row.client,
        _("formulation, version %(n)s, being written") % {"n": row.number},
        row=row,
        page=page,
        counts=counts_in_words(page),
        headings=HeadingsForm(initial={"title": row.title or "", "version": row.version}),
        prediction=PredictionForm(),
        offers=offers(row.treatment, most=8),
        **more,
    )
    return render(request, "formulation/write.html", context, status=status)


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named)
@require_POST
def headings(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """Title and headings: existing ones by key, new ones one a line."""
    row, form = _writing(request), HeadingsForm(request.POST)
    if not form.is_valid():
        return _editor(request, row, status=422, refused=_("The title is too long."))
    titles = [(s["key"], request.POST.get(f"heading_{s['key']}", s["title"])) for s in row.sections or []]
    titles += [("", line) for line in request.POST.get("more", "").splitlines()]
    try:
        actions.name_version(
            formulation=row,
            title=form.cleaned_data["title"],
            titles=titles,
            by=person_of(request),
            version=form.cleaned_data["version"],
        )
    except Changed as error:
        return _editor(request, formulation_named(row.id) or row, status=409, refused=str(error))
    return redirect("formulation:write", row.id)


@rule(P.WRITE_PROCESS_NOTES, of=formulation_named)
@require_POST
def add(request: HttpRequest, formulation_id: UUID) -> HttpResponse:
    """A new statement."""
    row = _writing(request)
    try:
        made = actions.add_statement(
            formulation=row,
            section=request.POST.get("section", ""),
            words=request.POST.get("words", ""),
            is_inference=request.POST.get("inference") == "1",
            by=person_of(request),
        )
    except CourseError as error:
        return _editor(request, row, status=422, refused=str(error))
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
        version = int(request.POST.get("version", "0"))
        if words.strip() != (row.words or ""):
            row = actions.change_statement(statement=row, words=words, by=by, version=version)
            version = row.version
        section = request.POST.get("section")
        if section and section != (row.body or {}).get("section"):
            actions.move_statement(statement=row, section=section, by=by, version=version)
    except actions.Crossed as crossed:
        return _editor(request, row.formulation, status=409, crossed=crossed)
    except (CourseError, ValueError) as error:
        return _editor(request, row.formulation, status=422, refused=str(error))
    return _to_statement(row)


def _keep_words_first(request: HttpRequest, row: Statement) -> Statement:
    """What stands unsaved in the statement's own field is kept before anything else is done with it."""
    words = request.POST.get("words")
    if words is None or not words.strip() or words.strip() == (row.words or ""):
        return row
    version = int(request.POST.get("version") or row.version)
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
        raise Http404("kept")
    refused = ""
    try:
        row = _keep_words_first(request, row)
    except actions.Crossed as crossed:
        return _editor(request, row.formulation, status=409, crossed=crossed)
    except (CourseError, ValueError) as error:
        return _editor(request, row.formulation, status=422, refused=str(error))
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
        before, version = row.version, int(request.POST.get("version") or row.version)
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
        return _editor(request, row.formulation, status=422, refused=str(error))
    return _to_statement(row)


@rule(P.WRITE_PROCESS_NOTES, of=statement_named)
@require_POST
def strike(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Leave it out of this version."""
    row: Statement = request.subject  # type: ignore[attr-defined]
    try:
        actions.strike_out(
            statement=row, by=person_of(request), version=int(request.POST.get("version") or row.version)
        )
    except actions.Crossed as crossed:
        return _editor(request, row.formulation, status=409, crossed=crossed)
    except CourseError as error:
        return _editor(request, row.formulation, status=422, refused=str(error))
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
            return _editor(request, row, status=422, refused=str(error))
    return redirect("formulation:version" if row.kept_at else "formulation:write", row.id)


@rule(P.WRITE_PROCESS_NOTES, of=prediction_named)
@require_POST
def came(request: HttpRequest, prediction_id: UUID) -> HttpResponse:
    """What came."""
    row: Prediction = request.subject  # type: ignore[attr-defined]
    form = CameForm(request.POST)
    if form.is_valid():
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
