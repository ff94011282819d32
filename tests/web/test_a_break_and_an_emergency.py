"""What a break gives its colleague and what an emergency gives them: two things, and when one ends the other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.actions import emergency
from depthwork.practice.vault.models import Grant
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TOLD = "had opened in an emergency has ended with it."


@pytest.fixture
def open_to_eve(cast):
    """Eve and Mara are named by Ana, and have opened the record of her client."""
    with opened(cast.ana.unlocked):
        emergency.name_two(first=cast.eve.person, second=cast.mara.person, by=cast.ana.person)
    with opened(cast.eve.unlocked):
        emergency.ask(client=cast.client.id, reason="medical", by=cast.eve.person)
    with opened(cast.mara.unlocked):
        emergency.open_together(client=cast.client.id, by=cast.mara.person)
    return cast


def away(cast, first, *, days=7):
    begins = date.today() + timedelta(days=first)
    with opened(cast.ana.unlocked):
        return actions.announce_break(
            treatment=cast.treatment, by=cast.ana.person, from_date=begins,
            to_date=begins + timedelta(days=days), cover=cast.eve.person,
        )  # fmt: skip


def withdraw(cast, pause):
    return cast.ana.browser().post(f"/breaks/{pause.id}/withdraw/", follow=True)


def reads(cast):
    cast.eve.unlocked.forget()
    with opened(cast.eve.unlocked) as unlocked:
        holds = unlocked.holds(cast.client.id, "record")
    page = cast.eve.browser().get(f"/clients/{cast.client.id}/record/")
    assert holds == (page.status_code == 200)  # the page and the key end together
    return holds


def purposes(cast):
    grants = Grant.objects.filter(reader=cast.eve.id, data_key__owner=cast.client.id)
    return set(grants.values_list("purpose", flat=True))


def test_withdrawing_a_break_that_has_begun_ends_what_was_opened_in_an_emergency(open_to_eve):
    pause = away(open_to_eve, 0)
    said = withdraw(open_to_eve, pause).content.decode()
    assert TOLD in said
    assert not reads(open_to_eve)
    assert purposes(open_to_eve) == set()
    assert Event.objects.filter(verb="emergency.ended", client=open_to_eve.client.id).count() == 1


def test_the_page_says_so_before(open_to_eve):
    away(open_to_eve, 0)
    page = open_to_eve.ana.browser().get(f"/clients/{open_to_eve.client.id}/frame/").content.decode()
    assert "reads this record in an emergency now; that ends with it." in page


def test_withdrawing_a_break_to_come_leaves_an_emergency_as_it_stands(open_to_eve):
    pause = away(open_to_eve, 20)
    page = open_to_eve.ana.browser().get(f"/clients/{open_to_eve.client.id}/frame/").content.decode()
    assert "in an emergency now" not in page
    assert TOLD not in withdraw(open_to_eve, pause).content.decode()
    assert purposes(open_to_eve) == {"emergency"}
    assert reads(open_to_eve)


def test_a_break_that_is_withdrawn_says_nothing_of_an_emergency_where_there_was_none(cast):
    pause = away(cast, 0)
    assert TOLD not in withdraw(cast, pause).content.decode()
    assert not reads(cast)


def test_a_break_announced_during_an_emergency_leaves_it_its_day(open_to_eve):
    away(open_to_eve, 0)
    part = Involvement.objects.get(person=open_to_eve.eve.id, part=Part.COVER, purpose="emergency")
    assert (part.ends_at - part.starts_at).total_seconds() <= 24 * 3600
    assert Involvement.objects.filter(person=open_to_eve.eve.id, part=Part.COVER, purpose="cover").exists()
