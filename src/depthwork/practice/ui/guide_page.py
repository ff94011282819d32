"""The guide inside the product: the same pages as in `docs/guide`, without their pictures, which do not ship."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString

from depthwork.practice.config.markup import escaped_already
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import rule

FIRST: Final = "README"


def folder() -> Path | None:
    """Where the pages lie: in the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[2]
    places = (package / "guide", package.parents[1] / "docs" / "guide")
    return next((one for one in places if (one / f"{FIRST}.md").is_file()), None)


@cache
def pages() -> dict[str, str]:
    """Each page by the name of its file; nothing where the guide was left out."""
    here = folder()
    return {} if here is None else {file.stem: file.read_text("utf-8") for file in here.glob("*.md")}


@rule(P.SEE_PRACTICE)
def guide(request: HttpRequest, page: str = FIRST) -> HttpResponse:
    """One page of the guide; by default the list of them."""
    if page not in pages():
        raise Http404("no such page of the guide")
    title, body = set_page(page)
    return render(request, "ui/guide.html", {"title": title, "body": body, "is_first": page == FIRST})


@cache
def set_page(page: str) -> tuple[str, SafeString]:
    """The title and the words of a page as HTML. No markup of a page is taken over, only what Markdown says."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(pages()[page])
    title = ""
    if len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title, tokens = tokens[1].content, tokens[3:]
    for token in tokens:
        token.attrs.pop("style", None)  # a column's alignment: the content policy refuses it
        if token.children is not None:
            token.children = _leading_here(token.children)
    html = reader.renderer.render(list(_scrolled(tokens)), reader.options, {})
    return title, escaped_already(html)  # our own pages, read with markup switched off


def _scrolled(tokens: list[Any]) -> Iterator[Any]:
    """What cannot be set narrower, a table or lines to type, scrolls by itself; it takes the keyboard and has a name."""
    from markdown_it.token import Token

    heading, seen = "", 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before is not None and before.type == "heading_open":
            heading = token.content
        is_wide = token.type in ("table_open", "fence", "code_block")
        if is_wide:
            seen += 1
            name = escape(f"{seen}: {heading.replace('`', '')}")
            attributes = f'class="scroll" tabindex="0" role="region" aria-label="{name}"'
            yield Token("html_block", "", 0, content=f"<div {attributes}>")
        yield token
        if token.type == "table_close" or (is_wide and token.type != "table_open"):
            yield Token("html_block", "", 0, content="</div>")


def _leading_here(children: list[Any]) -> list[Any]:
    """Links to other pages lead to them here; what has no page here is said without a link, and pictures are left out."""
    kept, ends = [], []
    for token in children:
        if token.type == "image":
            continue
        if token.type == "link_open":
            address = _address(str(token.attrs.get("href", "")))
            ends.append(bool(address))
            if not address:
                continue
            token.attrs["href"] = address
        elif token.type == "link_close" and not ends.pop():
            continue
        kept.append(token)
    return kept


def _address(href: str) -> str:
    if href == "start.pdf":
        return reverse("ui:start_guide")
    name = href.removesuffix(".md")
    if name == href or name not in pages():
        return ""
    return reverse("ui:guide") if name == FIRST else reverse("ui:guide_page", args=[name])
