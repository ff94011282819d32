"""In a browser that knows Trusted Types, text becomes markup by parsing alone, and the pages still swap their parts."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

TRY = """() => {
  const told = {};
  const attempt = (name, act) => { try { act(); told[name] = "done"; } catch (error) { told[name] = error.name; } };
  const text = "<img src=x onerror=alert(1)>", part = document.createElement("p"), script = document.createElement("script");
  document.body.append(part);
  attempt("innerHTML", () => { part.innerHTML = text; });
  attempt("outerHTML", () => { part.outerHTML = text; });
  attempt("insertAdjacentHTML", () => part.insertAdjacentHTML("beforeend", text));
  attempt("setHTMLUnsafe", () => part.setHTMLUnsafe(text));
  attempt("fragment", () => document.createRange().createContextualFragment(text));
  attempt("write", () => document.write(text));
  attempt("frame", () => { document.createElement("iframe").srcdoc = text; });
  attempt("script", () => { script.textContent = "alert(1)"; });
  attempt("address", () => { script.src = "/static/other.js"; });
  attempt("policy", () => trustedTypes.createPolicy("another", { createHTML: (s) => s }));
  attempt("second", () => trustedTypes.createPolicy("default", { createHTML: (s) => s }));
  attempt("parsing", () => new DOMParser().parseFromString(text, "text/html"));
  attempt("apart", () => Document.parseHTMLUnsafe(text));
  part.remove();
  return told;
}"""
REFUSED = (
    "innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "fragment", "write", "frame", "script", "address",
    "policy", "second",
)  # fmt: skip


@pytest.mark.parametrize("where", ["/today/", "/place/"])
def test_text_becomes_markup_by_parsing_alone(signed_in: Any, where: str) -> None:
    page = signed_in("client" if where == "/place/" else "clinician")
    page.goto(where)
    told = page.evaluate(TRY)
    assert {name: told[name] for name in REFUSED} == dict.fromkeys(REFUSED, "TypeError")
    assert {told["parsing"], told["apart"]} == {"done"}


def test_a_part_of_a_page_is_exchanged_under_it(signed_in: Any) -> None:
    page, said = signed_in("clinician"), []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda one: said.append(str(one)))
    page.goto("/today/")
    page.evaluate("() => htmx.ajax('GET', '/today/', { target: '#text', swap: 'innerHTML', select: 'h1' })")
    page.wait_for_function("document.querySelector('#text').childElementCount === 1")
    assert page.locator("#text h1").is_visible()
    assert said == []


def test_a_policy_that_lets_text_through_would_be_seen(chromium: Any) -> None:
    """The control: the same page without the directive."""
    page = chromium.new_page()
    try:
        page.route(
            "http://rooms.test/**", lambda route: route.fulfill(body="<p>x</p>", content_type="text/html")
        )
        page.goto("http://rooms.test/")
        assert page.evaluate(TRY)["innerHTML"] == "done"
    finally:
        page.close()
