"""Twelve tasks of a working week, and the way in and out, by keyboard alone.

The mouse is never used. Each thing is reached with the tab key as a person would, so a control that cannot be
reached, or that stands behind a trap, fails its task.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.demo_site import PATIENCE, needs_chromium

pytestmark = [pytest.mark.browser, needs_chromium]
FURTHEST = 260  # stops of the tab key; an hour with sixty marks has many


class Hands:
    """Two hands on a keyboard, before one page."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)

    def tab_to(self, selector: str, words: str = "") -> None:
        """Tab until the focus is on it; its outline has to be seen there."""
        for _ in range(FURTHEST):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(
                "([selector, words]) => { const e = document.activeElement;"
                " return e.matches(selector) && (e.textContent || e.getAttribute('aria-label') || '').includes(words)"
                " ? [e.matches(':focus-visible'), e.getClientRects().length > 0] : null; }",
                [selector, words],
            )
            if here is not None:
                assert here == [True, True], f"{selector} has the focus and does not show it"
                return
        raise AssertionError(f"the tab key does not lead to {selector} {words!r}")

    def follow(self, selector: str = ":focus", words: str = "", *, key: str = "Enter") -> None:
        """Tab to it and press it; the next page opens."""
        if selector != ":focus":
            self.tab_to(selector, words)
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press(key)

    def said(self) -> str:
        return str(self.page.inner_text("main"))

    def settle(self) -> None:
        self.page.wait_for_selector("#live:not(:empty)", state="attached")
        self.page.wait_for_load_state("networkidle")


