"""A page says what it asks, where one came from, and what is not there yet; paper carries no doors."""

import re
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.test import Client as Browser
from django.urls import reverse

from depthwork.practice import ui
from depthwork.practice.people.models import Practice
from depthwork.practice.treatments import actions
from depthwork.practice.vault.unlocked import opened

PRINT = Path(ui.__file__).parent / "static" / "depthwork" / "print.css"

FORMS_OF_A_DAY = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime-local": "%Y-%m-%dT%H:%M"}


def seen(browser, url):
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


@pytest.fixture
def beside(cast):
    of = {"treatment": cast.treatment, "by": cast.ana.person}
    with opened(cast.ana.unlocked):
        cast.goal = actions.add_goal(**of, words="To sing", is_own=True)
        actions.rate_goal(goal=cast.goal, by=cast.ana.person, rater="client", value=3, on=date(2026, 2, 1))
        actions.add_adjunct(**of, kind="medication", on=date(2026, 2, 3), what="sertraline")
        actions.add_life_event(**of, kind="loss", on=date(2026, 2, 4), words="The dog")
    return cast


@pytest.mark.django_db
def test_what_stands_beside_is_a_table_of_day_words_and_kind(beside):
    page = seen(beside.ana.browser(), f"/clients/{beside.client.id}/alongside/")
    rows = [words(row).replace("\xa0", " ") for row in re.findall(r"<tr>.*?</tr>", page, re.S)]
    assert any(row.startswith("3 Feb 2026 sertraline medication") for row in rows)
    assert any(row.startswith("4 Feb 2026 The dog a loss") for row in rows)


@pytest.mark.django_db
def test_no_form_stands_in_a_paragraph_that_it_would_end(beside):
    page = seen(beside.ana.browser(), f"/clients/{beside.client.id}/alongside/")
    paragraphs = re.findall(r"<p[ >].*?</p>", page, re.S)
    assert not any("<form" in one for one in paragraphs)


@pytest.mark.django_db
def test_how_near_a_goal_is_asks_so_in_its_title_and_quotes_the_goal(beside):
    page = seen(beside.ana.browser(), f"/goals/{beside.goal.id}/near/")
    assert "<h1>How near is it?</h1>" in page
    assert "<q>To sing</q>" in page


@pytest.mark.django_db
def test_a_question_of_consent_leads_back_to_the_consents(cast):
    page = seen(cast.ana.browser(), f"/clients/{cast.client.id}/consents/treatment/")
    opening = page.split('<div class="opening">')[1].split("<h1>")[0]
    assert f'href="/clients/{cast.client.id}/consents/"' in opening


@pytest.mark.django_db
def test_whoever_does_not_begin_a_treatment_finds_back(cast):
    page = seen(cast.ana.browser(), f"/clients/{cast.client.id}/treatment/begin/")
    assert "Leave it as it is" in words(page)
    assert f'href="/clients/{cast.client.id}/consultation/"' in page.split("<h1>")[0].split("opening")[1]


@pytest.mark.django_db
def test_a_client_without_an_account_is_said_to_have_none(cast):
    page = words(seen(cast.ana.browser(), f"/clients/{cast.client.id}/place/"))
    assert "The client has none yet." in page


@pytest.mark.django_db
def test_the_ways_of_working_lead_back_to_the_form_that_led_there(cast):
    Practice.objects.create(name="Elsewhere", time_zone="Europe/London", country="GB")
    Practice.objects.filter(pk=cast.practice.pk).update(country="US")
    form = reverse("intake:ask_at", args=[cast.practice.id])
    page = seen(Browser(), f"{reverse('intake:formats')}?from={cast.practice.id}")
    assert f'href="{form}"' in page
    assert "988" in page  # the numbers of that practice's country, though the house holds two


@pytest.mark.django_db
@pytest.mark.parametrize("came", ["", "?from=nonsense", "?from=00000000-0000-0000-0000-000000000000"])
def test_the_ways_of_working_open_from_anywhere(cast, came):
    assert "/ask/" not in seen(Browser(), reverse("intake:formats") + came)


def test_what_is_not_for_paper_stays_off_it_whatever_else_a_sheet_says():
    rule = next(line for line in PRINT.read_text().splitlines() if ".no-print" in line)
    assert rule.endswith("{ display: none !important }")


def test_a_day_or_time_already_known_stands_in_its_field_in_every_language():
    """A browser's field of a day reads one form alone; a day in the reader's own order leaves it empty."""
    import_module("depthwork.practice.config.urls")
    waiting, wrong, fields = [forms.Form, forms.ModelForm], [], 0
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if not kind.__module__.startswith("depthwork."):
            continue
        for name, field in kind.base_fields.items():
            wanted = FORMS_OF_A_DAY.get(getattr(field.widget, "input_type", ""))
            fields += wanted is not None
            if wanted and field.widget.format != wanted:
                wrong.append(f"{kind.__module__}.{kind.__name__}.{name}")
    assert wrong == []
    assert fields > 20
