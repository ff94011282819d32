"""The door: who comes in, what stays closed."""

import pytest
from django.test import Client as Browser

from depthwork.practice.people.actions import admit
from depthwork.practice.people.models import Practice
from depthwork.practice.policy.registry import undeclared

pytestmark = pytest.mark.django_db
WORDS = "gravel lantern orchard seven"


def test_every_route_has_a_rule():
    assert undeclared() == []


def test_the_sign_in_page_opens():
    assert Browser().get("/account/login/").status_code == 200


def test_a_stranger_is_sent_to_the_door():
    response = Browser().get("/")
    assert response.status_code == 302
    assert "/account/login/" in response["Location"]


def test_signing_in_opens_the_keys_with_one_passphrase():
    admit(
        practice=Practice.objects.create(name="P"),
        address="Ana@Example.org",
        passphrase=WORDS,
        roles=["clinician"],
        by=None,
        display_name="Ana",
    )
    browser = Browser()
    response = browser.post("/account/login/", {"login": "ana@example.org ", "password": WORDS})
    assert response.status_code == 302, response.content.decode()[:2000]
    assert "dw-half" in response.cookies
    assert browser.get("/", follow=True).status_code == 200


def test_a_locked_sign_in_opens_again_with_the_passphrase(cast):
    cast.ana.person.set_password(WORDS)
    from depthwork.practice.people.actions import set_passphrase

    set_passphrase(person=cast.ana.person, passphrase=WORDS, unlocked=cast.ana.unlocked)
    browser = cast.ana.browser(locked=True)
    assert (
        browser.post("/unlock/", {"passphrase": "not the right one at all", "next": "/"}).status_code == 200
    )
    response = browser.post("/unlock/", {"passphrase": WORDS, "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"
    assert "dw-half" in response.cookies


def test_the_recovery_code_sets_a_new_passphrase():
    from depthwork.practice.people.models import Person

    practice = Practice.objects.create(name="P")
    _, _, code = admit(
        practice=practice, address="ana@example.org", passphrase=WORDS, roles=["clinician"], by=None
    )
    browser = Browser()
    new = "seven orchards under gravel"
    wrong = browser.post(
        "/recover/", {"login": "ana@example.org", "code": "AAAA-" * 7 + "AAAA", "passphrase": new}
    )
    assert wrong.status_code == 200
    assert "does not open" in wrong.content.decode()
    assert (
        browser.post("/recover/", {"login": "ana@example.org", "code": code, "passphrase": new}).status_code
        == 302
    )
    assert Person.objects.get().check_password(new)
