"""Evidence: what trials found, open to the line; and a plain page for clients."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.published import AGAINST, PROBLEMS, Figure, figure, for_clients, published, reviewed
from depthwork.practice.intake import considering
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows, person_of, rule
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.ui import evidence_store as store
from depthwork.practice.ui.evidence_own import OwnLine, own_lines
from depthwork.practice.ui.evidence_picture import KIN, Choice, choices, picture, published_charts

GROWTH = ("town_2012_post_to_followup", "driessen_2015_post_to_followup", "shedler_2010_general_symptoms")


class Bring(forms.Form):
    """A file of trials."""

    problem = forms.ChoiceField(
        label=gettext_lazy("Problem"),
        choices=[(id, gettext_lazy(name)) for id, name in PROBLEMS.items() if id != "services"],
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("As it shall stand on the page, such as “Metapsy, depression, 2024”."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A Metapsy database, or a CSV with the columns study, effect, se and, where you have them, therapy, comparator, outcome, n. Trial data only; it is kept as plain numbers."
        ),
    )
    positive = forms.ChoiceField(
        label=gettext_lazy("A higher effect is"),
        choices=[
            ("higher", gettext_lazy("in favour of the therapy")),
            ("lower", gettext_lazy("in favour of the comparator")),
        ],
        help_text=gettext_lazy("A Metapsy file shows this itself; then this is not used."),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    problem: str
    against: str
    figures: list[Figure]


def _shown(request: HttpRequest) -> _Shown:
    problem, against = request.GET.get("problem", ""), request.GET.get("against", "")
    problem = problem if problem in PROBLEMS else ""
    against = against if against in AGAINST else ""
    figures = [one for one in published() if problem in ("", one.problem) and against in ("", one.against)]
    return _Shown(problem, against, figures)


def _chosen(request: HttpRequest) -> tuple[list[store.TrialSet], store.TrialSet | None, Choice]:
    sets = store.sets_of(person_of(request).practice)
    asked, problem = request.GET.get("set", ""), request.GET.get("problem", "")
    fitting = [one for one in sets if problem in ("", one.problem)]
    here = next((one for one in sets if str(one.id) == asked), fitting[0] if fitting else None)
    told = {name: request.GET.get(name, "") for name in ("comparator", "outcome", "without")}
    return sets, here, Choice(therapy=request.GET.get("therapy", KIN), **told)


@rule(P.READ_EVIDENCE)
def evidence(request: HttpRequest) -> HttpResponse:
    """Trials that were brought, as a forest with what moves it; then every published figure, each on its own line."""
    return _page(request, Bring())


def _page(request: HttpRequest, form: Bring, status: int = 200) -> HttpResponse:
    person, shown = person_of(request), _shown(request)
    sets, here, choice = _chosen(request)
    context: dict[str, object] = {
        "sets": sets,
        "here": here,
        "choice": choice,
        "form": form,
        "may_sum": allows(person, P.SEE_PRACTICE_SUM, practice=person.practice_id),
        "may_bring": allows(person, P.BRING_TRIALS, practice=person.practice_id),
        "problem": shown.problem,
        "against": shown.against,
        "problems": {id: _(name) for id, name in PROBLEMS.items()},
        "againsts": {id: _(name) for id, name in AGAINST.items()},
        "charts": published_charts(shown.figures),
        "groups": [
            (_(PROBLEMS[name]), list(group))
            for name, group in groupby(
                sorted(shown.figures, key=lambda one: list(PROBLEMS).index(one.problem)),
                key=lambda one: one.problem,
            )
        ],
        "reviewed": reviewed(),
        "sources": [
            (one, considering.standing_on(one.id), [figure(id) for id in one.figures])
            for one in considering.references().values()
        ],
        "query": urlencode({"problem": shown.problem, "against": shown.against}),
        "kin": KIN,
    }
    if here is not None:
        query = {
            "set": here.id,
            "therapy": choice.therapy,
            "comparator": choice.comparator,
            "outcome": choice.outcome,
        }
        link = f"{reverse('ui:evidence')}?{urlencode(query)}"
        context |= {
            "link": link,
            "trial_query": urlencode(query | {"without": choice.without}),
            "options": choices(here.trials),
            "picture": picture(here.trials, choice, link=link),
        }
    return render(request, "ui/evidence/evidence.html", context, status=status)


@rule(P.READ_EVIDENCE)
def download(request: HttpRequest) -> HttpResponse:
    """What is shown, as CSV: the trials of a set, or the published figures."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    if request.GET.get("set"):
        response["Content-Disposition"] = 'attachment; filename="trials.csv"'
        _, here, choice = _chosen(request)
        writer = csv.writer(response)
        writer.writerow(
            [
                "row",
                "study",
                "therapy",
                "comparator",
                "outcome",
                "instrument",
                "effect",
                "se",
                "in_favour",
                "n",
                "withheld",
            ]
        )
        for t in here.trials if here else ():
            if (
                (t.is_psychodynamic if choice.therapy == KIN else choice.therapy in ("", t.therapy))
                and choice.comparator in ("", t.comparator)
                and choice.outcome in ("", t.outcome)
            ):
                words = [_safe(word) for word in (t.study, t.therapy, t.comparator, t.outcome, t.instrument)]
                writer.writerow([t.number, *words, t.effect, t.se, t.toward, t.people, t.withheld])
        return response
    response["Content-Disposition"] = 'attachment; filename="published-figures.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            "id",
            "problem",
            "against",
            "claim",
            "status",
            "metric",
            "estimate",
            "low",
            "high",
            "level",
            "studies",
            "people",
            "positive_favours",
            "caution",
            "source",
            "doi",
        ]
    )
    for one in _shown(request).figures:
        low, high = one.interval or ("", "")
        estimate = " to ".join(f"{value:g}" for value in one.estimate) or one.rating
        writer.writerow(
            [
                one.id,
                one.problem,
                one.against,
                one.claim,
                one.status,
                one.metric,
                estimate,
                low,
                high,
                one.level,
                one.studies,
                one.people,
                one.positive,
                one.caution,
                one.source.short,
                one.source.doi,
            ]
        )
    return response


