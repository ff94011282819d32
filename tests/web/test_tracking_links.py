"""Asking by link: who may be asked what, and what a link opens."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser

from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import Closed, TrackingError
from depthwork.practice.tracking.models import Request
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.tokens import fresh_token, token_name
from depthwork.practice.vault.unlocked import opened
from tests.asking import asked_by_link, linked, phone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def room(cast, settings):
    return asked_by_link(cast, settings)


def test_a_link_is_kept_as_a_name_from_which_it_cannot_be_made(room):
    made = linked(room)
    with connection.cursor() as cursor:
        cursor.execute("select * from tracking_request")
        stored = str(cursor.fetchall())
    assert made.token not in stored
    assert token_name(made.token) in stored
    assert "gad7" not in stored


def test_looking_at_a_link_uses_nothing_up(room):
    made = linked(room)
    before = Request.objects.values().get(id=made.request.id)
    for _ in range(50):
        assert Browser().get(f"/f/{made.token}/").status_code == 200
    assert Request.objects.values().get(id=made.request.id) == before


def test_the_page_of_a_link_tells_its_address_to_nobody(room):
    made = linked(room)
    page = Browser().get(f"/f/{made.token}/")
    assert page["Referrer-Policy"] == "strict-origin"
    assert 'name="referrer" content="strict-origin"' in page.content.decode()
    assert made.token not in page.content.decode()


def test_a_form_needs_the_cookie_of_its_own_link(room):
    made, other = linked(room), linked(room, "rses")
    browser = phone(other)
    assert browser.get(f"/forms/{made.request.id}/").status_code == 404
    assert Browser().get(f"/forms/{made.request.id}/").status_code == 404


def test_random_tokens_open_nothing():
    names = {token_name(fresh_token()) for _ in range(2000)}
    assert len(names) == 2000
    assert not Request.objects.filter(token_name__in=list(names)[:500]).exists()
    assert token_name("a" * 10_000) is None
    assert token_name("ä") is None
    assert token_name(fresh_token()[:-1] + "!") is None


def test_guessing_links_is_slowed_down(room):
    browser = Browser()
    codes = [browser.get(f"/f/{fresh_token()}/").status_code for _ in range(25)]
    assert codes[0] == 404
    assert codes[-1] == 429


def test_asking_again_replaces_a_link_that_nobody_used(room):
    first, second = linked(room), linked(room)
    assert Request.objects.get(id=first.request.id).state == "withdrawn"
    assert Browser().post(f"/f/{first.token}/").status_code == 302
    with pytest.raises(Closed):
        actions.save_items(request_id=first.request.id, token=first.token, given={"q1": 1})
    assert second.request.is_open


def test_asking_again_leaves_a_form_alone_that_is_being_filled_in(room):
    made = linked(room)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q1": 1})
    with pytest.raises(TrackingError, match="being filled in"):
        linked(room)


def test_a_client_who_said_no_to_forms_gets_no_link(room):
    with opened(room.ana.unlocked):
        answer_consent(
            client=room.client,
            by=room.ana.person,
            purpose="forms",
            is_yes=False,
            given_on=datetime.now(UTC).date(),
        )
    with pytest.raises(TrackingError, match="has not agreed"):
        linked(room)


def test_without_a_public_address_there_are_no_links(room, settings):
    settings.PUBLIC_ORIGIN = ""
    with pytest.raises(TrackingError, match="public address"):
        linked(room)


def test_a_form_without_its_words_is_not_asked(room):
    with pytest.raises(TrackingError, match="words of this form"), opened(room.ana.unlocked):
        actions.ask(client=room.client, by=room.ana.person, measure_id="wai_sr", mode="room")


def test_a_form_asked_by_a_person_never_goes_out(room):
    with pytest.raises(TrackingError, match="asked by a person"):
        linked(room, "asq")


def test_a_clinician_cannot_open_the_sheet_of_a_link(room):
    made = linked(room)
    assert room.ana.browser().get(f"/room/{made.request.id}/").status_code == 404


@pytest.mark.parametrize("who", ["eve", "mara", "rui", "dov", "ben"])
def test_nobody_else_opens_the_measures(room, who):
    assert getattr(room, who).browser().get(f"/clients/{room.client.id}/measures/").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"state": "done", "receipt": "ABCDEFGH"},  # without finished_at
        {"state": "done", "finished_at": datetime.now(UTC)},  # without a receipt
        {"token_name": None},
        {"state": "declined", "finished_at": datetime.now(UTC), "draft": b"x"},
    ],
)
def test_the_database_refuses_a_request_that_cannot_be(room, change):
    made = linked(room)
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(id=made.request.id).update(**change)


def test_what_is_asked_and_still_open_stands_under_its_name(room):
    linked(room)
    page = room.ana.browser().get(f"/clients/{room.client.id}/measures/").content.decode()
    assert "Anxiety (GAD-7), by link" in page
