"""An id that belongs to another client is looked for among one's own alone: the keys are never even tried."""

from datetime import UTC, datetime

import pytest

from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.permissions import Permission as P
from depthwork.practice.policy.registry import allows
from depthwork.practice.portal import actions as place
from depthwork.practice.sources.models import Source
from depthwork.practice.supervision import actions as supervision
from depthwork.practice.tracking import actions as tracking
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.treatments.models import Goal
from depthwork.practice.treatments.queries import clients_for
from depthwork.practice.vault.unlocked import opened
from tests import cast as people

pytestmark = pytest.mark.django_db


def named(person):
    return set(clients_for(person).values_list("id", flat=True))


def test_a_caseload_holds_ones_own_clients_alone(cast):
    theirs = people.client_of(cast.eve, "Ines Vale")
    assert named(cast.ana.person) == {cast.client.id}
    assert named(cast.eve.person) == {theirs.id}
    assert named(cast.dov.person) == {cast.other.id}
    assert named(cast.mara.person) == {cast.client.id, theirs.id}


def test_a_part_that_ended_and_a_denial_take_a_client_from_the_caseload(cast):
    second = people.client_of(cast.ana, "Ines Vale")
    Involvement.objects.filter(client=second.id).update(ends_at=datetime.now(UTC))
    assert named(cast.ana.person) == {cast.client.id}
    Involvement.objects.create(
        person=cast.ana.person, practice=cast.practice.id, client=cast.client.id, part=Part.DENIED
    )
    assert named(cast.ana.person) == set()


def never(*_args, **_kwargs):
    raise AssertionError("an action was asked for with a row of somebody else")


def test_a_client_rates_no_goal_of_another(cast, monkeypatch):
    with opened(cast.dov.unlocked):
        goal = Goal.objects.create(
            client=cast.other, treatment=cast.other_treatment, words="to stay", order=1
        )
    monkeypatch.setattr(place, "rate_own_goal", never)
    assert cast.cleo.browser().post(f"/place/goals/{goal.id}/", {"value": "5"}).status_code == 404


def test_a_form_of_another_client_opens_in_no_place(cast):
    theirs = people.treatment_of(cast.ana, people.client_of(cast.ana, "Ines Vale"), hours=1)
    with opened(cast.ana.unlocked):
        answer_consent(
            client=theirs.client,
            by=cast.ana.person,
            purpose="forms",
            is_yes=True,
            given_on=datetime.now(UTC).date(),
        )
        made = tracking.ask(
            client=theirs.client, by=cast.ana.person, measure_id="gad7", mode="place", treatment=theirs
        )
    browser = cast.cleo.browser()
    assert browser.get(f"/place/forms/{made.request.id}/").status_code == 404
    assert browser.post(f"/place/forms/{made.request.id}/save/", {"q1": "2"}).status_code == 404


def test_a_client_uses_the_place_of_no_other_client(cast):
    told = {"practice": cast.practice.id}
    assert allows(cast.cleo.person, P.USE_OWN_PLACE, client=cast.client.id, **told)
    assert not allows(cast.cleo.person, P.USE_OWN_PLACE, client=cast.other.id, **told)


def test_nobody_is_in_the_practice_whose_sign_in_was_closed(cast):
    assert allows(cast.ana.person, P.SEE_PRACTICE, practice=cast.practice.id)
    cast.ana.person.is_active = False
    assert not allows(cast.ana.person, P.SEE_PRACTICE, practice=cast.practice.id)


def test_coding_is_asked_for_no_text_of_another_client(cast, monkeypatch):
    with opened(cast.dov.unlocked):
        text = Source.objects.create(
            client=cast.other, treatment=cast.other_treatment, kind="transcript", provenance="verbatim"
        )
    monkeypatch.setattr(supervision, "ask_for_coding", never)
    answer = cast.ana.browser().post(
        f"/clients/{cast.client.id}/supervision/coding/", {"source": str(text.id), "me": "1"}
    )
    assert answer.status_code == 404
