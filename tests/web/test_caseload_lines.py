"""A line of the caseload as the database gives it; on PostgreSQL by a plan that is kept."""

from datetime import date, timedelta

import pytest
from django.db import connection

from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.treatments.models import Break, FrameEvent
from depthwork.practice.treatments.queries import caseload_of
from depthwork.practice.vault.unlocked import opened
from tests import cast as people

pytestmark = pytest.mark.django_db
TODAY = people.TODAY
is_postgres = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="tried on PostgreSQL: make test-postgres"
)


def lines_of(actor):
    with opened(actor.unlocked):
        return caseload_of(actor.person, today=TODAY)


def line_of(cast):
    (line,) = lines_of(cast.ana)
    return line


def away(cast, first: date, days: int = 10, told: date | None = None) -> None:
    with opened(cast.ana.unlocked):
        Break.objects.create(
            client=cast.client, treatment=cast.treatment, from_date=first, to_date=first + timedelta(days), announced_on=told
        )  # fmt: skip


def hours(cast):
    return cast.treatment.sessions.order_by("number")


def test_a_line_says_how_many_hours_were_held_and_when_the_last_was(cast):
    line = line_of(cast)
    assert (line.called, line.held, line.last_day, line.missed) == ("Cleo", 3, date(2026, 1, 20), 0)


def test_the_tenth_hour_comes_after_the_ninth(cast):
    client = people.client_of(cast.eve, "Ten Hours")
    people.treatment_of(cast.eve, client, hours=10)
    (line,) = lines_of(cast.eve)
    assert (line.held, line.last_day) == (10, date(2026, 3, 10))


def test_a_treatment_without_an_hour_has_a_line_with_no_day(cast):
    people.treatment_of(cast.eve, people.client_of(cast.eve, "New Here"))
    (line,) = lines_of(cast.eve)
    assert (line.held, line.last_day, line.break_from, line.frame_on) == (0, None, None, None)


def test_missed_hours_are_counted_and_cancelled_ones_are_not(cast):
    with opened(cast.ana.unlocked):
        for hour, status in zip(hours(cast), ("missed_notice", "missed_no_notice", "cancelled_by_client"), strict=True):  # fmt: skip
            hour.number, hour.status = None, status
            hour.save()
    line = line_of(cast)
    assert (line.held, line.missed) == (0, 2)


def test_the_next_break_is_named_with_the_day_the_client_was_told(cast):
    away(cast, TODAY + timedelta(60), told=TODAY)
    away(cast, TODAY + timedelta(20), told=TODAY - timedelta(5))
    away(cast, TODAY - timedelta(90))
    line = line_of(cast)
    assert (line.break_from, line.break_told) == (TODAY + timedelta(20), TODAY - timedelta(5))


def test_a_break_of_which_nobody_was_told_has_no_such_day(cast):
    away(cast, TODAY - timedelta(2))
    line = line_of(cast)
    assert (line.break_from, line.break_told) == (TODAY - timedelta(2), None)


def test_the_last_change_of_the_frame_is_named_and_no_coming_one(cast):
    with opened(cast.ana.unlocked):
        for on in (TODAY - timedelta(40), TODAY - timedelta(7), TODAY + timedelta(7)):
            FrameEvent.objects.create(client=cast.client, treatment=cast.treatment, on=on, kind="fee")
    assert line_of(cast).frame_on == TODAY - timedelta(7)


def test_a_treatment_whose_client_the_clinician_no_longer_sees_has_no_line(cast):
    part = Involvement.objects.get(person=cast.ana.person, client=cast.client.id)
    Involvement.objects.filter(id=part.id).update(ends_at=part.starts_at)
    assert lines_of(cast.ana) == []
    Involvement.objects.filter(id=part.id).update(ends_at=None)
    assert len(lines_of(cast.ana)) == 1
    Involvement.objects.create(
        person=cast.ana.person, practice=cast.practice.id, client=cast.client.id, part=Part.DENIED
    )
    assert lines_of(cast.ana) == []


def test_a_manager_who_treats_nobody_has_no_line(cast):
    assert lines_of(cast.mara) == []


def test_a_move_copies_clients_before_the_rows_that_are_told_their_practice_from_them():
    from depthwork.practice.keeping.moving import models_in_order

    tables = [model._meta.db_table for model in models_in_order()]
    assert tables[0] == "treatments_client"
    assert len(tables) == len(set(tables))


def test_the_index_of_missed_hours_serves_a_plan_that_knows_no_value(cast):
    """The states stand in the statement: as values beside it they would keep the index out of a kept plan."""
    from depthwork.practice.treatments.queries import caseload_rows

    sql, values = caseload_rows(cast.ana.person, today=TODAY).query.sql_with_params()
    assert "'missed_notice'" in sql
    assert not {"missed_notice", "missed_no_notice"} & {str(value) for value in values}


@is_postgres
def test_the_server_keeps_the_plan_of_a_caseload(cast):
    for _ in range(3):
        line_of(cast)
    with connection.cursor() as cursor:
        cursor.execute(
            "select generic_plans, custom_plans from pg_prepared_statements where statement like %s",
            ["%missed_notice%"],
        )
        ((kept, anew),) = cursor.fetchall()
    assert kept >= 3
    assert anew == 0
