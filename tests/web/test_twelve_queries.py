"""No page of a working day asks the database more than twelve times: through its whole stack, of a client with years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from depthwork.practice.casework.models import MarkRow
from depthwork.practice.coverage.models import Authorisation
from depthwork.practice.tracking.models import Score
from depthwork.practice.treatments.models import Session
from depthwork.practice.ui.fiction.book import Book
from tests.cast import Actor
from tests.moving import fill_rooms, small_fiction, standing

pytestmark = pytest.mark.django_db
# On PostgreSQL the audit's lock is a journey of its own, and the act that needs it begins within the test's: two more.
MOST = 12 if connection.vendor == "sqlite" else 15
OF_A_CLIENT = (
    "", "measures/", "frame/", "record/", "patterns/", "kept-lines/", "formulation/", "coverage/", "consents/",
)  # fmt: skip
SLUGS = ("brief", "after")


@pytest.fixture(scope="module")
def book(django_db_setup, django_db_blocker, tmp_path_factory):
    """Two clients of the fiction with all that a treatment gathers; the days are this year's."""
    folder = tmp_path_factory.mktemp("fiction") / "demo"
    with standing(django_db_blocker):
        yield fill_rooms(Book(small_fiction(folder, *SLUGS), today=date.today()))


@pytest.fixture
def browser(book):
    """Who treats them, signed in; nothing else of this sign-in has been asked before."""

    def signed_in(slug):
        who = book.clients[slug]["clinician"]
        return Actor(book.people[who], book.unlocked[who], "").browser()

    return signed_in


def test_these_clients_have_what_the_pages_gather(book):
    for slug in SLUGS:
        own = book.rows[slug]
        assert MarkRow.objects.filter(client=own).count() > 20, slug
        assert Score.objects.filter(client=own).exists(), slug
    assert Authorisation.objects.filter(
        client__in=book.rows.values(), from_date__lte=date.today(), to_date__gte=date.today()
    ).exists()


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("page", OF_A_CLIENT)
def test_a_page_of_a_client_asks_at_most_twelve_times(
    book, browser, page, slug, django_assert_max_num_queries
):
    reader, url = browser(slug), f"/clients/{book.rows[slug].id}/{page}"
    reader.get(url)
    with django_assert_max_num_queries(MOST):
        assert reader.get(url).status_code == 200


@pytest.mark.parametrize("slug", SLUGS)
def test_the_page_of_an_hour_asks_at_most_twelve_times(book, browser, slug, django_assert_max_num_queries):
    marks = MarkRow.objects.filter(client=book.rows[slug], session__number__isnull=False)
    hour = marks.order_by("-session__starts_at").values_list("session_id", flat=True)[0]
    reader = browser(slug)
    reader.get(f"/hours/{hour}/")
    with django_assert_max_num_queries(MOST):
        assert reader.get(f"/hours/{hour}/").status_code == 200


@pytest.mark.parametrize("page", ["/practice/", "/inquiries/", "/caseload/"])
def test_a_page_of_the_practice_asks_at_most_twelve_times(browser, page, django_assert_max_num_queries):
    reader = browser("brief")
    reader.get(page)
    with django_assert_max_num_queries(MOST):
        assert reader.get(page).status_code == 200


@pytest.mark.parametrize("weeks", [0, -2, 60])
def test_today_asks_at_most_twelve_times_on_a_day_with_hours_or_without(
    book, browser, weeks, django_assert_max_num_queries
):
    reader = browser("brief")
    held = Session.objects.filter(client=book.rows["brief"], status="held").order_by("-day")
    day = held.values_list("day", flat=True)[0] + timedelta(weeks=weeks)
    url = f"/today/?day={day.isoformat()}"
    reader.get(url)
    with django_assert_max_num_queries(MOST):
        assert reader.get(url).status_code == 200
