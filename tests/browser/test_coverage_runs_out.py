"""The third treatment runs out of authorised hours, walked by keyboard; its papers are made on the way."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser
MOST_STEPS = 120
LAST = "9 of 10 authorised hours are used; 1 is left."
OUT = "All 10 authorised hours are used; the next one is not authorised."
# What a form brings back is looked at here rather than in the browser's own reader of PDFs.
CATCH = """() => { window.papers = []; addEventListener("submit", async event => {
  event.preventDefault();
  const answer = await fetch(event.target.action, {method: "POST", body: new URLSearchParams(new FormData(event.target))});
  window.papers.push(String.fromCharCode(...new Uint8Array(await answer.arrayBuffer()).slice(0, 4)));
}); }"""


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
    # It was held sooner than planned, yesterday: what is still to come cannot have been held.
    page.goto(hours[0].replace("/attendance/", "/move/"))
    page.fill("input[name=day]", page.evaluate("new Date(Date.now() - 86400e3).toISOString().slice(0, 10)"))
    page.fill("input[name=wall_time]", "00:05")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
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
    assert page.get_by_role("heading", name="Papers").is_visible()
    page.evaluate(CATCH)
    for n, end in enumerate(("record/plan/", "record/progress/", "/paper/"), start=1):
        page.locator(f"form[action$='{end}']").last.get_by_role("button", name="Make the PDF").focus()
        page.keyboard.press("Enter")
        page.wait_for_function("n => window.papers.length === n", arg=n)
    assert page.evaluate("window.papers") == ["%PDF"] * 3

    # The fiction is left as it was found.
    page.goto(hours[0])
    page.check("input[name=status][value=cancelled_by_clinician]")
    follow(page, "Keep this")