@pytest.fixture(scope="module")
def open_at(chromium: Any, demo_url: str) -> Iterator[Callable[[str], Hands]]:
    """Davit's desk, signed in once; `open_at(path)` opens a page of it."""
    context = chromium.new_context(base_url=demo_url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/account/login/")
    hands = Hands(page)
    hands.tab_to("input[name=login]")
    hands.write("davit")
    hands.tab_to("input[type=password]")
    hands.write("copper ladle winter stair")
    with page.expect_navigation(wait_until="load"):
        hands.press("Enter")
    assert "/today/" in page.url

    def go(path: str) -> Hands:
        if path:
            page.goto(path)
        return hands

    yield go
    context.close()


@pytest.fixture(scope="module")
def paths(open_at: Callable[[str], Hands]) -> dict[str, str]:
    """Addresses of two clients, read off the caseload."""
    page = open_at("/caseload/").page
    return {
        name: str(page.get_by_role("link", name=name).first.get_attribute("href"))
        for name in ("Jun-ho", "Graça")
    }


def hours(open_at: Callable[[str], Hands], client: str) -> list[str]:
    page = open_at(client).page
    return [
        str(link)
        for link in page.eval_on_selector_all(".hour-list a", "all => all.map(a => a.getAttribute('href'))")
    ]


def test_opening_the_last_hour_of_a_client(open_at, paths):
    hands = open_at("/caseload/")
    hands.follow("main a", "Jun-ho")
    hands.follow(".hour-list a")
    assert re.search(r"/hours/[0-9a-f-]+/$", hands.page.url)


def test_writing_a_note_of_four_words(open_at, paths):
    empty = next(
        path
        for path in hours(open_at, paths["Jun-ho"])
        if open_at(path).page.locator(".paper textarea").input_value() == ""
        and open_at("").page.locator("[data-turn]").count() == 0
    )
    hands = open_at(empty)
    hands.tab_to(".paper textarea")
    hands.write("Keys, a stairwell, nothing.")
    hands.follow("button", "Keep this note")
    assert "Keys, a stairwell, nothing." in open_at(empty).page.content()


def test_keeping_a_line_of_the_hour(open_at, paths):
    last = hours(open_at, paths["Jun-ho"])[0]
    hands = open_at(f"{last}after/")
    hands.tab_to("input[name=line]")
    hands.press("Control+a")
    hands.write("He counted the keys twice.")
    hands.follow("button", "Keep this hour")
    assert "He counted the keys twice." in open_at(f"{paths['Jun-ho']}kept-lines/").said()


def test_marking_words_in_the_text(open_at, paths):
    hands = open_at(hours(open_at, paths["Graça"])[-1])
    hands.page.wait_for_selector("[data-turn-next]:visible")
    before = hands.page.locator(".entry:not(.cue)").count()
    hands.press("j", "j", "j", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")
    hands.page.wait_for_selector("#marker:visible")
    hands.press("w")
    hands.page.wait_for_selector("#marker-list [role=option]")
    hands.press("c", "Enter")
    hands.settle()
    assert hands.page.locator(".entry:not(.cue)").count() == before + 1


def test_accepting_a_cue(open_at, paths):
    hands = open_at(hours(open_at, paths["Graça"])[1])
    hands.page.wait_for_selector("[data-cue-next]:visible")
    hands.press("g")
    assert hands.page.evaluate("document.activeElement.matches('.entry.cue')")
    chosen = hands.page.evaluate("document.activeElement.id")
    hands.press("a")
    hands.settle()
    assert hands.page.locator(f"#{chosen}.cue").count() == 0


def test_writing_a_statement_and_citing_a_line(open_at, paths):
    hands = open_at(f"{paths['Graça']}formulation/")
    hands.follow("main button", "Write version")
    hands.tab_to(".adding textarea")
    hands.write("She asks whether there is room.")
    hands.follow(".adding button", "add")
    assert (
        hands.page.locator(
            ".statement:not(.adding) textarea", has_text="She asks whether there is room."
        ).count()
        == 1
    )
    cited = hands.page.locator(".statement .entry:not(.bare)").count()
    hands.tab_to("textarea[data-statement]:not(:placeholder-shown)", "She asks whether there is room.")
    hands.follow("button", "cite a line")
    hands.follow("main button", "cite")
    assert hands.page.locator(".statement .entry:not(.bare)").count() == cited + 1


def test_asking_for_a_measure(open_at, paths):
    hands = open_at(f"{paths['Jun-ho']}measures/ask/")
    hands.tab_to("select[name=measure]")
    hands.write("Depression")
    hands.tab_to("input[name=mode]")
    hands.page.wait_for_function("document.activeElement.name === 'mode'")
    for _ in range(4):  # the arrow keys go round the choices
        if hands.page.evaluate("document.activeElement.value") == "room":
            break
        hands.press("ArrowDown")
    hands.press("Space")
    hands.follow("main button[type=submit], main .button.primary", "Ask")
    assert "500" not in hands.page.title()
    assert hands.page.locator(".errorlist, .error-sum").count() == 0


def test_recording_attendance(open_at, paths):
    page = open_at(f"{paths['Jun-ho']}frame/").page
    path = str(page.locator("a[href$='/attendance/']").first.get_attribute("href"))
    hands = open_at(path)
    hands.tab_to("input[name=status]")
    hands.press("ArrowDown")
    wanted = hands.page.evaluate("document.activeElement.value")
    hands.press("Space")
    hands.follow("main button", "Keep this")
    assert open_at(path).page.locator(f"input[name=status][value={wanted}]").is_checked()


def test_covering_the_page_and_uncovering_it(open_at):
    hands = open_at("/today/")
    hands.press("\\")
    assert hands.page.locator("#cover").is_visible()
    assert not hands.page.locator("h1").is_visible()
    hands.press("\\")
    assert hands.page.locator("h1").is_visible()


def typed_backslash(page, **held):
    """The backslash as a keyboard gives it on which it stands behind other keys."""
    page.evaluate(
        "held => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', { key: '\\\\', bubbles: true, cancelable: true, ...held }))",
        held,
    )
    return page.locator("#cover").is_visible()


@pytest.mark.parametrize("held", [{"altKey": True, "shiftKey": True}, {"altKey": True, "ctrlKey": True}])
def test_covering_where_the_backslash_stands_behind_option_or_altgr(open_at, held):
    page = open_at("/today/").page
    assert typed_backslash(page, **held)
    assert not typed_backslash(page, **held)


def test_a_backslash_behind_altgr_is_a_letter_while_one_writes(open_at):
    page = open_at("/search/").page
    page.locator("input[name=words]").focus()
    assert not typed_backslash(page, altKey=True, ctrlKey=True)
    page.evaluate("Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })")
    assert not typed_backslash(page, altKey=True, shiftKey=True)
    assert typed_backslash(page, altKey=True, shiftKey=True, ctrlKey=True)
    assert not typed_backslash(page, altKey=True, shiftKey=True, ctrlKey=True)


def test_reading_the_page_before_the_hour(open_at):
    hands = open_at("/today/")
    hands.follow("main a", "Before the hour")
    assert hands.page.url.endswith("/before/")
    assert "Before hour" in hands.said()


def test_searching_what_was_written(open_at):
    hands = open_at("/search/")
    hands.tab_to("input[name=words]")
    hands.write("lasagna")
    with hands.page.expect_navigation(wait_until="load"):
        hands.press("Enter")
    assert "lasagna" in hands.said()


def test_choosing_the_paper(open_at):
    hands = open_at("/today/")
    hands.tab_to(".you summary")
    hands.press("Enter")
    hands.tab_to("[data-theme-switch]")
    hands.press("Enter", "Enter")
    assert hands.page.evaluate("document.documentElement.dataset.theme") == "dark"
    hands.press("Enter")
    hands.press("Escape")
    assert hands.page.evaluate("document.activeElement.matches('.you summary')")
    assert hands.page.locator(".you ul").is_hidden()


def test_locking_and_opening_the_keys_again(open_at):
    hands = open_at("/today/")
    hands.follow(".you button", "Lock")
    hands.page.goto("/today/")
    assert "/unlock/" in hands.page.url
    hands.tab_to("input[type=password]")
    hands.write("copper ladle winter stair")
    with hands.page.expect_navigation(wait_until="load"):
        hands.press("Enter")
    assert "/today/" in hands.page.url


def test_signing_out(open_at):
    hands = open_at("/today/")
    hands.tab_to(".you summary")
    hands.press("Enter")
    hands.follow(".you a", "Sign out")
    hands.follow("main button")
    hands.page.goto("/today/")
    assert "/account/login/" in hands.page.url
