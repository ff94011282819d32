"""Pages that were dead ends lead back, a long thread lies on its side, and a form past its review says so."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from depthwork.measures import measure
from depthwork.practice.tracking.views import own_texts
from depthwork.practice.treatments.models import Session
from tests.cast import treatment_of


def words_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    ("name", "who"), [("ui:where", "mara"), ("coverage:office", "mara"), ("coverage:letterhead", "ana")]
)
def test_the_pages_of_the_office_lead_back_to_the_practice(cast, name, who):
    page = words_of(getattr(cast, who).browser().get(reverse(name)))
    opening = page[page.index('class="opening"') : page.index("<h1")]
    assert f'href="{reverse("ui:practice")}"' in opening


def test_a_thread_of_many_hours_prints_on_its_side_too(cast):
    Session.objects.filter(treatment=cast.treatment).delete()
    cast.treatment.delete()
    treatment_of(cast.ana, cast.client, hours=61, brief=None, start=date.today() - timedelta(weeks=62))
    page = words_of(cast.ana.browser().get(reverse("ui:thread", args=[cast.client.id])))
    assert '<body class="process thread landscape"' in page


def test_a_form_past_its_review_is_marked_where_forms_stand(cast, monkeypatch):
    late = measure("phq9")
    page = words_of(cast.ana.browser().get(reverse("tracking:texts")))
    assert "was to be read again by" not in page
    monkeypatch.setattr(own_texts, "reviews_due", lambda on: (late,))
    page = words_of(cast.ana.browser().get(reverse("tracking:texts")))
    assert "1 definition is past the day on which it was to be read again" in page
    assert page.count("was to be read again by") == 1
