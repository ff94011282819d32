"""Hours, breaks and forms over a treatment: nothing is lost, nothing is made twice, nobody overwrites unseen."""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.sources.actions.drafting import save_draft
from depthwork.practice.sources.models import Draft
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import (
    Break,
    FollowUp,
    Frame,
    Session,
    Treatment,
)
from depthwork.practice.vault.unlocked import opened
from tests.course import note_of, series

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
TUESDAYS, THURSDAYS = [(1, time(17))], [(3, time(18))]


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def planned(cast):
    return Session.objects.filter(treatment=cast.treatment, status="planned").order_by("starts_at")


def begin_to_write(cast, hour):
    save_draft(session=hour, by=cast.ana.person, kind="process_note", words={"text": "Half a thought."})


def agree(cast, slots, **more):
    return actions.agree_frame(
        treatment=cast.treatment,
        by=cast.ana.person,
        from_date=TODAY + timedelta(days=1),
        frequency="weekly",
        slots=slots,
        **more,
    )


# Hours that are taken out --------------------------------------------------------------------------------


def test_a_changed_day_takes_the_old_hours_out_and_keeps_one_that_was_moved(ana):
    hours = series(ana)
    moved = actions.move_hour(
        session=hours[1], by=ana.ana.person, day=hours[1].day + timedelta(days=1), wall_time=time(9)
    )
    agree(ana, THURSDAYS)
    assert [hour.pk for hour in planned(ana)] == [moved.pk]


def test_a_changed_day_leaves_an_hour_on_which_something_was_written(ana):
    hours = series(ana)
    begin_to_write(ana, hours[0])
    agree(ana, THURSDAYS)
    assert [hour.pk for hour in planned(ana)] == [hours[0].pk]
    assert Draft.objects.count() == 1


def test_a_changed_length_and_place_reach_the_hours_to_come(ana):
    series(ana)
    agree(ana, TUESDAYS, length_minutes=180, place="video")
    assert {(hour.length_minutes, hour.place) for hour in planned(ana)} == {(180, "video")}


def test_from_weekly_to_fortnightly_every_second_hour_goes(ana):
    before = {hour.day for hour in series(ana, weeks=8)}
    actions.agree_frame(
        treatment=ana.treatment,
        by=ana.ana.person,
        from_date=min(before),
        frequency="fortnightly",
        slots=TUESDAYS,
    )
    left = sorted(hour.day for hour in planned(ana))
    assert {b - a for a, b in pairwise(left)} == {timedelta(days=14)}


@pytest.mark.parametrize("act", ["break", "ending"])
def test_nothing_written_is_lost_to_a_break_or_an_ending(ana, act):
    hours = series(ana)
    begin_to_write(ana, hours[2])
    day = hours[2].day
    common = {"treatment": ana.treatment, "by": ana.ana.person}
    acts = {
        "break": lambda: actions.announce_break(**common, from_date=day, to_date=day + timedelta(weeks=2)),
        "ending": lambda: actions.end_treatment(**common, on=TODAY, planned=True, ended_by="both"),
    }
    with pytest.raises(CourseError, match="written on the hour of"):
        acts[act]()
    assert planned(ana).count() == len(hours)
    assert Draft.objects.count() == 1
    assert not Break.objects.exists()


def test_the_page_says_how_many_hours_a_new_frame_takes_out(ana, browser):
    made = len(series(ana))
    sent = {
        "from_date": (TODAY + timedelta(days=1)).isoformat(), "frequency": "weekly", "length_minutes": 50,
        "place": "video", "seat": "chair", "link": "https://rooms.example/ana", "day_1": 3, "time_1": "18:00",
    }  # fmt: skip
    said = browser.post(f"/clients/{ana.client.id}/frame/agree/", sent, follow=True).content.decode()
    assert f"{made} hours of the frame before are taken out" in said
    page = browser.get(f"/clients/{ana.client.id}/frame/").content.decode()
    assert "https://rooms.example/ana" in page
    again = browser.get(f"/clients/{ana.client.id}/frame/agree/").content.decode()
    assert 'value="https://rooms.example/ana"' in again


# Breaks --------------------------------------------------------------------------------------------------


def away(cast, **more):
    return actions.announce_break(
        treatment=cast.treatment,
        by=cast.ana.person,
        from_date=TODAY + timedelta(days=10),
        to_date=TODAY + timedelta(days=24),
        **more,
    )


def test_a_break_is_told_on_its_page_and_taken_back_with_the_cover_s_access(ana, browser):
    pause = away(ana, cover=ana.eve.person)
    assert Involvement.objects.filter(person=ana.eve.person, part=Part.COVER, client=ana.client.id).exists()
    page = browser.get(f"/clients/{ana.client.id}/").content.decode()
    assert "Covered by Eve; not told yet" in page
    browser.post(f"/breaks/{pause.id}/told/")
    pause.refresh_from_db()
    assert pause.announced_on == TODAY
    browser.post(f"/breaks/{pause.id}/withdraw/")
    assert not Break.objects.exists()
    part = Involvement.objects.get(person=ana.eve.person, part=Part.COVER, client=ana.client.id)
    assert part.ends_at <= datetime.now(UTC)
    assert cast_page(ana.eve, f"/clients/{ana.client.id}/record/") == 404


def cast_page(actor, path):
    return actor.browser().get(path).status_code


