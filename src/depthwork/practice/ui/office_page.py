"""Share what belongs to the practice with a colleague whose keys one has compared: inquiries, and clients' names and hours."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.intake import actions as intake
from depthwork.practice.intake.queries import holds_inbox
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions as treatments
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.vault.errors import VaultError


def acts_for(other: Person, *, by: Person) -> list[tuple[str, Any]]:
    """What can be shared with a colleague, or taken back, by someone who holds it: the act and its words."""
    found: list[tuple[str, Any]] = []
    if holds_inbox(by.practice) and other.has_role("clinician", "manager"):
        if intake.opens_inquiries(other):
            found.append(("take_back", _("Take the inquiries back")))
        else:
            found.append(("inquiries", _("Share the inquiries")))
    if other.has_role("manager") and by.has_role("clinician"):
        missing = len(treatments.not_in_the_office(reader=other, by=by))
        if missing:
            found.append(("office", _("Show names and hours of your clients (%(n)s)") % {"n": missing}))
    return found


@rule(P.SEE_PRACTICE, needs_keys=True, fresh=True)
@require_POST
def office(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One such act."""
    person = person_of(request)
    other = (
        Person.objects.select_related("practice")
        .filter(id=person_id, practice_id=person.practice_id, client=None, is_active=True)
        .exclude(id=person.id)
        .first()
    )
    act = request.POST.get("act", "")
    if other is None or act not in dict(acts_for(other, by=person)):
        raise Http404("nothing of that kind can be shared here")
    try:
        if act == "inquiries":
            intake.share_inquiries(reader=other, by=person)
            messages.success(request, _("Shared: inquiries open for them too."))
        elif act == "take_back":
            intake.take_inquiries_back(reader=other, by=person)
            messages.success(request, _("Taken back. New inquiries are sealed under a new key."))
        else:
            treatments.show_the_office(reader=other, by=person)
            messages.success(request, _("The office sees their names and hours, and nothing else of them."))
    except (VaultError, CourseError) as error:
        messages.error(request, str(error))
    return redirect("ui:keys")
