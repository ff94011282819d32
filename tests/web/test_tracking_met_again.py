"""An alert that was met and raised again; colleagues who can see none; the watch when a part of it fails."""

import logging
import re
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from depthwork.practice.audit.models import Event
from depthwork.practice.people.errors import QuietFormatter
from depthwork.practice.people.models import Role
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.actions import alerts as handing
from depthwork.practice.tracking.actions import watch as going
from depthwork.practice.tracking.errors import MoreRaised
from depthwork.practice.tracking.models import Alert, Request, Watch
from depthwork.practice.tracking.queries.watch import covering_name
from depthwork.practice.treatments.actions import announce_break
from depthwork.practice.treatments.models import Break
from depthwork.practice.ui import minutes
from depthwork.practice.vault.actions import take_back
from depthwork.practice.vault.unlocked import opened
from tests.watching import NOW, ask, at_this_moment, phone, reasons, watched

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_moment(monkeypatch):
    at_this_moment(monkeypatch, sys.modules[__name__])


@pytest.fixture(name="watched")
def _watched(cast, settings):
    return watched(cast, settings)


def answered(made, value, at=None):
    actions.save_items(request_id=made.request.id, token=made.token, given={"q9": value}, at=at or NOW)
    return Alert.objects.get()


# Raised again


def test_an_alert_that_waits_keeps_the_earlier_time(watched):
    made = ask(watched)
    row = answered(made, 2)
    answered(made, 1, at=NOW + timedelta(minutes=20))
    assert Alert.objects.get().escalate_at == row.escalate_at


def test_an_alert_that_was_opened_and_raised_again_counts_as_unread(watched):
    made = ask(watched)
    row = answered(made, 1)
    with opened(watched.ana.unlocked):
        actions.see_alert(alert=row, by=watched.ana.person)
    row = answered(made, 3, at=NOW + timedelta(hours=11))
    assert (row.seen_at, row.seen_by, row.escalated_at, row.escalated_to) == (None, None, None, None)
    assert row.escalate_at == NOW + timedelta(hours=11, minutes=30)


def test_a_worse_answer_between_the_page_and_its_sending_is_read_before_anything_closes(watched):
    made = ask(watched)
    row = answered(made, 1)
    browser = watched.ana.browser()
    assert 'name="read" value="1"' in browser.get(f"/alerts/{row.id}/").content.decode()
    answered(made, 3)
    words = {"read": "1", "asked": "wish only, she said", "done": "rang at noon"}
    answer = browser.post(f"/alerts/{row.id}/", words)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "A further answer came in the meantime" in page
    assert "Nearly every day" in page
    assert "wish only, she said" in page
    assert "rang at noon" in page
    assert Alert.objects.get().state == "open"
    words["read"] = re.search(r'name="read" value="(\d+)"', page)[1]
    assert browser.post(f"/alerts/{row.id}/", words).status_code == 302
    assert Alert.objects.get().state == "answered"


def test_a_page_that_does_not_say_what_was_read_closes_nothing(watched):
    row = answered(ask(watched), 1)
    answer = watched.ana.browser().post(f"/alerts/{row.id}/", {"asked": "wish", "done": "rang"})
    assert answer.status_code == 409
    assert Alert.objects.get().state == "open"


def test_what_arrives_after_the_page_was_fetched_is_not_closed_by_the_action_either(watched):
    made = ask(watched)
    row = answered(made, 1)
    answered(made, 3)
    with opened(watched.ana.unlocked), pytest.raises(MoreRaised):
        actions.answer_alert(alert=row, by=watched.ana.person, asked="wish", done="rang", read=1)


def test_what_a_sum_raised_is_not_said_to_be_without_an_answer(watched):
    made = ask(watched, "audit_c", mode="room")
    with opened(watched.ana.unlocked):
        given = {"q1": 4, "q2": 4, "q3": 4}
        actions.send(request_id=made.request.id, token=None, given=given, by=watched.ana.person)
    page = watched.ana.browser().get(f"/alerts/{Alert.objects.get().id}/").content.decode()
    assert "No answer was given" not in page
    assert "Raised by a rule over several answers: <strong>8 or more</strong>" in page


# Who would really see it


def close(actor):
    type(actor.person).objects.filter(id=actor.id).update(is_active=False)


def test_a_deputy_whose_sign_in_is_closed_is_no_deputy(watched):
    made = ask(watched)
    close(watched.eve)
    assert reasons(watched) == ("no_deputy",)
    assert covering_name(made.request, now=NOW) == ""
    page = watched.ana.browser().get(f"/clients/{watched.client.id}/measures/deputy/").content.decode()
    assert "No deputy for now" in page
    assert "no colleague is named" in page.lower()


def test_the_question_leaves_the_page_when_the_deputy_goes(watched):
    made = ask(watched)
    browser = phone(made)
    assert "it is shown to Eve too" in browser.get(f"/forms/{made.request.id}/").content.decode()
    close(watched.eve)
    page = browser.get(f"/forms/{made.request.id}/").content.decode()
    assert 'name="q9"' not in page
    assert "Eve" not in page


def test_a_deputy_who_treats_nobody_any_more_is_no_deputy(watched):
    type(watched.eve.person).objects.filter(id=watched.eve.id).update(roles=[Role.MANAGER])
    assert reasons(watched) == ("no_deputy",)


