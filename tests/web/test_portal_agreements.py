"""A client takes back, in their own place, what they had agreed to."""

from datetime import UTC, datetime, time, timedelta

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.treatments.actions import answer_consent, plan_hour
from depthwork.practice.treatments.consents import allows, transcripts_to_burn
from depthwork.practice.treatments.models import Consent
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def place(cast):
    """Cleo's account, let in by Ana, who sends forms with Cleo's yes."""
    for one, other in ((cast.ana, cast.cleo), (cast.cleo, cast.ana)):
        pins.pin(
            person=one.id,
            own=one.unlocked.keys,
            other=other.id,
            fingerprint=pins.fingerprint_of(other.id),
            compared_at=NOW,
        )
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id,
            compartments=["administration", "record"],
            reader=cast.cleo.id,
            purpose="own place",
        )
    agreed(cast, "forms")
    return cast


def agreed(place, purpose="transcript", **more):
    with opened(place.ana.unlocked):
        return answer_consent(
            client=place.client,
            by=place.ana.person,
            purpose=purpose,
            is_yes=True,
            given_on=NOW.date(),
            **more,
        )


def test_a_client_takes_an_agreement_back_in_their_own_place(place):
    row = agreed(place, lives="record")
    cleo = place.cleo.browser()
    url = f"/place/agreed/{row.id}/"
    assert url in cleo.get("/place/").content.decode()
    asked = cleo.get(url).content.decode()
    assert "What was kept word for word is destroyed" in asked
    assert "Only notes are kept. The treatment is the same." in asked
    assert cleo.post(url, {"words": "I would rather not."}).status_code == 302
    with opened(place.ana.unlocked):
        now = Consent.objects.get(client=place.client, purpose="transcript", replaced_at=None)
        assert (now.is_yes, now.how, now.words) == (False, "own_place", {"said": "I would rather not."})
        assert not allows(place.client, "transcript")
        [due] = transcripts_to_burn([place.client.id], on=NOW.date())
        assert due.treatment_id == place.treatment.id
    page = cleo.get("/place/").content.decode()
    assert url not in page
    event = Event.objects.get(verb="consent.no", object_id=str(now.id))
    assert event.actor == place.cleo.id


def test_an_agreement_taken_back_twice_is_one_no(place):
    url = f"/place/agreed/{agreed(place).id}/"
    cleo = place.cleo.browser()
    assert [cleo.post(url).status_code for _ in range(2)] == [302, 302]
    assert Consent.objects.filter(purpose="transcript", is_yes=False).count() == 1


def test_the_clinician_hears_of_it_before_the_next_hour(place):
    cleo = place.cleo.browser()
    cleo.post(f"/place/agreed/{agreed(place).id}/")
    with opened(place.ana.unlocked):
        hour = plan_hour(
            treatment=place.treatment,
            by=place.ana.person,
            day=NOW.date() + timedelta(days=2),
            wall_time=time(9),
        )
    page = place.ana.browser().get(f"/hours/{hour.id}/before/").content.decode()
    assert "In their own place the client took back on" in page
    assert "keeping the hours word for word" in page


def test_a_supervisor_by_name_is_taken_back_by_name(place):
    row = agreed(place, "supervision", person=place.ben.person)
    with opened(place.ana.unlocked):
        vault.share(
            owner=place.client.id, compartments=["process_notes"], reader=place.ben.id, purpose="supervision",
            consent=row.id,
        )  # fmt: skip
    cleo = place.cleo.browser()
    assert "(Ben)" in cleo.get("/place/").content.decode()
    cleo.post(f"/place/agreed/{row.id}/")
    with opened(place.ben.unlocked) as ben:
        assert not ben.holds(place.client.id, "process_notes")


def test_nobody_takes_back_what_another_client_agreed_to(place):
    with opened(place.dov.unlocked):
        other = answer_consent(
            client=place.other, by=place.dov.person, purpose="forms", is_yes=True, given_on=NOW.date()
        )
    assert place.cleo.browser().post(f"/place/agreed/{other.id}/").status_code == 404
    assert place.ana.browser().post(f"/place/agreed/{agreed(place).id}/").status_code == 404
    assert Consent.objects.filter(is_yes=True, replaced_at=None).count() == 3
