"""Passphrase and code both lost: one begins anew with empty keys, and nothing that others hold is lost by it."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from depthwork.practice.audit.models import Event
from depthwork.practice.keeping.recipients import recipients
from depthwork.practice.people.actions import recover
from depthwork.practice.people.logins import is_taken, login_of
from depthwork.practice.people.models import Person
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.portal import actions as portal
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.models import DataKey, Grant, KeyPin, Keyring
from depthwork.practice.vault.primitives import signed_by
from depthwork.practice.vault.unlocked import opened
from tests.cast import Actor, pin_each_other

pytestmark = pytest.mark.django_db
WORDS = "harbor candle orchard wicket"
LINK = re.compile(r'value="(http[^"]+/join/[^"]+)"')


@pytest.fixture
def place(cast):
    """Cleo's account, let in by Ana; Eve holds Ana's keys to the record too, given by Ana."""
    cache.clear()
    pin_each_other(cast.ana, cast.cleo)
    with opened(cast.ana.unlocked):
        for reader, purpose in ((cast.cleo, "own place"), (cast.eve, "cover")):
            vault.share(
                owner=cast.client.id,
                compartments=["administration", "record"],
                reader=reader.id,
                purpose=purpose,
            )
    return cast


def name_opened_by(actor, client):
    with opened(actor.unlocked):
        return str(Client.objects.get(id=client.id).name)


def anew(place, who, **sent):
    page = place.mara.browser().post(f"/practice/people/{who.id}/", {"act": "anew", "sure": "yes", **sent})
    found = LINK.search(page.content.decode())
    return found.group(1).removeprefix("http://testserver") if found else ""


def join(link, login, to="/join/"):
    browser = Browser()
    assert browser.post(link).status_code == 302
    return browser.post(to, {"login": login, "passphrase": WORDS})


def as_actor(login):
    """Whoever signs in with a name now, with their keys open."""
    from depthwork.practice.people.hashers import take_root

    person = Person.objects.get(login=login_of(login))
    assert person.check_password(WORDS)
    unlocked = vault.unlock(person=person.id, root=take_root())
    return Actor(person, unlocked, "")


def test_a_colleague_begins_anew_with_keys_that_open_nothing(place):
    assert join(anew(place, place.eve), "eve-again").status_code == 200
    eve = as_actor("eve-again")
    assert (eve.person.display_name, eve.person.roles, eve.person.is_active) == ("Eve", ["clinician"], True)
    assert pins.fingerprint_of(eve.id) != pins.fingerprint_of(place.eve.id)
    with opened(eve.unlocked), pytest.raises(NoKey):
        str(Client.objects.get(id=place.client.id).name)


def test_the_old_keys_open_nothing_and_sign_nobody_in(place):
    browser = place.eve.browser()
    assert browser.get("/today/").status_code == 200
    anew(place, place.eve)
    assert browser.get("/today/").status_code == 302  # signed out where they were signed in
    with opened(place.eve.unlocked), pytest.raises(NoKey):
        str(Client.objects.get(id=place.client.id).name)
    assert not Grant.objects.filter(reader=place.eve.person).exists()
    assert not KeyPin.objects.filter(person=place.eve.person).exists()
    with pytest.raises(NoKey):
        vault.unlock_with_recovery(person=place.eve.id, code=place.eve.code, new_root=b"x" * 32)
    assert recover(address="eve@example.org", code=place.eve.code, passphrase=WORDS) is None


def test_a_lost_code_counts_no_more_among_those_who_open_a_backup(place, tmp_path):
    before = len(recipients(tmp_path))
    anew(place, place.eve)
    assert len(recipients(tmp_path)) == before - 1


def test_keys_that_others_still_use_are_renewed_so_that_a_paper_that_turns_up_opens_nothing_new(place):
    anew(place, place.eve)
    due = DataKey.objects.filter(owner=place.client.id).exclude(renew_since=None)
    assert sorted(due.values_list("compartment", flat=True)) == ["administration", "record"]


def test_nobody_is_asked_to_renew_keys_of_a_client_whom_nobody_treats(place):
    anew(place, place.ana)
    assert not DataKey.objects.filter(owner=place.client.id).exclude(renew_since=None).exists()


def test_the_sign_in_name_is_free_again(place):
    assert is_taken("eve@example.org")
    link = anew(place, place.eve)
    assert not is_taken("eve@example.org")
    assert join(link, "eve@example.org").status_code == 200
    assert is_taken("eve@example.org")


def test_nothing_is_sealed_to_the_new_keys_before_they_are_compared(place):
    join(anew(place, place.eve), "eve-again")
    eve = as_actor("eve-again")
    with opened(place.ana.unlocked):
        give = {
            "owner": place.client.id,
            "compartments": ["administration"],
            "reader": eve.id,
            "purpose": "cover",
        }
        with pytest.raises(NoKey, match="compare key fingerprints"):
            vault.share(**give)
        for one, other in ((place.ana, eve), (eve, place.ana)):
            pins.pin(
                person=one.id, own=one.unlocked.keys, other=other.id,
                fingerprint=pins.fingerprint_of(other.id), compared_at=datetime.now(UTC),
            )  # fmt: skip
        vault.share(**give)
    assert name_opened_by(eve, place.client) == "Cleo Marsh"


def test_what_a_colleague_had_given_to_others_still_opens(place):
    """Eve and Cleo hold keys by Ana's signature: that Ana begins anew must not take them away."""
    link = anew(place, place.ana)
    for who in (place.eve, place.cleo):
        assert name_opened_by(who, place.client) == "Cleo Marsh"
    join(link, "ana-again")
    for who in (place.eve, place.cleo):
        assert name_opened_by(who, place.client) == "Cleo Marsh"


