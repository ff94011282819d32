"""The consultation of a client: safety first, then what speaks for what, and a person's decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from depthwork.evidence.published import anchor, figure
from depthwork.practice.intake import actions, considering
from depthwork.practice.intake.actions.consultation import considered
from depthwork.practice.intake.actions.inquiry import CARRIED
from depthwork.practice.intake.forms import (
    AcknowledgeForm,
    DecisionForm,
    FactsForm,
    InquiryForm,
    NotesForm,
    PreferencesForm,
    preference_questions,
)
from depthwork.practice.intake.models import Consultation
from depthwork.practice.intake.queries import consultation_of, safety_plan_of, today_at
from depthwork.practice.intake.words import LABELS
from depthwork.practice.policy.confirming import unchecked
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import head, sent_again

Told = Callable[[Consultation], list[tuple[str, str]]]

MARKS = {
    "source": _("read in the source"),
    "unverified": _("check in the current edition"),
    "project_rule": _("a rule of this project"),
}


def _entries(points: considering.Considerations) -> dict[str, Any]:
    """The lists with their references beside each point."""
    known = {**considering.references(), **{one.id: one for one in points.evidence_refs}}
    facts = {fact.id: fact.words for fact in considering.facts()}
    facts |= {one.id: one.words for one in considering.readings()}

    def set_(entries: tuple[considering.Entry, ...]) -> list[dict[str, Any]]:
        return [
            {
                "entry": entry,
                "because": [str(facts.get(id, id)) for id in entry.because if id != "country"],
                "refs": [known[id] for id in entry.evidence_refs if id in known],
                "figures": [(anchor(id), figure(id).source.short) for id in entry.figures],
                "mark": MARKS[entry.mark] if entry.rule_id else "",
            }
            for entry in entries
        ]

    return {
        "first": set_(points.must_do_first),
        "waiting": set_(points.waits_for),
        "for": set_(points.considerations_for),
        "caution": set_(points.considerations_caution),
        "ask": set_(points.ask_next),
        "options": set_(points.options_to_discuss),
        "weighed": any(one.speaks_for or one.speaks_against for one in points.options_to_discuss),
        "missing": set_(points.missing_information),
        "references": points.evidence_refs,
    }


def _asked_for(row: Consultation) -> list[tuple[str, str]]:
    """What was asked for before the first meeting, under the questions of the form; what brings them stands above."""
    found = []
    for key in CARRIED:
        value = (row.asked_for or {}).get(key)
        if not value or key == "brings":
            continue
        if isinstance(value, list):
            said = ", ".join(str(LABELS.get(one, one)) for one in value)
        else:
            said = _("yes") if value is True else str(value)
        found.append((str(InquiryForm.base_fields[key].label), said))
    return found


def _points_to_set_aside(points: considering.Considerations) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for entry in (*points.must_do_first, *points.considerations_caution):
        found.setdefault(entry.rule_id, entry.text)
    return list(found.items())


def _page(
    request: HttpRequest, client: Client, row: Consultation | None, status: int = 200, **forms: Any
) -> HttpResponse:
    context: dict[str, Any] = {
        "consultation": row,
        "came_second": forms.get("came_second"),
        "typed": forms.get("typed"),
    }
    if row is not None:
        # What was decided stays beside the points as they stood then, whatever the rules say today.
        points = considering.from_kept(row.shown) if row.decided_on and row.shown else considered(row)
        context |= {
            "points": _entries(points),
            "asked_for": _asked_for(row),
            "plan": safety_plan_of(client),
            "acknowledged": [
                {**done, "day": date.fromisoformat(done["on"])} for done in (row.acknowledged or {}).values()
            ],
            "preferences": [(asks, (row.preferences or {}).get(id)) for id, asks in preference_questions()],
            "other_preferences": (row.preferences or {}).get("words"),
            "acknowledge_form": AcknowledgeForm(),
            "decision_form": forms.get("decision_form")
            or DecisionForm(points=_points_to_set_aside(points), initial={"version": row.version}),
            "review_is_due": considering.review().is_due(today_at(client.practice)),
            "unchecked": unchecked(client.practice, [considering.matter()], on=today_at(client.practice)),
            "review_due": considering.review().review_due,
            "decided": row.decided_on is not None,
            "under_way": Treatment.objects.filter(client=client)
            .exclude(state=Treatment.State.ENDED)
            .exists(),
            "can_write": "clinician" in person_of(request).roles,
        }
    return render(request, "intake/consultation.html", head(request, client, **context), status=status)


@rule(P.READ_RECORD, of=client_named, reads="consultation.read")
def consultation(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Where the consultation stands."""
    client: Client = request.subject  # type: ignore[attr-defined]
    return _page(request, client, consultation_of(client))


