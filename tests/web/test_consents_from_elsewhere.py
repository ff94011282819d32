"""A yes that was given to another practice stands here as it came, and counts once the client said it here too."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from depthwork.practice.audit.models import Event
from depthwork.practice.disclosure.fhir_out import facts_of
from depthwork.practice.disclosure.models import Arrival
from depthwork.practice.disclosure.research_out import consented
from depthwork.practice.treatments.actions import answer_consent
from depthwork.practice.treatments.consents import agreement, answered
from depthwork.practice.treatments.models import Client, Consent
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TODAY = date(2026, 2, 1)


@pytest.fixture
def moved(cast):
    """Cleo, who said yes to research and to the transcript at one practice, and whose record came to another."""
    with opened(cast.ana.unlocked):
        for purpose in ("research", "transcript", "insurer_scores"):
            answer_consent(client=cast.client, by=cast.ana.person, purpose=purpose, is_yes=True, given_on=date(2026, 1, 6))  # fmt: skip
        cast.before = facts_of(cast.client).consents
    raw = cast.ana.browser().post(f"/clients/{cast.client.id}/giving-out/fhir/").content
    cast.dov.browser().post("/take-in/", {"file": SimpleUploadedFile("r.json", raw)})
    cast.arrival = Arrival.objects.get()
    cast.there = Client.objects.select_related("practice").get(id=cast.arrival.client_id)
    return cast


def test_a_yes_to_research_given_elsewhere_does_not_count(moved):
    with opened(moved.dov.unlocked):
        assert agreement(moved.there, "research", on=TODAY) is None
        assert answered(moved.there, "research", on=TODAY) == "unasked"
        assert moved.there not in consented(moved.dov.person, on=TODAY)[0]


def test_what_binds_no_practice_counts_as_it_came(moved):
    with opened(moved.dov.unlocked):
        assert agreement(moved.there, "transcript", on=TODAY) is not None


def test_the_rows_stay_as_they_came(moved):
    with opened(moved.dov.unlocked):
        came = {
            (one.purpose, one.is_yes, one.given_on, one.is_open) for one in facts_of(moved.there).consents
        }
    assert came == {(one.purpose, one.is_yes, one.given_on, one.is_open) for one in moved.before}


def test_the_page_of_the_arrival_lists_them_and_one_confirmation_lets_them_count(moved):
    browser = moved.dov.browser()
    text = browser.get(f"/arrivals/{moved.arrival.id}/").content.decode()
    assert text.count("does not count yet") == 2
    with opened(moved.dov.unlocked):
        row = Consent.objects.get(client=moved.there, purpose="research")
    browser.post(f"/arrivals/{moved.arrival.id}/confirm/", {"consent": [str(row.id)]})
    with opened(moved.dov.unlocked):
        assert agreement(moved.there, "research", on=TODAY) is not None
        assert agreement(moved.there, "insurer_scores", on=TODAY) is None
    assert Event.objects.filter(verb="consent.confirmed", client=moved.there.id).count() == 1


def test_asked_again_here_the_new_answer_counts(moved):
    with opened(moved.dov.unlocked):
        answer_consent(
            client=moved.there, by=moved.dov.person, purpose="research", is_yes=True, given_on=TODAY
        )
        assert agreement(moved.there, "research", on=TODAY) is not None


def test_a_consent_of_another_client_is_not_confirmed_by_its_id(moved):
    other = Consent.objects.filter(client=moved.client).first()
    moved.dov.browser().post(f"/arrivals/{moved.arrival.id}/confirm/", {"consent": [str(other.id)]})
    assert not Event.objects.filter(verb="consent.confirmed").exists()


def test_nobody_else_confirms(moved):
    assert moved.ana.browser().post(f"/arrivals/{moved.arrival.id}/confirm/").status_code == 404


def test_the_consents_page_says_that_it_waits(moved):
    text = moved.dov.browser().get(f"/clients/{moved.there.id}/consents/").content.decode()
    assert text.count("Given to another practice") == 2