def test_what_was_signed_with_the_keys_before_is_still_whole(place):
    signature = place.ana.unlocked.keys.signature(b"a note")
    join(anew(place, place.ana), "ana-again")
    key = pins.pinned_sign_key(person=place.eve.id, own=place.eve.unlocked.keys, other=place.ana.id)
    assert signed_by(key, b"a note", signature)


def test_their_parts_end_and_being_kept_out_goes_along(place):
    Involvement.objects.create(
        person=place.ana.person, practice=place.practice.id, client=place.other.id, part=Part.DENIED
    )
    join(anew(place, place.ana), "ana-again")
    ana = as_actor("ana-again")
    for path in ("/today/", "/caseload/", "/practice/keys/"):
        assert ana.browser().get(path).status_code == 200, path
    for who in (place.ana.person, ana.person):
        assert [row.part for row in Involvement.objects.filter(person=who, ends_at=None)] == [Part.DENIED]


def test_how_much_is_lost_is_said_before(place):
    words = place.mara.browser().get(f"/practice/people/{place.ana.id}/").content.decode()
    assert "Of 1 client some words can be opened by nobody else" in words
    words = place.mara.browser().get(f"/practice/people/{place.eve.id}/").content.decode()
    assert "some words can be opened by nobody else" not in words


def test_words_that_a_court_may_ask_for_do_not_end_with_a_persons_keys(place):
    vault.hold(owner=place.client.id, by=place.ana.id)
    assert anew(place, place.ana) == ""
    assert Keyring.objects.filter(person=place.ana.person).exists()


def test_it_is_not_done_without_the_box_nor_to_oneself_nor_by_a_colleague(place):
    assert anew(place, place.eve, sure="") == ""
    assert anew(place, place.mara) == ""
    url = f"/practice/people/{place.eve.id}/"
    assert place.ana.browser().post(url, {"act": "anew", "sure": "yes"}).status_code == 404
    assert Keyring.objects.filter(person__in=(place.eve.person, place.mara.person)).count() == 2


def test_another_practices_manager_ends_nobodys_keys(place):
    place.dov.person.roles = ["clinician", "manager"]
    place.dov.person.save()
    url = f"/practice/people/{place.eve.id}/"
    assert place.dov.browser().post(url, {"act": "anew", "sure": "yes"}).status_code == 404
    assert Keyring.objects.filter(person=place.eve.person).exists()


