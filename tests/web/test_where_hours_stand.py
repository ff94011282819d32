"""Hours stand neither in a break nor after the ending nor upon another; and whoever covers a break is named."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Break, Session, Treatment
from depthwork.practice.vault import pins
from depthwork.practice.vault.models import KeyPin
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
IN_TEN, IN_TWENTY = TODAY + timedelta(days=10), TODAY + timedelta(days=20)


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def plan(cast, day, at=time(9)):
    return actions.plan_hour(treatment=cast.treatment, by=cast.ana.person, day=day, wall_time=at)


def away(cast, **more):
    return actions.announce_break(
        treatment=cast.treatment, by=cast.ana.person, from_date=IN_TEN, to_date=IN_TWENTY, **more
    )


def became(cast, hour, status):
    return actions.record_attendance(session=hour, by=cast.ana.person, status=status)


# Hours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [IN_TEN, IN_TEN + timedelta(days=4), IN_TWENTY])
def test_no_hour_is_planned_in_a_break_nor_moved_into_it(ana, day):
    hour = plan(ana, IN_TEN - timedelta(days=1))
    away(ana)
    with pytest.raises(CourseError, match="lies in a break"):
        plan(ana, day)
    with pytest.raises(CourseError, match="lies in a break"):
        actions.move_hour(session=hour, by=ana.ana.person, day=day, wall_time=time(9))
    assert plan(ana, IN_TWENTY + timedelta(days=1)).pk


def test_no_hour_is_planned_after_the_ending_nor_moved_there(ana, browser):
    hour = plan(ana, IN_TEN - timedelta(days=1))
    actions.end_treatment(
        treatment=ana.treatment, by=ana.ana.person, on=IN_TEN, planned=True, ended_by="both"
    )
    with pytest.raises(CourseError, match="ends before that day"):
        plan(ana, IN_TWENTY)
    with pytest.raises(CourseError, match="ends before that day"):
        actions.move_hour(session=hour, by=ana.ana.person, day=IN_TWENTY, wall_time=time(9))
    assert plan(ana, IN_TEN).pk, "the last day is still a day of the treatment"
    sent = {"day": IN_TWENTY.isoformat(), "wall_time": "09:00", "length_minutes": 50}
    answer = browser.post(f"/clients/{ana.client.id}/frame/hour/", sent)
    assert "ends before that day" in answer.content.decode()


@pytest.mark.parametrize("status", ["held", "missed_no_notice"])
def test_an_hour_to_come_was_not_held_nor_missed(ana, status):
    hour = plan(ana, IN_TEN)
    with pytest.raises(CourseError, match="still to come"):
        became(ana, hour, status)
    hour.refresh_from_db()
    assert hour.status == "planned"


@pytest.mark.parametrize("status", ["missed_notice", "cancelled_by_client", "cancelled_by_clinician"])
def test_an_hour_to_come_is_called_off_ahead(ana, status):
    assert became(ana, plan(ana, IN_TEN), status).status == status


def test_an_hour_of_today_was_held(ana):
    assert became(ana, plan(ana, TODAY), "held").number == 4


@pytest.mark.parametrize("status", ["held", "planned"])
def test_a_cancelled_hour_takes_its_time_back_only_where_it_is_free(ana, status):
    hour = became(ana, plan(ana, TODAY), "cancelled_by_client")
    other = plan(ana, TODAY)
    with pytest.raises(CourseError, match="another hour stands at that time"):
        became(ana, hour, status)
    actions.move_hour(session=other, by=ana.ana.person, day=TODAY, wall_time=time(15))
    assert became(ana, Session.objects.get(pk=hour.pk), status).status == status


def test_a_cancelled_hour_is_not_held_in_a_break(ana):
    hour = became(ana, plan(ana, TODAY), "cancelled_by_client")
    actions.announce_break(treatment=ana.treatment, by=ana.ana.person, from_date=TODAY, to_date=IN_TEN)
    with pytest.raises(CourseError, match="lies in a break"):
        became(ana, hour, "held")


# Whoever covers ------------------------------------------------------------------------------------------


def test_someone_outside_is_named_with_a_number_on_the_frame_the_thread_and_to_the_client(ana, browser):
    sent = {
        "from_date": IN_TEN.isoformat(), "to_date": IN_TWENTY.isoformat(), "announced_on": TODAY.isoformat(),
        "cover_name": "Dr Hale", "cover_phone": "020 7946 0123",
    }  # fmt: skip
    assert browser.post(f"/clients/{ana.client.id}/frame/break/", sent).status_code == 302
    assert Break.objects.get().covered_by == "Dr Hale, 020 7946 0123"
    for rest in ("frame/", ""):
        assert "Dr Hale, 020 7946 0123" in browser.get(f"/clients/{ana.client.id}/{rest}").content.decode()


def test_a_colleague_is_named_with_a_number(ana):
    assert away(ana, cover=ana.eve.person, cover_phone="020 7946 0199").covered_by == "Eve, 020 7946 0199"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"cover_name": "Dr Hale", "cover": "eve"}, "Name one"),
        ({"cover_phone": "020 7946 0123"}, "Whose number is it"),
    ],
)
def test_the_form_asks_who_is_meant(ana, browser, said, why):
    if "cover" in said:
        said = {**said, "cover": str(ana.eve.id)}
    sent = {"from_date": IN_TEN.isoformat(), "to_date": IN_TWENTY.isoformat(), **said}
    assert why in browser.post(f"/clients/{ana.client.id}/frame/break/", sent).content.decode()
    assert not Break.objects.exists()


def test_a_break_names_one_cover(ana):
    with pytest.raises(CourseError, match="name one who covers"):
        away(ana, cover=ana.eve.person, cover_name="Dr Hale")
    with pytest.raises(IntegrityError), transaction.atomic():
        Break.objects.create(
            client=ana.client, treatment=ana.treatment, from_date=IN_TEN, to_date=IN_TWENTY,
            cover=ana.eve.person, cover_name="Dr Hale",
        )  # fmt: skip


def test_a_colleague_whose_keys_were_never_compared_is_named_with_a_warning_and_let_in_later(ana, browser):
    KeyPin.objects.filter(person_id=ana.ana.id, other_id=ana.eve.id).delete()
    sent = {"from_date": TODAY.isoformat(), "to_date": IN_TEN.isoformat(), "cover": str(ana.eve.id)}
    said = browser.post(f"/clients/{ana.client.id}/frame/break/", sent, follow=True).content.decode()
    assert "can open nothing of this client yet" in said
    assert "have not compared keys" in said
    pause = Break.objects.get()
    refused = browser.post(f"/breaks/{pause.id}/let-in/", follow=True).content.decode()
    assert "Compare key fingerprints with this colleague first (Practice, People)." in refused
    pins.pin(
        person=ana.ana.id, own=ana.ana.unlocked.keys, other=ana.eve.id,
        fingerprint=pins.fingerprint_of(ana.eve.id), compared_at=datetime.now(UTC),
    )  # fmt: skip
    browser.post(f"/breaks/{pause.id}/let-in/")
    assert "have not compared keys" not in browser.get(f"/clients/{ana.client.id}/frame/").content.decode()
    with opened(ana.eve.unlocked) as eve:
        assert eve.holds(ana.client.id, "record")
        assert not eve.holds(ana.client.id, "process_notes")


def test_nobody_else_lets_a_cover_in(ana):
    pause = away(ana, cover=ana.eve.person)
    for who in (ana.eve, ana.mara, ana.dov, ana.cleo):
        assert who.browser().post(f"/breaks/{pause.id}/let-in/").status_code == 404


def test_weeks_away_say_once_that_a_colleague_opens_nothing(ana, browser):
    KeyPin.objects.filter(person_id=ana.ana.id, other_id=ana.eve.id).delete()
    sent = {"from_date": IN_TEN.isoformat(), "to_date": IN_TWENTY.isoformat(), "cover": str(ana.eve.id)}
    said = browser.post("/weeks-away/", sent, follow=True).content.decode()
    assert said.count("can open nothing of this client yet") == 1
    assert Treatment.objects.get(pk=ana.treatment.pk).breaks.count() == 1
