"""A researcher counts in whom a clinician let them, on the client's yes, and opens no page of theirs."""

from datetime import date

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.disclosure.research_out import consented
from depthwork.practice.supervision.known import known_of
from depthwork.practice.treatments import actions as treatments
from depthwork.practice.treatments.models import Break, Consent, Session
from depthwork.practice.vault.models import Grant
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 17)


@pytest.fixture
def agreed(cast):
    with opened(cast.ana.unlocked):
        cast.yes = treatments.answer_consent(
            client=cast.client,
            purpose="research",
            is_yes=True,
            how=Consent.How.ROOM,
            given_on=TODAY,
            by=cast.ana.person,
        )
    return cast


def count_in(cast, who="ana", researcher=None):
    url = f"/clients/{cast.client.id}/giving-out/study/"
    return getattr(cast, who).browser().post(url, {"researcher": str((researcher or cast.rui).id)})


def counted(cast):
    with opened(cast.rui.unlocked):
        held, without = consented(cast.rui.person, on=TODAY)
    return [row.id for row in held], without


def test_a_researcher_counts_in_whom_the_clinician_let_them(agreed):
    assert counted(agreed) == ([], 1)
    assert count_in(agreed).status_code == 302
    assert counted(agreed) == ([agreed.client.id], 0)
    assert Event.objects.get(verb="client.counted_in").object_id == str(agreed.rui.id)
    page = agreed.ana.browser().get(f"/clients/{agreed.client.id}/giving-out/").content.decode()
    assert "Counted in by" in page


def test_and_opens_no_page_of_theirs(agreed):
    count_in(agreed)
    for page in ("", "about/", "patterns/", "measures/", "giving-out/"):
        assert agreed.rui.browser().get(f"/clients/{agreed.client.id}/{page}").status_code == 404


def test_when_the_yes_is_taken_back_the_keys_end(agreed):
    count_in(agreed)
    with opened(agreed.ana.unlocked):
        treatments.revoke_consent(consent=agreed.yes, by=agreed.ana.person)
    assert not Grant.objects.filter(reader=agreed.rui.person, data_key__owner=agreed.client.id).exists()
    assert counted(agreed) == ([], 0)


def test_without_a_yes_nobody_is_counted_in(cast):
    assert count_in(cast).status_code == 422
    assert not Grant.objects.filter(purpose="research").exists()


@pytest.mark.parametrize("who", ["eve", "mara", "rui", "dov"])
def test_only_the_clinician_lets_them(agreed, who):
    assert count_in(agreed, who=who).status_code == 404


def test_nobody_else_is_made_a_researcher_by_it(agreed):
    for other in (agreed.eve, agreed.dov, agreed.cleo):
        assert count_in(agreed, researcher=other).status_code == 404
    assert not Grant.objects.filter(purpose="research").exists()


def test_the_researchers_own_pages_lead_to_the_data_and_to_a_walk(cast):
    browser = cast.rui.browser()
    page = browser.get("/evidence/").content.decode()
    assert 'href="/research/"' in page
    assert "/tour/start/" in page
    assert browser.post("/tour/start/").status_code == 302
    assert browser.session["tour"] == 0


def test_whoever_set_a_practice_up_can_take_the_walk_too(cast):
    assert "/tour/start/" in cast.ana.browser().get("/caseload/").content.decode()


def test_a_study_takes_out_every_name_that_the_chart_knows(cast):
    """The supervisor, who stood in for an hour, and whoever is marked as a figure."""
    with opened(cast.ana.unlocked):
        Break.objects.create(
            client=cast.client, treatment=cast.treatment, from_date=date(2026, 8, 3), to_date=date(2026, 8, 9),
            announced_on=date(2026, 7, 1), cover_name="Dr Ottoline Reyes",
        )  # fmt: skip
        Session.objects.filter(treatment=cast.treatment, number=1).update(clinician=cast.ben.person)
        names = {name for one in known_of(cast.client).people for name in one.names}
    assert {"Dr Ottoline Reyes", cast.ben.person.display_name, cast.ana.person.display_name} <= names
