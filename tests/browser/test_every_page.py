"""Every page of every login: it opens, it is accessible, it fits a phone, it breaks no policy."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser
WHO = ("clinician", "colleague", "supervisor", "client", "manager")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
LEAVE = (
    "/sign-out",
    "/lock",
    "/static/",
    "/account/logout",
    ".ics",
    ".pdf",
    ".csv",
    ".json",
    ".zip",
    "/download",
)


def shape(path: str) -> str:
    """A page's address without its ids: one page of each kind is looked at."""
    return _UUID.sub("*", path)


def pages_of(page: Any, *, limit: int = 60) -> list[str]:
    """Addresses reachable by links, one for each shape, nearest first."""
    seen: dict[str, str] = {}
    waiting = [urlsplit(page.url).path]
    while waiting and len(seen) < limit:
        path = waiting.pop(0)
        if shape(path) in seen or any(part in path for part in LEAVE):
            continue
        seen[shape(path)] = path
        response = page.goto(path)
        assert response is not None
        assert response.status < 400, f"{shape(path)} answers {response.status}"
        if "text/html" not in response.headers.get("content-type", ""):
            continue
        for href in page.eval_on_selector_all(
            "a[href]", "links => links.map(a => new URL(a.getAttribute('href'), document.baseURI).href)"
        ):
            parts = urlsplit(href)
            if parts.netloc == urlsplit(page.url).netloc and shape(parts.path) not in seen:
                waiting.append(parts.path)
    return list(seen.values())


def findings(page: Any) -> list[str]:
    """Serious and critical findings of axe."""
    from axe_playwright_python.sync_playwright import Axe

    result = Axe().run(page)
    return [
        f"{v['id']}: {v['help']} ({v['nodes'][0]['target']})"
        for v in result.response["violations"]
        if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("who", WHO)
def test_the_nearest_pages_open_fit_and_are_accessible(who: str, signed_in: Any, demo_url: str) -> None:
    walk(signed_in(who), demo_url, who=who, limit=9, schemes=("light",))


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_every_page_opens_fits_and_is_accessible(who: str, signed_in: Any, demo_url: str) -> None:
    walk(signed_in(who), demo_url, who=who, limit=200, schemes=("light", "dark"))


def walk(page: Any, demo_url: str, *, who: str, limit: int, schemes: tuple[str, ...]) -> None:
    """Open pages, nearest first, and look at each."""
    said: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    page.on(
        "request",
        lambda r: foreign.append(r.url) if not r.url.startswith((demo_url, "data:", "blob:")) else None,
    )
    paths = pages_of(page, limit=limit)
    assert len(paths) >= 2
    faults: list[str] = []
    for path in paths:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            faults += [f"{shape(path)} ({scheme}): {f}" for f in findings(page)]
        page.set_viewport_size({"width": 390, "height": 844})  # the same page, narrower: no second load
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            faults.append(f"{shape(path)}: {wide} px wider than a phone")
    print(f"{who}: {len(paths)} pages, {len(faults)} findings")
    assert not faults, "\n".join(faults)
    assert foreign == []
    assert said == []
