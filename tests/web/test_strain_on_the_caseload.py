"""A strain that nobody repaired, and a check-in that fell, stand on the caseload's line with their link."""

import re
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from depthwork.patterns.hours import Hour
from depthwork.patterns.hours import Treatment as Coded
from depthwork.patterns.strain import left_open, strain_over
from tests.hands_marks import fallen, marked

OURS = re.compile(r'FROM "(treatments_|tracking_|coverage_|record_|sources_|casework_)')
HTMX = {"HTTP_HX_REQUEST": "true"}


def words_of(answer):
    return answer.content.decode()


def test_an_open_strain_stands_beside_its_line_and_leads_to_the_hour(cast):
    hour = marked(cast, 2, "rupture_withdrawal")
    part = words_of(cast.ana.browser().get(reverse("ui:strain"), **HTMX))
    assert f'id="strain-{cast.treatment.id}" hx-swap-oob="true"' in part
    assert "strain open, hour 2" in part
    assert reverse("casework:hour", args=[hour.id]) in part
    assert f'<span id="strain-{cast.treatment.id}"></span>' in words_of(cast.ana.browser().get("/caseload/"))


def test_a_strain_that_a_later_hour_repaired_is_not_said(cast):
    marked(cast, 1, "rupture_withdrawal")
    marked(cast, 2, "rupture_resolution")
    assert "strain open" not in words_of(cast.ana.browser().get(reverse("ui:strain"), **HTMX))


def test_the_page_without_a_script_names_the_client(cast):
    marked(cast, 3, "rupture_confrontation")
    page = words_of(cast.ana.browser().get(reverse("ui:strain")))
    assert "Cleo" in page
    assert "hour 3" in page


def test_nobody_else_is_told(cast):
    marked(cast, 3, "rupture_confrontation")
    assert "strain-" not in words_of(cast.eve.browser().get(reverse("ui:strain"), **HTMX))


def test_many_strained_treatments_cost_one_query(cast):
    marked(cast, 3, "rupture_confrontation")
    browser = cast.ana.browser()
    browser.get(reverse("ui:strain"), **HTMX)
    with CaptureQueriesContext(connection) as asked:
        browser.get(reverse("ui:strain"), **HTMX)
    assert len([one for one in asked if OURS.search(one["sql"])]) == 1


def test_a_check_in_that_fell_is_said_on_the_line_without_a_query_more(cast):
    browser = cast.ana.browser()
    browser.get("/caseload/")
    with CaptureQueriesContext(connection) as before:
        page = words_of(browser.get("/caseload/"))
    assert "the check-in fell" not in page
    fallen(cast)
    with CaptureQueriesContext(connection) as after:
        page = words_of(browser.get("/caseload/"))
    assert "the check-in fell" in page
    assert len(after) <= len(before)


def test_nothing_is_left_open_where_nothing_was_strained():
    hours = [Hour("a", 1, date(2026, 1, 6), None, "notes", ())]
    assert left_open(strain_over(Coded(hours))) is None
