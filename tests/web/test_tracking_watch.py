"""When a question about danger goes out between hours: four conditions, each of which keeps it in the room."""

import sys
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import MayNotAsk, TrackingError
from depthwork.practice.tracking.models import Alert, CoverTest, Deputy, Request, Watch
from depthwork.practice.tracking.queries.watch import reasons_now
from depthwork.practice.treatments.actions import announce_break, end_treatment
from depthwork.practice.treatments.models import FollowUp
from depthwork.practice.vault.unlocked import opened
from tests.watching import NOW, ask, at_this_moment, phone, reasons, watched

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_moment(monkeypatch):
    at_this_moment(monkeypatch, sys.modules[__name__])


@pytest.fixture(name="watched")
def _watched(cast, settings):
    return watched(cast, settings)


def ended(watched):
    with opened(watched.ana.unlocked):
        end_treatment(
            treatment=watched.treatment,
            by=watched.ana.person,
            on=date(2026, 3, 31),
            planned=True,
            ended_by="both",
        )
    return watched


def _has_risk(name):
    from depthwork.measures import measure

    return bool(measure(name).risk_items)


def test_where_all_four_conditions_hold_the_question_goes_out(watched):
    assert reasons(watched) == ()
    assert ask(watched).measure == "phq9"


def test_without_a_host_that_is_always_on_the_form_goes_out_without_the_question(watched):
    Watch.objects.update(is_always_on=False)
    made = ask(watched)
    assert (made.measure, made.instead_of) == ("phq8", "phq9")


def test_a_heartbeat_that_stopped_speaks_against_it(watched):
    assert "no_heartbeat" in reasons(watched, now=NOW + timedelta(minutes=16))


def test_a_heartbeat_that_paused_must_run_a_day_again(watched):
    actions.beat(at=NOW + timedelta(hours=1))
    assert "no_heartbeat" in reasons(watched, now=NOW + timedelta(hours=2))
    for minutes in range(0, 24 * 60 + 10, 10):
        actions.beat(at=NOW + timedelta(hours=1, minutes=minutes))
    assert reasons(watched, now=NOW + timedelta(hours=25, minutes=5)) == ()


def test_a_test_older_than_ninety_days_speaks_against_it(watched):
    CoverTest.objects.update(sent_at=NOW - timedelta(days=100), acknowledged_at=NOW - timedelta(days=91))
    assert reasons(watched) == ("no_test",)


def test_a_break_without_a_named_cover_speaks_against_it(watched):
    with opened(watched.ana.unlocked):
        announce_break(
            treatment=watched.treatment,
            by=watched.ana.person,
            from_date=NOW.date(),
            to_date=NOW.date() + timedelta(days=14),
        )
    assert "no_cover" in reasons(watched)


def test_a_cover_whose_key_ends_before_the_form_speaks_against_it(watched):
    from depthwork.practice.vault.actions import share, take_back

    with opened(watched.ana.unlocked):
        take_back(owner=watched.client.id, reader=watched.eve.id)
        share(
            owner=watched.client.id,
            compartments=["record"],
            reader=watched.eve.id,
            purpose="cover",
            ends_at=NOW + timedelta(hours=1),
        )
    assert reasons(watched) == ("no_key",)


def test_after_the_end_none_is_sent_unless_a_named_person_answers_for_it(watched):
    with opened(watched.ana.unlocked):
        end_treatment(
            treatment=watched.treatment,
            by=watched.ana.person,
            on=date(2026, 3, 31),
            planned=True,
            ended_by="both",
        )
    assert ask(watched).measure == "phq8"
    assert reasons(watched, named=watched.ana.id) == ()
    # Asked without naming the treatment, the end still counts.
    assert "after_the_end" in reasons_now(
        client_id=watched.client.id,
        practice_id=watched.practice.id,
        treatment_id=None,
        named=None,
        now=NOW,
        until=NOW + timedelta(hours=72),
    )


def test_after_the_end_the_page_asks_who_answers_for_it(watched):
    browser, url = watched.ana.browser(), f"/clients/{watched.client.id}/measures/ask/"
    assert "Who sees an answer about danger" not in browser.get(url).content.decode()
    ended(watched)
    assert "now that the treatment has ended" in browser.get(url).content.decode()
    page = browser.post(url, {"measure": "phq9", "mode": "link", "for_hour": "", "answers_for": ""})
    assert "nobody is named who sees the answer" in page.content.decode()
    browser.post(url, {"measure": "phq9", "mode": "link", "for_hour": "", "answers_for": str(watched.eve.id)})
    row = Request.objects.get(answers_for=watched.eve.person)
    with opened(watched.ana.unlocked):
        assert row.what["measure"] == "phq9"