def _open_one(request: HttpRequest, client: Client) -> Consultation:
    """The consultation that is open. What is sent to one decided meanwhile is refused with its words, not lost."""
    row = consultation_of(client)
    if row is None or (row.decided_on is not None and request.method != "POST"):
        raise Http404("no open consultation")
    return row


@rule(P.WRITE_RECORD, of=client_named)
@require_POST
def begin(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A first consultation, or a new one."""
    client: Client = request.subject  # type: ignore[attr-defined]
    try:
        actions.begin_consultation(client=client, by=person_of(request))
    except CourseError as error:
        messages.error(request, str(error))
    return redirect("intake:consultation", client.id)


def _facts_told(row: Consultation) -> list[tuple[str, str]]:
    """What is known by now; what is not known is left out."""
    said = {"confirmed": _("yes"), "denied": _("no")}
    states = {id: one.get("state") for id, one in (row.facts or {}).items()}
    found = [(str(f.words), said[states[f.id]]) for f in considering.facts() if states.get(f.id) in said]
    for one in considering.readings():
        value = (row.readings or {}).get(one.id)
        if value is not None:
            left_open = value == considering.LEFT_OPEN
            found.append((str(one.words), _("asked, left open") if left_open else str(value)))
    return found


def _preferences_told(row: Consultation) -> list[tuple[str, str]]:
    given = row.preferences or {}
    return [(str(asks), given[id]) for id, asks in preference_questions() if given.get(id)]


def _notes_told(row: Consultation) -> list[tuple[str, str]]:
    return [(str(one.get("question") or "–"), str(one.get("answer") or "–")) for one in row.notes or []]


def _form_page(
    request: HttpRequest, client: Client, template: str, form: Any, status: int = 200, **more: Any
) -> HttpResponse:
    return render(request, template, head(request, client, form=form, **more), status=status)


def _kept(
    request: HttpRequest, row: Consultation, form: Any, template: str, keep: Any, *, told: Told, **more: Any
) -> HttpResponse:
    """Keep what a valid form holds; a lost race shows both, what was typed and what stands (`told`)."""
    client: Client = request.subject  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            keep(form)
        except Changed as error:
            row.refresh_from_db()
            form = sent_again(form, row.version, error)
            return _form_page(request, client, template, form, 409, theirs=told(row), **more)
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("intake:consultation", client.id)
    return _form_page(request, client, template, form, **more)


@rule(P.WRITE_RECORD, of=client_named)
def facts(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """What is confirmed, denied, unknown; what the questionnaires gave."""
    client: Client = request.subject  # type: ignore[attr-defined]
    row = _open_one(request, client)
    initial: dict[str, Any] = {"version": row.version}
    for fact in considering.facts():
        initial[f"fact_{fact.id}"] = (row.facts or {}).get(fact.id, {}).get("state", "unknown")
    for id, value in (row.readings or {}).items():
        initial[f"open_{id}" if value == considering.LEFT_OPEN else f"reading_{id}"] = (
            True if value == considering.LEFT_OPEN else value
        )
    form = FactsForm(request.POST or None, initial=initial)

    def keep(form: FactsForm) -> None:
        actions.keep_facts(
            consultation=row,
            by=person_of(request),
            facts=form.known(),
            readings=form.values(),
            version=form.cleaned_data["version"],
        )

    return _kept(request, row, form, "intake/facts.html", keep, told=_facts_told)


@rule(P.WRITE_RECORD, of=client_named)
def preferences(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """How the client would like to work."""
    client: Client = request.subject  # type: ignore[attr-defined]
    row = _open_one(request, client)
    form = PreferencesForm(request.POST or None, initial={**(row.preferences or {}), "version": row.version})

    def keep(form: PreferencesForm) -> None:
        asked = [id for id, _asks in preference_questions()]
        beside = {id: words for id, words in (row.preferences or {}).items() if id not in asked}
        said = beside | {id: form.cleaned_data[id] for id in asked}
        actions.keep_preferences(
            consultation=row, by=person_of(request), preferences=said, version=form.cleaned_data["version"]
        )

    title = _("How would you like to work?")
    send = _("Keep this")
    return _kept(
        request, row, form, "intake/write.html", keep, told=_preferences_told, title=title, send=send
    )


@rule(P.WRITE_RECORD, of=client_named)
def notes(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """What was asked, and answered."""
    client: Client = request.subject  # type: ignore[attr-defined]
    row = _open_one(request, client)
    initial: dict[str, Any] = {"version": row.version}
    for n, one in enumerate(row.notes or [], start=1):
        initial |= {f"question_{n}": one.get("question"), f"answer_{n}": one.get("answer")}
    form = NotesForm(request.POST or None, initial=initial)

    def keep(form: NotesForm) -> None:
        beyond = (row.notes or [])[NotesForm.ROWS :]
        actions.keep_notes(
            consultation=row,
            by=person_of(request),
            notes=[*form.notes(), *beyond],
            version=form.cleaned_data["version"],
        )

    title = _("Asked and answered")
    send = _("Keep this")
    return _kept(request, row, form, "intake/write.html", keep, told=_notes_told, title=title, send=send)


@rule(P.WRITE_RECORD, of=client_named)
@require_POST
def acknowledge(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """What comes first has been seen to."""
    client: Client = request.subject  # type: ignore[attr-defined]
    row = _open_one(request, client)
    form = AcknowledgeForm(request.POST)
    refused = _("Say in a few words what was done; then the rest of the page opens.")
    if row.decided_on is None and form.is_valid():
        try:
            actions.acknowledge(
                consultation=row,
                by=person_of(request),
                key=form.cleaned_data["key"],
                how=form.cleaned_data["how"],
            )
        except CourseError as error:
            row, refused = consultation_of(client) or row, str(error)
        else:
            return redirect("intake:consultation", client.id)
    messages.error(request, refused)
    typed = {"key": request.POST.get("key", ""), "how": request.POST.get("how", "")}
    return _page(request, client, row, 422, typed=typed)


@rule(P.WRITE_RECORD, of=client_named)
@require_POST
def decide(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A person decides."""
    client: Client = request.subject  # type: ignore[attr-defined]
    row = _open_one(request, client)
    if row.decided_on is not None:
        said = [(DecisionForm.base_fields[n].label, request.POST.get(n, "")) for n in ("decision", "reasons")]
        return _page(request, client, row, 409, came_second=[one for one in said if one[1].strip()])
    form = DecisionForm(request.POST, points=_points_to_set_aside(considered(row)))
    status = 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.decide(
                consultation=row,
                by=person_of(request),
                decision=data["decision"],
                reasons=data["reasons"],
                set_aside=data.get("set_aside") or [],
                with_client=data["with_client"],
                version=data["version"],
            )
        except Changed as error:
            row.refresh_from_db()
            form, status = sent_again(form, row.version, error), 409
        except CourseError as error:
            form.add_error("reasons" if "reasons" in str(error) else None, str(error))
        else:
            return redirect("intake:consultation", client.id)
    return _page(request, client, row, status, decision_form=form)
