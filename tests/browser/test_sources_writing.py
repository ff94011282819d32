"""Writing a note in a real browser: nothing is lost, whatever happens to browser, wire, sign-in or window."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session as SignIn

from depthwork.practice.sources.models import Draft, Source
from depthwork.practice.sources.queries import version_of
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.browser.demo_site import ARGS, CHROMIUM, needs_chromium

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]
WORDS = "The quartermaster folded her umbrella and said nothing of the lighthouse."


@pytest.fixture
def cast():
    return people.everybody()


@pytest.fixture
def url(cast, live_server):
    hour = Session.objects.filter(client=cast.client).first()
    return f"{live_server.url}/hours/{hour.id}/note/"


def sign_in(context, actor, url):
    """Give a browser context the cookies of a fresh, unlocked sign-in."""
    origin = "/".join(url.split("/")[:3])
    context.add_cookies(
        [{"name": c.key, "value": c.value, "url": origin} for c in actor.browser().cookies.values()]
    )


@pytest.fixture
def context(chromium, cast, url):
    made = chromium.new_context(viewport={"width": 1280, "height": 900})
    sign_in(made, cast.ana, url)
    yield made
    made.close()


def write(page, text):
    page.locator("#writing-text").press_sequentially(text, delay=1)


def saved(page):
    page.locator("[data-saved]", has_text="Saved").wait_for()


def trouble(page):
    page.wait_for_selector("[data-trouble]:not([hidden])")
    return page.locator("[data-trouble]").inner_text()


def draft_text(cast):
    with opened(cast.ana.unlocked):
        return [row.words["text"] for row in Draft.objects.all()]


def waits_for(check, seconds=12):
    """Until something holds in the database; the page's own clock decides when."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if check():
            return True
        time.sleep(0.1)
    return False


def test_words_are_saved_two_seconds_after_a_pause(context, cast, url):
    page = context.new_page()
    page.goto(url)
    write(page, WORDS)
    started = time.monotonic()
    saved(page)
    assert time.monotonic() - started < 4
    assert draft_text(cast) == [WORDS]


def test_words_are_saved_while_one_writes_without_a_pause(context, cast, url):
    page = context.new_page()
    page.goto(url)
    until = time.monotonic() + 13
    while time.monotonic() < until and not Draft.objects.exists():
        page.locator("#writing-text").press_sequentially("and on ", delay=40)
    assert Draft.objects.exists()


def test_a_note_is_marked_and_kept_by_keyboard_alone(context, cast, url):
    page = context.new_page()
    page.goto(url)
    write(page, "Piano. Her aunt?")
    for _ in range(9):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.way") == "hazy"
    page.keyboard.press("Enter")
    assert page.locator(".under .hazy").inner_text() == "Her aunt?"
    assert page.evaluate("document.activeElement.id") == "writing-text"
    page.locator("button[form=writing]").press("Enter")
    page.wait_for_url(lambda now: now != url)
    with opened(cast.ana.unlocked):
        version = version_of(Source.objects.get())
        assert version.text == "Piano. Her aunt?"
        assert version.passages == [{"start": 7, "end": 16, "kind": "hazy"}]
    assert not Draft.objects.exists()


def test_what_is_typed_before_a_passage_moves_it_along(context, cast, url):
    page = context.new_page()
    page.goto(url)
    page.fill("#writing-text", "Piano. Her aunt?")
    page.evaluate("document.querySelector('#writing-text').setSelectionRange(7, 16)")
    page.click("[data-way=hazy]")
    page.keyboard.press("Home")
    write(page, "\U0001f3b9 A ")
    assert page.locator(".under .hazy").inner_text() == "Her aunt?"
    saved(page)
    assert draft_text(cast) == ["\U0001f3b9 A Piano. {hazy}Her aunt?{/hazy}"]


def profile_holds(profile, words):
    needle, wide = words.encode(), words.encode("utf-16-le")
    return [
        str(file)
        for file in Path(profile).rglob("*")
        if file.is_file() and (needle in (raw := file.read_bytes()) or wide in raw)
    ]


def kill(profile):
    """End the browser that uses this profile, all at once, as a crash would."""
    ended = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"--user-data-dir={profile}".encode() in command:
                os.kill(int(entry.name), signal.SIGKILL)
                ended += 1
    return ended