def test_after_the_end_a_colleague_who_answers_needs_no_deputy_beside_them(watched):
    ended(watched)
    Deputy.objects.all().delete()
    assert reasons(watched, named=watched.eve.id) == ()
    assert "no_deputy" in reasons(watched, named=watched.ana.id)


def test_after_the_end_the_named_person_is_the_one_it_is_handed_on_to(watched):
    ended(watched)
    made = ask(watched, answers_for=watched.eve.person)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
    actions.escalate(at=NOW + timedelta(minutes=31))
    assert Alert.objects.get().escalated_to == watched.eve.person


def test_a_form_after_the_end_belongs_to_the_follow_up_that_is_due(watched):
    ended(watched)
    FollowUp.objects.create(
        client=watched.client, treatment=watched.treatment, months=3, due_on=NOW.date() - timedelta(days=2)
    )
    browser, url = watched.ana.browser(), f"/clients/{watched.client.id}/measures/ask/"
    browser.post(url, {"measure": "gad7", "mode": "room", "for_hour": ""})
    assert Request.objects.get().followup.months == 3


def test_a_form_that_cannot_do_without_the_question_stays_in_the_room(watched):
    Watch.objects.update(is_always_on=False)
    with pytest.raises(MayNotAsk, match="asked in the room"):
        ask(watched, "pcl5") if _has_risk("pcl5") else ask(watched, "core10")


def test_in_the_room_the_question_is_always_there(watched):
    Watch.objects.update(is_always_on=False)
    assert ask(watched, mode="room").measure == "phq9"


def test_conditions_that_fail_after_asking_take_the_question_off_the_page(watched):
    made = ask(watched)
    browser = phone(made)
    assert 'name="q9"' in browser.get(f"/forms/{made.request.id}/").content.decode()
    Watch.objects.update(is_always_on=False)
    page = browser.get(f"/forms/{made.request.id}/").content.decode()
    assert 'name="q9"' not in page
    assert "asked in the hour instead" in page


def test_an_answer_to_a_question_that_was_shown_is_never_dropped(watched):
    made = ask(watched)
    browser = phone(made)
    Watch.objects.update(is_always_on=False)
    browser.post(f"/forms/{made.request.id}/save/", {"q9": "2"})
    assert Alert.objects.count() == 1


def test_each_person_sets_their_own_address(watched):
    watched.eve.browser().post("/watch/address/", {"address": "eve@example.org"})
    watched.ana.browser().post("/watch/address/", {"address": "ana@example.org"})
    assert Watch.objects.get().nudges == {
        str(watched.eve.id): "eve@example.org",
        str(watched.ana.id): "ana@example.org",
    }
    assert "eve@example.org" not in watched.ana.browser().get("/watch/").content.decode()
    watched.eve.browser().post("/watch/address/", {"address": ""})
    assert Watch.objects.get().nudges == {str(watched.ana.id): "ana@example.org"}


def test_what_is_no_address_changes_nothing(watched):
    watched.ana.browser().post("/watch/address/", {"address": "ana@example.org"})
    page = watched.ana.browser().post("/watch/address/", {"address": "nowhere"}, follow=True)
    assert "no mail address" in page.content.decode()
    assert Watch.objects.get().nudges == {str(watched.ana.id): "ana@example.org"}


def test_arranging_the_watch_leaves_the_addresses_alone(watched):
    actions.set_address(by=watched.ana.person, address="ana@example.org")
    with opened(watched.ana.unlocked):
        actions.arrange_watch(practice=watched.practice, by=watched.ana.person, is_always_on=True)
    assert Watch.objects.get().nudges == {str(watched.ana.id): "ana@example.org"}


def test_a_colleague_acknowledges_only_their_own_test(watched):
    with opened(watched.ana.unlocked):
        row = actions.send_test(by=watched.ana.person, colleague=watched.eve.person)
    with pytest.raises(TrackingError):
        actions.acknowledge_test(test=row, by=watched.ana.person)
    assert "tests whether a message reaches you" in watched.eve.browser().get("/today/").content.decode()
    watched.eve.browser().post(f"/watch/test/{row.id}/")
    row.refresh_from_db()
    assert row.acknowledged_at is not None


def test_the_database_refuses_a_test_to_oneself(watched):
    with pytest.raises(IntegrityError), transaction.atomic():
        CoverTest.objects.create(
            practice=watched.practice, sent_by=watched.ana.person, colleague=watched.ana.person, sent_at=NOW
        )


def test_a_withdrawn_deputy_can_open_nothing_new(watched):
    with opened(watched.ana.unlocked):
        actions.withdraw_deputy(client=watched.client, by=watched.ana.person)
    assert "no_deputy" in reasons(watched)
    assert not watched.eve.unlocked.holds(watched.client.id, "record")
