"""Where the running head leads: named places, shown only where the address exists.

A view may put `who` and `leaves` (a list of `Place`) into its context for the second line of the head: the
pages of one client. The first line comes from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

# Page, word, and the roles that have it: nobody is shown a door that does not open.
MAIN = (
    ("ui:today", "Today", ("clinician",)),
    ("ui:caseload", "Caseload", ("clinician",)),
    ("intake:inbox", "Inquiries", ("clinician", "manager")),
    ("supervision:desk", "Desk", ("supervisor",)),
    ("supervision:agenda", "Supervision", ("clinician", "supervisor")),
    ("ui:evidence", "Evidence", ("clinician", "supervisor", "manager", "researcher")),
    ("ui:search", "Search", ("clinician",)),
    ("ui:practice", "Practice", ("clinician", "supervisor", "manager")),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One word of the running head: its label, its address, and whether the reader stands there."""

    label: str
    url: str
    current: bool = False


def places(names: tuple[tuple[str, str], ...], *, here: str, args: tuple[object, ...] = ()) -> list[Place]:
    """The named places that have an address, in order; a place without one is left out."""
    found = []
    for name, label in names:
        try:
            url = reverse(name, args=args)
        except NoReverseMatch:
            continue
        found.append(Place(label=label, url=url, current=url == here))
    return found


def book(request: Any) -> dict[str, object]:
    """Context of every page: the first line of the running head."""
    user = getattr(request, "user", None)
    if user is None or not getattr(user, "is_authenticated", False):
        return {"main_places": []}
    mine = tuple((name, label) for name, label, roles in MAIN if user.has_role(*roles))
    return {"main_places": places(mine, here=request.path)}
