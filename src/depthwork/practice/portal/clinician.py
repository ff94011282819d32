"""The clinician's side of a client's place: invite, let in, agree on thoughts, read and keep what was left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from depthwork.practice.config.addresses import outward
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.portal import actions
from depthwork.practice.portal.models import Invitation, Opening, Thought
from depthwork.practice.portal.reading import hours_to_keep_with
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.treatments.queries import client_named
from depthwork.practice.treatments.views.common import head
from depthwork.practice.vault import pins
from depthwork.practice.vault.errors import NoKey, Refused, Tampered


def _invitation(client_id: UUID) -> Invitation | None:
    return (
        Invitation.objects.select_related("client", "person")
        .filter(client_id=client_id)
        .order_by("-made_at")
        .first()
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _keep(request: HttpRequest, client: Client) -> None:
    """One thing that was left, kept with an hour."""
    thoughts = Thought.objects.filter(client=client, box=None).select_related("client__practice")
    row = thoughts.filter(id=_uuid(request.POST.get("thought"))).first()
    hours = Session.objects.filter(client=client).select_related("client__practice")
    hour = hours.filter(id=_uuid(request.POST.get("hour"))).first()
    if row is None or hour is None:
        raise Http404("no such thought or hour")
    actions.keep_thought(thought=row, session=hour, kind=request.POST.get("kind", ""), by=person_of(request))
    messages.success(request, _("Kept with the hour. It can be cited there, and burned there."))


def _left(client: Client) -> list[dict[str, Any]]:
    """What was left and read, with the hour it was kept with, or those it may belong to."""
    rows = list(
        Thought.objects.filter(client=client, box=None).select_related("client").order_by("-left_at")[:40]
    )
    named = [row.words["kept_as"] for row in rows if "kept_as" in (row.words or {})]
    found = Source.objects.filter(client=client, id__in=named).select_related("session")
    kept = {str(source.id): source for source in found}
    hours = hours_to_keep_with(client)
    return [
        {
            "row": row,
            "kept": kept.get((row.words or {}).get("kept_as", "")),
            "hours": hours,
            "read_in": next((hour.id for hour in reversed(hours) if hour.starts_at >= row.left_at), None),
        }
        for row in rows
    ]


@rule(P.WRITE_PROCESS_NOTES, of=client_named, reads="place.read", fresh=("let_in", "anew"))
def for_clinician(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The client's place from the clinician's side: invite, let in, agree on thoughts, read them in the hour."""
    client: Client = request.subject  # type: ignore[attr-defined]
    person, row = person_of(request), _invitation(client_id)
    link = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "invite":
                row, token = actions.invite(client=client, by=person)
                link = outward(request, "portal:link", token)
            elif act == "anew" and request.POST.get("sure") == "yes":
                row, token = actions.begin_anew(client=client, by=person)
                link = outward(request, "portal:link", token)
            elif act == "let_in" and row is not None:
                actions.let_in(invitation=row, by=person, fingerprint=request.POST.get("fingerprint", ""))
            elif act in ("yes", "no"):
                actions.open_thoughts(client=client, by=person, yes=act == "yes")
            elif act == "read":
                actions.read_thoughts(client=client, by=person)
            elif act == "keep":
                _keep(request, client)
        except (actions.PlaceError, CourseError, Tampered, NoKey, Refused) as error:
            messages.error(request, str(error))
        if not link:
            return redirect("portal:for_clinician", client.id)
    context: dict[str, Any] = {
        "row": row,
        "link": link,
        "fingerprint": pins.fingerprint_of(row.person_id)
        if row and row.person_id and row.let_in_at is None
        else "",
        "opening": Opening.objects.filter(client=client).first(),
        "waiting": Thought.objects.filter(client=client, box__isnull=False).count(),
        "thoughts": _left(client),
    }
    return render(request, "portal/for_clinician.html", head(request, client, **context))
