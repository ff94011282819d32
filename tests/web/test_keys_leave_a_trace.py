"""Every act on keys is one event of the audit, in one transaction with what it did."""

from __future__ import annotations

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.people import actions as people
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.portal import actions as portal
from depthwork.practice.supervision import actions as supervision
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.models import KeyPin, Keyring
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db


def events(verb, actor):
    return Event.objects.filter(verb=verb, actor=actor.id).count()


@pytest.fixture
def place(cast):
    """Cleo has a place of her own, given by Ana, and has not typed her code back."""
    pins.pin(
        person=cast.ana.id, own=cast.ana.unlocked.keys, other=cast.cleo.id,
        fingerprint=pins.fingerprint_of(cast.cleo.id), compared_at=None,
    )  # fmt: skip
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id, compartments=["administration", "record"], reader=cast.cleo.id, purpose="own place"
        )  # fmt: skip
    Involvement.objects.create(
        person=cast.cleo.person, practice=cast.practice.id, client=cast.client.id, part=Part.SELF
    )
    Keyring.objects.filter(person=cast.cleo.person).update(recovery_confirmed_at=None)
    return cast


def test_a_client_who_types_the_code_back_leaves_one_event(place):
    browser = place.cleo.browser()
    browser.post("/place/code/", {"code": "AAAA-" * 7 + "AAAA"})
    assert events("recovery.confirmed", place.cleo) == 0
    assert browser.post("/place/code/", {"code": place.cleo.code}).status_code == 302
    assert events("recovery.confirmed", place.cleo) == 1


def test_accepting_the_clinicians_keys_leaves_one_event_for_each_of_them(place):
    with opened(place.cleo.unlocked):
        for _ in range(2):
            portal.accept_clinician(person=place.cleo.person)
    assert list(Event.objects.filter(verb="keys.accepted").values_list("object_id", flat=True)) == [
        str(place.ana.id)
    ]


def test_comparing_keys_before_a_sharing_leaves_one_event(cast):
    KeyPin.objects.filter(person=cast.ana.person, other=cast.ben.person).delete()
    with opened(cast.ana.unlocked):
        supervision.accept_keys(
            other=cast.ben.person, fingerprint=pins.fingerprint_of(cast.ben.id), by=cast.ana.person
        )
    assert events("keys.compared", cast.ana) == 1


def test_a_new_recovery_code_whose_event_fails_is_not_taken(cast, monkeypatch):
    def fails(**_):
        raise OSError("the disk")

    with monkeypatch.context() as broken, opened(cast.ana.unlocked):
        broken.setattr(people, "record", fails)
        with pytest.raises(OSError, match="the disk"):
            people.renew_code(person=cast.ana.person, unlocked=cast.ana.unlocked)
    vault.confirm_recovery(person=cast.ana.id, code=cast.ana.code)  # the old one still opens


def test_a_code_typed_back_whose_event_fails_is_not_confirmed(cast, monkeypatch):
    Keyring.objects.filter(person=cast.ana.person).update(recovery_confirmed_at=None)

    def fails(**_):
        raise OSError("the disk")

    with monkeypatch.context() as broken:
        broken.setattr(people, "record", fails)
        with pytest.raises(OSError, match="the disk"):
            people.confirm_code(person=cast.ana.person, code=cast.ana.code)
    assert Keyring.objects.get(person=cast.ana.person).recovery_confirmed_at is None


def test_a_new_recovery_code_on_the_page_is_one_event_and_typing_it_back_another(cast):
    browser = cast.ana.browser()
    page = browser.post("/recovery-code/", {"act": "new"})
    assert events("recovery.renewed", cast.ana) == 1
    assert browser.post("/recovery-code/", {"code": page.context["code"]}).status_code == 302
    assert events("recovery.confirmed", cast.ana) == 1
