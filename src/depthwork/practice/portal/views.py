"""A client's own place, and the clinician's side of it."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from depthwork.practice.people import actions as people
from depthwork.practice.people import links
from depthwork.practice.policy.crisis import crisis_lines
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.portal import actions
from depthwork.practice.portal.models import Opening, Thought
from depthwork.practice.portal.reading import own_courses, own_place, own_plan
from depthwork.practice.tracking.actions import decline as decline_form
from depthwork.practice.tracking.errors import Closed
from depthwork.practice.tracking.models import Request
from depthwork.practice.tracking.queries.answers import request_named
from depthwork.practice.tracking.sheet import sheet_by_key
from depthwork.practice.tracking.views import filling
from depthwork.practice.tracking.views.filling import Ways
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Goal
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import today_of
from depthwork.practice.vault import pins
from depthwork.practice.vault.errors import NoKey, Refused, Tampered


class JoinForm(forms.Form):
    """Make an account."""

    login = forms.CharField(label=gettext_lazy("A name to sign in with"), max_length=120)
    passphrase = forms.CharField(
        label=gettext_lazy("A passphrase"),
        min_length=15,
        max_length=400,
        help_text=gettext_lazy("Four or five words that only you would put together; 15 letters or more."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ThoughtForm(forms.Form):
    """A dream or a thought."""

    kind = forms.ChoiceField(
        label=gettext_lazy("It is"), choices=Thought.Kind.choices, widget=forms.RadioSelect, initial="thought"
    )
    words = forms.CharField(
        label=gettext_lazy("Your words"), max_length=8000, widget=forms.Textarea(attrs={"rows": 8})
    )


def own_client(request: HttpRequest) -> Client:
    """The client whose place this is, with keys at hand."""
    person = person_of(request)
    client = client_named(person.client) if person.client else None
    if client is None:
        raise Http404("no place")
    actions.accept_clinician(person=person)
    return client


def place_page(request: HttpRequest, name: str, client: Client, **more: Any) -> HttpResponse:
    """A page of the place, with the crisis numbers at its foot."""
    status = more.pop("status", 200)
    context = {"client": client, "crisis_lines": crisis_lines(client.practice.country), **more}
    return render(request, f"portal/{name}.html", context, status=status)


@rule(P.USE_OWN_PLACE, needs_keys=True)
def place(request: HttpRequest) -> HttpResponse:
    """Forms due, goals, what to leave for the hour, appointments: one page."""
    client = own_client(request)
    try:
        found = own_place(client)
    except NoKey:  # the account stands; the clinician has not let it in yet
        return place_page(request, "waiting", client, fingerprint=pins.fingerprint_of(person_of(request).id))
    return place_page(request, "place", client, place=found, courses=own_courses(client))


@rule(P.USE_OWN_PLACE, needs_keys=True)
def safety_plan(request: HttpRequest) -> HttpResponse:
    """The plan that the two made, by itself: at hand from every page of the place, and to print."""
    client = own_client(request)
    with contextlib.suppress(NoKey):
        return place_page(request, "safety_plan", client, plan=own_plan(client))
    return place_page(request, "safety_plan", client, plan=[])


def _request_of(request: HttpRequest, request_id: UUID) -> Request:
    row = request_named(request_id)
    person = person_of(request)
    if row is None or row.client_id != person.client or row.mode != Request.Mode.PLACE:
        raise Http404("no such form")
    actions.accept_clinician(person=person)
    return row


def _ways(row: Request) -> Ways:
    return Ways(
        save=reverse("portal:form_save", args=[row.id]),
        send=reverse("portal:form_send", args=[row.id]),
        decline=reverse("portal:form_decline", args=[row.id]),
        back=reverse("portal:place"),
    )


@rule(P.USE_OWN_PLACE, needs_keys=True)
def form(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A form asked in the client's own place."""
    row = _request_of(request, request_id)
    sheet = sheet_by_key(row)
    if row.state == Request.State.DONE:
        return filling.sent(request, sheet, _ways(row))
    if not row.is_open or (row.expires_at and row.expires_at <= datetime.now(UTC)):
        return filling.closed(request, sheet)
    return filling.show(request, sheet, _ways(row))


@rule(P.USE_OWN_PLACE, needs_keys=True)
@require_POST
@filling.keeps_calm
def form_save(request: HttpRequest, request_id: UUID) -> HttpResponse:
    return filling.save(request, sheet_by_key(_request_of(request, request_id)))


