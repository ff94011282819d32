"""Agree what is asked after the end, and write down what came back without a form."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.forms import CameBackForm, FollowUpForm
from depthwork.practice.treatments.models import Client, Ending, FollowUp, Session
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import form_page, head, today_of, treatment_of


def followup_named(followup_id: UUID) -> FollowUp | None:
    """A follow-up by id, for the policy to judge."""
    return FollowUp.objects.select_related("client__practice", "treatment").filter(id=followup_id).first()


@rule(P.WRITE_RECORD, of=followup_named)
def came_back(request: HttpRequest, followup_id: UUID) -> HttpResponse:
    """Asked by telephone, by letter or in a visit: what was said, or that nothing was."""
    row: FollowUp = request.subject  # type: ignore[attr-defined]
    form = CameBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person, words = person_of(request), form.cleaned_data["words"].strip()
        try:
            if form.cleaned_data["answer"] == "no":
                actions.leave_follow_up(followup=row, by=person)
            elif not words:
                raise CourseError(_("write a few words of what came back"))
            else:
                actions.answer_follow_up(followup=row, by=person, words=words, figures=row.figures)
        except CourseError as error:
            form.add_error("words", str(error))
        else:
            return redirect("treatments:frame", row.client_id)
    title = _("%(n)s months after the end") % {"n": row.months}
    return render(
        request,
        "treatments/form.html",
        head(request, row.client, form=form, title=title, send=_("Keep this")),
    )


@rule(P.WRITE_RECORD, of=client_named)
def follow_up(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Agree, or decline, a question after the end."""
    client: Client = request.subject  # type: ignore[attr-defined]
    treatment = treatment_of(client)
    form = FollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ends_on = Ending.objects.filter(treatment=treatment).values_list("on", flat=True).first() or (
            Session.objects.filter(treatment=treatment).order_by("-day").values_list("day", flat=True).first()
            or today_of(client)
        )
        try:
            actions.agree_follow_up(
                treatment=treatment,
                by=person_of(request),
                months=form.cleaned_data["months"],
                ends_on=ends_on,
                declined=form.cleaned_data["answer"] == "no",
            )
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("treatments:frame", client.id)
    return form_page(
        request,
        client,
        form,
        title=_("After the end"),
        send=_("Keep this answer"),
        help=_("Agreed in the last hours. A No stays a No, and is shown as one."),
    )
