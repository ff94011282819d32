"""The pages of one client, in the order of the running head. A page whose room is not there is left out."""

from __future__ import annotations

from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from depthwork.practice.treatments.chosen import chosen_course

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
    ("ui:erase", _("Erase or hold")),
)


class Leaf(dict[str, object]):
    """A place of the running head as the template reads it."""


def leaves_for(client: UUID, here: str) -> list[Leaf]:
    """The places of one client's head line; a page of `MORE` is named there while the reader is on it.

    While an earlier course lies open, the line says so, and leads to where the present one is opened again.
    """
    found = [*_places(LEAVES, client, here), *(leaf for leaf in more_about(client, here) if leaf["current"])]
    if chosen_course(client) is not None:
        about = reverse("treatments:client", args=[client])
        found.append(Leaf(label=_("An earlier course lies open"), url=about, current=False, key=""))
    return found


def more_about(client: UUID, here: str = "") -> list[Leaf]:
    """The places that the page about the client links to."""
    return _places(MORE, client, here)


def _places(names: tuple[tuple[str, object], ...], client: UUID, here: str) -> list[Leaf]:
    found = []
    for name, label in names:
        try:
            url = reverse(name, args=[client])
        except NoReverseMatch:
            continue
        found.append(Leaf(label=label, url=url, current=url == here, key=KEYS.get(name, "")))
    return found
