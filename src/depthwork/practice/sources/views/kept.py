"""What is kept: read it, its earlier versions, change it, move a part to the record, burn it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from depthwork.practice.config.refusals import sentence
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, rule
from depthwork.practice.sources import actions
from depthwork.practice.sources.hints import hints_for
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.sources.queries import source_named, version_named, version_of
from depthwork.practice.sources.texts import paragraphs
from depthwork.practice.sources.things import Thing
from depthwork.practice.sources.views.common import hour_url, page, source_of, whole_number
from depthwork.practice.sources.views.dreams import edit_dream, next_dream, told
from depthwork.practice.sources.views.materials import edit_material
from depthwork.practice.sources.views.writing import edit_note
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.vault.actions import KEY_BACKUPS_LIVE_DAYS, is_held
from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.models import Tombstone


@rule(P.READ_PROCESS_NOTES, of=source_named, reads="source.read")
@require_GET
def source(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """One note, dream, thing or transcript by itself."""
    row, person = source_of(request)
    session = row.session
    if session is None:
        raise Http404("no hour")
    session.client = row.client
    if row.burned_at is not None:
        stone = Tombstone.objects.filter(owner=row.client_id, item=row.id).first()
        return render(request, "sources/burned.html", page(request, session, source=row, stone=stone))
    version = SourceVersion.objects.defer("file").get(source=row, number=row.version)
    may_write = allows_row(person, P.WRITE_PROCESS_NOTES, row)
    is_note = row.kind == Source.Kind.PROCESS_NOTE
    context = page(
        request,
        session,
        source=row,
        version=version,
        paragraphs=paragraphs(version.turns or [], version.passages or []),
        few=is_note and len((version.text or "").split()) <= 9,
        may_write=may_write,
        hints=hints_for(version.text) if is_note and may_write else [],
        dream=told(version) if row.kind == Source.Kind.DREAM else None,
        next_dream=next_dream(row) if row.kind == Source.Kind.DREAM else None,
        earlier=range(row.version - 1, 0, -1),
        left_on=_left_on(version),
    )
    return render(request, "sources/source.html", context)


def _left_on(version: SourceVersion) -> date | None:
    """The day on which the client left these words in their own place; None for what was written in the practice."""
    said = (version.about or {}).get("left_on")
    return date.fromisoformat(said) if said else None


@rule(P.READ_PROCESS_NOTES, of=version_named, reads="source.version_read")
@require_GET
def version(request: HttpRequest, source_id: UUID, number: int) -> HttpResponse:
    """An earlier version, as it stood."""
    row, _person = source_of(request)
    if row.burned_at is not None or row.session is None:
        raise Http404("burned")
    try:
        old = version_of(row, number)
    except SourceVersion.DoesNotExist:
        raise Http404("no such version") from None
    row.session.client = row.client
    context = page(
        request,
        row.session,
        source=row,
        version=old,
        paragraphs=paragraphs(old.turns or [], old.passages or []),
        earlier=[n for n in range(row.version, 0, -1) if n != number],
    )
    return render(request, "sources/version.html", context)


@rule(P.WRITE_PROCESS_NOTES, of=source_named, reads="note.opened")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """The editor that fits the kind."""
    row, _person = source_of(request)
    if row.burned_at is not None:
        return redirect("sources:source", row.id)
    if row.kind in (Source.Kind.PROCESS_NOTE, Source.Kind.COUNTERTRANSFERENCE):
        return edit_note(request)
    if row.kind == Source.Kind.DREAM:
        return edit_dream(request)
    if row.kind == Source.Kind.MATERIAL:
        return edit_material(request)
    return redirect("sources:source", row.id)


@rule(P.WRITE_PROCESS_NOTES, of=source_named)
@require_POST
def move(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """One click: the passage stands in the hour's progress note and no longer here."""
    row, person = source_of(request)
    try:
        actions.move_to_record(
            source=row,
            by=person,
            version=whole_number(request.POST.get("version")),
            start=whole_number(request.POST.get("start")),
            end=whole_number(request.POST.get("end")),
            part=request.POST.get("part", ""),
        )
    except (CourseError, Refused) as error:
        messages.error(request, sentence(error))
    else:
        messages.success(
            request, _("Moved to the record. Earlier versions of the note hold it until the note is burned.")
        )
    if request.POST.get("then") == "hour" and row.session is not None:
        return redirect(hour_url(row.session))
    return redirect("sources:source", row.id)


@rule(P.BURN_NOTES, of=source_named, fresh=True)
@require_http_methods(["GET", "POST"])
def burn(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """What is lost, and when it is final; then it is done."""
    row, person = source_of(request)
    if row.burned_at is not None or row.session is None:
        return redirect("sources:source", row.id)
    row.session.client = row.client
    problem = ""
    if request.method == "POST":
        try:
            if request.POST.get("sure") != "yes":
                raise CourseError(_("tick the box first: nothing brings the words back"))
            actions.burn_source(source=row, by=person)
        except (CourseError, Refused, Changed) as error:
            problem = sentence(error)
        else:
            return redirect("sources:source", row.id)
    context = page(
        request,
        row.session,
        source=row,
        problem=problem,
        versions=row.version,
        is_held=is_held(row.client_id),
        final_on=(datetime.now(UTC) + timedelta(days=KEY_BACKUPS_LIVE_DAYS)).date(),
        back=hour_url(row.session),
    )
    return render(request, "sources/burn.html", context, status=422 if problem else 200)


@rule(P.READ_PROCESS_NOTES, of=source_named, reads="material.seen")
@require_GET
def file(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """The picture or the sound itself, under the type its bytes told when it came."""
    row, _person = source_of(request)
    if row.kind != Source.Kind.MATERIAL or row.burned_at is not None:
        raise Http404("no file")
    now = version_of(row)
    about = now.about or {}
    thing = Thing(about.get("type", "application/octet-stream"), about.get("ending", "bin"))
    response = HttpResponse(now.file or b"", content_type=thing.type)
    response["Content-Disposition"] = f'inline; filename="material.{thing.ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
