"""The walk says what stands on the page one is on; the locked door counts tries; the fiction prints its passphrases."""

import pytest
from django.core.cache import cache
from django.urls import resolve

from depthwork.practice.audit.models import Event
from depthwork.practice.people.actions import admit
from depthwork.practice.people.demo import DEMO, passphrase_of
from depthwork.practice.people.models import Practice
from depthwork.practice.ui import tour
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests.cast import Actor, pin_each_other

pytestmark = pytest.mark.django_db
WORDS = "salt rope lantern quarter"
WHO = ["ana", "ben", "cleo", "mara", "rui"]


@pytest.fixture
def place(cast):
    pin_each_other(cast.ana, cast.cleo)
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id,
            compartments=["administration", "record"],
            reader=cast.cleo.id,
            purpose="own place",
        )
    return cast


@pytest.mark.parametrize("who", WHO)
def test_every_step_of_the_walk_opens_with_its_words_on_it(place, who):
    actor = getattr(place, who)
    browser = actor.browser()
    steps = tour.steps_for(actor.person)
    assert len(steps) == 5
    answer = browser.post("/tour/start/")
    for n, (where, _says) in enumerate(steps, start=1):
        assert answer.headers["Location"] == where
        page = browser.get(where.partition("#")[0])
        words = page.content.decode()
        assert page.status_code == 200, where
        assert f"Step {n} of 5" in words
        part = where.partition("#")[2]
        assert not part or f'id="{part}"' in words
        answer = browser.post("/tour/onward/")
    assert answer.headers["Location"] == "/"
    assert 'class="notice tour"' not in browser.get(steps[0][0]).content.decode()


@pytest.mark.parametrize("who", WHO)
def test_no_step_opens_a_door_that_is_open(place, who):
    for where, _says in tour.steps_for(getattr(place, who).person):
        assert resolve(where.partition("#")[0]).view_name not in ("people:unlock", "ui:home")


def test_beside_the_walk_its_words_are_not_said(place):
    browser = place.ben.browser()
    browser.post("/tour/start/")
    words = browser.get("/practice/").content.decode()
    assert "Step 1 of 5" not in words
    assert f'<a href="{tour.steps_for(place.ben.person)[0][0]}">Back to the walk' in words
    assert "Back to the walk" in words
    assert "Leave the walk" in words


def test_who_leaves_the_walk_stays_where_they_are(place):
    browser = place.ben.browser()
    browser.post("/tour/start/")
    answer = browser.post("/tour/leave/", headers={"referer": "http://testserver/evidence/?q=grief"})
    assert answer.headers["Location"] == "/evidence/"
    assert "Back to the walk" not in browser.get("/evidence/").content.decode()


@pytest.mark.parametrize(
    "referer", ["https://elsewhere.example/evidence/", "", "http://testserver//evil.example", "x"]
)
def test_nobody_is_sent_elsewhere_by_where_they_say_they_came_from(place, referer):
    answer = place.ben.browser().post("/tour/leave/", headers={"referer": referer})
    assert answer.headers["Location"] == "/"


def test_a_clients_pages_end_with_walk_lock_cover_and_paper(place):
    words = place.cleo.browser().get("/place/").content.decode()
    for part in ('action="/tour/start/"', 'action="/lock/"', "data-cover", "data-theme-switch"):
        assert part in words


def test_a_stranger_on_a_clients_page_is_offered_no_walk_and_no_lock(client, cast):
    words = client.get("/place/not-protected/").content.decode()
    assert "data-theme-switch" not in words
    assert 'action="/lock/"' not in words


def test_where_the_keys_are_open_the_locked_page_leads_on(place):
    browser = place.ana.browser()
    assert browser.get("/unlock/?next=/caseload/").headers["Location"] == "/caseload/"
    assert browser.get("/unlock/?next=https://elsewhere.example/").headers["Location"] == "/"


@pytest.fixture
def own(cast, monkeypatch):
    """Somebody with a passphrase of their own, locked."""
    cache.clear()
    person, unlocked, code = admit(
        practice=cast.practice, address="ida", passphrase=WORDS, roles=["clinician"], by=None
    )
    vault.confirm_recovery(person=person.id, code=code)
    return Actor(person, unlocked, code)


def tries(browser, passphrase, times):
    return [
        browser.post("/unlock/", {"passphrase": passphrase, "next": "/place/"}).status_code
        for _ in range(times)
    ]


def test_five_wrong_passphrases_in_five_minutes_close_the_locked_page_for_the_sixth(own):
    browser = own.browser(locked=True)
    assert tries(browser, "not the words of this one", 6) == [200] * 5 + [429]
    assert tries(browser, WORDS, 1) == [429]  # the right one too, so that nothing is learned
    again = own.browser(locked=True)
    page = again.post("/unlock/", {"passphrase": WORDS})  # another browser of the same person
    assert page.status_code == 429
    assert "Wait five minutes" in page.content.decode()
    assert Event.objects.filter(actor=own.id, verb="unlock_refused").count() == 3


def test_right_passphrases_are_not_counted(own):
    for _ in range(6):
        browser = own.browser(locked=True)
        assert tries(browser, WORDS, 1) == [302]


def test_one_persons_tries_do_not_close_anothers_door(own, cast):
    tries(own.browser(locked=True), "not the words of this one", 5)
    assert tries(cast.ana.browser(locked=True), "nor of this one either", 1) == [200]


def test_in_the_fiction_the_pages_that_ask_print_the_passphrase(db, client):
    cache.clear()
    practice = Practice.objects.create(name="The Ropewalk", is_demo=True)
    person, unlocked, code = admit(
        practice=practice, address="maren", passphrase=passphrase_of("maren"), roles=["clinician"], by=None
    )
    maren = Actor(person, unlocked, code)
    assert passphrase_of("maren") in maren.browser(locked=True).get("/unlock/").content.decode()
    assert passphrase_of("maren") in maren.browser().get("/account/reauthenticate/").content.decode()
    door = client.get("/account/login/").content.decode()
    for login in DEMO.values():
        assert f"{login.name} / {login.passphrase}" in door


def test_outside_the_fiction_no_passphrase_is_printed(cast, client):
    """Not even for somebody who took a name of the fiction."""
    from depthwork.practice.people.logins import login_of

    cast.ana.person.login = login_of("maren")
    cast.ana.person.save()
    for words in (
        cast.ana.browser(locked=True).get("/unlock/").content.decode(),
        client.get("/account/login/").content.decode(),
    ):
        assert passphrase_of("maren") not in words
        assert "fictional" not in words
