"""The office comes by a click to the clients whose names and hours it may see, and to nothing else of them."""

import pytest

from depthwork.practice.treatments import actions as treatments
from depthwork.practice.vault.models import KeyPin
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db


def test_a_manager_comes_to_appointments_and_coverage(cast):
    browser = cast.mara.browser()
    assert 'href="/clients/"' in browser.get("/practice/").content.decode()
    page = browser.get("/clients/").content.decode()
    assert "Cleo Marsh" in page
    for leaf in ("about/", "frame/", "coverage/"):
        assert f"/clients/{cast.client.id.hex}/{leaf}" in page or f"/clients/{cast.client.id}/{leaf}" in page
        assert browser.get(f"/clients/{cast.client.id}/{leaf}").status_code == 200


def test_clients_that_the_office_may_not_open_are_counted_and_not_named(cast):
    KeyPin.objects.filter(person=cast.ana.person, other=cast.mara.id).delete()
    with opened(cast.ana.unlocked):
        treatments.admit_client(name="Noor Haddad", by=cast.ana.person)
    page = cast.mara.browser().get("/clients/").content.decode()
    assert "Noor" not in page
    assert "1 more is not shown" in page


@pytest.mark.parametrize("who", ["ana", "eve", "ben", "rui", "cleo"])
def test_the_list_is_the_offices(cast, who):
    assert getattr(cast, who).browser().get("/clients/").status_code == 404


def test_another_practice_has_none_of_them(cast):
    assert cast.dov.browser().get("/clients/").status_code == 404
