"""An insurer sees a score only while the client's dated yes stands: a FHIR bundle made for one. Papers: coverage."""

import json
from datetime import date

import pytest
from django.urls import reverse

from depthwork.practice.coverage.scores import names_a_score
from depthwork.practice.disclosure.models import Disclosure
from depthwork.practice.tracking.models import Request, Response
from depthwork.practice.treatments.actions.consent import answer_consent, revoke_consent
from depthwork.practice.treatments.models import Goal, GoalRating, Session
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


@pytest.fixture
def hoping(scored):
    """A goal in the client's words, rated 3, and a focus in their words."""
    with opened(scored.ana.unlocked):
        goal = Goal.objects.create(client=scored.client, treatment=scored.treatment, words="to stay when it is quiet", order=1)  # fmt: skip
        GoalRating.objects.create(client=scored.client, goal=goal, on=date(2026, 1, 8), by="client", value=3)
        scored.treatment.focus = "why I leave first"
        scored.treatment.save()
    return scored


def test_an_insurers_bundle_holds_no_goal_no_rating_and_no_focus_without_the_yes(hoping):
    text = json.dumps(sent(hoping, "insurer"))
    assert "to stay when it is quiet" not in text
    assert "rating" not in text
    assert "why I leave first" not in text


def test_with_the_yes_goals_and_focus_stand_in_it(hoping):
    yes_to_scores(hoping)
    text = json.dumps(sent(hoping, "insurer"))
    assert "to stay when it is quiet" in text
    assert "why I leave first" in text


def test_a_score_is_dated_by_its_form_and_names_the_time_it_was_scored(scored):
    made = {one["resource"]["resourceType"]: one["resource"] for one in sent(scored, "")["entry"]}
    assert made["Observation"]["effectiveDateTime"] == made["QuestionnaireResponse"]["authored"]
    assert made["Observation"]["issued"] >= made["Observation"]["effectiveDateTime"]


def test_a_form_of_another_day_dates_its_score_by_that_day(scored):
    Response.objects.update(on=date(2026, 1, 5))
    made = {one["resource"]["resourceType"]: one["resource"] for one in sent(scored, "")["entry"]}
    assert made["Observation"]["effectiveDateTime"] == "2026-01-05"


def test_a_score_names_the_hour_of_its_form(scored):
    with opened(scored.ana.unlocked):
        hour = Session.objects.filter(client=scored.client, status="held").first()
    Response.objects.update(session=hour)
    made = {one["resource"]["resourceType"]: one["resource"] for one in sent(scored, "")["entry"]}
    assert made["Observation"]["encounter"] == {"reference": f"Encounter/{hour.id}"}


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
