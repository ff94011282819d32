"""Breaks: told to the client, taken back, and weeks away announced to everyone at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from depthwork.practice.people.models import Person, Role
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.forms import BreakForm
from depthwork.practice.treatments.models import Break, Treatment
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.treatments.views.common import today_of
from depthwork.wording import isolated


def break_named(break_id: UUID) -> Break | None:
    """A break by id, for the policy to judge."""
    return (
        Break.objects.select_related("client__practice", "treatment__client", "cover")
        .filter(id=break_id)
        .first()
    )


def colleagues_of(person: Person) -> list[tuple[str, str]]:
    """Clinicians of the practice who may be named as cover."""
    rows = Person.objects.filter(practice_id=person.practice_id, is_active=True).exclude(id=person.id)
    return [(str(p.id), p.display_name) for p in rows if p.has_role(Role.CLINICIAN)]


def names_a_cover(request: HttpRequest) -> bool:
    """A break with a colleague to cover it gives them keys; one without gives nothing."""
    return bool(request.POST.get("cover"))


def agreed_in(form: BreakForm, person: Person) -> dict[str, Any]:
    """The break that a form describes."""
    data = form.cleaned_data
    named = Person.objects.filter(id=data["cover"], practice_id=person.practice_id) if data["cover"] else None
    return {
        "from_date": data["from_date"],
        "to_date": data["to_date"],
        "announced_on": data["announced_on"],
        "cover": named.first() if named is not None else None,
        "cover_name": data["cover_name"].strip() or None,
        "cover_phone": data["cover_phone"].strip() or None,
        "reason": data["reason"] or None,
    }


def warn_of_closed_cover(request: HttpRequest, pause: Break) -> None:
    """A colleague who is named and can open nothing: said at once, while there is time to compare keys."""
    if pause.cover is not None and not actions.opens_for_cover(pause):
        said = _(
            "%(name)s is named, but can open nothing of this client yet: compare key fingerprints first (Practice, People), then let them in on the page of the frame."
        )
        messages.warning(request, said % {"name": isolated(pause.cover.display_name)})


@rule(P.WRITE_RECORD, of=break_named, fresh=True)
@require_POST
def let_in(request: HttpRequest, break_id: UUID) -> HttpResponse:
    """The covering colleague may open what is needed, now that keys were compared."""
    pause: Break = request.subject  # type: ignore[attr-defined]
    try:
        actions.let_cover_in(pause=pause, by=person_of(request))
    except CourseError as error:
        said = str(error)
        messages.error(request, said[:1].upper() + said[1:] + ".")
    else:
        messages.success(request, _("They can open the record and the appointments until the break is over."))
    return redirect("treatments:frame", pause.client_id)


@rule(P.WRITE_RECORD, of=break_named)
@require_POST
def tell(request: HttpRequest, break_id: UUID) -> HttpResponse:
    """The client was told today."""
    pause: Break = request.subject  # type: ignore[attr-defined]
    actions.tell_break(pause=pause, by=person_of(request), on=today_of(pause.client))
    return redirect("treatments:frame", pause.client_id)


@rule(P.WRITE_RECORD, of=break_named)
@require_POST
def withdraw(request: HttpRequest, break_id: UUID) -> HttpResponse:
    """The break will not be taken."""
    pause: Break = request.subject  # type: ignore[attr-defined]
    client = pause.client_id
    cover = pause.cover
    ended = actions.withdraw_break(pause=pause, by=person_of(request))
    messages.info(request, _("The break is taken back. Plan the series to have its hours again."))
    if ended and cover is not None:
        said = _("What %(name)s had opened in an emergency has ended with it.")
        messages.info(request, said % {"name": isolated(cover.display_name)})
    return redirect("treatments:frame", client)


@rule(P.SEE_CASELOAD, needs_keys=True, fresh=names_a_cover)
def weeks_away(request: HttpRequest) -> HttpResponse:
    """A holiday: one break for every treatment under way. Where it does not fit, it says so and leaves that one."""
    person = person_of(request)
    form = BreakForm(request.POST or None, colleagues=colleagues_of(person))
    if request.method == "POST" and form.is_valid():
        agreed, done, closed = agreed_in(form, person), 0, None
        rows = Treatment.objects.filter(
            clinician=person, state=Treatment.State.ACTIVE, client__in=clients_for(person)
        ).select_related("client__practice")
        for treatment in rows:
            try:
                pause = actions.announce_break(treatment=treatment, by=person, **agreed)
            except CourseError as error:
                messages.warning(request, f"{treatment.client.called}: {error}")
            else:
                done += 1
                closed = closed or (None if actions.opens_for_cover(pause) else pause)
        messages.success(
            request,
            ngettext("Announced in %(n)s treatment.", "Announced in %(n)s treatments.", done) % {"n": done},
        )
        if closed is not None:
            warn_of_closed_cover(request, closed)
        return redirect("ui:caseload")
    return render(request, "treatments/weeks_away.html", {"form": form})