@pytest.mark.parametrize("round", range(2))
def test_a_killed_browser_gives_the_words_back_and_held_only_ciphertext(chromium, cast, url, tmp_path, round):
    profile = tmp_path / "profile"

    def opens():
        context = chromium.browser_type.launch_persistent_context(
            str(profile), executable_path=CHROMIUM, args=ARGS
        )
        sign_in(context, cast.ana, url)
        return context, context.new_page()

    context, page = opens()
    page.route("**/drafts/**", lambda route: route.abort())  # nothing reaches the practice
    page.goto(url)
    write(page, WORDS)
    page.wait_for_timeout(1200)
    assert kill(str(profile)) > 0
    assert not Draft.objects.exists()
    assert profile_holds(profile, WORDS[:20]) == []
    context, page = opens()
    page.goto(url)
    assert waits_for(lambda: page.locator("#writing-text").input_value() == WORDS)
    assert waits_for(lambda: draft_text(cast) == [WORDS])
    context.close()
    assert profile_holds(profile, WORDS[:20]) == []


def test_a_lost_connection_loses_no_letter(context, cast, url):
    page = context.new_page()
    page.goto(url)
    write(page, "Before. ")
    saved(page)
    context.set_offline(True)
    write(page, WORDS)
    assert "does not answer" in trouble(page)
    context.set_offline(False)
    assert waits_for(lambda: draft_text(cast) == ["Before. " + WORDS])


def test_an_expired_sign_in_loses_no_letter(context, cast, url):
    page = context.new_page()
    page.goto(url)
    SignIn.objects.all().delete()
    write(page, WORDS)
    assert "Locked" in trouble(page)
    assert page.locator("[data-unlock-link]").is_visible()
    # The writer signs in again in another tab: other cookies, and a token that this page does not have.
    context.clear_cookies()
    sign_in(context, cast.ana, url)
    assert waits_for(lambda: draft_text(cast) == [WORDS])
    assert page.locator("#writing-text").input_value() == WORDS


def test_keeping_while_locked_leaves_the_words_on_the_page(context, cast, url):
    page = context.new_page()
    page.goto(url)
    write(page, WORDS)
    SignIn.objects.all().delete()
    page.click("button[form=writing]")
    assert "Locked" in trouble(page)
    assert page.locator("#writing-text").input_value() == WORDS
    assert not Source.objects.exists()


def test_two_windows_show_both_texts_and_both_can_stay(context, cast, url):
    one, two = context.new_page(), context.new_page()
    one.goto(url)
    two.goto(url)
    write(one, "From the first window.")
    saved(one)
    write(two, "From the second window.")
    two.wait_for_selector(".two-texts")
    assert "From the first window." in two.locator("[data-theirs]").inner_text()
    assert "From the second window." in two.locator("[data-mine]").inner_text()
    two.click("[data-choose=both]")
    both = "From the second window.\n\nFrom the first window."
    assert waits_for(lambda: draft_text(cast) == [both])


def test_a_window_left_open_is_told_that_the_note_was_kept_elsewhere(context, cast, url):
    one, two = context.new_page(), context.new_page()
    one.goto(url)
    write(one, "Kept by the first.")
    saved(one)
    two.goto(url)
    one.click("button[form=writing]")
    one.wait_for_url(lambda now: now != url)
    write(two, " And more.")
    two.wait_for_selector(".two-texts")
    two.click("[data-choose=mine]")
    assert waits_for(lambda: any("And more." in text for text in draft_text(cast)))
    two.click("button[form=writing]")
    two.wait_for_url(lambda now: now != url)
    with opened(cast.ana.unlocked):
        source = Source.objects.get()
        assert source.version == 2
        assert version_of(source, 1).text == "Kept by the first."
        assert "And more." in version_of(source).text


def test_leaving_with_unsaved_words_asks_first(context, cast, url):
    page = context.new_page()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(url)
    page.route("**/drafts/**", lambda route: route.abort())
    write(page, WORDS)
    page.goto("about:blank")
    assert asked == ["beforeunload"]


def test_the_editor_breaks_no_rule_of_the_page(context, cast, url):
    page = context.new_page()
    told = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(url)
    write(page, WORDS)
    saved(page)
    assert told == []
    assert page.evaluate("document.querySelector('form[data-writing]').dataset.seal === undefined")
    for width in (1280, 640, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
