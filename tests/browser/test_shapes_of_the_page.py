"""The same pages read otherwise: enlarged, from right to left, in forced colours, without motion, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.demo_site import PATIENCE, needs_chromium
from tests.browser.walk import too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]
PAGES = ("thread", "hour", "patterns", "formulation", "kept-lines", "measures", "caseload", "evidence")


@pytest.fixture(scope="module")
def desk(chromium: Any, demo_url: str) -> Iterator[tuple[Any, dict[str, str]]]:
    """A page signed in as the clinician of the brief therapy, and the addresses of its main pages."""
    context = chromium.new_context(base_url=demo_url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/account/login/")
    with page.expect_navigation(wait_until="load"):
        page.evaluate("document.querySelector(\"form[action$='/colleague/']\").submit()")
    with page.expect_navigation(wait_until="load"):
        page.evaluate("document.querySelector(\"form[action$='/tour/leave/']\").submit()")
    page.goto("/caseload/")
    client = str(page.get_by_role("link", name="Graça").first.get_attribute("href"))
    page.goto(client)
    hour = str(page.locator(".hour-list a").nth(7).get_attribute("href"))
    named = {"thread": client, "hour": hour, "caseload": "/caseload/", "evidence": "/evidence/"}
    named |= {name: f"{client}{name}/" for name in ("patterns", "formulation", "kept-lines", "measures")}
    yield page, named
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_bears_enlarging_other_scripts_and_loose_type(name: str, desk: Any) -> None:
    page, named = desk
    page.goto(named[name])
    page.emulate_media(reduced_motion="reduce")
    faults = {}
    for case, width in (("200 %", 640), ("400 %", 320)):  # CSS pixels that are left of 1280
        page.set_viewport_size({"width": width, "height": 700})
        faults[case] = too_wide(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.dir = 'rtl'")
    faults["right to left"] = too_wide(page)
    page.set_viewport_size({"width": 390, "height": 844})
    faults["right to left, phone"] = too_wide(page)
    mirrored = page.evaluate(
        "(() => { const h = document.querySelector('h1'); const b = h.getBoundingClientRect();"
        " return getComputedStyle(h).direction === 'rtl' && b.right > innerWidth - 40; })()"
    )
    page.evaluate("document.documentElement.dir = 'ltr'")
    # WCAG 1.4.12: a reader's own spacing clips nothing.
    page.evaluate(
        "(() => { const s = new CSSStyleSheet();"
        " s.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }');"
        " document.adoptedStyleSheets = [s]; })()"
    )
    faults["loose type"] = too_wide(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert mirrored
    assert {case: wide for case, wide in faults.items() if wide > 0} == {}


def test_constructs_are_told_apart_without_colour(desk: Any) -> None:
    """A code is solid, a cue dotted: by the line, not by its ink."""
    page, named = desk
    page.goto(named["hour"])
    lines = page.evaluate(
        "[...document.querySelectorAll('.entry')].map(e => [e.classList.contains('cue'), getComputedStyle(e).borderInlineStartStyle])"
    )
    assert {style for is_cue, style in lines if is_cue} == {"dotted"}
    assert "dotted" not in {style for is_cue, style in lines if not is_cue}


def test_forced_colours_keep_marks_links_and_focus(desk: Any) -> None:
    page, named = desk
    page.emulate_media(forced_colors="active")
    page.goto(named["hour"])
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    shown = page.evaluate(
        "[...document.querySelectorAll('mark:not(.long)')].every(m => getComputedStyle(m).textDecorationLine.includes('underline'))"
    )
    assert shown
    page.goto(named["thread"])
    beads = page.evaluate(
        "[...document.querySelectorAll('.wide-only .dot')].map(d => getComputedStyle(d).fill)[0]"
    )
    assert beads not in (None, "none", "rgb(255, 255, 255)")
    page.emulate_media(forced_colors="none")


def test_nothing_moves_for_who_asked_for_rest(desk: Any) -> None:
    page, named = desk
    page.emulate_media(reduced_motion="reduce")
    page.goto(named["thread"])
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
        " return s.animationName !== 'none' || s.transitionDuration.split(',').some(t => parseFloat(t) > 0); }).length"
    )
    assert moving == 0


@pytest.mark.parametrize(
    ("name", "most"), [("kept-lines", 4), ("formulation", 6), ("thread", 6), ("patterns", 14), ("hour", 16)]
)
def test_a_page_prints_on_as_many_sheets_as_it_needs(name: str, most: int, desk: Any) -> None:
    page, named = desk
    page.emulate_media(media="print")
    page.goto(named[name])
    assert page.locator(".running nav").first.is_hidden()
    assert page.locator(".entry.cue").first.is_hidden() if name == "hour" else True
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    page.emulate_media(media="screen")
    assert 1 <= sheets <= most


@pytest.mark.parametrize("name", PAGES)
def test_nothing_on_paper_runs_off_the_sheet(name: str, desk: Any) -> None:
    """At the width between the margins of A4, of Letter on its side for the thread, no table or drawing is cut."""
    page, named = desk
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 960 if name == "thread" else 680, "height": 900})
    page.goto(named[name])
    cut = page.evaluate(
        "[...document.querySelectorAll('main table, main svg')].filter(e => e.getClientRects().length > 0 &&"
        " (e.getBoundingClientRect().left < -1 || e.getBoundingClientRect().right > innerWidth + 1)).length"
    )
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(media="screen")
    assert cut == 0


def test_what_folds_is_open_and_named_on_paper(desk: Any) -> None:
    """The lines behind a folded head stand below it; what only serves the screen is left out."""
    page, named = desk
    page.emulate_media(media="print")
    page.goto(named["patterns"])
    heads = page.locator(".corner-lines summary")
    assert heads.count() > 0
    assert all(heads.nth(n).is_visible() for n in range(heads.count()))
    assert page.locator(".as-table > summary").first.is_hidden()
    assert page.locator(".closing").first.is_hidden()
    page.emulate_media(media="screen")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [320, 390])
def test_the_head_of_a_narrow_page_holds_nothing_over_another(width: int, direction: str, desk: Any) -> None:
    """Cover and Lock are wanted at once: neither lies under the name of the program, whichever side it stands on."""
    page, _named = desk
    page.set_viewport_size({"width": width, "height": 700})
    page.goto("/today/")
    page.evaluate("way => { document.documentElement.dir = way; }", direction)
    over = page.evaluate(
        "(() => { const box = e => e.getBoundingClientRect(), brand = box(document.querySelector('.brand'));"
        " return [...document.querySelectorAll('.you > *')].map(box)"
        ".filter(b => b.left < brand.right && b.right > brand.left).length; })()"
    )
    page.set_viewport_size({"width": 1280, "height": 900})
    assert over == 0


@pytest.mark.parametrize("language", ["de", "es"])
def test_tables_and_heads_of_longer_languages_fit_a_tablet_and_a_phone(language: str, desk: Any) -> None:
    page, _named = desk

    def speak(code: str) -> None:
        page.goto("/practice/")
        with page.expect_navigation(wait_until="load"):
            page.locator(f"form.languages button[value={code}]").click()

    speak(language)
    wide = {}
    for path in ("/caseload/", "/practice/checked/", "/evidence/", "/recovery-code/"):
        page.goto(path)
        for width in (320, 390, 769, 800, 834, 1024):
            page.set_viewport_size({"width": width, "height": 700})
            wide[path, width] = too_wide(page)
        page.set_viewport_size({"width": 1280, "height": 900})
    speak("en")
    assert {where: more for where, more in wide.items() if more > 0} == {}


@pytest.mark.parametrize(
    ("name", "place"), [("kept-lines", ".kept p"), ("thread", ".lead"), ("hour", ".lead"), ("hour", ".said")]
)
def test_a_line_in_hebrew_ends_at_its_left(name: str, place: str, desk: Any) -> None:
    """What people wrote runs in its own direction: the stop at its end stands left of its first letter."""
    page, named = desk
    page.goto(named[name])
    first, last = page.evaluate(
        "place => { const e = document.querySelector(place); e.textContent = 'היא אמרה: שלום!';"
        " const at = n => { const r = document.createRange(); r.setStart(e.firstChild, n); r.setEnd(e.firstChild, n + 1);"
        " return r.getBoundingClientRect().left; }; return [at(0), at(e.firstChild.length - 1)]; }",
        place,
    )
    assert last < first


@pytest.mark.parametrize(("width", "height"), [(640, 400), (320, 256), (844, 390)])
def test_what_stays_on_a_clients_low_screen_leaves_most_of_it_to_read(
    width: int, height: int, chromium: Any, demo_url: str
) -> None:
    """Enlarged, or a telephone on its side: the numbers for a crisis stay, the walk gives way."""
    context = chromium.new_context(base_url=demo_url, viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/account/login/")
    with page.expect_navigation(wait_until="load"):
        page.evaluate("document.querySelector(\"form[action$='/client/']\").submit()")
    assert page.locator(".tour").is_visible()
    page.evaluate("scrollTo(0, 600)")
    covered = page.evaluate(
        "[...document.querySelectorAll('.tour, .crisis')].map(e => e.getBoundingClientRect())"
        ".reduce((sum, b) => sum + Math.max(0, Math.min(b.bottom, innerHeight) - Math.max(b.top, 0)), 0) / innerHeight"
    )
    assert page.locator(".crisis").bounding_box()["y"] < height
    context.close()
    assert covered < 0.4
