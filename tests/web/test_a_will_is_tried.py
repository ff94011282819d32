"""A clinical will: it names those whose treatment ended by id alone, reads as a page, and is tried in a restored copy."""

import json
from datetime import date

import pytest

from depthwork.practice.intake.actions import make_safety_plan
from depthwork.practice.keeping import wills as sealed_wills
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.ui import will
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.models import Will
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(cast):
    """Ana's client, whose treatment is over."""
    Client.objects.filter(id=cast.client.id).update(state=Client.State.ENDED)
    return cast


def written(cast, trustees, *, together=False, notes="hold"):
    with opened(cast.ana.unlocked):
        ids = [one.id for one in trustees]
        return will.write(trustees=ids, together=together, process_notes=notes, by=cast.ana.person)


def test_notes_of_ended_treatments_are_destroyed_with_the_others(ended):
    written(ended, [ended.eve], notes="destroy")
    with opened(ended.eve.unlocked):
        assert will.carry_out(Will.objects.get(), by=ended.eve.person) == 1
    with opened(ended.ana.unlocked), pytest.raises(NoKey):
        _ = Session.objects.filter(client=ended.client).first().kept_line


def test_of_an_ended_treatment_a_will_holds_no_name(ended):
    written(ended, [ended.eve])
    with opened(ended.eve.unlocked):
        package = sealed_wills.open_will(Will.objects.get()).decode()
        assert will.open_as_trustee(Will.objects.get(), by=ended.eve.person) == []
    assert "Cleo" not in package
    assert [sorted(one) for one in json.loads(package)] == [["ended", "id"]]


def test_a_trustee_reads_the_safety_plan_as_lines(cast):
    parts = {
        "warning_signs": ["Walking at night"],
        "people_to_ask": [{"name": "Iris", "phone": "0161 496 0001", "note": "sister"}],
    }
    with opened(cast.ana.unlocked):
        make_safety_plan(client=cast.client, by=cast.ana.person, parts=parts, on=date(2026, 11, 17))
    written(cast, [cast.eve])
    page = cast.eve.browser().post(f"/practice/will/{cast.ana.id}/", {"act": "open"}).content.decode()
    assert "<li>Walking at night</li>" in page
    assert 'href="tel:01614960001"' in page
    assert "{" not in page.split("<main", 1)[1].split("</main>", 1)[0]


@pytest.mark.parametrize("together", [False, True])
def test_a_will_is_tried_by_stand_ins(cast, together):
    written(cast, [cast.eve, cast.ben] if together else [cast.eve], together=together)
    before = Person.objects.count()
    with opened(cast.ana.unlocked):
        assert will.rehearse(cast.ana.person) == 1
    assert Person.objects.count() == before + 1 + together


def test_without_a_will_there_is_nothing_to_try(cast):
    with opened(cast.ana.unlocked):
        assert will.rehearse(cast.ana.person) is None
