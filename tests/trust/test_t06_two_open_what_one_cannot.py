"""T06: in an emergency the two who were named open a record together; nobody else does, alone or in twos."""

from itertools import permutations

import pytest
from django.db import transaction

from depthwork.practice.audit.models import Event
from depthwork.practice.treatments.actions import emergency
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.vault.errors import VaultError
from depthwork.practice.vault.unlocked import opened
from tests.trust.figures import Tried, figure

pytestmark = pytest.mark.django_db
PAGE = "/practice/emergency/"


def tries(cast, one, other):
    """Ask as the one, join as the other, over the pages; then the acts themselves, with the policy's door left out."""
    sent = {"client": cast.client.id, "reason": "danger_self"}
    one.browser().post(PAGE, {"act": "ask", **sent})
    other.browser().post(PAGE, {"act": "open", **sent})
    for who, act in ((one, lambda by: emergency.ask(by=by, client=cast.client.id, reason="medical")),
                     (other, lambda by: emergency.open_together(by=by, client=cast.client.id))):  # fmt: skip
        with opened(who.unlocked):
            try:
                with transaction.atomic():
                    act(who.person)
            except (CourseError, VaultError):
                continue


def holders(cast, people):
    """Who holds the key of the record, and who gets its page."""
    found = set()
    for name, actor in people.items():
        with opened(actor.unlocked) as unlocked:
            if unlocked.holds(cast.client.id, "record"):
                found.add(name)
        if actor.browser().get(f"/clients/{cast.client.id}/record/").status_code == 200:
            found.add(name)
    return found


@figure(
    "T06",
    tried="opening a record in an emergency: each alone, and every two of five, of whom two were named",
    passes="opened by the named two together and by nobody else; each opening in the audit",
)
def test_the_two_who_were_named_open_and_nobody_else_does(cast):
    people = {"eve": cast.eve, "ben": cast.ben, "mara": cast.mara, "rui": cast.rui, "dov": cast.dov}
    with opened(cast.ana.unlocked):
        emergency.name_two(first=cast.eve.person, second=cast.mara.person, by=cast.ana.person)
    tried, came_in = 0, {}
    for one, other in [*permutations(people, 2), *((name, name) for name in people)]:
        with transaction.atomic():
            tries(cast, people[one], people[other])
            tried += 1
            if found := holders(cast, people):
                came_in[one, other] = (found, Event.objects.filter(verb="emergency.opened").count())
            transaction.set_rollback(True)
    both_ways = ({"eve"}, 2)  # over the pages, and by the acts themselves
    assert came_in == {("eve", "mara"): both_ways, ("mara", "eve"): both_ways}
    return Tried(tried, f"opened by the named two, 0 of {tried - 2} others")
