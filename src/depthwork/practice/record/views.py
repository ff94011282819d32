"""Pages of the record: the notes of a client in order, one note, its addenda, the plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from depthwork.practice.config.refusals import sentence
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.record import actions
from depthwork.practice.record.crossing import crossed, texts_of, was_of
from depthwork.practice.record.forms import AddendumForm, PlanForm, ProgressForm
from depthwork.practice.record.models import Addendum, PlanVersion, ProgressNote
from depthwork.practice.record.queries import (
    hours_without_note,
    note_named,
    note_of_hour,
    opened_notes,
    plan_of,
    plans_of,
    progress_notes_of,
)
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.consents import today_at
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.leaves import leaves_for
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.treatments.queries import client_named, current_treatment, session_named
from depthwork.practice.treatments.sending import once
from depthwork.practice.vault.drafts import draft_key
from depthwork.practice.vault.errors import Refused

PAGE = 40
FIRST = 5  # hours without a note that stand open; a record of years may have many more


def _page(request: HttpRequest, client: Client, **more: Any) -> dict[str, Any]:
    return {
        "client": client,
        "who": client.called,
        "leaves": leaves_for(request, client),
        "compartment": _("Record"),
        **more,
    }


@rule(P.READ_RECORD, of=client_named, reads="record.read")
@require_GET
def record(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Plan, progress notes, closing summary. Nothing of the process notes stands here."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    context = _page(request, client, treatment=treatment)
    if treatment is not None:
        notes = progress_notes_of(treatment)
        leaf_page = Paginator([note for note in notes if note.is_signed], PAGE).get_page(
            request.GET.get("page")
        )
        context |= {
            "unsigned": [note for note in notes if not note.is_signed],
            "signed": opened_notes(leaf_page.object_list),
            "leaf_page": leaf_page,
            "plan": _plan_parts(plan_of(treatment)),
            "ending": (ending := getattr(treatment, "ending", None)),
            "is_over": ending is not None and ending.on < today_at(client.practice),
            "may_write": allows_row(person_of(request), P.WRITE_RECORD, client),
        }
        if context["may_write"]:
            open_hours = hours_without_note(treatment)
            context |= {
                "without_count": len(open_hours),
                "without_note": open_hours[:FIRST],
                "further": open_hours[FIRST:],
            }
    return render(request, "record/record.html", context)


_PLAN_HEADS = {
    "difficulties": gettext_lazy("What the client comes with"),
    "aims": gettext_lazy("What the work aims at"),
    "approach": gettext_lazy("How"),
    "review": gettext_lazy("Looked at again"),
}


def _plan_parts(plan: PlanVersion | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    parts = [(_PLAN_HEADS[name], plan.words.get(name)) for name in PlanVersion.PARTS if plan.words.get(name)]
    return {"row": plan, "parts": parts}


@rule(P.WRITE_RECORD, of=session_named, reads="progress_note.opened")
@require_http_methods(["GET", "POST"])
def hour(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The progress note of an hour: the one there is, or a new one."""
    session: Session = request.subject  # type: ignore[attr-defined]
    kept = note_of_hour(session)
    if kept is not None and request.method == "GET":
        return redirect("record:note", kept.id)
    if session.status == Session.Status.PLANNED:
        messages.info(request, _("Say first what became of the hour; its note comes next."))
        return redirect(f"{reverse('treatments:attendance', args=[session.id])}?then=note")
    initial = {"on": session.day, **_times(session), "modality": _modality(session)}
    form = ProgressForm(request.POST or None, initial=initial)
    was, other, status = {**was_of(QueryDict()), "modality": initial["modality"]}, None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                note = actions.begin_progress_note(
                    treatment=session.treatment,
                    session=session,
                    by=person_of(request),
                    on=form.cleaned_data["on"],
                    **form.words(),
                )
            except Changed as error:
                other, status = note_of_hour(session), 409
                form.add_error(None, sentence(error))
            except (CourseError, Refused) as error:
                form.add_error(None, sentence(error))
            else:
                return _after_writing(request, note, person_of(request), is_new=True)
        if "X-Autosave" in request.headers:
            return JsonResponse({"errors": form.errors}, status=status)
        was = was_of(request.POST)
    context = _page(
        request, session.client, session=session, form=form, was=was, **_window(f"hour/{session.id}")
    )
    return _written_page(request, context, other, status)


def _window(name: str) -> dict[str, str]:
    """Under what name, and with which key, the browser keeps what has not arrived."""
    place = f"progress/{name}"
    return {"place": place, "seal": draft_key(place)}