def test_the_link_works_once_and_can_be_made_again_until_then(place):
    first = anew(place, place.eve)
    row = Person.objects.get(display_name="Eve", keyring=None)
    url = f"/practice/people/{row.id}/"
    assert "waits for its keys" in place.mara.browser().get(url).content.decode()
    second = anew(place, SimpleNamespace(id=row.id))
    assert Browser().get(first).status_code == 404
    assert join(second, "eve-again").status_code == 200
    assert Browser().get(second).status_code == 404
    assert as_actor("eve-again").id == row.id
    assert Person.objects.filter(display_name="Eve").count() == 2


def test_keys_end_once_and_an_ended_sign_in_is_not_opened_again(place):
    join(anew(place, place.eve), "eve-again")
    assert anew(place, place.eve) == ""
    place.mara.browser().post(f"/practice/people/{place.eve.id}/", {"act": "open"})
    place.eve.person.refresh_from_db()
    assert not place.eve.person.is_active
    assert Person.objects.filter(display_name="Eve").count() == 2


def test_it_stands_in_the_audit(place):
    join(anew(place, place.eve), "eve-again")
    verbs = set(Event.objects.values_list("verb", "actor", "object_id"))
    assert ("person.keys_ended", place.mara.id, str(place.eve.id)) in verbs
    again = as_actor("eve-again").id
    assert ("person.keys_anew", again, str(again)) in verbs


def test_a_second_factor_that_is_lost_with_the_telephone_goes_too(place):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=place.eve.person, type="totp", data={"secret": "x"})
    anew(place, place.eve)
    assert not Authenticator.objects.exists()


def test_a_closed_sign_in_is_opened_again_with_its_keys(place):
    url = f"/practice/people/{place.eve.id}/"
    mara = place.mara.browser()
    mara.post(url, {"act": "close"})
    assert place.eve.browser().get("/today/").status_code == 302
    mara.post(url, {"act": "open"})
    assert place.eve.browser().get("/today/").status_code == 200


def test_a_client_begins_anew_and_loses_nothing(place):
    url = f"/clients/{place.client.id}/place/"
    old = portal.Invitation.objects.create(
        client=place.client, made_by=place.ana.person, token_name="a" * 64, made_at=datetime.now(UTC),
        expires_at=datetime.now(UTC), used_at=datetime.now(UTC), person=place.cleo.person, let_in_at=datetime.now(UTC),
    )  # fmt: skip
    ana = place.ana.browser()
    assert "lost passphrase and recovery code" in ana.get(url).content.decode()
    page = ana.post(url, {"act": "anew", "sure": "yes"}).content.decode()
    link = LINK.search(page).group(1).removeprefix("http://testserver")
    assert not portal.Invitation.objects.filter(id=old.id).exists()
    assert "Your recovery code" in join(link, "cleo-again", "/place/join/").content.decode()
    cleo = as_actor("cleo-again")
    assert cleo.id == place.cleo.id
    assert "Almost open" in cleo.browser().get("/place/").content.decode()
    fingerprint = pins.fingerprint_of(cleo.id)
    assert fingerprint in ana.get(url).content.decode()  # compared again
    ana.post(url, {"act": "let_in", "fingerprint": fingerprint})
    words = cleo.browser().get("/place/").content.decode()
    assert "Your place" in words
    assert "Almost open" not in words
    assert Event.objects.filter(verb="place.began_anew", actor=place.ana.id, client=place.client.id).exists()


def test_a_clients_old_account_ends_only_with_the_box_ticked_and_by_their_clinician(place):
    url = f"/clients/{place.client.id}/place/"
    place.ana.browser().post(url, {"act": "anew"})
    assert place.eve.browser().post(url, {"act": "anew", "sure": "yes"}).status_code == 404
    assert Keyring.objects.filter(person=place.cleo.person).exists()


def test_where_the_code_is_asked_for_the_other_way_is_said(client, db):
    assert "begin anew with empty keys" in client.get("/recover/").content.decode()
