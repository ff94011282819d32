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


class Leaf(dict[str, object]):
    """A place of the running head as the template reads it."""


def leaves_for(request: HttpRequest, client: Client) -> list[Leaf]:
    """The places of one client's head line; a page of `MORE` is named there while the reader is on it.

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
    found, person = [], person_of(request)
    may = cache(lambda permission: allows_row(person, permission, client))  # several pages ask for the same
    for name, label in names:
        try:
            url = reverse(name, args=[client.id])
        except NoReverseMatch:
            continue
        if may(permission_of(name)):
            found.append(Leaf(label=label, url=url, current=url == request.path, key=KEYS.get(name, "")))
    return found
