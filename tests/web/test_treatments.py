"""The course of a treatment: what fits, what is refused, what is kept."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from depthwork.practice.audit.models import Event
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import Changed, CourseError, OddHour
from depthwork.practice.treatments.models import Break, FollowUp, Frame, FrameEvent, Session
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


def test_a_change_of_the_frame_is_an_event_on_the_thread(ana):
    actions.agree_frame(
        treatment=ana.treatment,
        by=ana.ana.person,
        from_date=date(2026, 3, 2),
        frequency="weekly",
        slots=[(1, time(17))],
        length_minutes=50,
        terms={"fee": "100.00"},
        words="the fee rises",
    )
    events = FrameEvent.objects.filter(treatment=ana.treatment)
    assert [(e.kind, e.words) for e in events] == [("fee", "the fee rises")]


def test_twice_a_week_needs_two_times(ana):
    with pytest.raises(CourseError, match="needs 2 times"):
        actions.agree_frame(
            treatment=ana.treatment,
            by=ana.ana.person,
            from_date=date(2026, 3, 2),
            frequency="twice_weekly",
            slots=[(1, time(17))],
        )


def test_a_series_leaves_out_breaks_and_stops_at_the_agreed_hours(ana):
    actions.announce_break(
        treatment=ana.treatment, by=ana.ana.person, from_date=date(2026, 2, 2), to_date=date(2026, 2, 15)
    )
    made, said = actions.plan_series(treatment=ana.treatment, by=ana.ana.person, until=date(2027, 1, 1))
    days = {s.day for s in made}
    assert not any(date(2026, 2, 2) <= day <= date(2026, 2, 15) for day in days)
    assert Session.objects.filter(treatment=ana.treatment).count() == 16
    assert said == []


def test_planning_again_makes_no_hour_twice(ana):
    actions.plan_series(treatment=ana.treatment, by=ana.ana.person, until=date(2026, 4, 1))
    count = Session.objects.filter(treatment=ana.treatment).count()
    made, _ = actions.plan_series(treatment=ana.treatment, by=ana.ana.person, until=date(2026, 4, 1))
    assert made == []
    assert Session.objects.filter(treatment=ana.treatment).count() == count


def test_two_hours_cannot_stand_at_one_time(ana):
    actions.plan_hour(treatment=ana.treatment, by=ana.ana.person, day=date(2026, 6, 1), wall_time=time(10))
    with pytest.raises(CourseError, match="another hour already stands"):
        actions.plan_hour(
            treatment=ana.treatment, by=ana.ana.person, day=date(2026, 6, 1), wall_time=time(10, 30)
        )


def test_an_hour_in_the_skipped_hour_is_asked_about(ana):
    with pytest.raises(OddHour) as caught:
        actions.plan_hour(
            treatment=ana.treatment, by=ana.ana.person, day=date(2026, 3, 29), wall_time=time(1, 30)
        )
    assert caught.value.oddity == "skipped"


def test_the_doubled_hour_is_asked_about_and_can_be_answered(ana):
    with pytest.raises(OddHour):
        actions.plan_hour(
            treatment=ana.treatment, by=ana.ana.person, day=date(2026, 10, 25), wall_time=time(1, 30)
        )
    hour = actions.plan_hour(
        treatment=ana.treatment,
        by=ana.ana.person,
        day=date(2026, 10, 25),
        wall_time=time(1, 30),
        which="second",
    )
    assert hour.starts_at.hour == 1  # 01:30 UTC, after the clocks went back


def test_an_hour_of_zero_length_is_refused_by_code_and_database(ana):
    with pytest.raises(CourseError):
        actions.plan_hour(
            treatment=ana.treatment,
            by=ana.ana.person,
            day=date(2026, 6, 1),
            wall_time=time(10),
            length_minutes=0,
        )
    hour = Session.objects.filter(treatment=ana.treatment).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=hour.pk).update(length_minutes=0)


def test_held_hours_are_numbered_in_order_even_when_recorded_late(ana):
    early = actions.plan_hour(
        treatment=ana.treatment, by=ana.ana.person, day=date(2026, 1, 8), wall_time=time(9)
    )
    actions.record_attendance(session=early, by=ana.ana.person, status="held")
    numbers = list(
        Session.objects.filter(treatment=ana.treatment, status="held")
        .order_by("starts_at")
        .values_list("number", flat=True)
    )
    assert numbers == [1, 2, 3, 4]
    early.refresh_from_db()
    assert early.number == 2


def test_a_missed_hour_gives_its_number_back(ana):
    first = Session.objects.get(treatment=ana.treatment, number=1)
    actions.record_attendance(session=first, by=ana.ana.person, status="missed_no_notice")
    assert list(
        Session.objects.filter(treatment=ana.treatment, status="held")
        .order_by("starts_at")
        .values_list("number", flat=True)
    ) == [1, 2]


def test_attendance_saved_twice_from_two_windows_is_shown_not_overwritten(ana):
    hour = Session.objects.get(treatment=ana.treatment, number=1)
    actions.record_attendance(session=hour, by=ana.ana.person, status="held", late_minutes=5, version=1)
    with pytest.raises(Changed):
        actions.record_attendance(session=hour, by=ana.ana.person, status="missed_notice", version=1)


def test_a_break_across_the_ending_is_refused(ana):
    actions.end_treatment(
        treatment=ana.treatment, by=ana.ana.person, on=date(2026, 5, 1), planned=True, ended_by="both"
    )
    with pytest.raises(CourseError, match="beyond the end"):
        actions.announce_break(
            treatment=ana.treatment, by=ana.ana.person, from_date=date(2026, 4, 20), to_date=date(2026, 5, 10)
        )


def test_an_ending_inside_a_break_is_refused(ana):
    actions.announce_break(
        treatment=ana.treatment, by=ana.ana.person, from_date=date(2026, 4, 20), to_date=date(2026, 5, 10)
    )
    with pytest.raises(CourseError, match="break reaches across"):
        actions.end_treatment(
            treatment=ana.treatment, by=ana.ana.person, on=date(2026, 5, 1), planned=True, ended_by="both"
        )


def test_the_cover_reads_the_record_compartment_during_the_break_and_no_process_note(ana):
    actions.announce_break(
        treatment=ana.treatment,
        by=ana.ana.person,
        from_date=date.today(),
        to_date=date.today() + timedelta(days=7),
        cover=ana.eve.person,
    )
    with opened(ana.eve.unlocked) as eve:
        assert eve.holds(ana.client.id, "administration")
        assert eve.holds(ana.client.id, "record")
        assert not eve.holds(ana.client.id, "process_notes")


def test_a_declined_follow_up_stays_a_no(ana):
    row = actions.agree_follow_up(
        treatment=ana.treatment, by=ana.ana.person, months=6, ends_on=date(2026, 8, 31), declined=True
    )
    assert row.due_on == date(2027, 2, 28)
    with pytest.raises(CourseError, match="declined"):
        actions.answer_follow_up(followup=row, by=ana.ana.person, words="well")
    assert FollowUp.objects.get().answer == "declined"


def test_every_act_leaves_one_event_without_words(ana):
    before = Event.objects.count()
    actions.add_life_event(
        treatment=ana.treatment,
        by=ana.ana.person,
        kind="loss",
        on=date(2026, 2, 1),
        words="her grandmother died",
    )
    event = Event.objects.order_by("-n").first()
    assert Event.objects.count() == before + 1
    assert event.verb == "life_event.added"
    assert "grandmother" not in " ".join(str(v) for v in vars(event).values())


def test_a_break_that_ends_before_it_begins_is_refused_by_the_database(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        Break.objects.create(
            client=ana.client, treatment=ana.treatment, from_date=date(2026, 5, 2), to_date=date(2026, 5, 1)
        )


def test_a_person_plans_and_closes_an_hour_in_the_browser(cast):
    browser = cast.ana.browser()
    response = browser.post(f"/clients/{cast.client.id}/frame/series/", {"until": "2026-04-30"}, follow=True)
    assert response.status_code == 200
    hour = Session.objects.filter(treatment=cast.treatment, status="planned").order_by("starts_at").first()
    form = {"status": "held", "late_minutes": "5", "started": "17:05", "stopped": "17:50", "version": "1"}
    assert browser.post(f"/hours/{hour.id}/attendance/", form).status_code == 302
    hour.refresh_from_db()
    assert (hour.number, hour.late_minutes) == (4, 5)


def test_the_calendar_file_holds_no_name(cast):
    browser = cast.ana.browser()
    browser.post(f"/clients/{cast.client.id}/frame/series/", {"until": "2026-04-30"})
    body = browser.get("/hours.ics").content.decode()
    assert body.count("BEGIN:VEVENT") == Session.objects.filter(status="planned").count()
    assert "Cleo" not in body
    assert "Marsh" not in body


@pytest.mark.parametrize("path", ["about/", "frame/", "frame/agree/", ""])
def test_another_clinician_finds_nothing_there(cast, path):
    assert cast.eve.browser().get(f"/clients/{cast.client.id}/{path}").status_code == 404
    assert cast.dov.browser().get(f"/clients/{cast.client.id}/{path}").status_code == 404


def test_the_caseload_takes_few_queries(cast, django_assert_max_num_queries):
    from tests import cast as people

    for n in range(39):
        people.treatment_of(cast.ana, people.client_of(cast.ana, f"Client {n}"), hours=2)
    browser = cast.ana.browser()
    browser.get("/caseload/")
    with django_assert_max_num_queries(9):
        assert browser.get("/caseload/").status_code == 200


def test_the_frame_of_a_treatment_has_one_row_a_date(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        Frame.objects.create(client=ana.client, treatment=ana.treatment, from_date=date(2026, 1, 6), slots=[])


def test_what_a_caseload_reads_names_its_clients_practice_whatever_was_said(cast):
    """Walls between practices compare this column (config/walls.py)."""
    own = {"client": cast.client, "treatment": cast.treatment}
    with opened(cast.ana.unlocked):
        pause = Break.objects.create(**own, from_date=date(2026, 8, 1), to_date=date(2026, 8, 31))
        event = FrameEvent.objects.create(**own, on=date(2026, 3, 3), kind="fee")
    for row in (cast.treatment, Session.objects.filter(client=cast.client).first(), pause, event):
        kind = type(row)
        assert kind.objects.get(pk=row.pk).practice == cast.practice.id
        for said in (cast.dov.person.practice_id, None):
            kind.objects.filter(pk=row.pk).update(practice=said)
            assert kind.objects.get(pk=row.pk).practice == cast.practice.id
