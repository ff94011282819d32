"""The rules of the clocks change, or a clock is set back: what was stays, and no sign-in lasts longer."""

import time as clock
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from depthwork.practice.audit.models import Event
from depthwork.practice.people import middleware
from depthwork.practice.people.middleware import SEEN, STARTED, since, stamp
from depthwork.practice.treatments import actions, calendar
from depthwork.practice.treatments.actions.clocks import rederive_hours
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


def new_rules(monkeypatch, zone="Africa/Nairobi"):
    """As if London had moved: three hours east of Greenwich, the whole year round."""
    monkeypatch.setattr(calendar, "zone_of", lambda name: ZoneInfo(zone))


def test_new_rules_of_the_clocks_move_the_future_and_leave_the_past(ana, monkeypatch):
    hour = actions.plan_hour(
        treatment=ana.treatment, by=ana.ana.person, day=TODAY + timedelta(days=30), wall_time=time(17)
    )
    was = dict(Session.objects.exclude(pk=hour.pk).values_list("pk", "starts_at"))
    before = hour.starts_at
    new_rules(monkeypatch)
    assert rederive_hours() == 1
    hour.refresh_from_db()
    assert hour.wall_time == time(17)
    assert hour.starts_at == before - (
        timedelta(hours=3) - before.astimezone(ZoneInfo("Europe/London")).utcoffset()
    )
    assert dict(Session.objects.exclude(pk=hour.pk).values_list("pk", "starts_at")) == was
    assert Event.objects.filter(verb="session.clock_changed", object_id=str(hour.pk)).count() == 1
    assert rederive_hours() == 0, "run twice it moves nothing"


def test_the_same_rules_move_nothing_and_leave_no_line(ana):
    actions.plan_hour(
        treatment=ana.treatment, by=ana.ana.person, day=TODAY + timedelta(days=30), wall_time=time(17)
    )
    assert rederive_hours() == 0
    assert not Event.objects.filter(verb="session.clock_changed").exists()


def test_the_second_of_two_times_stays_the_second(ana):
    day = max(d for d in (date(TODAY.year + 1, 10, 31 - n) for n in range(7)) if d.weekday() == 6)
    hour = actions.plan_hour(
        treatment=ana.treatment, by=ana.ana.person, day=day, wall_time=time(1, 30), which="second"
    )
    assert rederive_hours() == 0
    assert Session.objects.get(pk=hour.pk).starts_at.hour == 1


def test_a_zone_this_machine_does_not_know_keeps_its_hours(ana):
    hour = actions.plan_hour(
        treatment=ana.treatment, by=ana.ana.person, day=TODAY + timedelta(days=30), wall_time=time(17)
    )
    Session.objects.filter(pk=hour.pk).update(zone="Europe/Atlantis")
    assert rederive_hours() == 0
    assert Session.objects.get(pk=hour.pk).starts_at == hour.starts_at


# A clock that is set back --------------------------------------------------------------------------------


class Clocks:
    """The wall's clock and the machine's own, set by the test."""

    def __init__(self, monkeypatch):
        self.wall, self.ticks = clock.time(), 5000.0
        monkeypatch.setattr(middleware.time, "time", lambda: self.wall)
        monkeypatch.setattr(middleware.time, "monotonic", lambda: self.ticks)

    def pass_by(self, seconds, *, set_back=0):
        self.wall += seconds - set_back
        self.ticks += seconds


@pytest.fixture
def clocks(monkeypatch):
    return Clocks(monkeypatch)


def test_a_clock_set_back_makes_no_time_shorter_than_it_was(clocks):
    told = {}
    stamp(told, SEEN)
    clocks.pass_by(600, set_back=3600)
    assert since(told, SEEN, now=int(clocks.wall)) == 600
    clocks.pass_by(7200)
    assert since(told, SEEN, now=int(clocks.wall)) == 7800


def test_after_a_restart_the_wall_rules(clocks):
    told = {}
    stamp(told, SEEN)
    clocks.pass_by(900)
    clocks.ticks = 3.0
    assert since(told, SEEN, now=int(clocks.wall)) == 900


def signed_in(cast, clocks):
    browser = cast.ana.browser()
    session = browser.session
    stamp(session, STARTED)
    stamp(session, SEEN)
    session.save()
    return browser


def test_a_sign_in_does_not_outlast_its_twelve_hours_when_the_clock_is_set_back(cast, clocks):
    browser = signed_in(cast, clocks)
    for _ in range(settings.SESSION_COOKIE_AGE // 600):
        clocks.pass_by(600, set_back=120)
        assert browser.get("/today/").status_code == 200
    clocks.pass_by(600)
    assert browser.get("/today/").status_code == 302


def test_keys_lock_after_idleness_when_the_clock_is_set_back(cast, clocks):
    browser = signed_in(cast, clocks)
    clocks.pass_by(settings.IDLE_LOCK_SECONDS + 60, set_back=3600)
    answer = browser.get(f"/clients/{cast.client.id}/")
    assert answer.status_code == 302
    assert "unlock" in answer["Location"]


def test_a_clock_set_back_throws_nobody_out_who_is_there(cast, clocks):
    browser = signed_in(cast, clocks)
    clocks.pass_by(60, set_back=3600)
    assert browser.get(f"/clients/{cast.client.id}/").status_code == 200
