"""A pack for a case seminar: choose, walk the list, answer two questions, make the sheets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from depthwork.interchange.deidentify import QUESTIONS
from depthwork.interchange.parcel import packed
from depthwork.practice.audit.actions import record
from depthwork.practice.config.dates import in_words
from depthwork.practice.formulation.views.common import page_head
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision import actions
from depthwork.practice.supervision.actions.packing import LONGEST_WORDS
from depthwork.practice.supervision.forms import PackForm
from depthwork.practice.supervision.models import Pack
from depthwork.practice.supervision.package import about, contents
from depthwork.practice.supervision.packs import cleaned, digest_of, pack_paper, why_not
from depthwork.practice.supervision.queries import pack_named
from depthwork.practice.treatments.calendar import day_in
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.common import today_of
from depthwork.reports.pdf import pdf


@rule(P.EXPORT_CLIENT, of=client_named)
def new(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """What goes in, for whom, and when the client agreed."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    if treatment is None:
        raise Http404("no treatment")
    form = PackForm(request.POST or None)
    hours = Session.objects.filter(treatment=treatment, status="held").order_by("starts_at")
    form.fields["hours"].choices = [  # type: ignore[attr-defined]
        (str(s.id), _("Hour %(n)s, %(day)s") % {"n": s.number, "day": in_words(s.day)}) for s in hours
    ]
    dreams = Source.objects.filter(treatment=treatment, kind="dream", burned_at=None).select_related(
        "session"
    )
    form.fields["dreams"].choices = [  # type: ignore[attr-defined]
        (str(d.id), _("Told in hour %(n)s") % {"n": d.session.number if d.session else "–"}) for d in dreams
    ]
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.begin_pack(
                treatment=treatment,
                choice=form.choice(),
                today=today_of(client),
                by=person_of(request),
            )
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("supervision:pack", row.id)
    context = page_head(request, client, _("a pack"), form=form)
    return render(request, "supervision/new_pack.html", context, status=422 if form.is_bound else 200)


@rule(P.EXPORT_CLIENT, of=pack_named, reads="pack.read")
def review(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """Every spelling: what was done, or a doubt; each is decided by a person."""
    row: Pack = request.subject  # type: ignore[attr-defined]
    if request.method == "POST":
        decisions = {k[2:]: v for k, v in request.POST.items() if k.startswith("d_")}
        words = {k[2:]: v.strip() for k, v in request.POST.items() if k.startswith("w_")}
        try:
            actions.decide(
                pack=row,
                decisions=decisions,
                words=words,
                by=person_of(request),
                version=int(request.POST.get("version", "0")),
            )
        except (CourseError, ValueError) as error:
            said = str(error) if isinstance(error, CourseError) else _("look at the list again")
            return _review(request, pack_named(row.id) or row, refused=said, status=409)
        return redirect("supervision:pack", row.id)
    return _review(request, row)


def _typed(request: HttpRequest, kind: str, kept: dict[str, str]) -> dict[str, str]:
    """What stands, and over it what was typed and could not be kept: the page shows both made one."""
    return kept | {k[2:]: v for k, v in request.POST.items() if k.startswith(f"{kind}_") and v.strip()}


def _review(request: HttpRequest, row: Pack, *, refused: str = "", status: int = 200) -> HttpResponse:
    passages, made = cleaned(row)
    decided = row.decisions or {}
    decisions, words = _typed(request, "d", decided), _typed(request, "w", row.words or {})
    items = [
        {"item": item, "decision": decisions.get(item.key, ""), "words": words.get(item.key, "")}
        for item in made.review
    ]
    items.sort(key=lambda one: (one["decision"] != "", one["item"].is_replaced, one["item"].kind))
    context = page_head(
        request,
        row.client,
        _("a pack"),
        pack=row,
        items=items,
        waiting=len(made.waiting(decided)),
        doubts=made.doubts,
        replaced=made.replaced,
        questions=QUESTIONS,
        refused=refused,
        answers={n: request.POST.get(n, (row.answers or {}).get(n, "")) for n in ("who", "self")},
        longest=LONGEST_WORDS,
        preview=[
            {"how": p.how, "speaker": p.speaker, "text": p.text if p.how == "chapter" else text}
            for p, text in zip(passages, made.texts, strict=True)
        ][:60],
        more=max(0, len(passages) - 60),
    )
    return render(request, "supervision/pack.html", context, status=status)


@rule(P.EXPORT_CLIENT, of=pack_named)
@require_POST
def finish(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """The two questions at the end."""
    row: Pack = request.subject  # type: ignore[attr-defined]
    _passages, made = cleaned(row)
    try:
        actions.finish_pack(
            pack=row,
            answers=[request.POST.get("who", ""), request.POST.get("self", "")],
            waiting=len(made.waiting(row.decisions or {})),
            by=person_of(request),
            version=int(request.POST.get("version", "0")),
        )
    except (CourseError, ValueError) as error:
        said = str(error) if isinstance(error, CourseError) else _("look at the list again")
        return _review(request, pack_named(row.id) or row, refused=said, status=422)
    return redirect("supervision:pack", row.id)


@rule(P.EXPORT_CLIENT, of=pack_named, fresh=True)
@require_GET
def paper(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """The sheets; refused while anything waits. What leaves is audited with its digest."""
    return _leave(request, "pack.pdf", "application/pdf", lambda row, passages, texts, sheets: sheets)


@rule(P.EXPORT_CLIENT, of=pack_named, fresh=True)
@require_GET
def files(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """The same for another program: passages and codes as rows, hours as plain text, and the sheets."""
    return _leave(
        request,
        "pack.zip",
        "application/zip",
        lambda row, passages, texts, sheets: packed(
            contents(row, passages, texts, sheets=sheets), about(row, made_on=_made_on(row))
        ),
    )


def _made_on(row: Pack) -> date:
    return day_in(row.client.practice.time_zone, row.finished_at)


def _leave(request: HttpRequest, name: str, kind: str, make: Callable[..., bytes]) -> HttpResponse:
    """What leaves the practice: asked again whether it may, made, and written into the audit with its digest."""
    row: Pack = request.subject  # type: ignore[attr-defined]
    passages, made = cleaned(row)
    why = why_not(row, made, today=today_of(row.client))
    if why:
        return _review(request, row, refused=why, status=422)
    choice, person = row.choice or {}, person_of(request)
    sheets = pdf(
        pack_paper(
            passages,
            made.texts,
            title=choice.get("title") or "",
            audience=choice["audience"],
            made_on=_made_on(row),
        )
    )
    document = make(row, passages, made.texts, sheets)
    digest = digest_of(document)
    Pack.objects.filter(pk=row.pk).update(digest=digest)
    record(
        verb="pack.made",
        by=person.id,
        practice=person.practice_id,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        client=row.client_id,
        reason=digest,
    )
    response = HttpResponse(document, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
