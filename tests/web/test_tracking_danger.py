"""Answers about danger: asked only where someone sees them, seen by a person, never a level."""

import sys
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import allows
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import MayNotAsk, TrackingError
from depthwork.practice.tracking.models import Alert, CoverTest, Deputy, Request, Watch
from depthwork.practice.tracking.queries.alerts import alerts_for, raised_by
from depthwork.practice.tracking.queries.watch import reasons_now
from depthwork.practice.treatments.actions import announce_break, end_treatment
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.treatments.models import FollowUp
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def this_moment(monkeypatch):
    """A long run of tests read this file more than a quarter of an hour ago: a heartbeat of then has stopped."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", datetime.now(UTC))


@pytest.fixture
def watched(cast, settings):
    """A practice in which all four conditions hold: Eve covers for Ana."""
    cache.clear()
    settings.PUBLIC_ORIGIN = "https://practice.example"
    with opened(cast.ana.unlocked):
        answer_consent(
            client=cast.client, by=cast.ana.person, purpose="forms", is_yes=True, given_on=NOW.date()
        )
        actions.arrange_watch(
            practice=cast.practice,
            by=cast.ana.person,
            is_always_on=True,
            quiet_from=time(23),
            quiet_to=time(7),
        )
        actions.name_deputy(
            client=cast.client, by=cast.ana.person, colleague=cast.eve.person, agreed_on=NOW.date()
        )
        test = actions.send_test(by=cast.ana.person, colleague=cast.eve.person, at=NOW - timedelta(days=3))
    actions.acknowledge_test(test=test, by=cast.eve.person, at=NOW - timedelta(days=2))
    Watch.objects.update(last_beat=NOW, unbroken_since=NOW - timedelta(days=2))
    return cast


def ask(cast, measure="phq9", **more):
    with opened(cast.ana.unlocked):
        return actions.ask(
            client=cast.client,
            by=cast.ana.person,
            measure_id=measure,
            mode=more.pop("mode", "link"),
            treatment=cast.treatment,
            **more,
        )


def reasons(cast, **more):
    return reasons_now(
        client_id=cast.client.id,
        practice_id=cast.practice.id,
        treatment_id=cast.treatment.id,
        named=more.pop("named", None),
        now=more.pop("now", NOW),
        until=NOW + timedelta(hours=72),
    )


def phone(made):
    browser = Browser()
    browser.post(f"/f/{made.token}/")
    return browser


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
    from depthwork.practice.vault.actions import share

    with opened(watched.ana.unlocked):
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


def _has_risk(name):
    from depthwork.measures import measure

    return bool(measure(name).risk_items)


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


def test_the_page_says_who_reads_and_when(watched):
    made = ask(watched)
    page = phone(made).get(f"/forms/{made.request.id}/").content.decode()
    assert "reads your answers before the next hour, not at once" in page
    assert "it is shown to Eve too" in page
    assert "Between 23:00 and 07:00 nobody may be reading" in page
    assert "116 123" in page


def test_crisis_numbers_come_with_the_answer(watched):
    made = ask(watched)
    browser = phone(made)
    page = browser.get(f"/forms/{made.request.id}/").content.decode()
    assert page.count("data-crisis") == 3
    assert 'id="crisis-panel"' in page
    for value, crisis in (("0", False), ("1", True)):
        answer = browser.post(f"/forms/{made.request.id}/save/", {"q9": value}).json()
        assert answer["crisis"] is crisis


def test_an_abandoned_form_raises_its_alert_too(watched):
    made = ask(watched)
    phone(made).post(f"/forms/{made.request.id}/save/", {"q9": "3"})
    actions.close_late(at=NOW + timedelta(hours=80))
    row = Alert.objects.get()
    assert row.state == "open"
    with opened(watched.ana.unlocked):
        actions.take_in(client=watched.client, by=watched.ana.person)
        row = Alert.objects.select_related("request", "client").get()
        (one,) = raised_by(row)
    assert one.words == "Nearly every day"


def test_the_alert_stands_and_falls_with_the_answer(watched, monkeypatch):
    made = ask(watched)
    from depthwork.practice.tracking.actions import answering

    def fails(*args, **kwargs):
        raise RuntimeError("after the alert, before the answer")

    monkeypatch.setattr(answering, "keep", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2})
    assert not Alert.objects.exists()


def test_an_answer_changed_to_no_leaves_the_alert(watched):
    made = ask(watched)
    browser = phone(made)
    browser.post(f"/forms/{made.request.id}/save/", {"q9": "2"})
    browser.post(f"/forms/{made.request.id}/save/", {"q9": "0"})
    browser.post(f"/forms/{made.request.id}/send/", {f"q{n}": "0" for n in range(1, 10)})
    assert Alert.objects.get().state == "open"


def test_a_worse_answer_after_an_acknowledgement_opens_it_again(watched):
    made = ask(watched)
    browser = phone(made)
    browser.post(f"/forms/{made.request.id}/save/", {"q9": "1"})
    with opened(watched.ana.unlocked):
        row = Alert.objects.select_related("client", "request").get()
        actions.answer_alert(alert=row, by=watched.ana.person, asked="wish, plan", done="rang")
    browser.post(f"/forms/{made.request.id}/save/", {"q9": "3"})
    assert Alert.objects.get().state == "open"


def test_an_unanswered_risk_question_is_asked_about_and_never_a_no(watched):
    made = ask(watched)
    actions.send(request_id=made.request.id, token=made.token, given={f"q{n}": 0 for n in range(1, 9)})
    row = Alert.objects.get()
    assert row.is_for_the_hour
    assert row.escalate_at is None
    with opened(watched.ana.unlocked):
        actions.take_in(client=watched.client, by=watched.ana.person)
        page = watched.ana.browser().get(f"/alerts/{row.id}/").content.decode()
    assert "That is not a No" in page


def test_urgent_answers_go_on_sooner(watched):
    one = ask(watched)
    actions.save_items(request_id=one.request.id, token=one.token, given={"q9": 1}, at=NOW)
    assert Alert.objects.get().escalate_at == NOW + timedelta(minutes=240)
    actions.save_items(
        request_id=one.request.id, token=one.token, given={"q9": 2}, at=NOW + timedelta(minutes=1)
    )
    assert Alert.objects.get().escalate_at == NOW + timedelta(minutes=31)


def test_the_colleague_sees_it_only_once_it_is_handed_on(watched):
    made = ask(watched)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
    row = Alert.objects.get()
    eve = watched.eve
    assert eve.browser().get(f"/alerts/{row.id}/").status_code == 404
    with opened(eve.unlocked):
        assert alerts_for(eve.person) == []
    assert actions.escalate(at=NOW + timedelta(minutes=29)) == 0
    assert actions.escalate(at=NOW + timedelta(minutes=30)) == 1
    with opened(eve.unlocked):
        assert [line.was_handed_on for line in alerts_for(eve.person)] == [True]
    page = eve.browser().get(f"/alerts/{row.id}/")
    assert page.status_code == 200
    assert "More than half the days" in page.content.decode()
    assert not allows(
        eve.person, Permission.READ_PROCESS_NOTES, practice=watched.practice.id, client=watched.client.id
    )


def test_what_the_clinician_opened_is_not_handed_on(watched):
    made = ask(watched)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
    watched.ana.browser().get(f"/alerts/{Alert.objects.get().id}/")
    assert actions.escalate(at=NOW + timedelta(hours=5)) == 0


def test_today_says_that_there_is_one_and_not_what_it_says(watched):
    made = ask(watched)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
    page = watched.ana.browser().get("/today/").content.decode()
    assert "an answer that needs you" in page
    assert "More than half" not in page


def test_acknowledging_needs_what_was_asked_and_what_was_done(watched):
    made = ask(watched)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
    row = Alert.objects.get()
    browser = watched.ana.browser()
    page = browser.post(f"/alerts/{row.id}/", {"asked": "", "done": "rang"})
    assert page.status_code == 200
    assert Alert.objects.get().state == "open"
    with opened(watched.ana.unlocked), pytest.raises(TrackingError):
        actions.answer_alert(alert=row, by=watched.ana.person, asked=" ", done=" ")
    browser.post(
        f"/alerts/{row.id}/",
        {"asked": "wish yes, plan no", "done": "plan read together", "topics": ["wish", "plan"]},
    )
    assert Alert.objects.get().state == "answered"
    assert "plan read together" in browser.get(f"/alerts/{row.id}/").content.decode()


def test_the_same_answer_as_ever_stays_readable_and_a_change_stands_out(watched):
    for answer in (1, 1, 1, 2):
        made = ask(watched, mode="room")
        with opened(watched.ana.unlocked):
            actions.send(
                request_id=made.request.id,
                token=None,
                given={f"q{n}": 0 for n in range(1, 9)} | {"q9": answer},
                by=watched.ana.person,
            )
    rows = list(Alert.objects.select_related("request", "client").order_by("raised_at"))
    with opened(watched.ana.unlocked):
        third, fourth = raised_by(rows[2])[0], raised_by(rows[3])[0]
        assert (third.same_for, third.stands_out) == (2, False)
        assert (fourth.same_for, fourth.stands_out) == (0, True)
    page = watched.ana.browser().get(f"/alerts/{rows[2].id}/").content.decode()
    assert "As in the last 2 forms" in page


def test_in_the_room_nothing_is_handed_on(watched):
    made = ask(watched, mode="room")
    with opened(watched.ana.unlocked):
        actions.save_items(request_id=made.request.id, token=None, given={"q9": 3})
    assert Alert.objects.get().escalate_at is None


def test_no_page_ever_says_a_level_of_risk(watched):
    made = ask(watched)
    phone(made).post(f"/forms/{made.request.id}/save/", {"q9": "1"})
    browser = watched.ana.browser()
    for url in ("/today/", f"/alerts/{Alert.objects.get().id}/", f"/clients/{watched.client.id}/measures/"):
        words = browser.get(url).content.decode().lower()
        assert not any(
            bad in words for bad in ("low risk", "high risk", "risk level", "same_day", "immediate<")
        )


def test_a_mail_server_that_is_down_hides_nothing(watched, settings, monkeypatch):
    from depthwork.practice.tracking import nudges

    def down(*args, **kwargs):
        raise OSError("connection refused")

    monkeypatch.setattr(nudges, "send_mail", down)
    Watch.objects.update(nudges={str(watched.eve.id): "eve@example.org"})
    for n in range(100):
        Request.objects.filter(state="asked").update(saved_at=None)
        made = ask(watched)
        actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
        assert Alert.objects.count() == n + 1
    actions.tick(at=NOW + timedelta(minutes=31))
    with opened(watched.eve.unlocked):
        assert len(alerts_for(watched.eve.person)) == 100


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


def test_a_mail_has_no_content(watched, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Watch.objects.update(nudges={str(watched.eve.id): "eve@example.org"})
    made = ask(watched)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
    actions.tick(at=NOW + timedelta(minutes=31))
    (letter,) = mail.outbox
    assert "Cleo" not in letter.body + letter.subject
    assert "Something is waiting for you" in letter.body


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


@pytest.mark.parametrize("who", ["eve", "ben", "mara", "rui", "dov", "cleo"])
def test_nobody_else_opens_an_alert(watched, who):
    made = ask(watched)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
    page = getattr(watched, who).browser().get(f"/alerts/{Alert.objects.get().id}/")
    assert page.status_code == 404
