"""In a real browser: words in another field are kept before the page moves on, and a link into a fold opens it."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.urls import reverse

from depthwork.practice.formulation import actions
from depthwork.practice.formulation.models import Formulation, Statement
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.browser.demo_site import needs_chromium
from tests.web.test_casework_patterns import told

append_only = import_module("depthwork.practice.audit.migrations.0002_append_only")
pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True), needs_chromium,
]  # fmt: skip


@pytest.fixture
def room(chromium, live_server):
    """A clinician's browser, with a version of a formulation being written."""
    cast = people.everybody()
    with opened(cast.ana.unlocked):
        cast.row = actions.begin_version(
            treatment=cast.treatment, titles=["What returns", "Here, with me"], by=cast.ana.person
        )
        cast.one = actions.add_statement(
            formulation=cast.row, section=cast.row.sections[0]["key"], words="She waits.", by=cast.ana.person
        )
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    signed_in = cast.ana.browser()
    context.add_cookies(
        [{"name": c.key, "value": c.value, "url": live_server.url} for c in signed_in.cookies.values()]
    )
    cast.page, cast.base = context.new_page(), live_server.url
    yield cast
    context.close()


def said(room):
    with opened(room.ana.unlocked):
        return sorted(row.words for row in Statement.objects.all())


def test_a_statement_begun_elsewhere_on_the_page_is_kept_with_the_version(room):
    page = room.page
    page.goto(room.base + reverse("formulation:write", args=[room.row.id]))
    page.fill(f"#n{room.row.sections[1]['key']}", "And I wait with her.")
    page.fill(f"#w{room.one.id}", "She waits, and counts.")
    with page.expect_navigation(url=lambda url: "/write/" not in url):
        page.click("#keep button")
    assert said(room) == ["And I wait with her.", "She waits, and counts."]
    assert Formulation.objects.get().kept_at is not None


def test_a_corner_of_a_triangle_opens_its_lines(room):
    told(room)
    page = room.page
    page.goto(room.base + reverse("casework:patterns", args=[room.client.id]))
    lines = page.locator("#conflict-defense")
    assert not lines.is_visible()
    page.locator("svg a[href='#conflict-defense']").first.click()
    lines.wait_for(state="visible")
    page.goto("about:blank")
    page.goto(room.base + reverse("casework:patterns", args=[room.client.id]) + "#person-past")
    page.locator("#person-past").wait_for(state="visible")
