"""Correct what stands beside the hours, or take it out: the earlier words stay beneath, a removal is asked twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.choices import flatten_choices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from depthwork.practice.config.refusals import sentence
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.actions.mending import COLUMNS
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.forms import AdjunctAgain, GoalAgain, LifeEventAgain
from depthwork.practice.treatments.models import Adjunct, Goal, GoalRating, LifeEvent
from depthwork.practice.treatments.queries import adjunct_named, event_named, goal_named
from depthwork.practice.treatments.views.common import head, sent_again

Row = Goal | Adjunct | LifeEvent


@dataclass(frozen=True, slots=True)
class Kind:
    """How one of the three is shown and asked for."""

    form: type[forms.Form]
    title: Any
    remove: str  # the route of its removal


KINDS: Mapping[type, Kind] = {
    Goal: Kind(GoalAgain, gettext_lazy("The goal, corrected"), "treatments:remove_goal"),
    Adjunct: Kind(AdjunctAgain, gettext_lazy("What stands beside, corrected"), "treatments:remove_adjunct"),
    LifeEvent: Kind(LifeEventAgain, gettext_lazy("The event, corrected"), "treatments:remove_event"),
}


@rule(P.WRITE_RECORD, of=goal_named, reads="goal.opened")
@require_http_methods(["GET", "POST"])
def edit_goal(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """Other words for a goal; or it is still one."""
    return _edit(request)


@rule(P.WRITE_RECORD, of=adjunct_named, reads="adjunct.opened")
@require_http_methods(["GET", "POST"])
def edit_adjunct(request: HttpRequest, adjunct_id: UUID) -> HttpResponse:
    """Another name, another day."""
    return _edit(request)


@rule(P.WRITE_PROCESS_NOTES, of=event_named, reads="life_event.opened")
@require_http_methods(["GET", "POST"])
def edit_event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Another day, other words."""
    return _edit(request)


@rule(P.WRITE_RECORD, of=goal_named)
@require_http_methods(["GET", "POST"])
def remove_goal(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """A goal that was never one, with its ratings."""
    return _remove(request)


@rule(P.WRITE_RECORD, of=adjunct_named)
@require_http_methods(["GET", "POST"])
def remove_adjunct(request: HttpRequest, adjunct_id: UUID) -> HttpResponse:
    """What never stood beside the therapy."""
    return _remove(request)


@rule(P.WRITE_PROCESS_NOTES, of=event_named)
@require_http_methods(["GET", "POST"])
def remove_event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """What did not happen."""
    return _remove(request)


def _edit(request: HttpRequest) -> HttpResponse:
    row: Row = request.subject  # type: ignore[attr-defined]
    kind = KINDS[type(row)]
    initial = {name: getattr(row, name) for name in COLUMNS[type(row)]} | {"version": row.version}
    if "is_own" in initial:
        initial["is_own"] = "yes" if initial["is_own"] else "no"
    form = kind.form(request.POST or None, initial=initial)
    status, theirs = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = {name: form.cleaned_data[name] for name in COLUMNS[type(row)]}
            try:
                actions.correct(row=row, by=person_of(request), version=form.cleaned_data["version"], **said)
            except Changed as error:
                status = 409
                if not type(row)._default_manager.filter(pk=row.pk).exists():
                    form.add_error(
                        None, _("This was taken out in another window; your words stand here to be copied.")
                    )
                    return _page(request, row, form, status=status, is_gone=True)
                row.refresh_from_db()
                form = sent_again(form, row.version, error)
                theirs = _told(row, {name: getattr(row, name) for name in COLUMNS[type(row)]})
            except CourseError as error:
                form.add_error(None, sentence(error))
            else:
                messages.success(request, _("Corrected; what stood here before is kept beneath."))
                return redirect("treatments:alongside", row.client_id)
    return _page(request, row, form, status=status, theirs=theirs)


def _page(request: HttpRequest, row: Row, form: forms.Form, *, status: int, **more: Any) -> HttpResponse:
    kind = KINDS[type(row)]
    context = head(
        request,
        row.client,
        form=form,
        title=kind.title,
        row=row,
        before=[(_day(one["replaced_at"][:10]), _told(row, one)) for one in reversed(row.before or [])],
        remove=kind.remove,
        **more,
    )
    return render(request, "treatments/mend.html", context, status=status)


def _remove(request: HttpRequest) -> HttpResponse:
    row: Row = request.subject  # type: ignore[attr-defined]
    problem, status = "", 200
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            actions.remove(row=row, by=person_of(request), version=int(version) if version.isdecimal() else 0)
        except Changed as error:
            if not type(row)._default_manager.filter(pk=row.pk).exists():
                return redirect("treatments:alongside", row.client_id)  # the other window took it out
            row.refresh_from_db()
            problem, status = sentence(error), 409
        except CourseError as error:
            problem, status = sentence(error), 422
        else:
            messages.info(request, _("Taken out."))
            return redirect("treatments:alongside", row.client_id)
    context = head(
        request,
        row.client,
        row=row,
        told=_labelled(row),
        ratings=GoalRating.objects.filter(goal=row).count() if isinstance(row, Goal) else 0,
        problem=problem,
    )
    return render(request, "treatments/take_out.html", context, status=status)


def _labelled(row: Row) -> list[tuple[str, str]]:
    """What stands here, each thing under the label of its field."""
    fields, found = KINDS[type(row)].form.base_fields, []
    for name in COLUMNS[type(row)]:
        value = getattr(row, name)
        choices = dict(flatten_choices(getattr(fields[name], "choices", ())))
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if value:
            words = choices.get(value) or (_day(value) if isinstance(value, date) else value)
            found.append((str(fields[name].label), str(words)))
    return found


def _told(row: Row, said: Mapping[str, Any]) -> list[str]:
    """What a version says, a line for each thing it says."""
    choices = dict(KINDS[type(row)].form.base_fields["aim" if isinstance(row, Goal) else "kind"].choices)  # type: ignore[attr-defined]
    lines = [str(said.get("words") or said.get("what") or "")]
    if isinstance(row, Goal):
        lines.append(_("the client’s own") if said["is_own"] else _("an aim of the work"))
    chosen = said.get("aim") or said.get("kind")
    lines += [str(choices.get(chosen, chosen))] if chosen else []
    days = [said[name] for name in ("on", "until", "closed_on") if said.get(name)]
    lines += [" – ".join(_day(day) for day in days)] if days else []
    return lines


def _day(day: date | str) -> str:
    return date_format(date.fromisoformat(day) if isinstance(day, str) else day, "j F Y")
