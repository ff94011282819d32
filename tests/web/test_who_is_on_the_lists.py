"""Nobody whom a clinician has to do with is missing from their lists: not begun, covered, called off."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from depthwork.practice.people.models import Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests import cast as people

pytestmark = pytest.mark.django_db


def page(actor, name, **query):
    return actor.browser().get(reverse(name), query).content.decode()


def test_a_client_in_consultation_stands_under_the_caseload(cast):
    client = people.client_of(cast.ana, "Wren Adair")
    Client.objects.filter(id=client.id).update(state=Client.State.CONSULTATION)
    assert reverse("ui:not_begun") in page(cast.ana, "ui:caseload")
    told = page(cast.ana, "ui:not_begun")
    assert "Wren" in told
    assert reverse("intake:consultation", args=[client.id]) in told
    assert reverse("treatments:begin", args=[client.id]) in told


def test_who_has_a_treatment_does_not_stand_there(cast):
    told = page(cast.ana, "ui:not_begun")
    assert reverse("intake:consultation", args=[cast.client.id]) not in told


def test_a_client_of_a_colleague_does_not_stand_there(cast):
    people.client_of(cast.eve, "Wren Adair")
    assert "Wren" not in page(cast.ana, "ui:not_begun")


def test_a_further_client_is_written_down_from_the_caseload(cast):
    assert reverse("treatments:new_client") in page(cast.ana, "ui:caseload")


def hour_of_today(cast, status):
    with opened(cast.ana.unlocked):
        return Session.objects.create(
            client=cast.client, treatment=cast.treatment, clinician=cast.ana.person, day=datetime.now(UTC).date(),
            wall_time=time(17), zone="UTC", length_minutes=50, status=status,
            starts_at=datetime.combine(datetime.now(UTC).date(), time(17), tzinfo=UTC),
        )  # fmt: skip


def test_an_hour_called_off_is_not_counted_and_says_so(cast):
    row = hour_of_today(cast, Session.Status.CANCELLED_BY_CLIENT)
    told = page(cast.ana, "ui:today", day=row.day.isoformat())
    assert "1 hour" not in told
    assert "Cancelled by the client." in told
    assert reverse("formulation:before", args=[row.id]) not in told


def test_an_hour_to_come_is_counted_and_prepared(cast):
    row = hour_of_today(cast, Session.Status.PLANNED)
    told = page(cast.ana, "ui:today", day=row.day.isoformat())
    assert "1 hour" in told
    assert reverse("formulation:before", args=[row.id]) in told


def covering(cast, *, keys: bool):
    until = datetime.now(UTC) + timedelta(days=9)
    Involvement.objects.create(
        person=cast.eve.person, practice=cast.client.practice_id, client=cast.client.id, part=Part.COVER, ends_at=until
    )  # fmt: skip
    if keys:
        with opened(cast.ana.unlocked):
            vault.share(
                owner=cast.client.id, compartments=["administration", "record"], reader=cast.eve.id,
                purpose="cover", ends_at=until,
            )  # fmt: skip


def test_whom_one_covers_stands_on_today_with_what_is_needed(cast):
    covering(cast, keys=True)
    told = page(cast.eve, "ui:today")
    assert "You cover" in told
    for name in ("treatments:client", "intake:safety_plan", "record:record"):
        address = reverse(name, args=[cast.client.id])
        assert address in told
        assert cast.eve.browser().get(address).status_code == 200


def test_before_keys_are_compared_today_says_why_nothing_opens(cast):
    covering(cast, keys=False)
    told = page(cast.eve, "ui:today")
    assert "have not compared keys" in told
    assert "Cleo" not in told


@pytest.mark.parametrize("day", ["2026-02-30", "9999-12-31", "0001-01-01", "soon", ""])
def test_a_day_that_is_none_is_today(cast, day):
    assert cast.ana.browser().get(reverse("ui:today"), {"day": day}).status_code == 200


def test_an_empty_day_names_what_comes_first(cast):
    new = people.person(cast.ana.person.practice, "nell", Role.CLINICIAN)
    assert reverse("treatments:new_client") in page(new, "ui:today")
    client = people.client_of(new, "Wren Adair")
    assert "once a treatment is agreed" in page(new, "ui:today")
    people.treatment_of(new, client)
    assert "No hour is planned" in page(new, "ui:today")
