"""On the public host only the inquiry, forms by link and the client's own place exist."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory

from depthwork.practice.config.proxy import ProxyMiddleware
from depthwork.practice.intake.limits import may_send
from depthwork.practice.policy.public_host import PUBLIC
from depthwork.practice.policy.registry import routes
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
HOST = "practice.example"
CLIENTS = re.compile(
    r"^(ask/|ways-of-working/|f/|forms/|place/|account/|unlock|lock|sign-out|recover|language/"
    r"|evidence/for-clients/$|tour/|$)"
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


def let_through(sender, times):
    """Whether inquiries from one address, as a proxy passes them on, were let through."""
    asked = RequestFactory().get("/ask/", headers={"x-forwarded-for": f"198.51.100.250, {sender}"})
    ProxyMiddleware(lambda request: HttpResponse())(asked)
    return [may_send(asked, what="inquiry") for _ in range(times)]


def test_behind_a_proxy_one_senders_tries_do_not_close_the_door_for_others(public):
    assert let_through("203.0.113.7", 7) == [True] * 6 + [False]
    assert let_through("203.0.113.8", 1) == [True]


def test_what_the_sender_wrote_into_the_header_is_not_believed(client, public, db):
    headers = {"host": HOST, "x-forwarded-for": "198.51.100.1, 203.0.113.7"}
    seen = client.get("/ways-of-working/", headers=headers).wsgi_request.META["REMOTE_ADDR"]
    assert seen == "203.0.113.7"


@pytest.mark.parametrize("forwarded", ["", "unknown", "203.0.113.7, <script>", ","])
def test_a_header_that_holds_no_address_changes_nothing(client, public, forwarded):
    headers = {"host": HOST, "x-forwarded-for": forwarded}
    assert client.get("/ways-of-working/", headers=headers).wsgi_request.META["REMOTE_ADDR"] == "127.0.0.1"


def test_without_a_public_address_the_header_is_not_read(client, db):
    answer = client.get("/ways-of-working/", headers={"x-forwarded-for": "203.0.113.7"})
    assert answer.wsgi_request.META["REMOTE_ADDR"] == "127.0.0.1"


def opens_there(page):
    """The link that a page shows stands at the public name, and opens there."""
    (link,) = set(re.findall(r"https?://[^\s\"<]*(?:/f/|/place/join/)[^\s\"<]*", page.content.decode()))
    assert link.startswith(f"https://{HOST}/")
    path = link.removeprefix(f"https://{HOST}")
    return Browser().get(path, headers={"host": HOST}).status_code == 200


def test_a_forms_link_opens_where_the_client_is(cast, public):
    with opened(cast.ana.unlocked):
        answer_consent(client=cast.client, by=cast.ana.person, purpose="forms", is_yes=True, given_on=datetime.now(UTC).date())  # fmt: skip
    page = cast.ana.browser().post(
        f"/clients/{cast.client.id}/measures/ask/", {"measure": "gad7", "mode": "link", "for_hour": ""}
    )
    assert opens_there(page)


def test_an_invitation_to_the_own_place_opens_where_the_client_is(cast, public):
    cast.cleo.person.delete()
    page = cast.ana.browser().post(f"/clients/{cast.client.id}/place/", {"act": "invite"})
    assert opens_there(page)


def test_the_page_of_the_inquiry_names_its_public_address(cast, public):
    page = cast.mara.browser().get("/inquiries/desk/").content.decode()
    assert f"https://{HOST}/ask/{cast.practice.id}/" in page


def test_without_a_public_address_a_link_stands_at_this_machine(cast):
    page = cast.mara.browser().get("/inquiries/desk/").content.decode()
    assert f"http://testserver/ask/{cast.practice.id}/" in page


def test_the_safety_plan_opens_in_the_own_place_there(cast, public):
    answer = cast.cleo.browser().get("/place/safety-plan/", headers={"host": HOST})
    assert answer.resolver_match.view_name == "portal:safety_plan"