def _safe(word: str) -> str:
    """A cell that a spreadsheet would run as a formula is kept as words."""
    return f"'{word}" if word[:1] in ("=", "+", "-", "@", "\t", "\r") else word


@rule(P.BRING_TRIALS)
@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """Keep a file of trials."""
    form = Bring(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            if sent.size > store.MOST_BYTES:
                raise EvidenceError(
                    _("the file is larger than %(n)s MB; send the trials you need")
                    % {"n": store.MOST_BYTES // 1000000}
                )
            made = store.bring(
                raw=sent.read(),
                name=form.cleaned_data["name"],
                problem=form.cleaned_data["problem"],
                positive=form.cleaned_data["positive"],
                by=person_of(request),
            )
            return redirect(f"{reverse('ui:evidence')}?set={made.id}")
        except EvidenceError as error:
            form.add_error("file", str(error))
    return _page(request, form, status=422)


@rule(P.BRING_TRIALS)
@require_POST
def remove(request: HttpRequest, set_id: UUID) -> HttpResponse:
    """Remove a set of trials."""
    store.remove(id=set_id, by=person_of(request))
    return redirect("ui:evidence")


@rule(P.SEE_PRACTICE_SUM, needs_keys=True)
def own(request: HttpRequest) -> HttpResponse:
    """What followed the practice's own endings, beside what was published."""
    person = person_of(request)
    today = datetime.now(zone_of(person.practice.time_zone)).date()
    lines = own_lines(person, today=today)
    context = {"lines": lines, "few": _nothing_to_say(lines), "claims": [figure(id) for id in GROWTH]}
    return render(request, "ui/evidence/own.html", context)


def _nothing_to_say(lines: list[OwnLine]) -> dict[str, str] | None:
    """One sentence in place of a table that would say it in every row; None where a row says something else."""
    reasons = {one.found.withheld for one in lines}
    why = reasons.pop() if len(reasons) == 1 else None
    return {"why": why, "measures": ", ".join(dict.fromkeys(one.measure for one in lines))} if why else None


@rule(P.OPEN_PUBLIC_PAGE)
def for_everyone(request: HttpRequest) -> HttpResponse:
    """For clients: what is known, what is not, what else there is. Needs no sign-in and no script."""
    problems, general = for_clients()
    return render(
        request,
        "ui/evidence/clients.html",
        {"problems": problems, "general": general, "reviewed": reviewed()[0]},
    )
