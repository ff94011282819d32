"""What was agreed is changed and leaves its trace: format, hours, focus, days, times, and one more hour."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from depthwork.practice.audit.models import Event
from depthwork.practice.sources.actions.drafting import save_draft
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Frame, FrameEvent, Session, Treatment
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
TUESDAY = [(1, time(17))]


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        yield cast


@pytest.fixture
def browser(cast):
    return cast.ana.browser()


def change(cast, **more):
    said = {"format": "brief", "hours_agreed": 16, "focus": "why I leave before I am left"}
    return actions.change_treatment(
        treatment=cast.treatment, by=cast.ana.person, on=TODAY, **{**said, **more}
    )


def kinds(cast):
    rows = FrameEvent.objects.filter(treatment=cast.treatment)
    return sorted(rows.values_list("kind", flat=True))


def agree(cast, slots=TUESDAY, frequency="weekly", on=date(2026, 3, 2), **terms):
    return actions.agree_frame(
        treatment=cast.treatment,
        by=cast.ana.person,
        from_date=on,
        frequency=frequency,
        slots=slots,
        terms={"fee": "90.00", "currency": "GBP", **terms},
    )


def sent(cast, **more):
    row = Treatment.objects.get(pk=cast.treatment.pk)
    return {
        "on": TODAY.isoformat(), "format": "brief", "hours_agreed": 16, "focus": "why I leave before I am left",
        "version": row.version, **more,
    }  # fmt: skip


# Format, hours, focus ------------------------------------------------------------------------------------


def test_a_brief_therapy_is_lengthened_on_its_page_and_the_thread_says_so(ana, browser):
    url = f"/clients/{ana.client.id}/treatment/change/"
    assert url in browser.get(f"/clients/{ana.client.id}/frame/").content.decode()
    browser.post(url, sent(ana, hours_agreed=24, words="Eight more, until the summer."))
    row = Treatment.objects.get(pk=ana.treatment.pk)
    assert (row.hours_agreed, row.version) == (24, 2)
    assert kinds(ana) == ["hours"]
    page = browser.get(f"/clients/{ana.client.id}/frame/").content.decode()
    assert "number of hours. Eight more, until the summer." in page
    assert Event.objects.filter(verb="treatment.changed", client=ana.client.id).count() == 1


def test_a_focus_found_in_the_third_hour_is_written_down(ana, browser):
    Treatment.objects.filter(pk=ana.treatment.pk).update(focus=None)
    url = f"/clients/{ana.client.id}/treatment/change/"
    browser.post(url, sent(ana, focus="whom I am waiting for", private_core_conflict="wish and dread"))
    row = Treatment.objects.get(pk=ana.treatment.pk)
    assert (row.focus, row.private_core_conflict) == ("whom I am waiting for", "wish and dread")
    assert kinds(ana) == ["focus"]
    assert "whom I am waiting for" in browser.get(f"/clients/{ana.client.id}/").content.decode()


def test_a_brief_therapy_is_opened_and_keeps_its_hours(ana):
    change(ana, format="open_ended")
    row = Treatment.objects.get(pk=ana.treatment.pk)
    assert (row.format, row.hours_agreed) == ("open_ended", None)
    assert kinds(ana) == ["format"]


def test_the_core_conflict_leaves_no_event(ana):
    change(ana, private_core_conflict="wish and dread")
    assert kinds(ana) == []
    ana.treatment.refresh_from_db()
    change(ana)
    assert Treatment.objects.get(pk=ana.treatment.pk).private_core_conflict == "wish and dread"


def test_fewer_hours_take_the_last_planned_ones_out_but_none_that_was_written_on(ana, browser):
    actions.plan_series(
        treatment=ana.treatment, by=ana.ana.person, first=TODAY, until=TODAY + timedelta(weeks=20)
    )
    planned = list(Session.objects.filter(treatment=ana.treatment, status="planned").order_by("starts_at"))
    assert len(planned) == 13
    save_draft(session=planned[-1], by=ana.ana.person, kind="process_note", words={"text": "Half a thought."})
    url = f"/clients/{ana.client.id}/treatment/change/"
    said = browser.post(url, sent(ana, hours_agreed=10), follow=True).content.decode()
    assert "5 planned hours beyond the number agreed are taken out" in said
    left = list(Session.objects.filter(treatment=ana.treatment, status="planned").order_by("starts_at"))
    assert left == [*planned[:7], planned[-1]]


def test_fewer_hours_than_were_held_are_refused(ana, browser):
    url = f"/clients/{ana.client.id}/treatment/change/"
    answer = browser.post(url, sent(ana, hours_agreed=2))
    assert "3 hours were held already" in answer.content.decode()
    assert kinds(ana) == []


def test_a_brief_therapy_without_its_hours_is_refused(ana):
    with pytest.raises(CourseError, match="needs its number of hours"):
        change(ana, hours_agreed=None)


def test_what_has_ended_is_not_changed(ana):
    actions.end_treatment(
        treatment=ana.treatment, by=ana.ana.person, on=date(2026, 2, 1), planned=True, ended_by="both"
    )
    with pytest.raises(CourseError, match="has ended"):
        change(ana, hours_agreed=20)


def test_two_windows_on_what_was_agreed_stand_side_by_side(ana, browser):
    old = sent(ana, focus="his words")
    change(ana, focus="her words")
    answer = browser.post(f"/clients/{ana.client.id}/treatment/change/", old)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "her words" in page
    assert "his words" in page
    assert Treatment.objects.get(pk=ana.treatment.pk).focus == "her words"


def test_the_office_sees_the_frame_and_not_the_focus(ana):
    answer = ana.mara.browser().get(f"/clients/{ana.client.id}/frame/")
    assert answer.status_code == 200
    assert "why I leave" not in answer.content.decode()


# The frame -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slots", "frequency", "terms", "made"),
    [
        ([(1, time(18))], "weekly", {}, ["time"]),
        ([(3, time(17))], "weekly", {}, ["day"]),
        ([(1, time(17)), (3, time(17))], "twice_weekly", {}, ["frequency"]),
        ([(0, time(17)), (3, time(17))], "twice_weekly", {}, ["day", "frequency"]),
        ([(1, time(9)), (3, time(17))], "twice_weekly", {}, ["frequency", "time"]),
        (TUESDAY, "weekly", {"missed_session": "paid for"}, ["agreement"]),
        (TUESDAY, "weekly", {"link": "https://rooms.example/ana"}, ["link"]),
        (TUESDAY, "weekly", {"fee": "100.00"}, ["fee"]),
        (TUESDAY, "weekly", {}, []),
    ],
)
def test_each_change_of_the_frame_is_an_event(ana, slots, frequency, terms, made):
    agree(ana, slots, frequency, **terms)
    assert kinds(ana) == made


def test_a_second_change_from_the_same_day_is_an_event_too_and_its_hours_go(ana):
    Treatment.objects.filter(pk=ana.treatment.pk).update(format="open_ended", hours_agreed=None)
    ana.treatment.refresh_from_db()
    tomorrow = TODAY + timedelta(days=1)
    agree(ana, [(3, time(17))], on=tomorrow)
    actions.plan_series(
        treatment=ana.treatment, by=ana.ana.person, first=tomorrow, until=TODAY + timedelta(weeks=4)
    )
    agree(ana, [(4, time(17))], on=tomorrow)
    assert Frame.objects.filter(treatment=ana.treatment).count() == 2
    assert kinds(ana) == ["day", "day"]
    assert not Session.objects.filter(treatment=ana.treatment, status="planned").exists()


def test_one_more_hour_is_an_event_and_an_hour_of_the_series_is_none(ana):
    day = TODAY + timedelta(days=(1 - TODAY.weekday()) % 7 + 7)  # a Tuesday
    plan = {"treatment": ana.treatment, "by": ana.ana.person}
    actions.plan_hour(**plan, day=day, wall_time=time(17))
    assert kinds(ana) == []
    actions.plan_hour(**plan, day=day + timedelta(days=2), wall_time=time(9))
    assert kinds(ana) == ["extra_session"]
