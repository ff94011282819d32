"""The office's list of clients who have no clinician from a day on."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.handing import without_clinician
from depthwork.practice.treatments.handing_forms import LastDayForm


@rule(P.MANAGE_PRACTICE, reads="clients.read", needs_keys=True)
def without(request: HttpRequest) -> HttpResponse:
    """Who leaves, whose courses nobody goes on with yet, and the question to them. Nothing is proposed here."""
    by, act = person_of(request), request.POST.get("act", "")
    form = LastDayForm(request.POST if act == "leaves" else None, by=by)
    if request.method == "POST" and act in ("ask", "stays"):
        other = _colleague(by, request.POST.get("person"))
        try:
            if act == "ask":
                actions.ask_who_goes_on(person=other, by=by)
                messages.success(request, _("The question stands on their Today."))
            else:
                actions.stays_on(person=other, by=by)
                messages.success(request, _("Taken out: they go on treating here."))
        except CourseError as error:
            said = str(error)
            messages.error(request, said[:1].upper() + said[1:] + ".")
        return redirect("treatments:without_clinician")
    if request.method == "POST" and form.is_valid():
        actions.say_last_day(by=by, **form.cleaned_data)
        messages.success(request, _("Noted. They are asked nothing by it; that is a step of its own."))
        return redirect("treatments:without_clinician")
    context = {"form": form, "gone": without_clinician(by)}
    return render(request, "treatments/without.html", context, status=422 if form.errors else 200)


def _colleague(by: Person, raw: str | None) -> Person:
    try:
        found = Person.objects.filter(practice_id=by.practice_id, client=None, id=UUID(raw or "")).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404("no such person")
    return found