def test_weeks_away_are_announced_in_every_treatment_and_say_where_they_do_not_fit(ana, browser):
    away(ana)
    from tests.cast import client_of, treatment_of

    second = client_of(ana.ana, "Second Person")
    treatment_of(ana.ana, second, brief=None)
    sent = {
        "from_date": (TODAY + timedelta(days=12)).isoformat(),
        "to_date": (TODAY + timedelta(days=20)).isoformat(),
        "cover": str(ana.eve.id),
    }
    said = browser.post("/weeks-away/", sent, follow=True).content.decode()
    assert "Announced in 1 treatment." in said
    assert "Cleo: another break already covers some of these days" in said
    assert Break.objects.get(client=second).cover == ana.eve.person
    assert not Break.objects.filter(client=ana.other).exists()


# Two windows ---------------------------------------------------------------------------------------------


def test_what_came_back_by_telephone_is_written_down_and_a_silence_too(ana, browser):
    actions.end_treatment(
        treatment=ana.treatment, by=ana.ana.person, on=date(2026, 2, 1), planned=True, ended_by="both"
    )
    rows = [
        actions.agree_follow_up(
            treatment=ana.treatment, by=ana.ana.person, months=m, ends_on=date(2026, 2, 1)
        )
        for m in (3, 6)
    ]
    today = browser.get("/today/").content.decode()
    assert today.count("what came back") == sum(row.due_on <= TODAY for row in rows)
    assert browser.post(f"/follow-ups/{rows[0].id}/", {"answer": "yes", "words": ""}).status_code == 200
    browser.post(f"/follow-ups/{rows[0].id}/", {"answer": "yes", "words": "Still in the job."})
    browser.post(f"/follow-ups/{rows[1].id}/", {"answer": "no"})
    assert list(FollowUp.objects.order_by("months").values_list("answer", flat=True)) == [
        "done",
        "unanswered",
    ]
    assert "Still in the job." in browser.get(f"/clients/{ana.client.id}/frame/").content.decode()


def test_a_declined_follow_up_is_shown_as_declined_and_never_due(ana, browser):
    actions.end_treatment(
        treatment=ana.treatment, by=ana.ana.person, on=date(2026, 2, 1), planned=True, ended_by="both"
    )
    actions.agree_follow_up(
        treatment=ana.treatment, by=ana.ana.person, months=3, ends_on=date(2026, 2, 1), declined=True
    )
    assert "what came back" not in browser.get("/today/").content.decode()
    page = browser.get(f"/clients/{ana.client.id}/").content.decode()
    assert "3 months after" in page
    assert "declined" in page


# Pages ---------------------------------------------------------------------------------------------------

OURS = re.compile(r'FROM "(treatments_|tracking_|coverage_|record_|sources_|casework_)')


def ours(asked):
    """The queries of the page itself; of one that PostgreSQL keeps prepared, the log has no text."""
    return [one for one in asked if one["sql"] is None or OURS.search(one["sql"])]


def test_the_caseload_asks_four_queries_with_coverage_breaks_and_measures(ana, browser):
    from depthwork.practice.coverage import actions as coverage

    ana.practice.country = "US"
    ana.practice.save()
    plan = coverage.add_plan(
        client=ana.client, by=ana.ana.person, payer="N", from_date=date(2026, 1, 1), to_date=date(2027, 1, 1)
    )
    coverage.add_authorisation(
        plan=plan, by=ana.ana.person, number="1", codes=["90834"], units=4, from_date=date(2026, 1, 1),
        to_date=date(2027, 1, 1),
    )  # fmt: skip
    away(ana)
    browser.get("/caseload/")
    with CaptureQueriesContext(connection) as asked:
        html = browser.get("/caseload/").content.decode()
    assert "not told yet" in html
    assert len(ours(asked)) <= 4
    assert len(asked) <= 9


def test_today_says_what_is_unsigned_and_where_the_last_hours_are(ana, browser):
    note_of(ana)
    Treatment.objects.update(hours_agreed=5)
    actions.plan_hour(treatment=Treatment.objects.get(pk=ana.treatment.pk), by=ana.ana.person, day=TODAY, wall_time=time(12))  # fmt: skip
    away(ana)
    browser.get("/today/")
    with CaptureQueriesContext(connection) as asked:
        html = browser.get("/today/").content.decode()
    assert "Not signed yet" in html
    assert "Brief, 4 of 5" in html
    assert "1 hour after this one" in html
    assert "1 client has not been told." in html
    assert len(ours(asked)) <= 12


def test_the_row_of_own_notes_is_off_until_its_writer_asks(ana, browser):
    from depthwork.practice.sources.actions.keeping import write_note

    hour = Session.objects.select_related("client__practice", "treatment").filter(client=ana.client).first()
    write_note(session=hour, text="I was cross.", by=ana.ana.person, kind="countertransference")
    page = f"/clients/{ana.client.id}/"
    assert "Own notes" not in browser.get(page).content.decode()
    shown = browser.get(f"{page}?own=yes").content.decode()
    assert "Own notes" in shown
    assert "I was cross." not in shown


def test_a_goal_rated_twice_is_a_line_of_the_thread(ana, browser):
    goal = actions.add_goal(treatment=ana.treatment, by=ana.ana.person, words="to stay when it is hard")
    for value, on in ((2, date(2026, 1, 6)), (6, date(2026, 1, 20))):
        actions.rate_goal(goal=goal, by=ana.ana.person, rater="client", value=value, on=on)
    assert "goal, client" in browser.get(f"/clients/{ana.client.id}/").content.decode()


def test_the_frame_shows_a_frame_for_hours_of_three_hours(ana):
    agree(ana, TUESDAYS, length_minutes=180)
    assert Frame.objects.order_by("-from_date").first().length_minutes == 180
