"""Answers about danger: seen by a person, handed on in time, acknowledged with what was done; never a level."""

import sys
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import transaction

from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import allows
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import TrackingError
from depthwork.practice.tracking.models import Alert, Request, Watch
from depthwork.practice.tracking.queries.alerts import alerts_for, raised_by
from depthwork.practice.treatments.actions import end_treatment
from depthwork.practice.vault.unlocked import opened
from tests.watching import NOW, ask, at_this_moment, phone, watched

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
        {"read": "2", "asked": "wish yes, plan no", "done": "plan read together", "topics": ["wish", "plan"]},
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


def test_a_mail_has_no_content(watched, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Watch.objects.update(nudges={str(watched.eve.id): "eve@example.org"})
    made = ask(watched)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
    actions.tick(at=NOW + timedelta(minutes=31))
    (letter,) = mail.outbox
    assert "Cleo" not in letter.body + letter.subject
    assert "Something is waiting for you" in letter.body


@pytest.mark.parametrize("who", ["eve", "ben", "mara", "rui", "dov", "cleo"])
def test_nobody_else_opens_an_alert(watched, who):
    made = ask(watched)
    actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
    page = getattr(watched, who).browser().get(f"/alerts/{Alert.objects.get().id}/")
    assert page.status_code == 404
