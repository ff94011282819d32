"""A form on a phone, in a real browser, over a connection that drops. Nothing is lost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from depthwork.practice.tracking import actions
from depthwork.practice.tracking.models import Alert, Request, Response, Watch
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.unlocked import opened
from tests.cast import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
NOW = datetime.now(UTC)


@pytest.fixture
def phone(chromium, live_server, settings):
    """A phone with a link to a PHQ-9; Eve covers for Ana."""
    global NOW
    NOW = datetime.now(UTC)  # a heartbeat of a quarter of an hour ago, when this file was read, has stopped
    cache.clear()
    settings.PUBLIC_ORIGIN = live_server.url
    cast = everybody()
    with opened(cast.ana.unlocked):
        answer_consent(
            client=cast.client, by=cast.ana.person, purpose="forms", is_yes=True, given_on=NOW.date()
        )
        actions.arrange_watch(practice=cast.practice, by=cast.ana.person, is_always_on=True)
        actions.name_deputy(
            client=cast.client, by=cast.ana.person, colleague=cast.eve.person, agreed_on=NOW.date()
        )
        test = actions.send_test(by=cast.ana.person, colleague=cast.eve.person, at=NOW - timedelta(days=3))
        actions.acknowledge_test(test=test, by=cast.eve.person, at=NOW - timedelta(days=2))
        Watch.objects.update(last_beat=NOW, unbroken_since=NOW - timedelta(days=2))
        made = actions.ask(
            client=cast.client,
            by=cast.ana.person,
            measure_id="phq9",
            mode="link",
            treatment=cast.treatment,
        )
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, base_url=live_server.url, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"/f/{made.token}/")
    page.get_by_role("button", name="Open the form").click()
    page.wait_for_selector("form[data-questions]")
    page.wait_for_load_state(
        "load"
    )  # the form stands before its script has come; some tests cut the line at once
    assert made.token not in page.url
    yield cast, made, context, page
    assert page.complaints == []
    context.close()


def choose(page, item, value):
    page.locator(f'input[name="{item}"][value="{value}"]').check()


def answers_of(cast):
    with opened(cast.ana.unlocked):
        actions.take_in(client=cast.client, by=cast.ana.person)
        (one,) = [row for row in asked_of(cast.client.id) if row.answers]
    return one


def test_a_form_answered_over_a_dropped_connection_loses_nothing(phone):
    cast, _, context, page = phone
    choose(page, "q1", 2)
    page.get_by_text("1 of").wait_for()
    context.set_offline(True)
    for n in range(2, 9):
        choose(page, f"q{n}", 1)
    page.get_by_text("Not kept yet").wait_for()
    page.get_by_role("button", name="Send to").click()
    page.get_by_text("Not sent yet").wait_for()
    assert not Response.objects.exists()
    context.set_offline(False)
    page.get_by_text("It has arrived").wait_for(timeout=20_000)
    one = answers_of(cast)
    assert [one.answers.get(f"q{n}") for n in range(1, 10)] == [2, 1, 1, 1, 1, 1, 1, 1, None]
    assert Response.objects.count() == 1
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('form'))") == []


def test_what_was_not_sent_survives_closing_the_page(phone):
    _, made, context, page = phone
    context.set_offline(True)
    choose(page, "q1", 3)
    page.get_by_text("Not kept yet").wait_for()
    page.goto("about:blank")
    context.set_offline(False)
    page.goto(f"/forms/{made.request.id}/")
    assert page.locator('input[name="q1"][value="3"]').is_checked()
    page.get_by_text("1 of").wait_for()


def test_the_crisis_numbers_come_at_once_even_without_a_connection(phone):
    _, _, context, page = phone
    assert page.locator("#crisis-panel").is_hidden()
    context.set_offline(True)
    choose(page, "q9", 1)
    assert page.locator("#crisis-panel").is_visible()
    assert page.locator("#crisis-panel a[href='tel:116123']").is_visible()
    context.set_offline(False)
    page.get_by_text("1 of").wait_for(timeout=20_000)
    assert Alert.objects.count() == 1


def test_one_question_at_a_time_by_keyboard(phone):
    _, _, _, page = phone
    page.get_by_role("button", name="One question at a time").click()
    assert page.locator("fieldset:visible").count() == 1
    page.get_by_role("button", name="Next").click()
    assert page.evaluate("document.activeElement.name") == "q2"
    page.keyboard.press("Space")
    page.get_by_text("1 of").wait_for()
    page.get_by_role("button", name="All at once").click()
    assert page.locator("fieldset:visible").count() == 10


def test_the_phone_can_be_cleared(phone):
    _, made, context, page = phone
    context.set_offline(True)
    choose(page, "q2", 1)
    page.get_by_text("Not kept yet").wait_for()
    context.set_offline(False)
    page.get_by_role("button", name="Clear this phone").click()
    page.get_by_text("This phone is cleared").wait_for()
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('form'))") == []
    page.goto(f"/forms/{made.request.id}/")
    assert page.get_by_text("This form is closed").is_visible()
    assert Request.objects.get(id=made.request.id).is_open


def test_what_waits_on_the_phone_ends_with_its_forms_time(phone):
    _, _, context, page = phone
    context.set_offline(True)
    choose(page, "q2", 1)
    page.get_by_text("Not kept yet").wait_for()
    page.evaluate(
        "localStorage.setItem('depthwork.form.another', JSON.stringify({until: Date.now() - 1, items: {}}))"
    )
    context.set_offline(False)
    page.get_by_text("Kept at").wait_for()
    page.reload()
    page.wait_for_selector("form[data-questions]")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('form'))") == []


def test_the_form_works_without_scripts(chromium, live_server, phone):
    cast, made, _, _ = phone
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/f/{made.token}/")
    page.get_by_role("button", name="Open the form").click()
    choose(page, "q1", 1)
    choose(page, "q9", 2)
    page.get_by_role("button", name="Send to").click()
    assert page.locator("#crisis-panel").is_visible()
    context.close()
    assert answers_of(cast).answers["q9"] == 2


def test_every_target_is_forty_four_pixels_high_and_nothing_scrolls_sideways(phone):
    _, _, _, page = phone
    low = page.evaluate(
        "[...document.querySelectorAll('.client .choice, .client .button, .client input[type=text]')]"
        ".filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height).filter(h => h < 44)"
    )
    assert low == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_axe_finds_nothing_on_the_form(phone):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    _, _, _, page = phone
    found = axe.Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
