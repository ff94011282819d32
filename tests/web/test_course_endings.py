"""An ending is written once and never lost: said before what burns, corrected beside what stood, taken back whole."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from depthwork.practice.audit.models import Event
from depthwork.practice.sources import actions as sources
from depthwork.practice.sources.models import Source
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import Changed, CourseError
from depthwork.practice.treatments.models import Ending, EndingBefore, FollowUp, Session, Treatment
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts import read_text

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
DAY = date(2026, 2, 1)


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def ended(cast, on=DAY, summary="We ended well."):
    return actions.end_treatment(
        treatment=cast.treatment, by=cast.ana.person, on=on, planned=True, ended_by="both", summary=summary
    )


def path(cast, rest=""):
    return f"/clients/{cast.client.id}/frame/{rest}"


def said_yes(cast, purpose, **more):
    return actions.answer_consent(
        client=cast.client, by=cast.ana.person, purpose=purpose, is_yes=True, given_on=DAY, **more
    )


def transcript_of(cast, **more):
    hour = Session.objects.select_related("client__practice", "treatment").filter(client=cast.client).first()
    return sources.add_transcript(
        session=hour, transcript=read_text("T: so?\n\nC: so."), by=cast.ana.person, **more
    )


def test_reopening_asks_why_and_keeps_the_closing_summary(ana, browser):
    ended(ana)
    page = browser.get(path(ana)).content.decode()
    assert f'action="{path(ana, "reopen/")}"' not in page
    asked = browser.get(path(ana, "reopen/")).content.decode()
    assert "The closing summary stays in the record" in asked
    assert browser.post(path(ana, "reopen/"), {}).status_code == 200
    assert Ending.objects.count() == 1
    browser.post(path(ana, "reopen/"), {"why": "came_back"})
    assert not Ending.objects.exists()
    kept = EndingBefore.objects.get()
    assert (kept.summary, kept.on, kept.why) == ("We ended well.", DAY, "came_back")
    page = browser.get(path(ana)).content.decode()
    assert "We ended well." in page
    assert "the client came back" in page
    assert "We ended well." in browser.get(path(ana, "ending/")).content.decode(), "it is not asked for again"


def test_what_is_under_way_has_no_ending_to_take_back(ana):
    with pytest.raises(CourseError, match="no ending to take back"):
        actions.reopen_treatment(treatment=ana.treatment, by=ana.ana.person)


def test_a_slip_of_the_pen_is_corrected_and_what_stood_is_kept(ana, browser):
    ended(ana, summary="We ended wel.")
    sent = {
        "on": DAY.isoformat(),
        "planned": "yes",
        "ended_by": "both",
        "summary": "We ended well.",
        "version": 1,
    }
    browser.post(path(ana, "ending/correct/"), sent)
    assert Ending.objects.get().summary == "We ended well."
    assert EndingBefore.objects.get().summary == "We ended wel."
    ana.treatment.refresh_from_db()
    assert ana.treatment.state == Treatment.State.ENDED
    assert Event.objects.filter(verb="treatment.ending_corrected", client=ana.client.id).exists()


def test_two_windows_correcting_an_ending_stand_side_by_side(ana, browser):
    ending = ended(ana)
    actions.correct_ending(
        ending=ending, by=ana.ana.person, on=DAY, planned=True, ended_by="both", summary="Hers.", version=1
    )
    sent = {"on": DAY.isoformat(), "planned": "yes", "ended_by": "both", "summary": "His.", "version": 1}
    answer = browser.post(path(ana, "ending/correct/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Hers." in page
    assert "His." in page
    assert Ending.objects.get().summary == "Hers."
    with pytest.raises(Changed):
        actions.correct_ending(
            ending=Ending.objects.get(), by=ana.ana.person, on=DAY, planned=False, ended_by="both", version=1
        )


def test_nothing_is_kept_where_nothing_was_corrected(ana):
    ending = ended(ana)
    actions.correct_ending(
        ending=ending, by=ana.ana.person, on=DAY, planned=True, ended_by="both", summary="We ended well."
    )
    assert not EndingBefore.objects.exists()


def test_another_last_day_needs_to_fit_the_hours_that_were_held(ana):
    ending = ended(ana)
    with pytest.raises(CourseError, match="an hour was held after that day"):
        actions.correct_ending(
            ending=ending, by=ana.ana.person, on=date(2026, 1, 7), planned=True, ended_by="both"
        )
    assert not EndingBefore.objects.exists()


def test_follow_ups_agreed_beforehand_are_counted_from_the_ending(ana):
    agreed, no, answered = (
        actions.agree_follow_up(
            treatment=ana.treatment, by=ana.ana.person, months=m, ends_on=date(2026, 1, 20), declined=m == 6
        )
        for m in (3, 6, 12)
    )
    actions.answer_follow_up(followup=answered, by=ana.ana.person, words="Early.")
    ending = ended(ana, on=date(2026, 3, 31))
    for row in (agreed, no, answered):
        row.refresh_from_db()
    assert agreed.due_on == date(2026, 6, 30)
    assert no.due_on == date(2026, 7, 20), "a No is left as it was said"
    assert answered.due_on == date(2027, 1, 20), "what was answered keeps its day"
    actions.correct_ending(
        ending=ending, by=ana.ana.person, on=date(2026, 4, 30), planned=True, ended_by="both"
    )
    assert FollowUp.objects.get(months=3).due_on == date(2026, 7, 30)


def test_the_page_of_the_ending_says_what_burns_and_asks_for_a_yes(ana, browser):
    said_yes(ana, "transcript", lives="treatment_ends")
    transcript_of(ana)
    page = browser.get(path(ana, "ending/")).content.decode()
    assert "1 transcript was agreed to be kept until the treatment ends" in page
    sent = {"on": TODAY.isoformat(), "planned": "yes", "ended_by": "both", "summary": ""}
    browser.post(path(ana, "ending/"), sent)
    assert not Ending.objects.exists()
    assert Source.objects.get().burned_at is None
    browser.post(path(ana, "ending/"), {**sent, "going": "on"})
    assert Ending.objects.exists()
    assert Source.objects.get().burned_at is not None


def test_the_page_of_the_ending_asks_nothing_where_nothing_burns(ana, browser):
    said_yes(ana, "transcript", lives="record")
    transcript_of(ana)
    assert "nobody can bring" not in browser.get(path(ana, "ending/")).content.decode()
    sent = {"on": TODAY.isoformat(), "planned": "yes", "ended_by": "both", "summary": ""}
    browser.post(path(ana, "ending/"), sent)
    assert Ending.objects.exists()


def test_an_ending_set_for_a_later_day_burns_nothing_before_it(ana):
    said_yes(ana, "transcript", lives="record")
    source = transcript_of(ana, until_end=True)
    ended(ana, on=TODAY + timedelta(days=20))
    assert sources.burn_what_is_due() == 0
    source.refresh_from_db()
    assert source.burned_at is None
    assert sources.burn_what_is_due(at=datetime.now(UTC) + timedelta(days=21)) == 1


def test_an_ending_is_replaced_for_a_reason(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        EndingBefore.objects.create(
            client=ana.client, treatment=ana.treatment, by="both", on=DAY, why="no reason"
        )


def test_the_office_sees_that_it_ended_and_not_the_summary(ana):
    ending = ended(ana)
    actions.correct_ending(
        ending=ending, by=ana.ana.person, on=DAY, planned=True, ended_by="both", summary="Other words."
    )
    answer = ana.mara.browser().get(path(ana))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 February 2026" in page
    assert "We ended well." not in page
    assert "Other words." not in page