def _written_page(
    request: HttpRequest, context: dict[str, Any], other: ProgressNote | None, status: int
) -> HttpResponse:
    """The form; where another window wrote, its text, this one's, and the form made of both."""
    if other is not None and other.is_signed:
        return _refused(request, other, actions.SIGNED)
    if other is not None:
        both = crossed(request.POST, other)
        for error in context["form"].non_field_errors():
            both.form.add_error(None, error)
        context |= {"form": both.form, "theirs": _leaf(other), "mine": both.mine, "clashes": both.clashes}
        context |= {"was": both.was, "version": both.version, **_window(str(other.id))}
    return render(request, "record/write.html", context, status=status)


def _times(session: Session) -> dict[str, str]:
    """When the hour began and stopped, if it was noted, in the practice's wall time."""
    zone = zone_of(session.zone)
    found = {"start": session.started_at, "stop": session.stopped_at}
    return {key: timezone.localtime(at, zone).strftime("%H:%M") for key, at in found.items() if at}


def _modality(session: Session) -> str:
    places = {"office": _("in the room"), "video": _("by video"), "phone": _("by telephone")}
    return _("individual psychodynamic psychotherapy, %(place)s") % {
        "place": places.get(session.place, session.place)
    }


def _leaf(note: ProgressNote | None) -> Any:
    return opened_notes([note])[0] if note is not None else None


@rule(P.READ_RECORD, of=note_named, reads="progress_note.read")
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """A signed note as it stands; an unsigned one in its form."""
    row: ProgressNote = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    may_write = allows_row(person, P.WRITE_RECORD, row)
    if row.is_signed or not may_write:
        if request.method == "POST":
            return _refused(
                request, row, actions.SIGNED if row.is_signed else _("this is not yours to write")
            )
        context = _page(
            request, row.client, note=row, leaf=_leaf(row), form=AddendumForm(), may_write=may_write
        )
        return render(request, "record/note.html", context)
    return _written(request, row, person)


def _written(request: HttpRequest, row: ProgressNote, person: Person) -> HttpResponse:
    initial = {"on": row.on, **(row.times or {}), "modality": row.modality}
    initial |= {part: getattr(row, part) for part in ProgressNote.PARTS}
    form = ProgressForm(request.POST or None, initial=initial)
    status, other, was = 200, None, texts_of(row)
    if request.method == "POST":
        status, was = 422, was_of(request.POST)
        version = request.POST.get("version", "")
        if form.is_valid():
            try:
                row = actions.change_progress_note(
                    note=row, by=person, version=int(version) if version.isdigit() else 0, **form.words()
                )
            except Changed as error:
                form.add_error(None, sentence(error))
                other, status = note_named(row.id), 409
            except (CourseError, Refused) as error:
                form.add_error(None, sentence(error))
            else:
                return _after_writing(request, row, person)
        if "X-Autosave" in request.headers:
            return JsonResponse({"errors": form.errors}, status=status)
    context = _page(
        request,
        row.client,
        note=row,
        session=row.session,
        form=form,
        was=was,
        version=row.version,
        **_window(str(row.id)),
    )
    return _written_page(request, context, other, status)


def _after_writing(
    request: HttpRequest, note: ProgressNote, person: Person, *, is_new: bool = False
) -> HttpResponse:
    """Saved; and signed too, if that was the button."""
    url = reverse("record:note", args=[note.id])
    if "X-Autosave" in request.headers:
        at = datetime.now(zone_of(person.practice.time_zone)).strftime("%H:%M")
        more = {"url": url, **_window(str(note.id))} if is_new else {}
        return JsonResponse({"version": note.version, "sentence": _("Saved %(time)s") % {"time": at}, **more})
    if "sign" in request.POST:
        try:
            actions.sign_progress_note(note=note, by=person, version=note.version)
        except (CourseError, Refused) as error:
            messages.error(request, sentence(error))
        else:
            messages.success(request, _("Signed. From here on it is only added to."))
    else:
        messages.success(request, _("Kept, not signed yet."))
    return (
        JsonResponse({"url": url})
        if "application/json" in request.headers.get("Accept", "")
        else redirect(url)
    )


def _refused(request: HttpRequest, row: ProgressNote, why: str) -> HttpResponse:
    """An edit of what is signed: nothing is changed, and the words that came are shown to be copied."""
    sent = [request.POST[part] for part in ProgressNote.PARTS if request.POST.get(part)]
    if "X-Autosave" in request.headers:
        return JsonResponse({"sentence": why}, status=409)
    context = _page(
        request,
        row.client,
        note=row,
        leaf=_leaf(row),
        form=AddendumForm(initial={"words": "\n".join(sent)}),
        may_write=allows_row(person_of(request), P.WRITE_RECORD, row),
        problem=sentence(why),
    )
    return render(request, "record/note.html", context, status=409)


