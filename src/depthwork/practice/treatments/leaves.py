"""The pages of one client, in the order of the running head. A page whose room is not there is left out."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from depthwork.practice.policy.registry import allows_row, permission_of, person_of
from depthwork.practice.treatments.chosen import chosen_course
from depthwork.practice.treatments.models import Client

# Every one of these routes takes the client's id.
LEAVES = (
    ("ui:thread", _("Thread")),
    ("casework:patterns", _("Patterns")),
    ("formulation:formulation", _("Formulation")),
    ("formulation:kept_lines", _("Kept lines")),
    ("tracking:measures", _("Measures")),
    ("record:record", _("Record")),
    ("treatments:frame", _("Frame")),
    ("coverage:coverage", _("Coverage")),
    ("supervision:client", _("Supervision")),
    ("intake:safety_plan", _("Safety plan")),
    ("treatments:client", _("Client")),
)

# One key away on every page of a client.
KEYS = {"intake:safety_plan": "!"}

# Linked from the page about the client: asked for now and then, not on every page.
MORE = (
    ("treatments:alongside", _("Alongside")),
    ("formulation:before_next", _("Before the hour")),
    ("intake:consultation", _("Consultation")),
    ("intake:consents", _("Consents")),
    ("portal:for_clinician", _("Own place")),
    ("disclosure:client", _("Giving out")),
    ("ui:readers", _("Who read here")),
    ("ui:erase", _("Erase or hold")),
)

# Which of them a page stands under whose address does not begin with theirs: by its name, else by its room.
UNDER = {
    "casework": "ui:thread",
    "casework:dreams": "casework:patterns",
    "sources": "ui:thread",
    "formulation": "formulation:formulation",
    "formulation:before": "ui:thread",
    "formulation:after": "ui:thread",
    "tracking": "tracking:measures",
    "record": "record:record",
    "treatments": "treatments:frame",
    "treatments:rate_goal": "treatments:alongside",
    "treatments:close_goal": "treatments:alongside",
    "treatments:edit_goal": "treatments:alongside",
    "treatments:remove_goal": "treatments:alongside",
    "treatments:end_adjunct": "treatments:alongside",
    "treatments:edit_adjunct": "treatments:alongside",
    "treatments:remove_adjunct": "treatments:alongside",
    "treatments:edit_event": "treatments:alongside",
    "treatments:remove_event": "treatments:alongside",
    "coverage": "coverage:coverage",
    "supervision": "supervision:client",
    "intake": "intake:consents",
    "disclosure": "disclosure:client",
}


class Leaf(dict[str, object]):
    """A place of the running head as the template reads it."""


def leaves_for(request: HttpRequest, client: Client) -> list[Leaf]:
    """The places of one client's head line; a page of `MORE` is named there while the reader is on it or beneath it.

    Nobody is shown a door that does not open: a manager finds the frame and the coverage here, a colleague who covers
    the record and the safety plan. While an earlier course lies open, the line says so, and leads to where the present
    one is opened again.
    """
    found = [
        *_places(LEAVES, request, client),
        *(leaf for leaf in more_about(request, client) if leaf["current"]),
    ]
    if chosen_course(client.id) is not None:
        about = reverse("treatments:client", args=[client.id])
        found.append(Leaf(label=_("An earlier course lies open"), url=about, current=False, key=""))
    return found


def more_about(request: HttpRequest, client: Client) -> list[Leaf]:
    """The places that the page about the client links to."""
    return _places(MORE, request, client)


def _places(names: tuple[tuple[str, object], ...], request: HttpRequest, client: Client) -> list[Leaf]:
    found, person, here = [], person_of(request), _stands_on(request, client)
    may = cache(lambda permission: allows_row(person, permission, client))  # several pages ask for the same
    for name, label in names:
        url = _address(name, client)
        if url and may(permission_of(name)):
            current = "page" if url == request.path else "true" if name == here else ""
            found.append(Leaf(label=label, url=url, current=current, key=KEYS.get(name, "")))
    return found


def _stands_on(request: HttpRequest, client: Client) -> str:
    """The name of the place that the reader is on or beneath; "" where a page belongs to none of them."""
    at = {name: _address(name, client) for name, _label in (*LEAVES, *MORE)}
    over = [name for name, url in at.items() if url and request.path.startswith(url) and name != "ui:thread"]
    if over:
        return max(over, key=lambda name: len(at[name]))
    match = request.resolver_match
    if match is None or request.path == at["ui:thread"]:
        return "ui:thread"
    return UNDER.get(match.view_name, UNDER.get(match.app_name, ""))


def _address(name: str, client: Client) -> str:
    try:
        return reverse(name, args=[client.id])
    except NoReverseMatch:
        return ""
