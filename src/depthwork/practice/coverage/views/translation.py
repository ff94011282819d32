"""The plan in the payer's words beside the aims it translates; estimates; letters about equal treatment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.practice.config.refusals import sentence
from depthwork.practice.coverage import actions, documents
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.forms import EstimateForm, LetterForm, PayerPlanForm, listed
from depthwork.practice.coverage.models import Estimate, PayerPlan, Plan
from depthwork.practice.coverage.queries import estimate_named, estimates_of, fee_on, plan_named
from depthwork.practice.coverage.scores import names_a_score, yes_to_scores
from depthwork.practice.coverage.views.common import keep, only_us, page_head
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.record.queries import plan_of
from depthwork.practice.treatments.errors import Changed
from depthwork.practice.treatments.models import Client, Frame, Goal, Treatment
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.treatments.views.common import today_of
from depthwork.practice.vault.errors import Refused

SPARE = 2  # goals beyond those of the aims
REVIEW_AFTER = timedelta(weeks=13)


def _pairs(treatment: Treatment, now: PayerPlan | None) -> list[tuple[str, dict[str, str], Goal | None]]:
    """Each open aim with its goal so far, then goals without an aim, then room for two more."""
    said = {one.get("aim"): one for one in (now.goals or []) if one.get("aim")} if now else {}
    rows: list[tuple[str, dict[str, str], Goal | None]] = [
        (str(goal.id), said.get(str(goal.id), {}), goal)
        for goal in Goal.objects.filter(treatment=treatment, closed_on=None)
        .select_related("client")
        .order_by("order")
    ]
    known = {pk for pk, _, _ in rows}
    if now is not None:
        rows += [("", one, None) for one in now.goals or [] if one.get("aim") not in known]
    return rows + [("", {}, None)] * SPARE


@rule(P.WRITE_RECORD, of=client_named, reads="payer_plan.opened")
def payer_plan(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Written by the clinician in the payer's words; the aims stand beside and do not go out."""
    client: Client = request.subject  # type: ignore[attr-defined]
    only_us(client)
    treatment = current_treatment(client)
    if treatment is None:
        messages.info(request, _("The plan begins with a treatment."))
        return redirect("coverage:coverage", client.id)
    now, today = documents.latest_plan(treatment), today_of(client)
    pairs = _pairs(treatment, now)
    initial: dict[str, Any] = {
        "from_date": today,
        "review_on": today + REVIEW_AFTER,
        **((now.words or {}) if now else {}),
    }
    for n, (aim, one, _goal) in enumerate(pairs):
        initial |= {f"aim_{n}": aim, **{f"{name}_{n}": one.get(name, "") for name in ("goal", "seen", "now")}}
    form = PayerPlanForm(request.POST or None, initial=initial, goals=len(pairs))
    number, status, theirs = (now.number if now else 0), 200, None
    if request.method == "POST":
        status = 422
        sent = request.POST.get("number", "")
        if form.is_valid():
            try:
                actions.keep_payer_plan(
                    treatment=treatment, by=person_of(request), number=int(sent) if sent.isdigit() else -1, **form.written()
                )  # fmt: skip
            except Changed as error:
                form.add_error(None, sentence(error))
                status, theirs = 409, documents.latest_plan(treatment)
            except (CoverageError, Refused) as error:
                form.add_error(None, sentence(error))
            else:
                messages.success(request, _("Kept as a further version."))
                return redirect("coverage:papers", client.id)
    yes = yes_to_scores(client, on=today)
    context = page_head(
        request,
        client,
        compartment=_("Record"),
        form=form,
        number=number,
        parts=[form[part] for part in PayerPlan.PARTS],
        goals=[(form[f"aim_{n}"], form[f"goal_{n}"], form[f"seen_{n}"], form[f"now_{n}"], goal) for n, (_a, _o, goal) in enumerate(pairs)],
        versions=_versions(treatment),
        theirs=_parts_of(theirs),
        record_plan=plan_of(treatment),
        yes=yes,
        scored=[] if yes is not None else _scored(now),
    )  # fmt: skip
    return render(request, "coverage/payer_plan.html", context, status=status)


def _scored(now: PayerPlan | None) -> list[Any]:
    """The parts whose words hold a score, though no yes stands."""
    words = (now.words or {}) if now else {}
    return [PayerPlanForm.HEADS[part] for part in PayerPlan.PARTS if names_a_score(words.get(part) or "")]


def _parts_of(row: PayerPlan | None) -> dict[str, Any] | None:
    if row is None:
        return None
    words = row.words or {}
    return {
        "row": row,
        "parts": [(PayerPlanForm.HEADS[part], words[part]) for part in PayerPlan.PARTS if words.get(part)],
        "goals": row.goals or [],
    }


def _versions(treatment: Treatment) -> list[dict[str, Any]]:
    rows = (
        PayerPlan.objects.filter(treatment=treatment)
        .select_related("client", "created_by")
        .order_by("-number")
    )
    return [said for row in rows[:10] if (said := _parts_of(row)) is not None]


@rule(P.EDIT_COVERAGE, of=client_named, reads="coverage.read")
def estimates(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Good-faith estimates: the day by which each is due, whether it was given, and what was charged since."""
    client: Client = request.subject  # type: ignore[attr-defined]
    only_us(client)
    today = today_of(client)
    frames = list(Frame.objects.filter(client=client).select_related("client").order_by("from_date"))
    initial = {
        "booked_on": today, "first_day": today, "last_day": today + timedelta(days=365), "fee": fee_on(frames, today), "units": 46,
    }  # fmt: skip
    form = EstimateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.estimate(
                client=client,
                by=person_of(request),
                booked_on=data["booked_on"],
                asked_on=data["asked_on"],
                first_day=data["first_day"],
                last_day=data["last_day"],
                lines=[(data["code"].strip(), data["units"], data["fee"])],
                diagnosis=listed(data["diagnosis"]),
            )
        except CoverageError as error:
            form.add_error(None, sentence(error))
        else:
            return redirect("coverage:estimates", client.id)
    context = page_head(
        request, client, form=form, rows=estimates_of(client, today=today), currency=client.practice.currency
    )
    return render(request, "coverage/estimates.html", context, status=422 if form.errors else 200)


@rule(P.EDIT_COVERAGE, of=estimate_named)
@require_POST
def estimate_given(request: HttpRequest, estimate_id: UUID) -> HttpResponse:
    """The estimate was handed over today."""
    row: Estimate = request.subject  # type: ignore[attr-defined]
    only_us(row.client)
    actions.estimate_given(row=row, by=person_of(request), on=today_of(row.client))
    messages.success(request, _("Written down: given today."))
    return redirect("coverage:estimates", row.client_id)


@rule(P.WRITE_RECORD, of=plan_named)
def letter(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """What a letter about equal treatment compares and asks for."""
    plan: Plan = request.subject  # type: ignore[attr-defined]
    only_us(plan.client)
    if current_treatment(plan.client) is None:
        raise Http404("no treatment")
    form = LetterForm(request.POST or None)

    def act(data: dict[str, Any]) -> None:
        words = {
            name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in data.items()
        }
        actions.write_letter(plan=plan, by=person_of(request), on=today_of(plan.client), words=words)

    help = _("The office can read these words: compare the plan’s limits and say nothing of the treatment.")
    return keep(
        request, plan.client, form, act, title=_("A letter about equal treatment"), send=_("Keep the letter"),
        help=help, back="coverage:papers",
    )  # fmt: skip
