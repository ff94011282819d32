"""An insurer sees a score only while the client's dated yes stands: a FHIR bundle made for one. Papers: coverage."""

import json
from datetime import date

import pytest
from django.urls import reverse

from depthwork.practice.coverage.scores import names_a_score
from depthwork.practice.disclosure.models import Disclosure
from depthwork.practice.tracking.models import Request
from depthwork.practice.treatments.actions.consent import answer_consent, revoke_consent
from depthwork.practice.vault.unlocked import opened
from tests.payer import signed_note, yes_to_scores

pytestmark = pytest.mark.django_db
GIVEN = {f"q{n}": "2" for n in range(1, 9)} | {"q9": "0"}


@pytest.fixture
def scored(cast):
    """A PHQ-9 of 16, filled in the room, and a signed note that says so."""
    browser = cast.ana.browser()
    asked = {"measure": "phq9", "mode": "room", "for_hour": ""}
    browser.post(reverse("tracking:ask", args=[cast.client.id]), asked)
    browser.post(reverse("tracking:room_send", args=[Request.objects.get().id]), GIVEN)
    signed_note(cast, "PHQ-9 16. Works full time.")
    return cast


def sent(cast, whom):
    """The bundle that the page gives out."""
    answer = cast.ana.browser().post(reverse("disclosure:give_fhir", args=[cast.client.id]), {"for": whom})
    assert answer.status_code == 200
    return json.loads(answer.content)


def kinds(bundle):
    return {one["resource"]["resourceType"] for one in bundle["entry"]}


def holds_a_score(bundle):
    found = kinds(bundle) & {"QuestionnaireResponse", "Observation", "Questionnaire"}
    words = [
        one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "DocumentReference"
    ]
    return bool(found) or names_a_score(json.dumps(words)) or any("PHQ-9 16" in str(one) for one in words)


def test_a_system_of_those_who_treat_gets_the_answers_and_the_score(scored):
    assert {"QuestionnaireResponse", "Observation"} <= kinds(sent(scored, ""))


def test_an_insurers_bundle_holds_no_score_while_the_client_was_not_asked(scored):
    bundle = sent(scored, "insurer")
    assert not holds_a_score(bundle)
    assert "Encounter" in kinds(bundle)
    with opened(scored.ana.unlocked):
        assert Disclosure.objects.get().to_whom == "an insurer"


def test_a_no_keeps_the_score_from_the_insurer(scored):
    yes_to_scores(scored, is_yes=False)
    assert not holds_a_score(sent(scored, "insurer"))


def test_with_the_clients_dated_yes_the_insurers_bundle_holds_it(scored):
    yes_to_scores(scored)
    assert holds_a_score(sent(scored, "insurer"))


def test_a_yes_that_was_taken_back_or_ran_out_keeps_it_back(scored):
    given = yes_to_scores(scored)
    with opened(scored.ana.unlocked):
        revoke_consent(consent=given, by=scored.ana.person)
    assert not holds_a_score(sent(scored, "insurer"))
    with opened(scored.ana.unlocked):
        answer_consent(
            client=scored.client, by=scored.ana.person, purpose="insurer_scores", is_yes=True,
            given_on=date(2026, 1, 8), ends_on=date(2026, 2, 8),
        )  # fmt: skip
    assert not holds_a_score(sent(scored, "insurer"))
