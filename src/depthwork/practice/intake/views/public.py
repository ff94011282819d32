"""Pages for people who are not signed in: ask, read how we work, read who works here."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from depthwork.practice.intake import actions
from depthwork.practice.intake.considering import DATA
from depthwork.practice.intake.forms import InquiryForm, fresh_token
from depthwork.practice.intake.limits import may_send
from depthwork.practice.intake.models import Desk
from depthwork.practice.intake.queries import (
    clinicians_of,
    crisis_lines,
    desk_of,
    inquiry_named,
    practice_named,
)
from depthwork.practice.intake.reading import next_reading
from depthwork.practice.intake.words import LABELS
from depthwork.practice.people.models import Practice
from depthwork.practice.policy.dated import read_yaml
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import rule
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.vault.errors import NoKey


def _about(practice: Practice, desk: Desk | None, **more: Any) -> dict[str, Any]:
    context: dict[str, Any] = {
        "practice_name": practice.name,
        "practice_id": practice.id,
        "desk": desk,
        "crisis_lines": crisis_lines(practice.country),
        **more,
    }
    if desk is not None:
        local = datetime.now(zone_of(practice.time_zone))
        context["read_on"] = next_reading(local, weekdays=desk.weekdays, until=desk.read_until)
        context["days"] = [{"weekday": day} for day in desk.weekdays]
    return context


def _practice(practice_id: UUID | None) -> tuple[Practice, Desk | None]:
    desk = desk_of(practice_id)
    if desk is not None:
        return desk.practice, desk
    if practice_id is None:
        raise Http404("which practice?")
    practice = practice_named(practice_id)
    if practice is None:
        raise Http404("no such practice")
    return practice, None


@rule(P.OPEN_PUBLIC_PAGE)
def ask(request: HttpRequest, practice_id: UUID | None = None) -> HttpResponse:
    """Ask for a first conversation."""
    practice, desk = _practice(practice_id)
    if desk is None:
        return render(request, "intake/ask_closed.html", _about(practice, None), status=200)
    if request.method != "POST":
        form = InquiryForm(initial={"token": fresh_token()})
        return render(request, "intake/ask.html", _about(practice, desk, form=form))
    form = InquiryForm(request.POST)
    status = 422
    if form.is_valid():
        if not may_send(request, what="inquiry"):
            form.add_error(
                None,
                _(
                    "Several inquiries came from here within the hour. Your words are still here; please telephone, or send later."
                ),
            )
            status = 429
        else:
            try:
                row = actions.receive_inquiry(
                    desk=desk, token=form.cleaned_data["token"], words=form.letter(), at=datetime.now(UTC)
                )
            except NoKey:
                form.add_error(
                    None,
                    _(
                        "The practice cannot receive by form at the moment, and nothing was kept. Please telephone."
                    ),
                )
                status = 503
            else:
                request.session["asked"] = str(row.id)
                return redirect("intake:asked", practice.id)
    # A second send needs a token of its own, unless this one is still good.
    data = form.data.copy()
    if form.non_field_errors():
        data["token"], data["second_name"] = fresh_token(), ""
        if status == 429:
            data["token"] = form.data.get("token", "")
    form.data = data
    return render(request, "intake/ask.html", _about(practice, desk, form=form), status=status)


@rule(P.OPEN_PUBLIC_PAGE)
def asked(request: HttpRequest, practice_id: UUID) -> HttpResponse:
    """It has arrived: who reads it, on which day."""
    practice, desk = _practice(practice_id)
    sent = request.session.get("asked")
    row = inquiry_named(UUID(sent)) if sent else None
    if row is None or row.practice_id != practice.id:
        return redirect("intake:ask_at", practice.id)
    return render(request, "intake/asked.html", _about(practice, desk, due_on=row.due_on))


@rule(P.OPEN_PUBLIC_PAGE)
def formats(request: HttpRequest) -> HttpResponse:
    """The ways of working, side by side, in plain words."""
    raw = read_yaml(DATA / "formats.yaml")
    rows = [
        {
            "asks": _(row["asks"]),
            "cells": [{"name": _(one["name"]), "words": _(one[row["id"]])} for one in raw["formats"]],
        }
        for row in raw["rows"]
    ]
    asked_at: UUID | None = None
    practice: Practice | None = None
    with suppress(ValueError):
        asked_at = UUID(request.GET.get("from", ""))
    with suppress(Http404):  # whose crisis numbers; with one practice there is no doubt
        practice = _practice(asked_at)[0]
    context = {
        "practice_id": practice.id if practice and asked_at else None,
        "formats": [_(one["name"]) for one in raw["formats"]],
        "rows": rows,
        "crisis_lines": crisis_lines(practice.country) if practice else (),
    }
    return render(request, "intake/formats.html", context)


@rule(P.OPEN_PUBLIC_PAGE)
def people(request: HttpRequest, practice_id: UUID) -> HttpResponse:
    """Who works here, as they describe themselves."""
    practice, desk = _practice(practice_id)
    shown = [
        {
            "row": row,
            "problems": [LABELS[id] for id in row.problems if id in LABELS],
            "formats": [LABELS[id] for id in row.formats if id in LABELS],
            "times": [LABELS[id] for id in row.times if id in LABELS],
            "places": [LABELS[id] for id in row.places if id in LABELS],
        }
        for row in clinicians_of(practice, public_only=True)
    ]
    return render(request, "intake/people.html", _about(practice, desk, people=shown))
