"""A progress note in a real browser: it saves itself, and outlives a crash, a lost wire, an ended sign-in, two windows."""

from __future__ import annotations

import time

import pytest
from django.contrib.sessions.models import Session as SignIn

from depthwork.practice.record.models import ProgressNote
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.browser.demo_site import needs_chromium
from tests.browser.test_sources_writing import saved, sign_in, waits_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]
WORDS = "Sleeps five hours; works; asked about the medication."


@pytest.fixture
def cast():
    return people.everybody()


@pytest.fixture
def url(cast, live_server):
    hour = Session.objects.filter(client=cast.client).first()
    return f"{live_server.url}/hours/{hour.id}/progress-note/"


@pytest.fixture
def context(chromium, cast, url):
    made = chromium.new_context(viewport={"width": 1280, "height": 900})
    sign_in(made, cast.ana, url)
    yield made
    made.close()


def states(cast):
    with opened(cast.ana.unlocked):
        return [row.state for row in ProgressNote.objects.all()]


def write(page, text, part="state"):
    page.locator(f"textarea[name={part}]:visible").press_sequentially(text, delay=1)


def told(page, words):
    page.locator("[data-saved]", has_text=words).wait_for()


def test_a_new_note_saves_itself_and_goes_on_under_its_own_address(context, cast, url):
    page = context.new_page()
    page.goto(url)
    write(page, WORDS)
    saved(page)
    assert states(cast) == [WORDS]
    write(page, " More.")
    assert waits_for(lambda: states(cast) == [WORDS + " More."])
    page.click("button[name=sign]")
    page.wait_for_url("**/progress-notes/**")
    assert ProgressNote.objects.get().is_signed


@pytest.mark.slow
def test_a_note_is_saved_while_one_writes_without_a_pause(context, cast, url):
    page = context.new_page()
    page.goto(url)
    until = time.monotonic() + 13
    while time.monotonic() < until and not ProgressNote.objects.exists():
        page.locator("textarea[name=state]:visible").press_sequentially("and on ", delay=40)
    assert ProgressNote.objects.exists()


def test_words_that_had_not_arrived_come_back_after_a_crash(context, cast, url):
    page = context.new_page()
    page.route("**/progress-note*/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())  # fmt: skip
    page.goto(url)
    write(page, WORDS)
    told(page, "does not answer")
    page.close(run_before_unload=False)
    assert states(cast) == []
    page = context.new_page()
    page.goto(url)
    assert waits_for(lambda: page.locator("textarea[name=state]:visible").input_value() == WORDS)
    assert waits_for(lambda: states(cast) == [WORDS])


def test_an_ended_sign_in_loses_no_word_by_saving_nor_by_the_button(context, cast, url):
    page = context.new_page()
    page.goto(url)
    write(page, WORDS)
    SignIn.objects.all().delete()
    page.click("main form button[type=submit]:not([name]):visible")
    told(page, "Locked")
    assert page.locator("textarea[name=state]:visible").input_value() == WORDS
    context.clear_cookies()
    sign_in(context, cast.ana, url)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    assert waits_for(lambda: states(cast) == [WORDS])


def test_a_lost_connection_loses_no_letter(context, cast, url):
    page = context.new_page()
    page.goto(url)
    write(page, "Before. ")
    saved(page)
    context.set_offline(True)
    write(page, WORDS)
    told(page, "does not answer")
    context.set_offline(False)
    assert waits_for(lambda: states(cast) == ["Before. " + WORDS])


def test_two_windows_stand_side_by_side_with_one_made_of_both(context, cast, url):
    first = context.new_page()
    first.goto(url)
    write(first, "Sleeps.")
    saved(first)
    address = f"{url.split('/hours/')[0]}/progress-notes/{ProgressNote.objects.get().id}/"
    second = context.new_page()
    second.goto(address)
    write(first, "\n\nEats.")
    assert waits_for(lambda: states(cast) == ["Sleeps.\n\nEats."])
    second.bring_to_front()
    write(second, "Weekly.", part="plan")
    told(second, "side by side")
    second.click("main form button[type=submit]:not([name]):visible")
    second.wait_for_selector(".side-by-side")
    assert second.locator("textarea[name=state]:visible").input_value() == "Sleeps.\n\nEats."
    assert second.locator("textarea[name=plan]:visible").input_value() == "Weekly."
    second.locator("main form button[type=submit]:not([name]):visible").first.click()
    second.wait_for_url("**/progress-notes/**")
    with opened(cast.ana.unlocked):
        note = ProgressNote.objects.get()
        assert (note.state, note.plan) == ("Sleeps.\n\nEats.", "Weekly.")
