"""Share a course: fingerprints first, then for what and until when; and end it."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from depthwork.practice.formulation.views.common import page_head
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision import actions
from depthwork.practice.supervision.forms import FingerprintForm, InviteForm
from depthwork.practice.supervision.models import CodingSheet, Exercise, Pack, Supervision
from depthwork.practice.supervision.queries import supervision_named, supervisions_of
from depthwork.practice.treatments.consents import open_answers
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Consent
from depthwork.practice.treatments.queries import client_named, current_treatment
from depthwork.practice.vault import pins
from depthwork.practice.vault.errors import VaultError
from depthwork.practice.vault.unlocked import current


@rule(P.SHARE_CLIENT, of=client_named, reads="supervision.read")
@require_GET
def client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Who reads what of this client until when; agreement between coders; packs."""
    row: Client = request.subject  # type: ignore[attr-defined]
    exercises = list(
        Exercise.objects.filter(client=row, source__burned_at=None).select_related("source__session")
    )
    mine = CodingSheet.objects.filter(
        exercise__in=exercises, coder=person_of(request), sealed_at=None, set_aside_at=None
    )
    sheets = dict(mine.values_list("exercise_id", "id"))
    texts = Source.objects.filter(client=row, kind__in=["transcript", "process_note"], burned_at=None)
    context = page_head(
        request,
        row,
        _("supervision"),
        treatment=current_treatment(row),
        shared=supervisions_of(row),
        exercises=[{"row": one, "sheet": sheets.get(one.id)} for one in exercises],
        packs=Pack.objects.filter(client=row),
        texts=texts.select_related("session").order_by("-session__starts_at")[:40],
    )
    return render(request, "supervision/client.html", context)


@rule(P.SHARE_CLIENT, of=client_named, fresh=True)
def invite(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """For what, with which consent, until when."""
    row: Client = request.subject  # type: ignore[attr-defined]
    treatment, by = current_treatment(row), person_of(request)
    if treatment is None:
        raise Http404("no treatment")
    form = InviteForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        other: Person = data["supervisor"]
        if not _compared(by, other):
            return redirect("supervision:keys", row.id, other.id)
        try:
            actions.invite(
                treatment=treatment,
                supervisor=other,
                purpose=data["purpose"],
                words=data["words"],
                ends_on=data["ends_on"],
                from_day=data["from_day"],
                to_day=data["to_day"],
                by=by,
            )
        except CourseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("supervision:client", row.id)
    context = page_head(request, row, _("share with a supervisor"), form=form, agreed=_agreed(row))
    return render(request, "supervision/invite.html", context, status=422 if form.is_bound else 200)


def _agreed(row: Client) -> list[Consent]:
    """The yeses that stand, to supervision and to training."""
    purposes = (Consent.Purpose.SUPERVISION, Consent.Purpose.TRAINING)
    return [one for one in open_answers(row) if one.purpose in purposes and one.is_yes]


def _compared(by: Person, other: Person) -> bool:
    """Whether the other's keys were compared and are still the same."""
    try:
        pins.checked_ring(person=by.id, own=current().keys, other=other.id)
    except VaultError:
        return False
    return True


def _client_of_keys(client_id: UUID, person_id: UUID) -> Client | None:
    return client_named(client_id)


@rule(P.SHARE_CLIENT, of=_client_of_keys, fresh=True)
def keys(request: HttpRequest, client_id: UUID, person_id: UUID) -> HttpResponse:
    """Compare fingerprints before the first share; an exchanged key is noticed from then on."""
    row: Client = request.subject  # type: ignore[attr-defined]
    by = person_of(request)
    other = Person.objects.filter(id=person_id, practice_id=by.practice_id, is_active=True).first()
    if other is None or other.id == by.id:
        raise Http404("no such person")
    form = FingerprintForm(request.POST or None)
    context: dict[str, Any] = page_head(request, row, _("compare keys"), form=form, other=other)
    try:
        context["mine"] = pins.fingerprint_of(by.id)
        pins.fingerprint_of(other.id)
    except VaultError as error:
        context["refused"] = str(error)
        return render(request, "supervision/keys.html", context, status=422)
    if request.method == "POST" and form.is_valid():
        try:
            actions.accept_keys(other=other, fingerprint=form.cleaned_data["fingerprint"], by=by)
        except CourseError as error:
            form.add_error("fingerprint", str(error))
        else:
            return redirect("supervision:invite", row.id)
    return render(request, "supervision/keys.html", context, status=422 if form.is_bound else 200)


@rule(P.SHARE_CLIENT, of=supervision_named)
@require_POST
def end(request: HttpRequest, supervision_id: UUID) -> HttpResponse:
    """At once; the next request of the other one finds nothing."""
    row: Supervision = request.subject  # type: ignore[attr-defined]
    with contextlib.suppress(CourseError):
        actions.end_supervision(supervision=row, by=person_of(request))
    return redirect("supervision:client", row.client_id)