@rule(P.WRITE_RECORD, of=note_named)
@require_POST
def add(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """An addendum to a signed note."""
    row: ProgressNote = request.subject  # type: ignore[attr-defined]
    form = AddendumForm(request.POST)
    if form.is_valid():
        try:
            once(
                Addendum,
                form,
                lambda id: actions.add_addendum(
                    id=id, note=row, words=form.cleaned_data["words"], by=person_of(request)
                ),
                same=lambda found: found.words == form.cleaned_data["words"].strip(),
                note=row,
            )
        except (CourseError, Refused) as error:
            form.add_error("words", sentence(error))
        else:
            messages.success(request, _("Added, with today's date."))
            return redirect("record:note", row.id)
    if not row.is_signed:
        return redirect("record:note", row.id)
    context = _page(request, row.client, note=row, leaf=_leaf(row), form=form, may_write=True)
    return render(request, "record/note.html", context, status=422)


@rule(P.WRITE_RECORD, of=note_named)
@require_POST
def let_go(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Take out a note that was never signed."""
    row: ProgressNote = request.subject  # type: ignore[attr-defined]
    try:
        actions.let_go_progress_note(note=row, by=person_of(request))
    except CourseError as error:
        messages.error(request, sentence(error))
        return redirect("record:note", row.id)
    messages.info(request, _("Taken out; it was never signed."))
    return redirect("record:record", row.client_id)


@rule(P.WRITE_RECORD, of=client_named, reads="progress_note.opened")
@require_http_methods(["GET", "POST"])
def between(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A progress note of no hour: a telephone call, a letter."""
    client: Client = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    treatment = current_treatment(client)
    if treatment is None:
        messages.info(request, _("The record begins with a treatment."))
        return redirect("record:record", client.id)
    today = datetime.now(zone_of(client.practice.time_zone)).date()
    form = ProgressForm(request.POST or None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        try:
            row = once(
                ProgressNote,
                form,
                lambda id: actions.begin_progress_note(
                    id=id, treatment=treatment, by=person, on=form.cleaned_data["on"], **form.words()
                ),
                same=lambda found: not found.is_signed,
                client=client,
                session=None,
            )
            if any(getattr(row, part) != words for part, words in form.texts().items()):
                # The first answer was lost on the way, and the writer wrote on.
                row = actions.change_progress_note(note=row, by=person, version=row.version, **form.words())
        except (CourseError, Refused) as error:
            form.add_error(None, sentence(error))
        else:
            return _after_writing(request, row, person, is_new=True)
    status = 422 if request.method == "POST" else 200
    context = _page(request, client, form=form, was=was_of(request.POST), **_window(f"between/{client.id}"))
    if "X-Autosave" in request.headers:
        return JsonResponse({"errors": form.errors}, status=status)
    return render(request, "record/write.html", context, status=status)


@rule(P.WRITE_RECORD, of=client_named, reads="plan.opened")
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The plan, and its earlier versions beneath."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = current_treatment(client)
    if treatment is None:
        messages.info(request, _("The plan begins with a treatment."))
        return redirect("record:record", client.id)
    versions = plans_of(treatment)
    now = versions[0] if versions else None
    today = datetime.now(zone_of(client.practice.time_zone)).date()
    form = PlanForm(request.POST or None, initial={"from_date": today, **(now.words if now else {})})
    number, status = (now.number if now else 0), 200
    if request.method == "POST":
        status = 422
        sent = request.POST.get("number", "")
        if form.is_valid():
            words = {part: form.cleaned_data[part] for part in PlanVersion.PARTS}
            try:
                actions.keep_plan(
                    treatment=treatment,
                    by=person_of(request),
                    from_date=form.cleaned_data["from_date"],
                    words=words,
                    number=int(sent) if sent.isdigit() else -1,
                )
            except Changed as error:
                form.add_error(None, sentence(error))
                status = 409
            except (CourseError, Refused) as error:
                form.add_error(None, sentence(error))
            else:
                messages.success(request, _("Kept as a further version."))
                return redirect("record:record", client.id)
    context = _page(
        request, client, form=form, number=number, versions=[_plan_parts(version) for version in versions]
    )
    return render(request, "record/plan.html", context, status=status)
