"""`make pictures`: the pictures of README and guide, taken from the fictional practice as it is."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.browser.demo_site import ARGS, CHROMIUM, PATIENCE, served

OUT = Path(__file__).resolve().parent.parent / "docs" / "pictures"


def _sign_in(page: Any, who: str) -> None:
    page.goto("/account/login/")
    with page.expect_navigation(wait_until="load"):
        page.evaluate("who => document.querySelector(`form[action$='/${who}/']`).submit()", who)
    with page.expect_navigation(wait_until="load"):
        page.evaluate("document.querySelector(\"form[action$='/tour/leave/']\").submit()")


def _take(page: Any, name: str, *, height: int = 1000, width: int = 1280) -> None:
    page.screenshot(
        path=str(OUT / f"{name}.png"), clip={"x": 0, "y": 0, "width": width, "height": height}, full_page=True
    )
    sys.stdout.write(f"docs/pictures/{name}.png\n")


def _brief(page: Any) -> None:
    """The clinician of the brief therapy: its thread, patterns, formulation, measures, and one of its hours."""
    _sign_in(page, "colleague")
    page.goto("/caseload/")
    page.get_by_role("link", name="Graça").first.click()
    _take(page, "thread", height=1000)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    _take(page, "thread-dark", height=1000)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for leaf, name, height in (
        ("Patterns", "patterns", 1150),
        ("Formulation", "formulation", 1000),
        ("Measures", "measures", 1000),
    ):
        page.get_by_role("link", name=leaf, exact=True).first.click()
        _take(page, name, height=height)
    page.get_by_role("link", name="Thread", exact=True).first.click()
    page.locator(".hour-list a").nth(7).click()
    _take(page, "hour", height=1150)


def _long(page: Any) -> None:
    """The clinician of the long therapy: the day, the caseload, the inbox, lines and a note of nine words."""
    page.context.clear_cookies()
    _sign_in(page, "clinician")
    page.goto("/today/")
    _take(page, "today", height=620)
    page.goto("/inquiries/")
    _take(page, "inquiries", height=760)
    page.goto("/caseload/")
    _take(page, "caseload", height=600)
    page.get_by_role("link", name="Théodore").first.click()
    page.get_by_role("link", name="Kept lines", exact=True).first.click()
    _take(page, "kept-lines", height=1000)
    page.get_by_role("link", name="Thread", exact=True).first.click()
    _take(page, "years", height=1560)
    page.locator(".hour-list a").nth(-7).click()  # the seventh hour, written down in nine words
    _take(page, "note", height=640)
    page.goto("/today/")
    page.get_by_role("link", name="Before the hour").first.click()
    _take(page, "before", height=900)
    page.goto("/caseload/")
    page.get_by_role("link", name="Yolanda").first.click()
    page.get_by_role("link", name="Frame", exact=True).first.click()
    _take(page, "ending", height=900)
    page.goto("/practice/keys/")
    _take(page, "keys", height=620)


def _others(page: Any) -> None:
    """The door, the supervisor's desk, and the client's own place on a phone."""
    page.context.clear_cookies()
    page.goto("/account/login/")
    _take(page, "door", height=600)
    _sign_in(page, "supervisor")
    _take(page, "supervision", height=640)
    page.context.clear_cookies()
    _sign_in(page, "client")
    page.set_viewport_size({"width": 390, "height": 844})
    _take(page, "place", height=844, width=390)


def main() -> None:
    """Serve the demo, walk to each page by its links, take its picture."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        sys.exit("no Chromium on this machine: install Debian's chromium")
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as base, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        context = browser.new_context(
            base_url=base, viewport={"width": 1280, "height": 1000}, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        for walk in (_brief, _long, _others):
            walk(page)
        browser.close()


if __name__ == "__main__":
    main()
