"""A walk of five steps for each role, which can be left at any step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from depthwork.practice.people import links
from depthwork.practice.people.models import Person
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import person_of, rule
from depthwork.practice.treatments.models import Session, Treatment

SLOT = "tour"


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the walk, and what to look for on it."""

    where: Callable[[Person], str]
    says: Any


def _page(name: str, *found: Callable[[Person], Any], part: str = "") -> Callable[[Person], str]:
    def where(person: Person) -> str:
        return reverse(name, args=[find(person) for find in found]) + (f"#{part}" if part else "")

    return where


def first_page(person: Person) -> str:
    """The name of the page that someone comes to first."""
    for role, page in (
        ("clinician", "ui:today"),
        ("supervisor", "supervision:desk"),
        ("client", "portal:place"),
        ("manager", "ui:practice"),
    ):
        if person.has_role(role):
            return page
    return "ui:evidence"


def _longest(person: Person) -> Any:
    """The client of the longest treatment."""
    rows = Treatment.objects.filter(clinician=person).annotate(n=Count("sessions")).order_by("-n")
    return rows.values_list("client_id", flat=True).first()


def _coded(person: Person) -> Any:
    """The client of the treatment with the most marks, or of the longest."""
    rows = Treatment.objects.filter(clinician=person).annotate(n=Count("marks")).order_by("-n")
    return rows.values_list("client_id", flat=True).first() or _longest(person)


def _last_hour(person: Person) -> Any:
    """The last held hour of that treatment."""
    rows = Session.objects.filter(client_id=_coded(person), status=Session.Status.HELD).order_by("-starts_at")
    return rows.values_list("id", flat=True).first()


TOURS: dict[str, tuple[Step, ...]] = {
    "clinician": (
        Step(
            _page("formulation:kept_lines", _longest),
            _(
                "The lines one clinician kept, hour by hour. Read a page of them: this is the treatment, without a number."
            ),
        ),
        Step(
            _page("ui:thread", _longest),
            _(
                "The same years as one thread. Beads are hours, hollow ones were missed, and where it hangs loose there was a break."
            ),
        ),
        Step(
            _page("casework:hour", _last_hour),
            _("One hour. Select words to mark them, or press j and the arrow keys. Nothing asks you to."),
        ),
        Step(
            _page("casework:patterns", _coded),
            _(
                "What recurs then, now and here, always with the line that shows it, and with what speaks against it."
            ),
        ),
        Step(
            _page("ui:today"),
            _("Your day. The key \\ covers any page at once; ? lists the keys. That is all you need."),
        ),
    ),
    "supervisor": (
        Step(
            _page("supervision:desk"),
            _(
                "What was shared with you, by whom, for what, and until when. Nothing else of the practice opens."
            ),
        ),
        Step(_page("supervision:agenda"), _("What the clinicians would like to speak about.")),
        Step(_page("ui:evidence"), _("What trials found, with sign and caution, open to the line.")),
        Step(
            _page("ui:keys"),
            _(
                "Your keys. Compare these groups with a colleague before the first share. They lock after fifteen minutes, and your passphrase opens them again."
            ),
        ),
        Step(_page("supervision:desk"), _("Back at your desk. That is all you need.")),
    ),
    "client": (
        Step(
            _page("portal:place"),
            _("This is your own place. The numbers for a crisis stand at the foot of every page."),
        ),
        Step(
            _page("portal:place", part="forms"),
            _(
                "Forms you were asked for stand first. You can leave out any question, or say that you would rather not."
            ),
        ),
        Step(
            _page("portal:place", part="hopes"),
            _("What you hope for, in your words. You can write down more of it, and say how near it is."),
        ),
        Step(
            _page("portal:place", part="for-the-hour"),
            _(
                "A dream or a thought for the next hour can be left here, if both of you want it. It is read in the hour, not before."
            ),
        ),
        Step(
            _page("portal:place", part="account"),
            _("That is all there is. Nobody is told how often you look."),
        ),
    ),
    "researcher": (
        Step(
            _page("disclosure:research"),
            _(
                "Clients who agreed to research, as tables without names. Fewer than five are never told apart."
            ),
        ),
        Step(_page("ui:evidence"), _("What trials found, with sign and caution, open to the line.")),
        Step(
            _page("ui:evidence_for_clients"),
            _("The same in plain words, as anybody may read it."),
        ),
        Step(
            _page("people:recovery"),
            _(
                "The recovery code of your keys. They lock after fifteen minutes, and your passphrase opens them again."
            ),
        ),
        Step(_page("ui:evidence"), _("Back at the beginning. That is all you need.")),
    ),
    "manager": (
        Step(
            _page("ui:practice"),
            _("The practice: people, keys, backups. No note opens for you, and that is meant."),
        ),
        Step(_page("intake:inbox"), _("Who has asked for a first conversation, and what became of it.")),
        Step(_page("ui:audit"), _("Who opened what, and when, in plain words.")),
        Step(_page("ui:evidence"), _("What trials found, for people who ask you.")),
        Step(_page("ui:practice"), _("Back at the beginning. That is all you need.")),
    ),
}


def steps_for(person: Person) -> list[tuple[str, Any]]:
    """The steps whose page exists for this person: address and words."""
    role = next(
        (r for r in ("clinician", "supervisor", "client", "manager", "researcher") if person.has_role(r)), ""
    )
    found = []
    for step in TOURS.get(role, ()):
        try:
            found.append((step.where(person), step.says))
        except NoReverseMatch:
            continue
    return found


def tour(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the step the reader is at, if they are on the walk."""
    session = getattr(request, "session", None)
    if session is None or not isinstance(request.user, Person):
        return {}
    if SLOT not in session:
        return {"walk_waits": request.user.has_role(*TOURS)}
    steps, at = steps_for(request.user), int(session[SLOT])
    if at >= len(steps):
        return {"walk_waits": True}
    where, says = steps[at]
    return {
        "tour_step": {
            "n": at + 1,
            "of": len(steps),
            "says": says,
            "where": where,
            "is_here": where.partition("#")[0] == request.path,
            "is_last": at + 1 == len(steps),
        }
    }


@rule(P.USE_OWN_ACCOUNT)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin the walk at its first page."""
    steps = steps_for(person_of(request))
    request.session[SLOT] = 0
    return redirect(steps[0][0] if steps else "ui:home")


@rule(P.USE_OWN_ACCOUNT)
@require_POST
def onward(request: HttpRequest) -> HttpResponse:
    """The next step."""
    steps = steps_for(person_of(request))
    at = int(request.session.get(SLOT, 0)) + 1
    if at >= len(steps):
        request.session.pop(SLOT, None)
        return redirect("ui:home")
    request.session[SLOT] = at
    return redirect(steps[at][0])


@rule(P.USE_OWN_ACCOUNT)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Leave the walk and stay where one is."""
    request.session.pop(SLOT, None)
    return redirect(links.came_from(request))
