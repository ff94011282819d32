"""What the forms tell before the hour, on Today and in the caseload; and which days they belong to."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache

from depthwork.practice.disclosure.fhir_out import facts_of
from depthwork.practice.record import actions as writing
from depthwork.practice.supervision.models import Pack
from depthwork.practice.supervision.views import packs
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.models import Alert, Response
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.tracking.queries.due import due_now
from depthwork.practice.tracking.queries.lines import lines_for
from depthwork.practice.tracking.queries.today import marks_on
from depthwork.practice.treatments.handover import said_before_an_hour
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from tests.asking import asked_by_link, linked
from tests.supervising import TOMORROW, share

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
EVENING = datetime(2026, 3, 3, 20, 30, tzinfo=NEW_YORK)  # already the fourth in UTC


@pytest.fixture
def room(cast, settings):
    cache.clear()
    return asked_by_link(cast, settings)


@pytest.fixture
def next_hour(room):
    """An hour today, as Today shows it."""
    now = datetime.now(ZoneInfo(room.practice.time_zone))
    return Session.objects.create(
        client=room.client,
        treatment=room.treatment,
        clinician=room.ana.person,
        day=now.date(),
        wall_time=now.time().replace(second=0, microsecond=0),
        zone=room.practice.time_zone,
        starts_at=now,
        status="planned",
    )


def sent(room, measure="gad7", given=None, **more):
    made = linked(room, measure, **more)
    actions.send(
        request_id=made.request.id, token=made.token, given=given or {f"q{n}": 1 for n in range(1, 8)}
    )
    return made


def tense(room):
    """A check-in of a tense hour: an alert for the next one."""
    return sent(room, "dw_session_checkin", {"q1": 1, "q2": 1, "q3": 1, "q4": 1, "q5": 6, "q6": 1})


def test_what_is_for_the_next_hour_is_told_before_it_without_an_answer(room, next_hour):
    tense(room)
    assert Alert.objects.get().is_for_the_hour
    page = room.ana.browser().get(f"/hours/{next_hour.id}/before/").content.decode()
    said = "One form holds something to ask about in this hour."
    assert f'<a href="/clients/{room.client.id}/measures/">{said}</a>' in page
    assert "tense" not in page


def test_once_it_is_asked_about_nothing_is_told_before_the_hour(room):
    tense(room)
    with opened(room.ana.unlocked):
        row = Alert.objects.get()
        assert len(said_before_an_hour(room.client.id, date.today())) == 1
        actions.answer_alert(alert=row, by=room.ana.person, asked="the silence", done="spoke of it")
        assert said_before_an_hour(room.client.id, date.today()) == []


def test_today_marks_the_line_of_the_client_quietly(room, next_hour):
    tense(room)
    page = room.ana.browser().get("/today/").content.decode()
    assert "to ask about in the hour, a form came back" in page
    assert "an answer that needs you" not in page


def test_a_form_that_came_back_is_counted_on_today_until_it_is_taken_in(room, next_hour):
    sent(room)
    sent(room, "rses", {f"q{n}": 1 for n in range(1, 11)})
    browser = room.ana.browser()
    assert "2 forms came back" in browser.get("/today/").content.decode()
    browser.get(f"/clients/{room.client.id}/measures/")
    assert "came back" not in browser.get("/today/").content.decode()


def test_marks_of_many_clients_cost_one_query(room, django_assert_num_queries):
    sent(room)
    with django_assert_num_queries(1):
        assert marks_on([room.client.id, room.other.id]) == {room.client.id: ["a form came back"]}


def test_the_page_before_the_hour_takes_in_what_came_back(room, next_hour):
    sent(room)
    assert Response.objects.filter(box__isnull=False).exists()
    room.ana.browser().get(f"/hours/{next_hour.id}/before/")
    assert not Response.objects.filter(box__isnull=False).exists()


def test_the_thread_takes_in_what_came_back(room):
    sent(room)
    room.ana.browser().get(f"/clients/{room.client.id}/")
    assert not Response.objects.filter(box__isnull=False).exists()


# The form without the question about danger


def test_a_form_that_went_out_without_its_question_is_due_no_more(room):
    held = Session.objects.get(treatment=room.treatment, number=3)
    with opened(room.ana.unlocked):
        actions.change_schedule(
            client=room.client, by=room.ana.person, lines=[_line("phq9", "every_hour")], shown=[], version=0
        )
        assert [one.measure for one in due_now(room.client, room.treatment, asked_of(room.client.id))] == [
            "phq9"
        ]
    assert linked(room, "phq9", session=held).measure == "phq8"
    with opened(room.ana.unlocked):
        assert due_now(room.client, room.treatment, asked_of(room.client.id)) == []


def _line(name, when):
    from depthwork.practice.tracking.schedule import Line

    return Line(name, when)


def test_the_caseload_and_the_thread_show_the_form_without_the_question(room):
    for _ in range(2):
        sent(room, "phq9", {f"q{n}": 1 for n in range(1, 9)})
    with opened(room.ana.unlocked):
        actions.take_in(client=room.client, by=room.ana.person)
        assert [line.instrument for line in lines_for(room.treatment)] == ["PHQ-8"]
    page = room.ana.browser().get("/caseload/").content.decode()
    assert "PHQ-8" in page
    assert page.count("not measured") == 1  # the alliance


def test_the_caseload_shows_the_measure_that_was_asked_most(room):
    sent(room, "gad7")
    for _ in range(2):
        sent(room, "rses", {f"q{n}": 1 for n in range(1, 11)})
    with opened(room.ana.unlocked):
        actions.take_in(client=room.client, by=room.ana.person)
    page = room.ana.browser().get("/caseload/").content.decode()
    assert "RSES" in page
    assert "GAD-7" not in page


# The practice's own days: half past eight in the evening in New York


@pytest.fixture
def in_new_york(room):
    type(room.practice).objects.filter(id=room.practice.id).update(time_zone=str(NEW_YORK))
    room.practice.refresh_from_db()
    room.treatment.client, room.client.practice = room.client, room.practice
    return room


def test_a_form_belongs_to_the_evening_on_which_it_was_asked(in_new_york):
    assert linked(in_new_york, at=EVENING.astimezone(UTC)).request.on == EVENING.date()


def test_what_is_shared_is_open_to_the_end_of_the_last_evening(in_new_york):
    row = share(in_new_york, ends_on=TOMORROW)
    last = datetime.combine(TOMORROW, EVENING.timetz())
    assert row.ends_at > last
    assert row.ends_at < last + timedelta(hours=4)
    page = in_new_york.ana.browser().get(f"/clients/{in_new_york.client.id}/supervision/").content.decode()
    assert f"{TOMORROW.day} {TOMORROW:%B %Y}" in page


def test_a_pack_bears_the_evening_on_which_it_was_finished(in_new_york):
    row = Pack(client=in_new_york.client, finished_at=EVENING.astimezone(UTC))
    assert packs._made_on(row) == EVENING.date()


def test_an_addendum_leaves_with_the_evening_on_which_it_was_written(in_new_york, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return EVENING.astimezone(tz)

    monkeypatch.setattr(writing, "datetime", Clock)
    with opened(in_new_york.ana.unlocked):
        hour = Session.objects.filter(treatment=in_new_york.treatment).first()
        by = in_new_york.ana.person
        note = writing.begin_progress_note(
            treatment=in_new_york.treatment, session=hour, by=by, on=hour.day, plan="the door"
        )
        note = writing.sign_progress_note(note=note, by=by, version=1)
        writing.add_addendum(note=note, words="and the window", by=by)
        (one,) = [row for row in facts_of(in_new_york.client).documents if row.kind == "addendum"]
        assert one.on == EVENING.date()
