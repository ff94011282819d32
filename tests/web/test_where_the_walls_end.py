"""The plain page of what is not protected: there for clients and for who works here, also before signing in."""

import pytest

from depthwork.practice.policy.public_host import PUBLIC

pytestmark = pytest.mark.django_db
ADDRESS = "/place/not-protected/"


def test_a_stranger_a_client_and_a_clinician_can_read_it(cast, client):
    for browser in (client, cast.cleo.browser(), cast.ana.browser(), cast.ana.browser(locked=True)):
        page = browser.get(ADDRESS)
        assert page.status_code == 200
        assert "There is no back door" in page.content.decode()


def test_clients_reach_it_by_the_public_address():
    assert "ui:not_protected" in PUBLIC


def test_it_is_linked_where_clients_and_clinicians_are(cast):
    assert ADDRESS in cast.ana.browser().get("/practice/").content.decode()


def test_it_says_nothing_of_the_practice(cast):
    page = cast.ana.browser().get(ADDRESS).content.decode()
    assert cast.practice.name not in page
    assert "Cleo" not in page
