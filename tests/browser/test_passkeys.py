"""Passkeys in a real browser, with an authenticator that the browser plays itself."""

import pytest
from allauth.mfa.models import Authenticator

from depthwork.practice.people.actions import admit
from depthwork.practice.people.models import Practice
from depthwork.practice.vault import actions as vault
from tests.browser.demo_site import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "gravel lantern orchard seven"
PLATFORM = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


@pytest.fixture
def page(chromium, live_server):
    """A page at the site's name, with an authenticator at hand."""
    practice = Practice.objects.create(name="Harbour Rooms", time_zone="Europe/London")
    person, _, code = admit(
        practice=practice, address="ana", passphrase=WORDS, roles=["clinician"], by=None, display_name="Ana"
    )
    vault.confirm_recovery(person=person.id, code=code)
    context = chromium.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.keys = context.new_cdp_session(page)
    page.keys.send("WebAuthn.enable")
    page.key = page.keys.send("WebAuthn.addVirtualAuthenticator", {"options": PLATFORM})["authenticatorId"]
    page.complaints = []
    page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: page.complaints.append(str(e)))
    yield page
    context.close()


def sign_in(page):
    page.goto("/account/login/")
    page.fill("[name=login]", "ana")
    page.fill("[name=password]", WORDS)
    with page.expect_navigation():
        page.click("form[action='/account/login/'] button[type=submit]")
    assert not page.url.endswith("/account/login/"), page.inner_text("main")


def open_the_form(page, site):
    """The passphrase is asked for once more before it."""
    page.goto(site + "/account/2fa/webauthn/add/")
    page.fill("[name=password]", WORDS)
    with page.expect_navigation():
        page.click("form[action='/account/reauthenticate/'] button[type=submit]")
    assert page.url.endswith("/webauthn/add/"), page.inner_text("main")


def add_passkey(page):
    sign_in(page)
    open_the_form(page, "")
    page.fill("[name=name]", "my laptop")
    with page.expect_navigation():
        page.click("#mfa_webauthn_add")


def test_a_passkey_is_added_and_opens_the_keys_together_with_the_passphrase(page):
    add_passkey(page)
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count() == 1
    assert len(page.keys.send("WebAuthn.getCredentials", {"authenticatorId": page.key})["credentials"]) == 1
    page.goto("/sign-out/")
    with page.expect_navigation():
        page.click("main form button[type=submit]")
    sign_in(page)
    assert page.url.endswith("/account/2fa/authenticate/")  # the passphrase alone does not open the door
    with page.expect_navigation():
        page.click("#mfa_webauthn_authenticate")
    page.goto("/today/")
    assert page.url.endswith("/today/")  # a page that asks for open keys: nothing was typed twice
    assert page.complaints == []
