"""Every page of every login: it opens, it is accessible, it fits a phone, it asks nobody else for anything."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.browser.walk import Walk, walk

pytestmark = pytest.mark.browser
WHO = ("clinician", "colleague", "supervisor", "client", "manager")
FEWEST = {"clinician": 110, "colleague": 120, "supervisor": 15, "client": 8, "manager": 50}


PART, PARTS = map(int, os.environ.get("DEPTHWORK_PART", "1/1").split("/"))  # 2/5: of every page each fifth


def looked_at(page: Any, base: str, *, who: str, limit: int, schemes: tuple[str, ...]) -> Walk:
    part = (PART - 1, PARTS) if limit > 5 else (0, 1)
    found = walk(page, base, limit=limit, schemes=schemes, part=part)
    print(f"{who}: {len(found.seen)} pages in {' and '.join(schemes)}, {len(found.faults)} findings")
    assert not found.faults, "\n".join(found.faults)
    assert found.foreign == []
    return found


@pytest.mark.parametrize("who", WHO)
def test_the_nearest_pages_open_fit_and_are_accessible(who: str, signed_in: Any, demo_url: str) -> None:
    found = looked_at(signed_in(who), demo_url, who=who, limit=5, schemes=("light", "dark"))
    assert len(found.seen) == 5


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_every_page_opens_fits_and_is_accessible(who: str, signed_in: Any, demo_url: str) -> None:
    found = looked_at(signed_in(who), demo_url, who=who, limit=400, schemes=("light", "dark"))
    assert len(found.seen) >= FEWEST[who]  # a walk that found fewer lost its way


def test_the_sign_in_page_is_light_and_comes_from_one_host(chromium: Any, demo_url: str) -> None:
    """The first page and all it loads, as they come over the wire."""
    context = chromium.new_context(base_url=demo_url)
    try:
        page = context.new_page()
        sizes: dict[str, int] = {}
        page.on("requestfinished", lambda r: sizes.__setitem__(r.url, r.sizes()["responseBodySize"]))
        page.goto("/account/login/", wait_until="networkidle")
        assert all(url.startswith(demo_url) for url in sizes)
        assert sum(sizes.values()) < 200_000, sizes
    finally:
        context.close()


@pytest.mark.parametrize(
    ("who", "first"), [("clinician", "/kept-lines/"), ("supervisor", "/supervision/"), ("client", "/place/")]
)
def test_the_first_click_leads_into_the_fiction(who: str, first: str, signed_in: Any) -> None:
    page = signed_in(who)
    assert page.url.endswith(first)
    assert page.locator(".tour").is_visible()


def test_the_clinician_first_reads_years_of_kept_lines(signed_in: Any) -> None:
    page = signed_in("clinician")
    assert page.locator(".kept > li").count() >= 80
    assert "1" in page.locator(".tour .label").inner_text()


@pytest.mark.parametrize("who", ["clinician", "colleague", "supervisor", "client", "manager"])
def test_the_walk_has_five_steps_and_ends(who: str, signed_in: Any) -> None:
    page = signed_in(who)
    for n in range(1, 6):
        assert page.locator(".tour").is_visible(), f"step {n}"
        with page.expect_navigation(wait_until="load"):
            page.locator(".tour form").first.locator("button").click()
    assert page.locator(".tour").count() == 0


def test_the_walk_can_be_left_at_any_step(signed_in: Any) -> None:
    page = signed_in("colleague")
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Go on").click()
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Leave the walk").click()
    page.goto("/caseload/")
    assert page.locator(".tour").count() == 0
