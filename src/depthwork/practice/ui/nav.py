"""Where the running head leads: named places, shown only where the address exists.

A view may put `who` and `leaves` (a list of `Place`) into its context for the second line of the head: the
pages of one client. The first line comes from here.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from allauth.account.internal.stagekit import get_pending_stage
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from depthwork.practice.intake.models import SafetyPlan
from depthwork.practice.policy.crisis import crisis_lines
from depthwork.practice.policy.public_host import is_there

# Page, word, and the roles that have it: nobody is shown a door that does not open.
MAIN = (
    ("ui:today", _("Today"), ("clinician",)),
    ("ui:caseload", _("Caseload"), ("clinician",)),
    ("ui:clients", _("Clients"), ("manager",)),
    ("intake:inbox", _("Inquiries"), ("clinician", "manager")),
    ("supervision:desk", _("Desk"), ("supervisor",)),
    ("supervision:agenda", _("Supervision"), ("clinician",)),
    ("supervision:agenda", _("The agenda"), ("supervisor",)),
    ("ui:evidence", _("Evidence"), ("clinician", "supervisor", "manager", "researcher")),
    ("ui:search", _("Search"), ("clinician",)),
    ("disclosure:research", _("Research data"), ("researcher",)),
    ("ui:practice", _("Practice"), ("clinician", "supervisor", "manager")),
    ("portal:place", _("Your place"), ("client",)),
)

PRACTICE = (
    ("ui:practice", _("People"), ("clinician", "supervisor", "manager")),
    ("ui:audit", _("Audit"), ("clinician", "manager")),
    ("ui:checked", _("To look up"), ("clinician", "supervisor", "manager")),
    ("tracking:watch", _("Between the hours"), ("clinician", "supervisor", "manager")),
    ("tracking:practice_sum", _("In sum"), ("clinician", "supervisor")),
    ("tracking:texts", _("Forms"), ("clinician", "supervisor", "manager")),
    ("formulation:outline", _("Headings of a formulation"), ("clinician", "manager")),
)

# What is one's own in the practice: keys, what one shares, how one signs in.
YOURSELF = (
    ("ui:keys", _("Keys"), ("clinician", "supervisor", "manager")),
    ("ui:sharing", _("Sharing"), ("clinician",)),
    ("api:tokens", _("Tokens"), ("clinician", "supervisor", "manager")),
    ("ui:kept", _("Kept long enough"), ("clinician",)),
    ("ui:emergency", _("In an emergency"), ("clinician", "supervisor", "manager")),
    ("ui:will", _("Clinical will"), ("clinician", "supervisor", "manager")),
    ("account_change_password", _("Passphrase"), ("clinician", "supervisor", "manager")),
    ("people:recovery", _("Recovery code"), ("clinician", "supervisor", "manager")),
    ("mfa_index", _("Second factor"), ("clinician", "supervisor", "manager")),
)


HELP = (("ui:guide", _("Guide"), ("clinician", "supervisor", "manager")),)

# Pages that stand under a place of the first line although their address does not begin with its own.
UNDER = {
    "treatments:new_client": "ui:caseload",
    "treatments:weeks_away": "ui:caseload",
    "supervision:desk": "supervision:agenda",
    "disclosure:take_in": "ui:practice",
    "disclosure:research": "ui:practice",
    "ui:claims": "ui:practice",
    "ui:codebooks": "ui:practice",
    **{name: "ui:practice" for name, _label, _roles in (*PRACTICE, *YOURSELF)},
}


@dataclass(frozen=True, slots=True)
class Place:
    """One word of the running head: its label, its address, and whether the reader stands there or beneath it."""

    label: Any
    url: str
    current: Literal["page", "true", ""] = ""


def places(
    names: tuple[tuple[str, Any], ...], *, here: str, under: str = "", args: tuple[object, ...] = ()
) -> list[Place]:
    """The named places that have an address, in order; a place without one is left out.

    The reader stands on the place whose address is `here`, else beneath the one named `under`, else beneath the one
    with which the address begins.
    """
    found = []
    for name, label in names:
        with suppress(NoReverseMatch):
            found.append((label, reverse(name, args=args)))
    over = max(
        (url for _label, url in found if (url != "/" and here.startswith(url)) or url == here),
        key=len,
        default="",
    )
    if over != here and under in dict(names):
        over = reverse(under, args=args)
    return [
        Place(label, url, "" if url != over else "page" if url == here else "true") for label, url in found
    ]


def book(request: Any) -> dict[str, object]:
    """Context of every page: the first line of the running head, and the numbers at the foot of a client's pages."""
    user = getattr(request, "user", None)
    if user is None or not getattr(user, "is_authenticated", False):
        return {"main_places": [], **numbers(_at_the_second_factor(request))}

    match = request.resolver_match
    under = UNDER.get(match.view_name, "") if match else ""

    def open_to(doors: Any, here: str = request.path) -> list[Place]:
        mine = tuple(
            (name, label) for name, label, roles in doors if user.has_role(*roles) and is_there(request, name)
        )
        return places(mine, here=here, under=under if doors is MAIN else "")

    def of_the_practice() -> list[Place]:
        return open_to(PRACTICE, "" if any(place.current for place in open_to(YOURSELF)) else request.path)

    # The second list is made only on the pages that show it.
    return {
        "main_places": open_to(MAIN),
        "practice_places": of_the_practice,
        "help_places": lambda: open_to(HELP),
        "own_places": lambda: open_to(YOURSELF),
        "has_own_plan": lambda: user.client and SafetyPlan.objects.filter(client=user.client).exists(),
        **numbers(user),
    }


def numbers(person: Any) -> dict[str, object]:
    """The crisis numbers of a client's practice; nothing for staff, whose pages do without them."""
    if person is None or person.client is None:
        return {}
    return {"for_client": True, "crisis_lines": crisis_lines(person.practice.country)}


def _at_the_second_factor(request: Any) -> Any:
    """Who typed a right passphrase and is now asked for the second factor; None elsewhere."""
    if getattr(request, "user", None) is None or not hasattr(request, "session"):
        return None
    stage = get_pending_stage(request)
    return stage.login.user if stage is not None else None
