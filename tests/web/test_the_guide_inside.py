"""The guide is read inside the product: its pages, its links, nothing that the content policy would refuse."""

import re

import pytest
from django.urls import reverse

from depthwork.practice.ui import guide_page


def words_of(answer):
    return answer.content.decode()


def test_the_head_leads_to_the_guide_and_the_guide_to_its_pages(cast):
    assert f'href="{reverse("ui:guide")}"' in words_of(cast.ana.browser().get("/today/"))
    first = words_of(cast.ana.browser().get(reverse("ui:guide")))
    assert reverse("ui:guide_page", args=["3-the-hour"]) in first
    assert reverse("ui:start_guide") in first
    hour = words_of(cast.ana.browser().get(reverse("ui:guide_page", args=["3-the-hour"])))
    assert "<h1" in hour
    assert "The hour and its words" in hour
    assert "<strong>A note.</strong>" in hour


@pytest.mark.parametrize("page", sorted(guide_page.pages()))
def test_every_page_is_set_without_dead_links_pictures_or_inline_style(cast, page):
    browser = cast.mara.browser()
    said = words_of(browser.get(reverse("ui:guide_page", args=[page])))
    _title, body = guide_page.set_page(page)
    assert str(body) in said
    assert "<img" not in body
    assert "style=" not in body
    assert ".md" not in "".join(re.findall(r'href="([^"]*)"', body))
    for address in set(re.findall(r'href="(/[^"]*)"', body)):
        assert browser.get(address).status_code == 200


def test_a_page_that_is_not_there_is_not_there(cast):
    assert cast.ana.browser().get("/help/guide/nothing/").status_code == 404


def test_a_client_finds_no_door_to_it(cast):
    assert cast.cleo.browser().get(reverse("ui:guide")).status_code == 404


def test_markup_of_a_page_stays_words(monkeypatch):
    monkeypatch.setattr(guide_page, "pages", lambda: {"x": "# X\n\n<script>alert(1)</script> <b>b</b>"})
    guide_page.set_page.cache_clear()
    _title, body = guide_page.set_page("x")
    guide_page.set_page.cache_clear()
    assert "<script" not in body
    assert "&lt;b&gt;" in body


@pytest.mark.parametrize("page", sorted(guide_page.pages()))
def test_what_cannot_be_set_narrower_scrolls_by_itself_and_takes_the_keyboard(page):
    _title, body = guide_page.set_page(page)
    assert body.count("<table") + body.count("<pre") == body.count('<div class="scroll" tabindex="0"')
    assert body.count("<div") == body.count("</div>")
    names = re.findall(r'aria-label="([^"]*)"', body)
    assert len(names) == len(set(names))
