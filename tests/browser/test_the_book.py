"""The book in a browser: keys, cover, theme, and what axe finds. Pages are served to it from memory."""

import mimetypes
from pathlib import Path

import django_htmx
import pytest
from django.test import RequestFactory

import depthwork.practice.ui as ui
from depthwork.practice.ui.components_page import components

pytestmark = pytest.mark.browser

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types default"
)
STATIC = (Path(ui.__file__).parent / "static", Path(django_htmx.__file__).parent / "static")


@pytest.fixture(scope="module")
def browser(chromium):
    return chromium


@pytest.fixture(scope="module")
def html():
    return components(RequestFactory().get("/components/")).content.decode()


@pytest.fixture
def open_page(browser, html):
    contexts = []

    def serve(route):
        path = route.request.url.split("book.test", 1)[1].split("?")[0]
        if not path.startswith("/static/"):
            route.fulfill(
                body=html,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": POLICY},
            )
            return
        name = path.removeprefix("/static/")
        found = next((root / name for root in STATIC if (root / name).is_file()), None)
        if found is None:
            route.fulfill(status=404, body="")
            return
        kind = mimetypes.guess_type(found.name)[0] or "text/plain"
        route.fulfill(body=found.read_bytes(), content_type=kind)

    def go(width=1280, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on(
            "console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda e: page.complaints.append(str(e)))
        context.route("**/*", serve)
        page.goto("http://book.test/components/")
        page.wait_for_function("document.querySelector('[data-cover]').hidden === false")
        page.locator("h1").click()
        return page

    yield go
    for context in contexts:
        context.close()


def test_the_strict_policy_refuses_nothing_of_the_page(open_page):
    assert open_page().complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(open_page, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = open_page(width, scheme)
    # The policy of the page would refuse axe itself, so it runs in a page whose parts are already there.
    script = (Path(axe.__file__).parent / "axe.min.js").read_text()
    page.evaluate(script)
    found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes[0].html]))")
    assert [item for item in found if item[0] in ("serious", "critical")] == []


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_no_page_scrolls_sideways(open_page, width):
    page = open_page(width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_one_key_covers_the_page_and_uncovers_it(open_page):
    page = open_page()
    page.keyboard.press("\\")
    assert page.locator("#cover").is_visible()
    assert not page.locator("h1").is_visible()
    assert page.title() == "Depthwork"
    page.keyboard.press("\\")
    assert page.locator("h1").is_visible()


def test_a_covered_page_stays_covered_when_it_is_opened_again(open_page):
    page = open_page()
    page.keyboard.press("\\")
    page.reload()
    page.locator("#cover").wait_for(state="visible")
    assert not page.locator("h1").is_visible()


def test_escape_does_not_uncover(open_page):
    page = open_page()
    page.keyboard.press("\\")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert not page.locator("h1").is_visible()


def test_while_writing_the_stroke_is_a_letter_and_control_covers(open_page):
    page = open_page()
    page.locator("textarea").focus()
    page.keyboard.press("\\")
    assert page.locator("textarea").input_value() == "\\"
    assert not page.locator("#cover").is_visible()
    page.keyboard.press("Control+\\")
    assert page.locator("#cover").is_visible()


def test_a_question_mark_lists_the_keys_of_the_page(open_page):
    page = open_page()
    page.keyboard.press("?")
    words = page.locator("#keys").inner_text()
    assert "accept" in words
    assert "cover the page" in words


def test_single_keys_can_be_switched_off_and_stay_off(open_page):
    page = open_page()
    page.keyboard.press("?")
    page.locator("[data-keys-on]").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_function("document.querySelector('[data-cover]').hidden === false")
    page.locator("h1").click()
    page.keyboard.press("\\")
    assert not page.locator("#cover").is_visible()
    page.keyboard.press("Control+\\")
    assert page.locator("#cover").is_visible()


def test_a_key_acts_on_the_cue_that_has_the_focus_and_on_no_other(open_page):
    page = open_page()
    page.evaluate(
        "document.querySelector('[data-key=\"a\"]').addEventListener('click', () => document.title = 'done')"
    )
    page.keyboard.press("a")
    assert page.title() != "done"
    page.locator("#m2").focus()
    page.keyboard.press("a")
    assert page.title() == "done"


def test_the_choice_of_paper_stays(open_page):
    page = open_page()
    page.locator("details:has([data-theme-switch]) > summary").click()
    switch = page.locator("[data-theme-switch]")
    switch.click()
    switch.click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_skip_link_is_seen_when_focused_and_leads_to_the_text(open_page):
    page = open_page()
    page.keyboard.press("Shift")
    page.locator(".skip").focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"


def test_a_form_with_something_to_mend_opens_on_its_summary(open_page):
    page = open_page()
    assert page.locator("[data-error-summary]").count() == 1
    link = page.locator("[data-error-summary] a").first
    link.click()
    assert page.evaluate("document.activeElement.id") == "id_last_hour"
