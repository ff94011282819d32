"""The practice's inbox: a list to work through, one inquiry, who fits, and the desk itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.config.addresses import outward
from depthwork.practice.intake import actions
from depthwork.practice.intake.forms import DeskForm, ProfileForm, ReferForm, StepForm
from depthwork.practice.intake.matching import Wishes, match_all
from depthwork.practice.intake.models import ClinicianProfile, Desk, Inquiry, InquiryStep
from depthwork.practice.intake.queries import (
    clinicians_of,
    holds_inbox,
    inquiries_of,
    inquiry_named,
    offer_of,
    today_at,
    words_of,
)
from depthwork.practice.intake.words import LABELS
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.views.common import sent_again

OPEN = ("new", "calling", "offered", "waiting")
DONE = ("referred", "client", "closed")


@rule(P.WORK_INBOX, reads="inquiries.read", needs_keys=True)
def inbox(request: HttpRequest) -> HttpResponse:
    """What was asked, newest first; what waits too long is said."""
    person = person_of(request)
    today = today_at(person.practice)
    if not holds_inbox(person.practice):
        return render(request, "intake/inbox.html", {"no_key": True})
    letters = inquiries_of(person)
    rows = [
        {"row": one.row, "words": one.words, "is_late": one.row.state == "new" and one.row.due_on < today}
        for one in letters
    ]
    return render(
        request,
        "intake/inbox.html",
        {
            "open": [row for row in rows if row["row"].state in OPEN],
            "done": [row for row in rows if row["row"].state in DONE],
            "desk": Desk.objects.filter(practice=person.practice).first(),
            "can_manage": person.has_role("manager"),
            "is_clinician": person.has_role("clinician"),
        },
    )


def _letter(row: Inquiry) -> dict[str, Any]:
    words = words_of(row)
    for name in ("problems", "formats", "times", "places"):
        words[f"{name}_words"] = [LABELS.get(id, id) for id in words.get(name) or []]
    return words


def _pages_of(row: Inquiry, person: Person) -> str:
    """Where the pages of whoever wrote stand, for one who may open them."""
    if row.client is None:
        return ""
    if person.has_role("clinician") and allows_row(person, P.READ_RECORD, row.client):
        return reverse("intake:consultation", args=[row.client_id])
    may_see = allows_row(person, P.SEE_ADMINISTRATION, row.client)
    return reverse("treatments:client", args=[row.client_id]) if may_see else ""


def _inquiry_page(request: HttpRequest, row: Inquiry, form: StepForm, status: int = 200) -> HttpResponse:
    return render(
        request,
        "intake/inquiry.html",
        {
            "inquiry": row,
            "words": _letter(row),
            "steps": InquiryStep.objects.filter(inquiry=row).select_related("by"),
            "form": form,
            "is_clinician": person_of(request).has_role("clinician"),
            "pages": _pages_of(row, person_of(request)),
        },
        status=status,
    )


@rule(P.WORK_INBOX, of=inquiry_named, reads="inquiry.read")
def inquiry(request: HttpRequest, inquiry_id: UUID) -> HttpResponse:
    """One inquiry, and what was done about it."""
    row: Inquiry = request.subject  # type: ignore[attr-defined]
    form = StepForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.take_step(
                inquiry=row,
                by=person_of(request),
                words=data["words"],
                state=data["state"],
                version=data["version"],
            )
        except Changed as error:
            row.refresh_from_db()
            return _inquiry_page(request, row, sent_again(form, row.version, error), 409)
        except CourseError as error:
            form.add_error("words", str(error))
        else:
            messages.success(request, _("Kept."))
            return redirect("intake:inquiry", row.id)
    return _inquiry_page(request, row, form)


@rule(P.WORK_INBOX, of=inquiry_named, reads="inquiry.read")
def who_fits(request: HttpRequest, inquiry_id: UUID) -> HttpResponse:
    """Each clinician beside what was asked: what fits and what does not, in words."""
    row: Inquiry = request.subject  # type: ignore[attr-defined]
    words = words_of(row)
    wishes = Wishes(
        languages=tuple(words.get("languages") or ()),
        problems=tuple(words.get("problems") or ()),
        formats=tuple(words.get("formats") or ()),
        times=tuple(words.get("times") or ()),
        places=tuple(words.get("places") or ()),
        plan=words.get("plan") or "",
        self_pay=bool(words.get("self_pay")),
        step_free=bool(words.get("step_free")),
    )
    matches = match_all(wishes, (offer_of(one) for one in clinicians_of(row.practice)))
    return render(request, "intake/who_fits.html", {"inquiry": row, "words": words, "matches": matches})


@rule(P.WORK_INBOX, of=inquiry_named)
def refer(request: HttpRequest, inquiry_id: UUID) -> HttpResponse:
    """Refer on: a letter to copy or print. Nothing is sent from here."""
    row: Inquiry = request.subject  # type: ignore[attr-defined]
    words = words_of(row)
    template = _(
        "Dear %(name)s,\n\nThank you for writing to us. We cannot offer you a place at present, and we would not like you "
        "to wait for nothing.\n\nYou could turn to:\n\n\nYou are welcome to say that we gave you the name. If it does not "
        "work out there, please write to us again.\n\n%(who)s\n%(practice)s"
    ) % {"name": words.get("name", ""), "who": person_of(request).display_name, "practice": row.practice.name}
    form = ReferForm(request.POST or None, initial={"letter": template, "version": row.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.take_step(
                inquiry=row,
                by=person_of(request),
                words=f"{data['where']}\n\n{data['letter']}",
                state=Inquiry.State.REFERRED,
                version=data["version"],
            )
        except Changed as error:
            row.refresh_from_db()
            context = {
                "inquiry": row,
                "form": sent_again(form, row.version, error),
                "steps": InquiryStep.objects.filter(inquiry=row).select_related("by"),
            }
            return render(request, "intake/refer.html", context, status=409)
        return redirect("intake:inquiry", row.id)
    return render(request, "intake/refer.html", {"inquiry": row, "form": form})


@rule(P.ADMIT_CLIENT, of=inquiry_named)
@require_POST
def become(request: HttpRequest, inquiry_id: UUID) -> HttpResponse:
    """Open their pages: the consultation begins."""
    row: Inquiry = request.subject  # type: ignore[attr-defined]
    try:
        client, _consultation = actions.become_client(inquiry=row, words=words_of(row), by=person_of(request))
    except CourseError as error:
        messages.error(request, str(error))
        return redirect("intake:inquiry", row.id)
    return redirect("intake:consultation", client.id)


@rule(P.MANAGE_PRACTICE)
def desk(request: HttpRequest) -> HttpResponse:
    """What the public form promises."""
    person = person_of(request)
    row = Desk.objects.filter(practice=person.practice).first()
    initial: dict[str, Any] = {"read_until": "17:00", "weekdays": [0, 1, 2, 3, 4]}
    if row is not None:
        initial = {
            name: getattr(row, name)
            for name in ("is_open", "read_by", "weekdays", "read_until", "phone", "words")
        }
    form = DeskForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_desk(by=person, **form.cleaned_data)
        except CourseError as error:
            form.add_error("read_by", str(error))
        else:
            messages.success(request, _("Kept. The form says so from now on."))
            return redirect("intake:desk")
    address = outward(request, "intake:ask_at", person.practice_id)
    context = {"form": form, "practice_id": person.practice_id, "address": address}
    return render(request, "intake/desk.html", context)


@rule(P.ADMIT_CLIENT)
def my_profile(request: HttpRequest) -> HttpResponse:
    """A clinician's own page, written by them."""
    person = person_of(request)
    row = ClinicianProfile.objects.filter(person=person).first()
    initial: dict[str, Any] = {"has_room": True, "takes_self_pay": True}
    if row is not None:
        initial = {name: getattr(row, name) for name in ProfileForm.base_fields}
        for name in ("languages", "plans"):
            initial[name] = ", ".join(initial[name])
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.keep_profile(by=person, **form.said())
        messages.success(request, _("Kept."))
        return redirect("intake:my_profile")
    return render(request, "intake/my_profile.html", {"form": form, "practice_id": person.practice_id})
