"""A year mistyped plans no lifetime of hours, and a day in no calendar is today."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from depthwork.practice.treatments import actions
from depthwork.practice.treatments.errors import CourseError
from depthwork.practice.treatments.models import Frame, Session, Treatment
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


@pytest.fixture
def ana(cast):
    with opened(cast.ana.unlocked):
        Treatment.objects.update(format="open_ended", hours_agreed=None)
        cast.treatment.refresh_from_db()
        yield cast


@pytest.mark.parametrize("year", ["2206", "9999"])
def test_a_series_is_planned_two_years_ahead_at_most(ana, year):
    before = Session.objects.count()
    path = reverse("treatments:series", args=[ana.client.id])
    page = ana.ana.browser().post(path, {"until": f"{year}-06-01"})
    assert page.status_code == 200
    assert f'value="{year}-06-01"' in page.content.decode()
    assert Session.objects.count() == before
    with pytest.raises(CourseError, match="two years"):
        actions.plan_series(
            treatment=ana.treatment, by=ana.ana.person, until=TODAY.replace(year=TODAY.year + 3)
        )


def test_two_years_are_planned_in_few_queries(ana, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        made, said = actions.plan_series(
            treatment=ana.treatment,
            by=ana.ana.person,
            first=TODAY + timedelta(days=1),
            until=TODAY + timedelta(days=728),
        )
    assert (len(made), said) == (104, [])
    assert Session.objects.filter(status="planned").count() == 104


def test_a_series_leaves_out_what_collides_with_other_hours_and_with_itself(ana):
    Frame.objects.update(slots=[{"weekday": 1, "time": "17:00"}, {"weekday": 1, "time": "17:30"}])
    first = TODAY + timedelta(days=1)
    tuesday = first + timedelta(days=(1 - first.weekday()) % 7)
    Session.objects.create(
        client=ana.client, treatment=ana.treatment, clinician=ana.ana.person, day=tuesday, wall_time=time(16, 30),
        zone="Europe/London", starts_at=datetime.combine(tuesday, time(16, 40), tzinfo=UTC), length_minutes=60,
    )  # fmt: skip
    made, said = actions.plan_series(
        treatment=ana.treatment, by=ana.ana.person, first=first, until=tuesday + timedelta(days=8)
    )
    assert [one.day for one in made] == [tuesday + timedelta(days=7)]
    assert len(said) == 3


@pytest.mark.parametrize("day", ["2026-02-30", "9999-12-31", "0001-01-01", "x"])
def test_a_day_in_no_calendar_is_today(ana, day):
    assert ana.ana.browser().get(reverse("ui:today"), {"day": day}).status_code == 200


def test_a_frame_of_another_century_is_a_slip_of_the_hand(ana):
    path = reverse("treatments:agree", args=[ana.client.id])
    page = ana.ana.browser().post(path, {"from_date": "0206-06-01"})
    assert page.status_code == 200
    assert "1900" in page.content.decode()
