"""The running head says where the reader stands, on pages beneath a place as well as on the place itself."""

from __future__ import annotations

import re

import pytest

from tests import cast as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def standing(browser, address: str) -> list[tuple[str, str]]:
    """The places that a page marks as the reader's own, with how: on it ("page") or beneath it ("true")."""
    response = browser.get(address)
    assert response.status_code == 200, address
    found = re.findall(
        r'<a href="[^"]*" aria-current="(page|true)"[^>]*>([^<]+)</a>', response.content.decode()
    )
    return [(name, how) for how, name in found]


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("measures/ask/", "Measures"),
        ("measures/schedule/", "Measures"),
        ("dreams/", "Patterns"),
        ("frame/agree/", "Frame"),
        ("treatment/change/", "Frame"),
        ("coverage/papers/", "Coverage"),
        ("record/new/", "Record"),
        ("safety-plan/make/", "Safety plan"),
        ("about/edit/", "Client"),
        ("consents/recording/", "Consents"),
        ("alongside/goal/", "Alongside"),
    ],
)
def test_a_page_beneath_a_leaf_of_a_client_marks_that_leaf(cast, browser, page, place):
    assert standing(browser, f"/clients/{cast.client.id}/{page}") == [(place, "true")]


def test_a_leaf_itself_is_marked_as_the_page(cast, browser):
    assert standing(browser, f"/clients/{cast.client.id}/measures/") == [("Measures", "page")]
    assert standing(browser, f"/clients/{cast.client.id}/") == [("Thread", "page")]


def test_an_hour_stands_beneath_the_thread_and_its_note_beneath_the_record(cast, browser):
    hour = people.treatment_of(cast.ana, people.client_of(cast.ana, "Ines Vale"), hours=1, brief=None)
    one = hour.sessions.get()
    assert standing(browser, f"/hours/{one.id}/") == [("Thread", "true")]
    assert standing(browser, f"/hours/{one.id}/progress-note/") == [("Record", "true")]
    assert standing(browser, f"/hours/{one.id}/move/") == [("Frame", "true")]


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("/clients/new/", "Caseload"),
        ("/weeks-away/", "Caseload"),
        ("/supervision/", "Supervision"),
        ("/take-in/", "Practice"),
    ],
)
def test_a_page_of_the_practice_marks_the_place_it_is_reached_from(browser, page, place):
    assert standing(browser, page) == [(place, "true")]


@pytest.mark.parametrize(
    ("page", "own"),
    [
        ("/practice/keys/", "Keys"),
        ("/account/2fa/", "Second factor"),
        ("/recovery-code/", "Recovery code"),
        ("/watch/", "Between the hours"),
    ],
)
def test_a_page_of_ones_own_is_not_marked_as_the_people_of_the_practice(browser, page, own):
    assert standing(browser, page) == [("Practice", "true"), (own, "page")]
