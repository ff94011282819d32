"""A No is one: no transcript, no written-down recording, no question after the end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from depthwork.practice.sources import actions as sources
from depthwork.practice.sources.models import Draft, Source
from depthwork.practice.tracking import actions as tracking
from depthwork.practice.tracking.errors import TrackingError
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Consent, FollowUp, Session
from depthwork.practice.treatments.queries import follow_ups_due
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts import read_text

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
ENDED = date(2026, 2, 1)
WORDS = "T: so?\n\nC: so."
SETTLED = {"voice-0": "T", "voice-1": "C"}


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


@pytest.fixture
def hour(cast):
    return Session.objects.select_related("client__practice", "treatment").filter(client=cast.client).first()


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def say(cast, purpose, is_yes=True, **more):
    return actions.answer_consent(
        client=cast.client, by=cast.ana.person, purpose=purpose, is_yes=is_yes, given_on=ENDED, **more
    )


def keep(cast, hour, **more):
    return sources.add_transcript(session=hour, transcript=read_text(WORDS), by=cast.ana.person, **more)


def bring(browser, hour, **answer):
    browser.post(f"/hours/{hour.id}/transcript/", {"text": WORDS})
    return browser.post(f"/hours/{hour.id}/transcript/speakers/", {**SETTLED, **answer}, follow=True)


def asked_later(cast, months=3):
    actions.end_treatment(
        treatment=cast.treatment, by=cast.ana.person, on=ENDED, planned=True, ended_by="both"
    )
    return actions.agree_follow_up(treatment=cast.treatment, by=cast.ana.person, months=months, ends_on=ENDED)


# Word for word -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["no", "taken back", "past"])
def test_after_a_no_nothing_is_kept_word_for_word(ana, hour, how):
    if how == "no":
        say(ana, "transcript", is_yes=False)
    elif how == "past":
        say(ana, "transcript", ends_on=ENDED + timedelta(days=30))
    else:
        actions.revoke_consent(consent=say(ana, "transcript"), by=ana.ana.person)
    with pytest.raises(CourseError, match="does not agree to hours kept word for word"):
        keep(ana, hour)
    assert not Source.objects.exists()
    sources.write_note(session=hour, text="Two words.", by=ana.ana.person)


def test_after_a_no_the_page_reads_no_file_and_lets_a_waiting_one_go(ana, hour, browser):
    browser.post(f"/hours/{hour.id}/transcript/", {"text": WORDS})
    say(ana, "transcript", is_yes=False)
    html = browser.get(f"/hours/{hour.id}/transcript/speakers/", follow=True).content.decode()
    assert "Nothing is read and nothing is kept" in html
    assert not Draft.objects.exists()
    assert browser.post(f"/hours/{hour.id}/transcript/", {"text": WORDS}).status_code == 422
    assert not Draft.objects.exists()


def test_where_nobody_asked_the_page_asks_and_writes_the_yes_down(ana, hour, browser):
    assert "say what the client answered" in bring(browser, hour).content.decode().lower()
    assert not Source.objects.exists()
    bring(browser, hour, agreed="yes", lives="follow_ups_end")
    assert Source.objects.get().kind == "transcript"
    row = Consent.objects.get(purpose="transcript")
    assert (row.is_yes, row.lives) == (True, "follow_ups_end")
    html = browser.get(f"/hours/{hour.id}/transcript/speakers/", follow=True).content.decode()
    assert "Nobody has asked yet" not in html


def test_a_no_said_there_is_written_down_and_nothing_is_kept(ana, hour, browser):
    bring(browser, hour, agreed="no")
    assert not Source.objects.exists()
    assert not Draft.objects.exists()
    assert Consent.objects.get(purpose="transcript").is_yes is False


def test_after_a_no_to_recordings_only_what_was_remembered_is_kept(ana, hour):
    say(ana, "transcript")
    say(ana, "recording", is_yes=False)
    with pytest.raises(CourseError, match="does not agree to recordings"):
        keep(ana, hour)
    assert keep(ana, hour, provenance=Source.Provenance.RECONSTRUCTED).pk


def test_a_yes_after_a_no_opens_it_again(ana, hour):
    say(ana, "transcript", is_yes=False)
    say(ana, "transcript")
    assert keep(ana, hour).pk


# After the end -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [True, False])
def test_a_no_to_being_asked_declines_what_was_agreed(ana, browser, before):
    row = asked_later(ana)
    assert [one.id for one in follow_ups_due(ana.ana.person, on=TODAY)] == [row.id]
    if before:
        actions.revoke_consent(consent=say(ana, "follow_up"), by=ana.ana.person)
    else:
        say(ana, "follow_up", is_yes=False)
    assert follow_ups_due(ana.ana.person, on=TODAY) == []
    assert FollowUp.objects.get().answer == FollowUp.Answer.DECLINED
    assert "declined" in browser.get(f"/clients/{ana.client.id}/frame/").content.decode()


def test_a_yes_that_has_run_out_asks_no_more(ana):
    asked_later(ana)
    say(ana, "follow_up", ends_on=ENDED + timedelta(days=10))
    assert follow_ups_due(ana.ana.person, on=TODAY) == []


def test_after_a_no_a_follow_up_is_not_agreed_and_no_form_goes_out(ana):
    row = asked_later(ana)
    say(ana, "follow_up", is_yes=False)
    with pytest.raises(CourseError, match="does not agree to be asked after the end"):
        actions.agree_follow_up(treatment=ana.treatment, by=ana.ana.person, months=6, ends_on=ENDED)
    assert actions.agree_follow_up(
        treatment=ana.treatment, by=ana.ana.person, months=6, ends_on=ENDED, declined=True
    ).pk
    row.refresh_from_db()
    with pytest.raises(TrackingError, match="declined to be asked"):
        tracking.ask(client=ana.client, by=ana.ana.person, measure_id="phq9", mode="room", followup=row)
