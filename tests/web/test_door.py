"""The door: who comes in, what stays closed."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client as Browser

from depthwork.practice.audit.models import Event
from depthwork.practice.people.actions import admit, is_by_paper_alone, set_passphrase
from depthwork.practice.people.models import Practice
from depthwork.practice.policy.registry import undeclared
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import sessions

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


def with_second_factor():
    """Ana, with a passphrase and an authenticator; gives a browser that has typed the passphrase, and the seed."""
    person, _, _ = admit(
        practice=Practice.objects.create(name="P"), address="ana", passphrase=WORDS, roles=["clinician"], by=None
    )  # fmt: skip
    seed = totp.generate_totp_secret()
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(seed)}
    )
    browser = Browser()
    answer = browser.post("/account/login/", {"login": "ana", "password": WORDS})
    assert answer["Location"] == "/account/2fa/authenticate/"
    return browser, seed


def code_now(seed):
    return totp.format_hotp_value(totp.hotp_value(seed, int(time.time()) // 30))


def test_one_passphrase_and_a_second_factor_open_the_keys():
    browser, seed = with_second_factor()
    assert sessions.SLOT not in browser.session
    assert "/account/login/" in browser.get("/today/")["Location"]
    assert browser.post("/account/2fa/authenticate/", {"code": code_now(seed)}).status_code == 302
    assert sessions.SLOT in browser.session
    assert sessions.WAITING not in browser.session
    page = browser.get("/recovery-code/")
    assert page.status_code == 200  # this page asks for open keys; nothing was typed twice


def test_a_wrong_second_factor_opens_nothing():
    browser, _ = with_second_factor()
    assert browser.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert sessions.SLOT not in browser.session
    assert "/account/login/" in browser.get("/recovery-code/")["Location"]


def test_what_waits_for_a_second_factor_lies_in_two_halves():
    browser, seed = with_second_factor()
    row = browser.session[sessions.WAITING]
    assert set(row) == {"half", "keys"}
    del browser.cookies["dw-half"]
    browser.post("/account/2fa/authenticate/", {"code": code_now(seed)})
    assert "/unlock/" in browser.get("/recovery-code/")["Location"]  # signed in, and locked


def test_what_waits_does_not_wait_for_ever(settings):
    browser, seed = with_second_factor()
    session = browser.session
    session["waiting_since"] = int(time.time()) - settings.IDLE_LOCK_SECONDS - 5
    session.save()
    browser.get("/account/login/")
    assert sessions.WAITING not in browser.session
    browser.post("/account/2fa/authenticate/", {"code": code_now(seed)})
    assert sessions.SLOT not in browser.session


def test_what_waits_for_one_person_opens_nobody_else(cast):
    store = {}
    half = sessions.split(cast.ana.unlocked, store, slot=sessions.WAITING)
    assert sessions.join(cast.eve.id, store, half, slot=sessions.WAITING) is None
    store[sessions.SLOT] = store[sessions.WAITING]
    assert sessions.join(cast.ana.id, store, half) is None  # moved to where open keys lie, it opens nothing


@pytest.mark.parametrize("page", ["totp/activate", "webauthn/add"])
def test_the_passphrase_again_opens_the_way_to_a_second_factor_and_another_does_not(page):
    person, _, code = admit(
        practice=Practice.objects.create(name="P"), address="ana", passphrase=WORDS, roles=["clinician"], by=None
    )  # fmt: skip
    vault.confirm_recovery(person=person.id, code=code)
    browser, address = Browser(), f"/account/2fa/{page}/"
    browser.post("/account/login/", {"login": "ana", "password": WORDS})
    asked = browser.get(address)["Location"]
    assert asked.startswith("/account/reauthenticate/")
    wrong = browser.post(asked, {"password": "seven orchards under gravel", "next": address})
    assert "not the passphrase of this account" in wrong.content.decode()
    assert browser.post(asked, {"password": WORDS, "next": address})["Location"] == address
    assert browser.get(address).status_code == 200


def test_a_change_of_the_second_factor_asks_for_the_passphrase_and_calls_it_that(cast):
    set_passphrase(person=cast.ana.person, passphrase=WORDS, unlocked=cast.ana.unlocked)
    page = cast.ana.browser().get("/account/2fa/totp/activate/", follow=True).content.decode()
    assert "Your passphrase again" in page
    assert "assword:" not in page
    assert "Forgot" not in page


def lost(name="ana", passphrase=WORDS, code=""):
    return Browser().post("/recover/second-factor/", {"login": name, "passphrase": passphrase, "code": code})


def with_a_lost_factor():
    """Ana with an authenticator that she has no more, and her recovery code."""
    person, _, code = admit(
        practice=Practice.objects.create(name="P"), address="ana", passphrase=WORDS, roles=["clinician"], by=None
    )  # fmt: skip
    seed = get_adapter().encrypt(totp.generate_totp_secret())
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": seed})
    return person, code


def test_a_lost_second_factor_goes_by_passphrase_and_recovery_code_together():
    person, code = with_a_lost_factor()
    browser = Browser()
    browser.post("/account/login/", {"login": "ana", "password": WORDS})
    page = browser.get("/account/2fa/authenticate/").content.decode()
    assert 'href="/recover/second-factor/"' in page
    answer = lost(code=code)
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/")
    assert "dw-half" not in answer.cookies  # it signs nobody in
    assert not Authenticator.objects.exists()
    assert Event.objects.filter(verb="person.second_factor_lost", actor=person.id).exists()
    browser = Browser()
    browser.post("/account/login/", {"login": "ana", "password": WORDS})
    assert sessions.SLOT in browser.session


@pytest.mark.parametrize("wrong", ["name", "passphrase", "code"])
def test_one_of_the_two_takes_no_second_factor_off_and_which_was_wrong_is_not_said(wrong):
    _person, code = with_a_lost_factor()
    given = {"name": "ana", "passphrase": WORDS, "code": code}
    given[wrong] = {"name": "anna", "passphrase": "seven orchards under gravel", "code": "AAAA-" * 8}[wrong]
    answer = lost(**given)
    assert answer.status_code == 200
    assert "Name, passphrase and code do not belong together." in answer.content.decode()
    assert Authenticator.objects.count() == 1


def test_the_paper_alone_takes_no_second_factor_off_for_three_days():
    person, code = with_a_lost_factor()
    new = "seven orchards under gravel"
    Browser().post("/recover/", {"login": "ana", "code": code, "passphrase": new})
    assert "for three days" in lost(passphrase=new, code=code).content.decode()
    assert Authenticator.objects.count() == 1
    now = datetime.now(UTC)
    assert is_by_paper_alone(person, at=now + timedelta(days=2, hours=23))
    assert not is_by_paper_alone(person, at=now + timedelta(days=3, minutes=1))


@pytest.mark.parametrize("page", ["/recover/", "/recover/second-factor/"])
def test_a_right_code_that_was_not_looked_at_is_not_called_wrong(page, settings):
    settings.ACCOUNT_RATE_LIMITS = {"recover": "1/m/ip"}
    person, code = with_a_lost_factor()
    browser, given = Browser(), {"login": "ana", "passphrase": WORDS}
    assert browser.post(page, {**given, "code": "AAAA-" * 8}).status_code == 200
    answer = browser.post(page, {**given, "code": code})
    assert answer.status_code == 429
    assert "Wait five minutes and try again." in answer.content.decode()
    assert Authenticator.objects.filter(user=person).exists()
