"""What a client meets who comes in by the public address: every link and every form leads somewhere."""

import re
from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from depthwork.practice.intake.models import SafetyPlan
from depthwork.practice.policy.public_host import PUBLIC
from depthwork.practice.portal import actions
from depthwork.practice.tracking import actions as tracking
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.unlocked import opened
from tests.cast import pin_each_other
from tests.web.test_every_door_is_reached import name_at, walk

pytestmark = pytest.mark.django_db
HOST = "practice.example"
FORM = re.compile(r"""<form\b[^>]*?\saction=["']([^"']+)["']""")


@pytest.fixture
def public(settings):
    cache.clear()
    settings.PUBLIC_ORIGIN = f"https://{HOST}"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, HOST]


@pytest.fixture
def place(cast, public):
    """Cleo's account, let in by Ana, with something on every part of the page."""
    pin_each_other(cast.ana, cast.cleo)
    cast.cleo.person.password = "argon2$one$that$nobody$types"  # so that there is one to change
    cast.cleo.person.save()
    now = datetime.now(UTC)
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id,
            compartments=["administration", "record"],
            reader=cast.cleo.id,
            purpose="own place",
        )
        for purpose in ("forms", "research"):
            answer_consent(
                client=cast.client, by=cast.ana.person, purpose=purpose, is_yes=True, given_on=now.date()
            )
        tracking.ask(client=cast.client, by=cast.ana.person, measure_id="gad7", mode="place")
        actions.open_thoughts(client=cast.client, by=cast.ana.person, yes=True)
        SafetyPlan.objects.create(client=cast.client, number=1, made_on=now.date())
    with opened(cast.cleo.unlocked):
        actions.open_thoughts(client=cast.client, by=cast.cleo.person, yes=True)
    return cast


def there(actor, **options):
    """A browser that asks by the public address."""
    browser = actor.browser(**options)
    browser.defaults["HTTP_HOST"] = HOST
    return browser


class Posting:
    """A browser that remembers where the forms of its pages are sent."""

    def __init__(self, browser):
        self.browser, self.sent_to = browser, set()

    def get(self, path, **options):
        answer = self.browser.get(path, **options)
        self.sent_to |= {name_at(to) for to in FORM.findall(answer.content.decode())}
        return answer


def test_no_link_and_no_form_of_a_clients_pages_is_dead_there(place):
    browser = Posting(there(place.cleo))
    found = walk(browser, {"nothing: every link is opened"})
    assert found.dead == []
    assert {"portal:place", "portal:safety_plan", "portal:take_back", "portal:form", "mfa_index",
            "account_change_password", "ui:not_protected"} <= found.names  # fmt: skip
    assert browser.sent_to - {None} <= PUBLIC


def test_an_invitation_opens_at_the_public_address_and_names_it(cast, public):
    fresh = cast.ana.browser()
    with opened(cast.ana.unlocked):
        cast.cleo.person.delete()
    page = fresh.post(f"/clients/{cast.client.id}/place/", {"act": "invite"}).content.decode()
    link = re.search(r'value="(https://practice\.example/place/join/[^"]+)"', page).group(1)
    stranger = type(fresh)()
    answer = stranger.get(link.removeprefix(f"https://{HOST}"), headers={"host": HOST})
    assert answer.status_code == 200
    assert "A place of your own" in answer.content.decode()


def test_the_first_page_there_is_the_place(place):
    answer = there(place.cleo).get("/", follow=True)
    assert answer.redirect_chain[-1][0] == "/place/"


def test_who_signs_in_by_the_door_comes_to_the_place(place):
    assert there(place.cleo, locked=True).get("/place/").headers["Location"].startswith("/unlock/")


@pytest.mark.parametrize("who", ["ana", "mara", "ben", "rui"])
def test_staff_are_told_where_their_pages_are_and_see_no_door_to_them(place, who):
    page = there(getattr(place, who)).get("/", follow=True)
    words = page.content.decode()
    assert page.status_code == 404
    assert "served on the practice’s machine alone" in words
    for address in ("/today/", "/caseload/", "/practice/", "/evidence/", "/desk/"):
        assert f'href="{address}' not in words


@pytest.mark.parametrize(
    "path",
    ["/account/password/change/", "/account/2fa/", "/sign-out/", "/account/reauthenticate/", "/no/such/"],
)
def test_the_crisis_numbers_stand_on_a_clients_pages_of_the_door_too(place, path):
    words = place.cleo.browser().get(path, follow=True).content.decode()
    assert words.count('<aside class="crisis"') == 1
    assert words.index("116 123") > words.index("</main>")


def test_they_stand_on_the_page_that_is_locked(place):
    words = place.cleo.browser(locked=True).get("/unlock/").content.decode()
    assert words.index("116 123") > words.index("</main>")
    assert "Your safety plan" in words


def test_they_stand_where_the_second_factor_is_asked_for(place, client):
    from allauth.account.models import Login
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=place.cleo.person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    session = client.session
    waiting = Login(user=place.cleo.person)
    waiting.state["stages"] = {"current": "mfa_authenticate"}
    session["account_login"] = waiting.serialize()
    session.save()
    page = client.get("/account/2fa/authenticate/")
    assert page.status_code == 200
    assert "116 123" in page.content.decode()


def test_staff_do_not_have_them_at_their_foot(place):
    for path in ("/account/2fa/", "/unlock/", "/no/such/", "/place/not-protected/"):
        assert '<aside class="crisis"' not in place.ana.browser().get(path).content.decode()


def test_what_is_not_protected_leads_back_by_who_reads_it(place):
    assert 'href="/place/"' in there(place.cleo).get("/place/not-protected/").content.decode()
    assert 'href="/today/"' in place.ana.browser().get("/place/not-protected/").content.decode()


def test_the_page_of_erasing_is_a_clinicians_page_with_a_way_out(place):
    words = place.ana.browser().get(f"/clients/{place.client.id}/erase/").content.decode()
    assert '<nav class="places"' in words
    assert f'href="/clients/{place.client.id}/measures/"' in words
    assert '<aside class="crisis"' not in words
    assert "Leave it as it is" in words
