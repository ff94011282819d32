"""On the public host only the inquiry, forms by link and the client's own place exist."""

import re
import uuid

import pytest
from django.core.cache import cache

from depthwork.practice.policy.public_host import PUBLIC
from depthwork.practice.policy.registry import routes

pytestmark = pytest.mark.django_db
HOST = "practice.example"
CLIENTS = re.compile(
    r"^(ask/|ways-of-working/|f/|forms/|place/|account/|unlock|lock|sign-out|recover|language/)"
)


@pytest.fixture
def public(settings):
    cache.clear()
    settings.PUBLIC_ORIGIN = f"https://{HOST}"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, HOST]


def address(pattern):
    """An address of a route; ids are random."""
    plain = pattern.replace("^", "").replace("$", "").replace("\\Z", "")
    return "/" + re.sub(r"<[^>]+>|\(\?P.*?\)", lambda found: str(uuid.uuid4()), plain)


def test_every_public_route_is_a_clients_and_is_known():
    names = {name: pattern for pattern, name, _ in routes()}
    for name in PUBLIC:
        assert name in names, name
        assert CLIENTS.match(names[name]), f"{name}: {names[name]}"


def test_no_other_route_answers_there_whoever_asks(cast, public):
    browser, tried = cast.ana.browser(), 0
    for pattern, name, _ in routes():
        if name in PUBLIC or not name:
            continue
        answer = browser.get(address(pattern), headers={"host": HOST})
        assert answer.status_code == 404, f"{name}: {answer.status_code}"
        tried += 1
    assert tried > 150


def test_the_same_pages_answer_on_this_machine(cast, public):
    browser = cast.ana.browser()
    assert browser.get("/caseload/").status_code == 200
    assert browser.get("/caseload/", headers={"host": HOST}).status_code == 404


def test_a_port_behind_the_public_name_changes_nothing(cast, public):
    assert cast.ana.browser().get("/caseload/", headers={"host": f"{HOST}:8443"}).status_code == 404


def test_a_client_comes_to_their_own_place_there(cast, public):
    assert cast.cleo.browser().get("/place/", headers={"host": HOST}).status_code in (200, 302)


def test_a_stranger_sees_the_ways_of_working_there(client, public):
    assert client.get("/ways-of-working/", headers={"host": HOST}).status_code == 200