def test_a_cover_whose_sign_in_is_closed_is_no_cover(watched):
    Break.objects.create(
        client=watched.client,
        treatment=watched.treatment,
        from_date=NOW.date(),
        to_date=NOW.date() + timedelta(days=9),
        cover=watched.eve.person,
    )
    close(watched.eve)
    assert "no_cover" in reasons(watched)


def test_a_named_person_whose_sign_in_is_closed_answers_for_nothing(watched):
    watched.treatment.state = "ended"
    type(watched.treatment).objects.filter(id=watched.treatment.id).update(state="ended")
    close(watched.eve)
    assert "after_the_end" in reasons(watched, named=watched.eve.id)


def test_nothing_is_handed_on_to_a_colleague_without_a_key(watched):
    row = answered(ask(watched), 3)
    with opened(watched.ana.unlocked):
        take_back(owner=watched.client.id, reader=watched.eve.id, compartments=["administration", "record"])
    assert actions.escalate(at=NOW + timedelta(hours=1)) == 0
    row.refresh_from_db()
    assert row.escalated_to is None


def test_the_last_evening_of_a_cover_counts_by_the_practices_clock(watched):
    """20:30 in New York is the next day in UTC."""
    type(watched.practice).objects.filter(id=watched.practice.id).update(time_zone="America/New_York")
    evening = datetime(2026, 12, 4, 20, 30, tzinfo=ZoneInfo("America/New_York"))
    with opened(watched.ana.unlocked):
        announce_break(
            treatment=watched.treatment,
            by=watched.ana.person,
            from_date=date(2026, 12, 1),
            to_date=date(2026, 12, 4),
        )
    assert "no_cover" in reasons(watched, now=evening, until=evening + timedelta(minutes=30))
    assert "no_cover" not in reasons(watched, now=evening + timedelta(hours=4), until=evening + timedelta(hours=5))  # fmt: skip


# The minute's work


def fails(*args, **kwargs):
    raise RuntimeError("what it held")


def test_while_nothing_can_be_handed_on_the_heartbeat_stops(watched, monkeypatch, caplog):
    def escalate(**kwargs):
        raise RuntimeError("what it held")

    monkeypatch.setattr(going, "escalate", escalate)
    later = NOW + timedelta(minutes=3)
    with caplog.at_level(logging.ERROR):
        actions.tick(at=later)
    assert Watch.objects.get().last_beat == NOW
    (line,) = [QuietFormatter().format(one) for one in caplog.records if "watch" in one.name]
    assert "escalate failed: RuntimeError" in line
    assert "what it held" not in line


def test_what_fails_keeps_late_forms_and_the_burning_back_from_nothing(watched, monkeypatch):
    ask(watched)
    burned = []
    monkeypatch.setattr(going, "escalate", fails)
    monkeypatch.setattr(fails, "__name__", "escalate", raising=False)
    monkeypatch.setattr(minutes, "burn_what_is_due", lambda *, at: burned.append(at))
    monkeypatch.setattr(minutes, "rederive_hours", fails)
    monkeypatch.setattr(minutes, "_last_hour", [])
    with pytest.raises(RuntimeError):
        minutes.each_minute(at=NOW + timedelta(days=4))
    assert Request.objects.get().state == "left_open"
    assert burned


def test_one_alert_that_fails_keeps_no_other_back(watched, monkeypatch):
    for _ in range(3):
        Request.objects.filter(state="asked").update(saved_at=None)
        made = ask(watched)
        actions.save_items(request_id=made.request.id, token=made.token, given={"q9": 2}, at=NOW)
    bad, real = Alert.objects.order_by("raised_at", "id").first().request_id, handing.who_covers
    named = Request.objects.get(id=bad)
    Request.objects.filter(id=named.id).update(answers_for=watched.ana.person)

    def who(**kwargs):
        if kwargs["named"] == watched.ana.id:
            raise RuntimeError("what it held")
        return real(**kwargs)

    monkeypatch.setattr(handing, "who_covers", who)
    with pytest.raises(RuntimeError):
        actions.escalate(at=NOW + timedelta(hours=1))
    assert Alert.objects.exclude(escalated_at=None).count() == 2


def test_only_the_covering_colleague_is_mailed_when_an_alert_is_handed_on(watched, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Watch.objects.update(
        nudges={str(who.id): f"{who.person.display_name}@example.org" for who in (watched.eve, watched.mara)}
    )
    answered(ask(watched), 2)
    actions.tick(at=NOW + timedelta(minutes=31))
    assert [letter.to for letter in mail.outbox] == [["Eve@example.org"]]


def test_what_was_half_filled_in_the_clients_own_place_is_forgotten_too(watched):
    made = ask(watched, mode="place")
    with opened(watched.ana.unlocked):
        actions.save_items(request_id=made.request.id, token=None, given={"q1": 2}, at=NOW)
    actions.close_late(at=NOW + timedelta(hours=80))
    assert Request.objects.filter(kept_draft__isnull=False).exists()
    actions.close_late(at=NOW + timedelta(hours=80, days=14))
    assert not Request.objects.filter(kept_draft__isnull=False).exists()
    actions.close_late(at=NOW + timedelta(hours=81, days=14))
    assert Event.objects.filter(verb="forms.forgotten").count() == 1
