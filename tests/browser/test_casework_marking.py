"""Marking an hour in a real browser, by keyboard alone: mark, accept, edit, dismiss, undo."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.urls import reverse

from depthwork.practice.casework.models import MarkRow, ReadingRow
from depthwork.practice.casework.queries import marks_of_source
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.browser.demo_site import needs_chromium
from tests.casework import ENGINE, KnownEngine, agree, hour_with_words, use

append_only = import_module("depthwork.practice.audit.migrations.0002_append_only")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]


@pytest.fixture
def hour(chromium, live_server, monkeypatch):
    """The page of an hour with three cues, opened by its clinician."""
    use(monkeypatch, KnownEngine(*ENGINE))
    cast = people.everybody()
    agree(cast.ana, cast.client, cast.treatment)
    source = hour_with_words(cast.ana, cast.client)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    signed_in = cast.ana.browser()
    context.add_cookies(
        [{"name": c.key, "value": c.value, "url": live_server.url} for c in signed_in.cookies.values()]
    )
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda m: page.faults.append(m.text) if m.type == "error" else None)
    page.goto(live_server.url + reverse("casework:hour", args=[source.session_id]))
    page.wait_for_selector("[data-turn-next]:visible")
    page.wait_for_load_state("networkidle")
    page.source, page.cast = source, cast
    yield page
    assert page.faults == []
    context.close()


def codes(page):
    with opened(page.cast.ana.unlocked):
        return [(m.construct, m.code, m.quote, m.status) for m in marks_of_source(page.source)]


def settle(page):
    page.wait_for_selector("#live:not(:empty)", state="attached")  # the page says what was done
    page.wait_for_load_state("networkidle")


def quiet(page):
    page.evaluate("document.getElementById('live').textContent = ''")


def select_words(page, turn, first, more):
    """The turn under the cursor, then words: j to the turn, arrows to the words."""
    for _ in range(turn):
        page.keyboard.press("j")
    for _ in range(first):
        page.keyboard.press("ArrowRight")
    for _ in range(more):
        page.keyboard.press("Shift+ArrowRight")
    page.wait_for_selector("#marker:visible")


def test_words_are_marked_by_keyboard_in_three_strokes(hour):
    select_words(hour, 2, 5, 5)
    assert "“I wanted him to ask me,”" in hour.inner_text("[data-quote]")
    hour.keyboard.press("w")
    hour.wait_for_selector("#marker-list [role=option]")
    hour.keyboard.press("c")
    hour.keyboard.press("Enter")
    settle(hour)
    assert codes(hour) == [("wish", "w_closeness", "I wanted him to ask me,", "confirmed")]
    assert hour.evaluate("document.activeElement.classList.contains('entry')")


def test_a_cue_is_accepted_dismissed_and_edited_by_keyboard(hour):
    hour.keyboard.press("g")
    assert hour.evaluate("document.activeElement.classList.contains('cue')")
    hour.keyboard.press("a")
    settle(hour)
    assert codes(hour)[0][:2] == ("wish", "w_being_understood")
    quiet(hour)
    assert hour.evaluate("document.activeElement.classList.contains('cue')")  # the next one
    hour.keyboard.press("d")
    settle(hour)
    assert ReadingRow.objects.get(source=hour.source).dismissed == 1
    quiet(hour)
    hour.keyboard.press("e")
    hour.wait_for_selector("#marker-list [role=option]")
    hour.keyboard.type("withdr")
    hour.keyboard.press("Enter")
    settle(hour)
    assert codes(hour)[-1] == ("response_of_self", "rs_withdrawn", "I made the dinner", "edited")


def test_undo_takes_the_last_act_back(hour):
    hour.keyboard.press("g")
    hour.keyboard.press("d")
    settle(hour)
    quiet(hour)
    hour.keyboard.press("u")
    settle(hour)
    assert hour.locator(".entry.cue").count() == 3
    assert ReadingRow.objects.get(source=hour.source).dismissed == 0


def test_a_mark_is_changed_and_removed_by_keyboard(hour):
    select_words(hour, 4, 1, 1)
    hour.keyboard.press("d")
    hour.wait_for_selector("#marker-list [role=option]")
    hour.keyboard.type("rational")
    hour.keyboard.press("Enter")
    settle(hour)
    quiet(hour)
    assert codes(hour)[0][1] == "rationalization"
    hour.keyboard.press("e")
    hour.wait_for_selector("#marker [data-remove]:visible")
    hour.locator("#marker [data-remove]").press("Enter")
    settle(hour)
    assert codes(hour) == []
    assert MarkRow.objects.count() == 1


def test_words_selected_by_the_mouse_are_widened_to_whole_words(hour):
    paragraph = hour.locator("#t5 .said")
    paragraph.scroll_into_view_if_needed()
    box = paragraph.bounding_box()
    hour.mouse.move(box["x"] + 14, box["y"] + 14)
    hour.mouse.down()
    hour.mouse.move(box["x"] + 130, box["y"] + 14, steps=6)
    hour.mouse.up()
    hour.wait_for_selector("#marker:visible")
    quote = hour.inner_text("[data-quote]").strip("“”")
    text = "As with your father, you go and make yourself useful."
    assert text.startswith(quote)
    assert text[len(quote)] == " " or quote == text


def test_a_figure_is_marked_with_its_sphere(hour):
    select_words(hour, 2, 1, 1)
    hour.keyboard.press("f")
    hour.wait_for_selector("#marker-list [role=option]")
    hour.keyboard.type("fath")
    hour.locator("[name=attribute-sphere][value=past]").press("Space")
    hour.locator("[data-keep]").press("Enter")
    settle(hour)
    with opened(hour.cast.ana.unlocked):
        mark = marks_of_source(hour.source)[0]
    assert (mark.code, dict(mark.attributes)) == ("father", {"sphere": "past"})


def test_escape_closes_the_palette_and_marks_nothing(hour):
    select_words(hour, 2, 1, 1)
    hour.keyboard.press("Escape")
    hour.wait_for_selector("#marker", state="hidden")
    assert codes(hour) == []


def test_offsets_are_code_points_behind_emoji_and_accents(hour, live_server):
    from depthwork.practice.treatments.models import Session

    words = [("C", "Oh 👩‍👧 no 🙂 I wanted naïveté.")]
    source = hour_with_words(hour.cast.ana, hour.cast.client, number=2, words=words)
    assert Session.objects.filter(pk=source.session_id).exists()
    hour.goto(live_server.url + reverse("casework:hour", args=[source.session_id]))
    hour.wait_for_selector("[data-turn-next]:visible")
    select_words(hour, 1, 6, 1)
    hour.keyboard.press("w")
    hour.wait_for_selector("#marker-list [role=option]")
    hour.keyboard.press("Enter")
    settle(hour)
    with opened(hour.cast.ana.unlocked):
        assert marks_of_source(source)[0].quote == "wanted naïveté."


HEBREW = "אמא שלי לא באה אף פעם"


def test_in_hebrew_the_left_arrow_goes_on_and_shift_takes_more(hour):
    turn = hour.locator("[data-turn]").nth(1)
    turn.locator(".said").evaluate("(said, words) => { said.textContent = words; }", HEBREW)
    turn.focus()
    hour.keyboard.press("ArrowLeft")
    assert hour.evaluate("getSelection().toString()") == "אמא"
    hour.keyboard.press("ArrowLeft")
    hour.keyboard.press("Shift+ArrowLeft")
    assert hour.evaluate("getSelection().toString()") == "שלי לא"
    hour.keyboard.press("ArrowRight")
    assert hour.evaluate("getSelection().toString()") == "אמא"


def test_keys_work_on_a_keyboard_that_is_set_to_another_script(hour):
    """What the key j says on a Hebrew keyboard is known by its place."""
    hour.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ח', code: 'KeyJ', bubbles: true, cancelable: true }))"
    )
    assert hour.evaluate("document.activeElement.matches('[data-turn]')")
