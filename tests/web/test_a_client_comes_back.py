"""A client comes back: a second course, and the first one is still there to be read."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.treatments.queries import current_treatment
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
ENDED = date(2026, 2, 1)


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


@pytest.fixture
def twice(ana):
    """A course that ended with a summary, and a second one."""
    actions.end_treatment(
        treatment=ana.treatment, by=ana.ana.person, on=ENDED, planned=True, ended_by="both",
        summary="What the first one was.",
    )  # fmt: skip
    ana.second = actions.begin_treatment(client=ana.client, by=ana.ana.person, starts_on=TODAY, focus="again")
    return ana


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def page(browser, cast, rest=""):
    return browser.get(f"/clients/{cast.client.id}/{rest}").content.decode()


def open_first(browser, cast, **more):
    return browser.post(f"/clients/{cast.client.id}/treatment/{cast.treatment.id}/open/", **more)


def test_the_first_course_is_opened_from_the_client_s_page_with_its_thread_and_summary(twice, browser):
    assert "What the first one was." not in page(browser, twice, "record/")
    assert f"/treatment/{twice.treatment.id}/open/" in page(browser, twice, "about/")
    assert open_first(browser, twice).status_code == 302
    assert "What the first one was." in page(browser, twice, "record/")
    assert "line of hour 3" in page(browser, twice, "kept-lines/")
    assert "An earlier course lies open" in page(browser, twice)
    assert "An earlier course lies open" in page(browser, twice, "frame/")


def test_the_present_course_is_opened_again_and_the_head_is_quiet(twice, browser):
    open_first(browser, twice)
    browser.post(f"/clients/{twice.client.id}/treatment/{twice.second.id}/open/")
    assert "What the first one was." not in page(browser, twice, "record/")
    assert "An earlier course lies open" not in page(browser, twice)


def test_what_one_sign_in_opened_is_not_open_in_another(twice, browser):
    open_first(browser, twice)
    assert "What the first one was." not in page(twice.ana.browser(), twice, "record/")


def test_the_course_of_another_client_is_not_found(twice, browser):
    url = f"/clients/{twice.client.id}/treatment/{twice.other_treatment.id}/open/"
    assert browser.post(url).status_code == 404
    assert (
        twice.dov.browser()
        .post(f"/clients/{twice.client.id}/treatment/{twice.treatment.id}/open/")
        .status_code
        == 404
    )


def test_the_course_under_way_stands_before_one_that_began_later(twice):
    Treatment.objects.filter(pk=twice.second.pk).update(starts_on=date(2020, 1, 1))
    assert current_treatment(twice.client).pk == twice.second.pk


def test_a_second_course_beside_one_under_way_is_refused_on_its_page(ana, browser):
    sent = {"starts_on": TODAY.isoformat(), "format": "open_ended"}
    answer = browser.post(f"/clients/{ana.client.id}/treatment/begin/", sent)
    assert "is under way; end it first" in answer.content.decode()
    assert Treatment.objects.filter(client=ana.client).count() == 1


def test_the_database_holds_one_course_under_way(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        Treatment.objects.create(client=ana.client, clinician=ana.ana.person, starts_on=TODAY)


def test_an_ended_course_is_not_reopened_beside_another(twice):
    first = Treatment.objects.get(pk=twice.treatment.pk)
    with pytest.raises(CourseError, match="is under way"):
        actions.reopen_treatment(treatment=first, by=twice.ana.person)


def test_another_course_is_offered_once_the_first_has_ended(ana, browser):
    assert "Begin another course" not in page(browser, ana, "about/")
    actions.end_treatment(treatment=ana.treatment, by=ana.ana.person, on=ENDED, planned=True, ended_by="both")
    assert "Begin another course" in page(browser, ana, "about/")
    sent = {"starts_on": TODAY.isoformat(), "format": "open_ended"}
    open_first(browser, ana)
    assert browser.post(f"/clients/{ana.client.id}/treatment/begin/", sent).status_code == 302
    assert current_treatment(ana.client).starts_on == TODAY
    assert "An earlier course lies open" not in page(browser, ana)
