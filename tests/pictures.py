"""`make pictures`: the pictures of README and guide, taken from the fictional practice as it is."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.browser.demo_site import ARGS, CHROMIUM, served

OUT = Path(__file__).resolve().parent.parent / "docs" / "pictures"


def _sign_in(page: Any, who: str) -> None:
    page.goto("/account/login/")
    with page.expect_navigation(wait_until="load"):
        page.evaluate("who => document.querySelector(`form[action$='/${who}/']`).submit()", who)
    with page.expect_navigation(wait_until="load"):
        page.evaluate("document.querySelector(\"form[action$='/tour/leave/']\").submit()")


def _take(page: Any, name: str, *, height: int = 1000) -> None:
    page.screenshot(
        path=str(OUT / f"{name}.png"), clip={"x": 0, "y": 0, "width": 1280, "height": height}, full_page=True
    )
    sys.stdout.write(f"docs/pictures/{name}.png\n")


def main() -> None:
    """Serve the demo, walk to each page by its links, take its picture."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        sys.exit("no Chromium on this machine: install Debian's chromium")
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as base, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_context(base_url=base, viewport={"width": 1280, "height": 1000}).new_page()
        _sign_in(page, "colleague")
        page.goto("/caseload/")
        page.get_by_role("link", name="Graça").first.click()
        _take(page, "thread", height=1120)
        for leaf, name, height in (
            ("Patterns", "patterns", 1150),
            ("Formulation", "formulation", 1000),
            ("Measures", "measures", 1000),
        ):
            page.get_by_role("link", name=leaf, exact=True).first.click()
            _take(page, name, height=height)
        page.get_by_role("link", name="Thread", exact=True).first.click()
        page.get_by_role("link", name="9", exact=True).first.click()
        _take(page, "hour", height=1150)
        page.context.clear_cookies()
        _sign_in(page, "clinician")
        _take(page, "today", height=700)
        page.goto("/caseload/")
        _take(page, "caseload", height=640)
        page.get_by_role("link", name="Théodore").first.click()
        page.get_by_role("link", name="Kept lines", exact=True).first.click()
        _take(page, "kept-lines", height=1000)
        browser.close()


if __name__ == "__main__":
    main()