@rule(P.USE_OWN_PLACE, needs_keys=True)
@require_POST
@filling.keeps_calm
def form_send(request: HttpRequest, request_id: UUID) -> HttpResponse:
    row = _request_of(request, request_id)
    return filling.send(
        request,
        sheet_by_key(row),
        _ways(row),
        by=person_of(request),
        done=lambda: reverse("portal:form", args=[row.id]),
    )


@rule(P.USE_OWN_PLACE, needs_keys=True)
@require_POST
def form_decline(request: HttpRequest, request_id: UUID) -> HttpResponse:
    row = _request_of(request, request_id)
    with contextlib.suppress(Closed):
        decline_form(request_id=row.id, token=None, by=person_of(request))
    return redirect("portal:place")


@rule(P.USE_OWN_PLACE, needs_keys=True)
@require_POST
def rate(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """How near a goal is today."""
    client = own_client(request)
    goal = Goal.objects.select_related("client").filter(id=goal_id, client=client, is_own=True).first()
    if goal is None:
        raise Http404("no such goal")
    try:
        actions.rate_own_goal(
            goal=goal,
            by=person_of(request),
            value=int(request.POST.get("value", "")),
            on=today_of(client),
        )
    except (ValueError, CourseError):
        messages.error(request, _("A number from 0 to 10."))
    else:
        messages.success(request, _("Kept."))
    return redirect("portal:place")


class HopeForm(forms.Form):
    """A goal in the client's own words."""

    words = forms.CharField(
        label=gettext_lazy("Something I hope for"),
        max_length=actions.LONGEST_HOPE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("In your own words. Your therapist reads it, and you can say how near it is."),
    )


@rule(P.USE_OWN_PLACE, needs_keys=True)
def hope(request: HttpRequest) -> HttpResponse:
    """Write down something one hopes for."""
    client = own_client(request)
    form = HopeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hope_for(client=client, by=person_of(request), words=form.cleaned_data["words"])
        except (actions.PlaceError, CourseError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept."))
            return redirect(reverse("portal:place") + "#hopes")
    return place_page(request, "hope", client, form=form, status=422 if form.errors else 200)


@rule(P.USE_OWN_PLACE, needs_keys=True)
def thought(request: HttpRequest) -> HttpResponse:
    """Leave a dream or a thought: read in the hour, not before."""
    client = own_client(request)
    opening = Opening.objects.filter(client=client).first()
    if opening is None or not opening.is_open:
        raise Http404("not open")
    form = ThoughtForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.leave_thought(client=client, by=person_of(request), **form.cleaned_data)
        except actions.PlaceError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is left for the hour, and is not read before it."))
            return redirect("portal:place")
    return place_page(request, "thought", client, form=form)


@rule(P.USE_OWN_PLACE, needs_keys=True)
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """The client's own yes or no to leaving thoughts."""
    client = own_client(request)
    actions.open_thoughts(client=client, by=person_of(request), yes=request.POST.get("yes") == "1")
    return redirect("portal:place")


# The way in


@rule(P.OPEN_PUBLIC_PAGE)
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The first step of an invitation. Opening it uses nothing up; the button takes the token out of the address."""
    row = actions.invitation_of(token)
    if row is None:
        return links.quiet(filling.closed(request, None, status=404))
    if request.method == "POST":
        return links.carry_on("place", token, to="portal:join")
    return links.quiet(place_page(request, "link", row.client, clinician=row.made_by))


@rule(P.OPEN_PUBLIC_PAGE)
def join(request: HttpRequest) -> HttpResponse:
    """Make the account of a place. The code is shown once, on the page that answers."""
    token = links.carried(request, "place")
    row = actions.invitation_of(token)
    if row is None:
        return filling.closed(request, None, status=404)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person, code = actions.accept(token=token, **form.cleaned_data)
        except actions.PlaceError as error:
            form.add_error(None, str(error))
        else:
            page = place_page(
                request,
                "joined",
                row.client,
                code=code,
                fingerprint=pins.fingerprint_of(person.id),
                clinician=row.made_by,
                person_id=person.id,
            )
            return links.spent(page, "place")
    return place_page(request, "join", row.client, form=form, clinician=row.made_by)


@rule(P.USE_OWN_PLACE)
def confirm_code(request: HttpRequest) -> HttpResponse:
    """Type the recovery code back: before that nothing is kept under these keys."""
    person = person_of(request)
    client = client_named(person.client) if person.client else None
    if client is None:
        raise Http404("no place")
    error = ""
    if request.method == "POST":
        try:
            people.confirm_code(person=person, code=request.POST.get("code", ""))
        except (Refused, Tampered, NoKey) as wrong:
            error = str(wrong)
        else:
            return redirect("portal:place")
    return place_page(request, "confirm", client, error=error)
