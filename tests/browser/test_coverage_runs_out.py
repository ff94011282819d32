"""The third treatment runs out of authorised hours, walked by keyboard; its papers are made on the way."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser
MOST_STEPS = 120
LAST = "9 of 10 authorised hours are used; 1 is left."
OUT = "All 10 authorised hours are used; the next one is not authorised."


def go_to(page: Any, words: str) -> None:
    """Press Tab until the link or button with these words has the focus."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if words in page.evaluate("(document.activeElement.textContent || '').trim()"):
            return
    raise AssertionError(f"“{words}” is not reached by keyboard")


def follow(page: Any, words: str) -> None:
    """Reach a link or button by keyboard and press Enter."""
    go_to(page, words)
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")


def test_the_authorised_hours_run_out_on_screen_and_the_papers_are_made(signed_in: Any) -> None:
    page = signed_in("colleague")
    page.goto("/caseload/")
    assert LAST in page.inner_text("main")
    follow(page, "1 of 10 left")
    assert LAST in page.inner_text("main")
    where = page.url

    # The hour to come is held: the last that was authorised.
    hours = page.evaluate(
        """async path => { const html = await (await fetch(path)).text();
        return [...html.matchAll(/\\/hours\\/[0-9a-f-]{36}\\/attendance\\//g)].map(m => m[0]); }""",
        "/".join(where.split("/")[:5]) + "/frame/",
    )
    assert hours, "an hour to come stands on the frame’s page"
    page.goto(hours[0])
    go_to_radio = "input[name=status][value=held]"
    page.focus(go_to_radio)
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.fill("input[name=stopped]", "18:00")
    follow(page, "Keep this")

    page.goto("/caseload/")
    assert "0 of 10 left" in page.inner_text("main")
    follow(page, "0 of 10 left")
    assert OUT in page.inner_text("main")
    assert "All 36 visits of the plan year are used." in page.inner_text("main")

    follow(page, "Make a paper")
    for end in ("record/plan/", "record/progress/", "/paper/"):
        form = page.locator(f"form[action$='{end}']").last
        button = form.get_by_role("button", name="Make the PDF")
        button.focus()
        with page.expect_response(lambda answer: answer.request.method == "POST") as made:
            page.keyboard.press("Enter")
        assert made.value.status == 200
        assert made.value.headers["content-type"] == "application/pdf"
        page.goto(where + "papers/")

    # The fiction is left as it was found.
    page.goto(hours[0])
    page.check("input[name=status][value=cancelled_by_clinician]")
    follow(page, "Keep this")
