"""A practice may ask that its staff sign in with a second factor: until it is set up, no other page opens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person, Practice
from depthwork.practice.policy.models import SecondFactor

# What is needed to set one up, to look away from it, and to come back.
_OPEN: Final = frozenset({
    "account_reauthenticate", "account_logout", "people:unlock", "people:lock", "people:sign_out", "people:language",
    "people:recovery",
})  # fmt: skip


def is_asked_for(practice: Practice) -> bool:
    """Whether this practice asks its staff for a second factor."""
    return hasattr(practice, "second_factor")


def first_set_up(request: HttpRequest, person: Person, route: str | None) -> HttpResponse | None:
    """To the page that sets it up, where the practice asks for it and this person has none; None to go on.

    A client in their own place is not staff. A token of the API has no sign-in that a factor could guard.
    """
    if SESSION_KEY not in request.session or person.client is not None or not is_asked_for(person.practice):
        return None
    if route in _OPEN or (route or "").startswith("mfa_") or is_mfa_enabled(person):
        return None
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(reverse("mfa_index"))
    response = HttpResponse(status=204)
    response["HX-Redirect"] = reverse("mfa_index")
    return response


@transaction.atomic
def ask(*, practice: Practice, is_asked: bool, by: Person) -> None:
    """From now on, or no longer."""
    if is_asked:
        SecondFactor.objects.get_or_create(practice=practice, defaults={"by": by})
    else:
        SecondFactor.objects.filter(practice=practice).delete()
    verb = "practice.second_factor_asked" if is_asked else "practice.second_factor_let_go"
    record(verb=verb, by=by.id, practice=practice.id)


def who_has_one(people: Iterable[UUID]) -> set[UUID]:
    """Of these people, those who sign in with a second factor; one query."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return set(
        Authenticator.objects.filter(user_id__in=people, type__in=kinds).values_list("user_id", flat=True)
    )


def staff_without() -> int:
    """Active staff of all practices that ask for it, who have none yet."""
    staff = Person.objects.filter(client=None, is_active=True, practice__second_factor__isnull=False)
    found = set(staff.values_list("id", flat=True))
    return len(found - who_has_one(found))
