"""The lock holds where nobody asks for a page: the row of a sign-in gives up its half by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session as SignIn

from depthwork.practice.people.actions import set_passphrase
from depthwork.practice.people.idle import close_all, close_idle
from depthwork.practice.people.middleware import SEEN, WAITING_SINCE
from depthwork.practice.ui import minutes
from depthwork.practice.vault import sessions

WORDS = "gravel lantern orchard seven"


@pytest.fixture
def signed_in(cast):
    browser = cast.ana.browser()
    return browser, browser.cookies["dw-session"].value


def told(key):
    return SignIn.objects.get(session_key=key).get_decoded()


def test_a_row_that_nobody_asks_for_holds_no_half_after_fifteen_minutes(signed_in):
    _, key = signed_in
    now = datetime.now(UTC)
    assert close_idle(at=now + timedelta(minutes=14)) == 0
    assert sessions.SLOT in told(key)
    assert close_idle(at=now + timedelta(minutes=16)) == 1
    assert sessions.SLOT not in told(key)


def test_the_minute_of_the_house_locks_and_the_person_stays_signed_in(signed_in, monkeypatch):
    browser, key = signed_in
    for other in ("tick", "burn_what_is_due", "rederive_hours"):
        monkeypatch.setattr(minutes, other, lambda **_: None)
    minutes.each_minute(at=datetime.now(UTC) + timedelta(minutes=16))
    assert sessions.SLOT not in told(key)
    assert "/unlock/" in browser.post("/search/", {"words": "line"})["Location"]


def test_a_clock_that_was_set_back_locks_too(signed_in):
    _, key = signed_in
    close_idle(at=datetime.now(UTC) - timedelta(hours=1))
    assert sessions.SLOT not in told(key)


def test_what_waits_for_a_second_factor_goes_by_itself(signed_in):
    browser, key = signed_in
    store = browser.session
    store[sessions.WAITING] = store.pop(sessions.SLOT)
    store[WAITING_SINCE] = store.pop(SEEN)
    store.save()
    close_idle(at=datetime.now(UTC) + timedelta(minutes=16))
    assert sessions.WAITING not in told(key)


def test_a_sign_in_that_ran_out_is_deleted(signed_in):
    _, key = signed_in
    close_idle(at=datetime.now(UTC) + timedelta(days=30))
    assert not SignIn.objects.filter(session_key=key).exists()


def test_when_the_house_closes_no_row_holds_a_half(cast):
    keys = [who.browser().cookies["dw-session"].value for who in (cast.ana, cast.ben)]
    assert close_all() == 2
    assert not any(sessions.SLOT in told(key) for key in keys)


def test_the_browsers_half_is_not_written_to_its_disk(cast):
    set_passphrase(person=cast.ana.person, passphrase=WORDS, unlocked=cast.ana.unlocked)
    half = (
        cast.ana.browser(locked=True).post("/unlock/", {"passphrase": WORDS, "next": "/"}).cookies["dw-half"]
    )
    assert half["max-age"] == ""
    assert half["expires"] == ""
