"""Notes are destroyed by a will only with the number, the passphrase and a yes; its author hears of every use."""

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.people.actions import set_passphrase
from depthwork.practice.ui import will
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import Compartment, DataKey
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of, treatment_of

WORDS = "gravel lantern orchard seven"
SURE = {"act": "destroy", "number": "2", "sure": "on", "passphrase": WORDS}


@pytest.fixture
def trusted(cast):
    """Ana's will of two clients, whose notes are to be destroyed; Eve is the trustee."""
    cast.second = treatment_of(cast.ana, client_of(cast.ana, "Second One"), hours=1).client
    with opened(cast.ana.unlocked):
        will.write(trustees=[cast.eve.id], together=False, process_notes="destroy", by=cast.ana.person)
    set_passphrase(person=cast.eve.person, passphrase=WORDS, unlocked=cast.eve.unlocked)
    cast.url = f"/practice/will/{cast.ana.id}/"
    return cast


def notes_of(client):
    return DataKey.objects.filter(owner=client.id, compartment=Compartment.PROCESS_NOTES)


def test_one_click_says_of_how_many_and_destroys_nothing(trusted):
    answer = trusted.eve.browser().post(trusted.url, {"act": "destroy"})
    assert answer.status_code == 200
    assert "The process notes of 2 clients would be destroyed, unread." in answer.content.decode()
    assert notes_of(trusted.client).exists()


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ({"number": "3"}, "This is not the number above."),
        ({"passphrase": "some other words entirely"}, "This is not your passphrase."),
        ({"sure": ""}, "nothing brings these notes back"),
    ],
)
def test_without_number_passphrase_or_yes_nothing_is_destroyed(trusted, left, said):
    answer = trusted.eve.browser().post(trusted.url, SURE | left)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Event.objects.filter(verb="notes.destroyed_by_will").exists()


def test_with_all_three_the_will_is_carried_out(trusted):
    assert trusted.eve.browser().post(trusted.url, SURE).status_code == 302
    assert Event.objects.filter(verb="notes.destroyed_by_will").count() == 2
    assert not notes_of(trusted.client).exists()


def test_a_client_under_legal_hold_is_not_counted_and_is_named_as_held(trusted):
    vault.hold(owner=trusted.second.id, by=trusted.ana.id)
    page = trusted.eve.browser().post(trusted.url, {"act": "destroy"}).content.decode()
    assert "The process notes of 1 client would be destroyed, unread." in page
    assert "Those of 1 client stay: a legal hold keeps them." in page


def test_who_is_no_trustee_is_asked_nothing(trusted):
    assert trusted.ben.browser().post(trusted.url, SURE).status_code == 404


def test_its_author_reads_on_today_that_the_will_was_opened_and_by_whom(trusted):
    said = "Your clinical will was used."
    assert said not in trusted.ana.browser().get("/today/").content.decode()
    trusted.eve.browser().post(trusted.url, {"act": "open"})
    page = trusted.ana.browser().get("/today/").content.decode()
    assert said in page
    assert "Eve opened a clinical will" in page
    assert said not in trusted.eve.browser().get("/today/").content.decode()


def test_its_author_reads_that_the_notes_are_gone(trusted):
    trusted.eve.browser().post(trusted.url, SURE)
    assert "Eve destroyed process notes unread, as a will says" in (
        trusted.ana.browser().get("/today/").content.decode()
    )


def test_the_audit_is_looked_through_once_a_quarter_of_an_hour(trusted, monkeypatch):
    from depthwork.practice.ui import will_notice

    browser, asked = trusted.ana.browser(), []
    monkeypatch.setattr(will_notice, "opened_by_others", lambda *_, **__: asked.append(1) or [])
    browser.get("/today/")
    browser.get("/today/")
    assert asked == [1]
