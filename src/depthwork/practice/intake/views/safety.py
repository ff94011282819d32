"""The safety plan: read, print, and make anew together."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from depthwork.practice.config.dates import in_words
from depthwork.practice.intake import actions
from depthwork.practice.intake.models import SafetyPlan
from depthwork.practice.intake.queries import crisis_lines, safety_plan_of, safety_plans_of, today_at
from depthwork.practice.intake.safety_words import SafetyPlanForm, as_lines, sections
from depthwork.practice.policy.confirming import Matter, matters_of, unchecked
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows_row, person_of, rule
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import head


def _numbers_to_check(client: Client) -> list[Matter]:
    """Crisis numbers that nobody of the practice has looked up."""
    practice = client.practice
    found = unchecked(practice, matters_of(practice), on=today_at(practice))
    return [one for one in found if one.id.startswith("crisis:")]


@rule(P.READ_RECORD, of=client_named, reads="safety_plan.read")
def safety_plan(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The plan that holds, and the ones before it."""
    client: Client = request.subject  # type: ignore[attr-defined]
    plans = safety_plans_of(client)
    wanted = request.GET.get("number", "")
    plan = next((one for one in plans if str(one.number) == wanted), plans[0] if plans else None)
    return render(
        request,
        "intake/safety_plan.html",
        head(
            request,
            client,
            plan=plan,
            is_current=plan is not None and plan.number == plans[0].number,
            sections=sections(plan.parts) if plan else [],
            plans=plans,
            crisis_lines=crisis_lines(client.practice.country),
            unchecked=_numbers_to_check(client),
            may_write=allows_row(person_of(request), P.WRITE_RECORD, client),
            sheet_head=f"{client.initials} · " + _("plan of %(day)s") % {"day": in_words(plan.made_on)}
            if plan
            else "",
        ),
    )


@rule(P.WRITE_RECORD, of=client_named)
def make_safety_plan(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Make the plan together, or make it anew."""
    client: Client = request.subject  # type: ignore[attr-defined]
    last = safety_plan_of(client)
    initial = {**as_lines(last.parts if last else {}), "made_on": today_at(client.practice)}
    initial["based_on"] = last.number if last else 0
    form = SafetyPlanForm(request.POST or None, initial=initial)
    theirs: SafetyPlan | None = None
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_safety_plan(
                client=client,
                by=person_of(request),
                parts=form.parts(),
                on=form.cleaned_data["made_on"],
                based_on=form.cleaned_data["based_on"],
            )
        except Changed as error:
            theirs, status = safety_plan_of(client), 409
            form.data = {**form.data.dict(), "based_on": theirs.number if theirs else 0}
            form.add_error(None, str(error))
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("intake:safety_plan", client.id)
    return render(
        request,
        "intake/make_safety_plan.html",
        head(
            request,
            client,
            form=form,
            theirs=sections(theirs.parts) if theirs else None,
            crisis_lines=crisis_lines(client.practice.country),
            unchecked=_numbers_to_check(client),
        ),
        status=status,
    )
