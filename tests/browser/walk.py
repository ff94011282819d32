"""A walk through every page of one login: what is looked at on each, once, without loading it twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# Files, and ways out of the sign-in; everything else is a page.
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
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{22,}(?=/)")

# Every rule in the first scheme; in the other only what a change of colours can change.
EVERYTHING = "{resultTypes: ['violations'], iframes: false}"
COLOURS = "{resultTypes: ['violations'], iframes: false, runOnly: ['color-contrast', 'link-in-text-block']}"


@dataclass(slots=True)
class Walk:
    """What one login saw: an address for each kind of page, and what is to be mended."""

    seen: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def shape(path: str) -> str:
    """A page's address without its ids: one page of each kind is looked at."""
    return _TOKEN.sub("*", _UUID.sub("*", path))


@cache
def _axe() -> str:
    import axe_playwright_python.sync_playwright as axe

    return (Path(axe.__file__).parent / "axe.min.js").read_text()


def findings(page: Any, options: str = EVERYTHING) -> list[str]:
    """Serious and critical findings of axe; it is put into the page once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found = page.evaluate(
        f"axe.run({options}).then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => `${v.id}: ${v.help} (${v.nodes.length} times, first ${v.nodes[0].target})`))"
    )
    return [str(one) for one in found]


def too_wide(page: Any) -> int:
    """CSS pixels by which a page would scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def opened(page: Any, *, limit: int) -> Iterator[tuple[str, str]]:
    """Pages reachable by links, one of each shape, nearest first; each stands open when it is given."""
    here = urlsplit(page.url)
    waiting, known = [here.path], {shape(here.path)}
    for path in waiting:
        if limit <= 0:
            return
        response = page.goto(path)
        if "text/html" not in response.headers.get("content-type", ""):
            continue
        limit -= 1
        links = page.eval_on_selector_all(
            "a[href]", "all => all.map(a => new URL(a.getAttribute('href'), document.baseURI).href)"
        )
        yield shape(path), "" if response.status < 400 else f"answers {response.status}"
        for parts in map(urlsplit, links):
            kind = shape(parts.path)
            if parts.netloc == here.netloc and kind not in known and not any(p in kind for p in LEAVE):
                known.add(kind)
                waiting.append(parts.path)


def walk(
    page: Any,
    base: str,
    *,
    limit: int,
    schemes: tuple[str, ...],
    look: Callable[[Any, str], None] | None = None,
    part: tuple[int, int] = (0, 1),
) -> Walk:
    """Open each page once; look at it wide and narrow, in each scheme. `look` may take a picture of it.

    Of a long walk each nth page can be looked at alone: `part` is the first of them and n. Every page is opened.
    """
    found = Walk()
    at = [""]
    page.on(
        "console",
        lambda m: found.faults.append(f"{at[0]}: says {m.text}") if m.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda e: found.faults.append(f"{at[0]}: fails with {e}"))
    page.on(
        "request",
        lambda r: found.foreign.append(r.url) if not r.url.startswith((base, "data:", "blob:")) else None,
    )
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme=schemes[0], reduced_motion="reduce")  # no colour is on its way to another
    for kind, fault in opened(page, limit=limit):
        at[0] = kind
        found.seen[kind] = page.url
        if fault:
            found.faults.append(f"{kind}: {fault}")
        if fault or len(found.seen) % part[1] != part[0] % part[1]:
            continue
        faults = [(schemes[0], one) for one in findings(page)]
        for scheme in schemes[1:]:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            faults += [(scheme, one) for one in findings(page, COLOURS)]
        found.faults += [f"{kind} ({scheme}): {one}" for scheme, one in faults]
        for size in (DESK, PHONE):  # the same page, narrower: no second load
            page.set_viewport_size(size)
            if wide := too_wide(page):
                found.faults.append(f"{kind}: {wide} px wider than {size['width']}")
        if look is not None:
            look(page, kind)
        page.set_viewport_size(DESK)
        page.emulate_media(
            color_scheme=schemes[0], reduced_motion="reduce"
        )  # no colour is on its way to another
    return found
