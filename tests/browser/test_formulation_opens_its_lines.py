"""The brief therapy's formulation: three versions, and citations that open their lines."""

from __future__ import annotations

import pytest

from tests.browser.demo_site import needs_chromium

pytestmark = [pytest.mark.browser, needs_chromium]

# Follows each citation as a click would, without drawing the page: does its words stand in the turn it names?
FOLLOWED = """async (links) => {
  const pages = new Map(), lost = [], plain = (s) => s.replace(/\\s+/g, " ").trim();
  for (const [href, quote] of links) {
    const url = new URL(href, document.baseURI);
    if (!pages.has(url.pathname + url.search)) {
      const answer = await fetch(url.pathname + url.search);
      pages.set(url.pathname + url.search, answer.ok
        ? new DOMParser().parseFromString(await answer.text(), "text/html") : null);
    }
    const page = pages.get(url.pathname + url.search), turn = page && page.getElementById(url.hash.slice(1));
    if (!turn || !plain(turn.textContent).includes(plain(quote))) lost.push(href);
  }
  return lost;
}"""


def cited(page):
    """(address, quoted words) of every line cited on the page."""
    return page.eval_on_selector_all(
        "aside .entry, .entry",
        """all => all.map(e => [e.querySelector("a[href*='/hours/']"), e.querySelector("p, q, blockquote")])
            .filter(([a, p]) => a && p && p.textContent.includes("\\u201c"))
            .map(([a, p]) => [a.getAttribute("href"), p.textContent.split("\\u201c")[1].split("\\u201d")[0]])""",
    )


def test_three_versions_stand_and_every_cited_line_opens_where_it_was_said(signed_in):
    page = signed_in("colleague")
    page.goto("/caseload/")
    thread = page.locator("a[href^='/clients/']", has_text="Graça").first.get_attribute("href")
    page.goto(f"{thread}formulation/")
    versions = page.locator("a[href^='/formulations/']").evaluate_all(
        "all => [...new Set(all.filter(a => !a.textContent.includes('being written')).map(a => a.getAttribute('href')))].filter(h => /^\\/formulations\\/[0-9a-f-]+\\/$/.test(h))"
    )
    assert len(versions) == 2  # the third stands open; the two before it are linked beneath
    links = cited(page)
    assert len(links) >= 10
    page.locator(".entry a[href*='/hours/']").first.click()
    page.wait_for_load_state()
    turn = page.locator(f"#{page.url.rpartition('#')[2]}")
    assert links[0][1] in " ".join(turn.inner_text().split())
    assert turn.evaluate(
        "e => { const r = e.getBoundingClientRect(); return r.top < innerHeight && r.bottom > 0 }"
    )
    for href in versions:
        page.goto(href)
        links += cited(page)
    assert page.evaluate(FOLLOWED, links) == []
    assert len(links) >= 20
