"""Names on the pages that open first can be initials, for everyone of the practice."""

import re

import pytest

from depthwork.practice.treatments.models import Session
from tests import cast as people
from tests.browser.demo_site import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast():
    return people.everybody()


@pytest.fixture
def open_as(chromium, live_server):
    contexts = []

    def go(actor):
        context = chromium.new_context(base_url=live_server.url)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        context.add_cookies(
            [
                {"name": c.key, "value": c.value, "url": live_server.url}
                for c in actor.browser().cookies.values()
            ]
        )
        return context.new_page()

    yield go
    for context in contexts:
        context.close()


def choose(page, *, initials):
    page.goto("/practice/")
    page.set_checked("[name=initials]", initials)
    with page.expect_navigation():
        page.click("form[action='/practice/names/'] button")


def test_a_manager_chooses_initials_and_the_first_pages_show_no_name(cast, open_as):
    manager, clinician = open_as(cast.mara), open_as(cast.ana)
    day = Session.objects.filter(client=cast.client).first().day
    first_pages = ("/caseload/", f"/today/?day={day}")
    for page in first_pages:
        clinician.goto(page)
        assert "Cleo" in clinician.inner_text("main")
    choose(manager, initials=True)
    for page in first_pages:
        clinician.goto(page)
        words = clinician.inner_text("main")
        assert re.search(r"\bC\.", words)
        assert "Cleo" not in clinician.content()
        assert "Marsh" not in clinician.content()
    clinician.goto("/search/")
    clinician.fill("[name=words]", "line of hour")
    with clinician.expect_navigation():
        clinician.press("[name=words]", "Enter")
    assert "Cleo" not in clinician.content()
    choose(manager, initials=False)
    clinician.goto("/caseload/")
    assert "Cleo" in clinician.inner_text("main")
