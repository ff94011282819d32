"""A practice asks its staff for a second factor: until one is set up no other page opens."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from depthwork.practice.audit.models import Event
from depthwork.practice.policy.models import SecondFactor
from depthwork.practice.policy.second_factor import staff_without

SET_UP = reverse("mfa_index")


@pytest.fixture
def asked(cast):
    assert cast.mara.browser().post("/practice/second-factor/", {"asked": "on"}).status_code == 302
    return cast


def gives_one(actor):
    seed = get_adapter().encrypt(totp.generate_totp_secret())
    Authenticator.objects.create(user=actor.person, type=Authenticator.Type.TOTP, data={"secret": seed})


def test_who_has_none_is_led_to_set_one_up_and_opens_nothing_before(asked):
    browser = asked.ana.browser()
    for page in ("/today/", "/search/", reverse("ui:thread", args=[asked.client.id])):
        answer = browser.get(page)
        assert (answer.status_code, answer["Location"]) == (302, SET_UP)
    assert browser.get(SET_UP).status_code == 200
    assert not Event.objects.filter(verb="thread.read").exists()


def test_the_ways_that_are_needed_to_set_one_up_stay_open(asked):
    browser = asked.ana.browser()
    assert (
        SET_UP
        not in browser.get("/account/2fa/totp/activate/", follow=False).get("Location", "")[-len(SET_UP) :]
    )
    assert browser.get("/sign-out/").status_code == 200
    assert browser.post("/lock/").status_code == 302


def test_who_has_one_goes_on(asked):
    gives_one(asked.ana)
    assert asked.ana.browser().get("/today/").status_code == 200


def test_an_answer_to_a_part_of_a_page_moves_the_whole_window(asked):
    answer = asked.ana.browser().get("/today/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, SET_UP)


def test_clients_and_other_practices_are_not_asked(asked):
    assert asked.cleo.browser().get("/place/").status_code == 200
    assert asked.dov.browser().get("/today/").status_code == 200


def test_nobody_is_asked_where_the_practice_does_not(cast):
    assert cast.ana.browser().get("/today/").status_code == 200


def test_a_manager_asks_and_lets_go_and_a_clinician_cannot(cast):
    page = "/practice/second-factor/"
    assert cast.ana.browser().post(page, {"asked": "on"}).status_code == 404
    assert not SecondFactor.objects.exists()
    gives_one(cast.mara)
    browser = cast.mara.browser()
    browser.post(page, {"asked": "on"})
    assert SecondFactor.objects.get().by == cast.mara.person
    browser.post(page, {})
    assert not SecondFactor.objects.exists()
    told = Event.objects.filter(verb__startswith="practice.second_factor").values_list("verb", flat=True)
    assert list(told) == ["practice.second_factor_asked", "practice.second_factor_let_go"]


def test_people_shows_who_has_one(cast):
    gives_one(cast.ana)
    page = cast.mara.browser().get("/practice/").content.decode()
    assert page.count('data-label="Second factor:">yes<') == 1
    assert page.count('data-label="Second factor:">none yet<') == 4


def test_the_doctor_counts_staff_without_one(asked):
    before = staff_without()
    gives_one(asked.ana)
    assert staff_without() == before - 1


def test_a_request_asks_no_query_more_where_no_factor_is_asked_for(cast, django_assert_num_queries):
    from depthwork.practice.people.backends import PassphraseBackend

    with django_assert_num_queries(1):
        person = PassphraseBackend().get_user(cast.ana.id)
        assert not hasattr(person.practice, "second_factor")
