"""What the pages of this room share."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.policy.registry import person_of
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments.handing import own_notes_open_to
from depthwork.practice.treatments.leaves import leaves_for
from depthwork.practice.treatments.models import Session


def hour_url(session: Session) -> str:
    """The hour's own page, or the thread where that room is not there."""
    try:
        return reverse("casework:hour", args=[session.id])
    except NoReverseMatch:
        return reverse("ui:thread", args=[session.client_id])


def page(request: HttpRequest, session: Session, **more: Any) -> dict[str, Any]:
    """Context of a page about an hour."""
    return {
        "session": session,
        "client": session.client,
        "who": session.client.called,
        "leaves": leaves_for(request, session.client),
        "compartment": _("Process notes"),
        "paper": "process",
        "hour_url": hour_url(session),
        **more,
    }


def source_of(request: HttpRequest) -> tuple[Source, Person]:
    """The source of a request and its reader. An own note is its writer's alone, whoever else holds a key.

    A writer who handed the treatment over may have given it along, to be read and not to be changed.
    """
    source: Source = request.subject  # type: ignore[attr-defined]
    person = person_of(request)
    if source.kind == Source.Kind.COUNTERTRANSFERENCE and source.created_by_id != person.id:
        given = Source.objects.filter(own_notes_open_to(person, source.client_id), pk=source.pk)
        if request.method not in ("GET", "HEAD") or not given.exists():
            raise Http404("an own note")
    return source, person


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's script asks, and not the browser."""
    return "application/json" in request.headers.get("Accept", "")


def whole_number(text: str | None, default: int = 0) -> int:
    """A count from a form; anything else is the default."""
    return int(text) if text and text.isdigit() and len(text) < 10 else default
