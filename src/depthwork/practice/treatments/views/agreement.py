"""What was agreed of a treatment itself, changed: format, number of hours, focus."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.actions.agreement import LEFT
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.forms import AgreementForm
from depthwork.practice.treatments.models import Client, Session, Treatment
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import form_page, opened_or_none, today_of, treatment_of


@rule(P.WRITE_RECORD, of=client_named)
def change(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Lengthen a brief therapy, open it, or write the focus down when it was found."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = treatment_of(client)
    if treatment.state == Treatment.State.ENDED:
        raise Http404("what has ended is not agreed anew")
    conflict = opened_or_none(treatment, "private_core_conflict")
    initial = {
        "on": today_of(client),
        "format": treatment.format,
        "hours_agreed": treatment.hours_agreed,
        "focus": treatment.focus,
        "private_core_conflict": conflict,
        "version": treatment.version,
    }
    opens = conflict is not None
    form = AgreementForm(request.POST or None, initial=initial, opens_conflict=opens)
    theirs: list[tuple[str, Any]] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        coming = Session.objects.filter(treatment=treatment, status=Session.Status.PLANNED)
        planned = coming.count()
        try:
            actions.change_treatment(
                treatment=treatment,
                by=person_of(request),
                on=data["on"],
                format=data["format"],
                hours_agreed=data["hours_agreed"],
                focus=data["focus"],
                private_core_conflict=data["private_core_conflict"] if opens else LEFT,
                words=data["words"],
                version=data["version"],
            )
        except Changed as error:
            treatment = Treatment.objects.get(pk=treatment.pk)
            sent = {**request.POST.dict(), "version": treatment.version}
            form = AgreementForm(sent, opens_conflict=opens)
            form.add_error(None, str(error))
            theirs = [
                (_("Format"), treatment.get_format_display()),
                (_("Hours agreed"), treatment.hours_agreed or "–"),
                (_("Focus"), treatment.focus or "–"),
            ]
            status = 409
        except CourseError as error:
            form.add_error("hours_agreed", str(error))
        else:
            messages.success(request, _("Kept, and on the thread."))
            if gone := planned - coming.count():
                told = ngettext(
                    "%(n)s planned hour beyond the number agreed is taken out of the calendar.",
                    "%(n)s planned hours beyond the number agreed are taken out of the calendar.",
                    gone,
                )
                messages.info(request, told % {"n": gone})
            return redirect("treatments:frame", client.id)
    return form_page(
        request,
        client,
        form,
        title=_("What was agreed"),
        send=_("Keep this"),
        help=_("Format, number of hours and focus. Day, time, place and fee are changed with the frame."),
        theirs=theirs,
        status=status,
    )
