"""Several look-ups in one journey: the rows are those that each query gives alone."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import Count

from depthwork.practice.config.at_once import Look, at_once, look, rows_at_once
from depthwork.practice.coverage.models import Authorisation, Charge, Plan
from depthwork.practice.people.models import Practice
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.tracking.models import Request, Response
from depthwork.practice.treatments.models import Break, Consent, Frame, Goal, GoalRating, Session
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
MODELS = (
    Session,
    Consent,
    Frame,
    Charge,
    Plan,
    Authorisation,
    Request,
    Response,
    ProgressNote,
    Goal,
    Practice,
)


def values(row):
    return {one.attname: row.__dict__[one.attname] for one in row._meta.concrete_fields}


def test_rows_of_every_type_of_column_come_as_each_query_gives_them(filled, django_assert_num_queries):
    alone = [{row.pk: values(row) for row in model.objects.all()} for model in MODELS]
    with django_assert_num_queries(1):
        together = rows_at_once(*(model.objects.all() for model in MODELS))
    assert sum(map(len, alone)) > 20
    for model, one, rows in zip(MODELS, alone, together, strict=True):
        assert {row.pk: values(row) for row in rows} == one, model
        kinds = {
            name: type(value) for row in one.values() for name, value in row.items() if value is not None
        }
        for row in rows:
            assert {n: type(v) for n, v in values(row).items() if v is not None}.items() <= kinds.items()


def test_rows_of_other_tables_come_with_those_that_they_were_joined_to(filled, django_assert_num_queries):
    with django_assert_num_queries(1):
        ratings, hours, _ = rows_at_once(
            GoalRating.objects.select_related("goal__treatment"),
            Session.objects.select_related("client__practice"),
            Break.objects.select_related("cover"),
        )
        assert {one.goal.treatment.id for one in ratings} == {filled.treatment.id}
        assert filled.practice.name in {one.client.practice.name for one in hours}


def test_tuples_single_values_and_counts_come_as_they_would_alone(filled, django_assert_num_queries):
    asked = (
        Session.objects.order_by().values_list("number", "day"),
        Session.objects.order_by().values_list("id", flat=True),
        Session.objects.order_by().values("treatment").annotate(n=Count("*")).values_list("treatment", "n"),
        Session.objects.order_by().values("status", "starts_at"),
    )
    alone = [list(one) for one in asked]
    with django_assert_num_queries(1):
        together = rows_at_once(*asked)
    for one, rows in zip(alone, together, strict=True):
        assert sorted(map(repr, rows)) == sorted(map(repr, one))


def test_what_is_cut_is_cut_in_its_own_order(filled):
    last, first = rows_at_once(
        Session.objects.order_by("-starts_at").values_list("id", flat=True)[:2],
        Session.objects.order_by("starts_at").values_list("id", flat=True)[:2],
    )
    assert set(last) == set(Session.objects.order_by("-starts_at").values_list("id", flat=True)[:2])
    assert set(first) == set(Session.objects.order_by("starts_at").values_list("id", flat=True)[:2])


def test_what_can_have_no_rows_is_not_asked(filled, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rows_at_once(Session.objects.none(), Break.objects.filter(id__in=[])) == [[], []]
        assert rows_at_once() == []
    with django_assert_num_queries(1):
        none, some = rows_at_once(Session.objects.none(), Session.objects.filter(client=filled.client))
    assert none == []
    assert some


def test_sealed_words_open_as_ever(filled):
    with opened(filled.ana.unlocked):
        hours, goals = rows_at_once(
            Session.objects.filter(client=filled.client), Goal.objects.filter(client=filled.client)
        )
        told = dict(Session.objects.filter(client=filled.client).values_list("id", "kept_line"))
        assert all(
            row.kept_line == Session._meta.get_field("kept_line").open_on(row, told[row.id])
            for row in hours
            if told[row.id]
        )
        assert all(row.words for row in goals)


def test_each_room_reads_its_own_rows(filled, django_assert_num_queries):
    @look(Session.objects.filter(treatment=filled.treatment), Consent.objects.filter(client=filled.client))
    def both(hours, answers):
        return len(hours), len(answers)

    days = Look((Session.objects.filter(treatment=filled.treatment),), lambda rows: {one.day for one in rows})
    with django_assert_num_queries(1):
        counts, nothing, found, first = at_once(both, Look((), list), days, days.then(min))
    assert counts == both.now()
    assert (nothing, found, first) == ([], days.now(), min(days.now()))
    assert isinstance(first, date)


@pytest.mark.skipif(connection.vendor == "postgresql", reason="there each statement has its own answer")
def test_no_row_is_read_by_the_type_of_another_s_column(filled):
    """The driver goes by the types of the first statement's columns, where it has any."""
    practice, number = rows_at_once(
        Practice.objects.filter(id=filled.practice.id).values_list("is_demo", "created_at"),
        Session.objects.filter(treatment=filled.treatment, number=1).values_list("number", "length_minutes"),
    )
    assert practice[0][0] is False
    assert number[0][0] == 1
    assert type(number[0][0]) is int
