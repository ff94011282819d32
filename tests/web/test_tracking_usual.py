"""The band beside a course: from the practice's own archive once there are enough, a labelled prior before."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from depthwork.measures import measure
from depthwork.practice.tracking.courses import course_of
from depthwork.practice.tracking.expected import archive_of, spread_of, usual_for
from depthwork.practice.tracking.models import Request, Response, Score
from depthwork.practice.tracking.queries.answers import Asked
from depthwork.practice.treatments.models import Session, Treatment
from depthwork.practice.vault.unlocked import opened
from tests import cast as people

START = date(2026, 1, 6)


def asked(hour, value, *, months=None):
    on = START + timedelta(weeks=hour)
    at = datetime.combine(on, time(17), tzinfo=UTC)
    scores = {"scores": {"total": {"value": value, "band": None, "withheld": None}}}
    return Asked(None, "phq9", on, "done", "room", hour, months, at, at, {}, scores)


def course(*values, first=1):
    return course_of(measure("phq9"), [asked(first + n, value) for n, value in enumerate(values)])


def archive(n, *, drop=1.0):
    """Courses that begin at 18 and lose `drop` times ln(hour + 1), give or take."""
    from math import log1p

    rows = [
        (f"c{k}", hour, 18 + (k % 7) - 3 - drop * (1 + (k % 3)) * log1p(hour) + ((k * hour) % 5 - 2) / 2)
        for k in range(n)
        for hour in range(1, 13)
    ]
    return {("phq9", "total"): rows}


def test_while_courses_are_few_the_prior_is_named_for_what_it_is():
    usual = usual_for(course(18, 17, 15, 14, 13, 12, 11, 10), archive(99))
    assert "a rough expectation, not this practice’s experience: 99 of 100 courses so far" in usual.sentence


def test_from_a_hundred_courses_on_the_practice_s_own_are_used():
    usual = usual_for(course(18, 17, 16, 16, 15, 15, 14, 14), archive(100))
    assert "from 100 finished courses of this practice" in usual.sentence
    assert usual.place.place == "inside"


@pytest.mark.parametrize("hours", [2, 3, 4, 5])
def test_nothing_is_said_of_a_course_before_hour_six(hours):
    usual = usual_for(course(*[20] * (hours - 1), 27), archive(120, drop=4))
    assert usual.place.place is None
    assert "Nothing is said of this course before hour 6" in usual.sentence
    assert "outside" not in usual.sentence


def test_from_hour_eight_on_a_score_on_the_worse_side_is_a_reason_to_look():
    seven, eight = (usual_for(course(*[20] * (n - 1), 27), archive(120, drop=4)) for n in (7, 8))
    assert seven.place.place == eight.place.place == "not_on_track"
    assert "A reason to look at it together" not in seven.sentence
    assert "A reason to look at it together" in eight.sentence
    assert "risk" not in eight.sentence


def test_no_band_is_drawn_into_long_term_work():
    long = usual_for(course(*[15] * 60), archive(120))
    assert len(long.points) == 20
    assert long.last.hour == 20


def test_a_single_score_or_a_form_without_a_direction_has_no_band():
    assert usual_for(course(18), archive(120)) is None
    assert usual_for(course(18, 15), {}).expectation.kind == "prior"


def test_the_spread_of_the_prior_is_the_published_one_or_the_one_it_implies():
    assert spread_of(measure("core10").main_score.change) == 7.7
    # 6 points at retest reliability .84: 6 / (1.96 * sqrt(2) * sqrt(.16))
    assert spread_of(measure("phq9").main_score.change) == pytest.approx(5.41, abs=0.005)
    assert spread_of(None) is None


@pytest.fixture
def practice(cast):
    """A hundred finished treatments of another client of Ana's, each with three scores."""
    cast.former = people.client_of(cast.ana, "Ida Former")
    with opened(cast.ana.unlocked):
        treatments = Treatment.objects.bulk_create(
            Treatment(client=cast.former, clinician=cast.ana.person, starts_on=START, state="ended")
            for _ in range(100)
        )
        sessions, requests, responses, scores = [], [], [], []
        for k, treatment in enumerate(treatments):
            for hour in (1, 6, 12):
                _scored(cast, treatment, k, hour, sessions, requests, responses, scores)
        for model, rows in ((Session, sessions), (Request, requests), (Response, responses), (Score, scores)):
            model.objects.bulk_create(rows)
    return cast


def _scored(cast, treatment, k, hour, sessions, requests, responses, scores):
    day = START + timedelta(weeks=hour)
    at = datetime.combine(day, time(17), tzinfo=UTC)
    of = {"client": cast.former, "treatment": treatment}
    session = Session(
        **of, clinician=cast.ana.person, day=day, wall_time=time(17), zone="Europe/London", starts_at=at,
        status="held", number=hour,
    )  # fmt: skip
    request = Request(
        **of, session=session, mode="room", state="done", on=day, asked_at=at, finished_at=at,
        receipt=f"{k:03}-{hour:02}", what={"measure": "phq9"},
    )  # fmt: skip
    response = Response(
        **of, request=request, session=session, on=day, arrived_at=at, taken_in_at=at, answers={}
    )
    value = 18 + k % 5 - 2 - 1.5 * (1 + k % 3) * hour**0.5 / 2
    result = {"measure": "phq9", "scores": {"total": {"value": value}}}
    sessions.append(session)
    requests.append(request)
    responses.append(response)
    scores.append(Score(client=cast.former, response=response, made_at=at, result=result))


@pytest.mark.django_db
def test_the_archive_is_what_this_person_can_open_and_not_the_client_themself(practice):
    with opened(practice.ana.unlocked):
        assert len(archive_of(practice.ana.person, but=practice.client.id)[("phq9", "total")]) == 300
        assert archive_of(practice.ana.person, but=practice.former.id) == {}
    with opened(practice.eve.unlocked):
        assert archive_of(practice.eve.person, but=practice.client.id) == {}


@pytest.mark.django_db
def test_the_page_draws_the_band_and_says_where_it_comes_from(practice):
    from depthwork.practice.tracking import actions

    with opened(practice.ana.unlocked):
        for session, value in zip(practice.treatment.sessions.order_by("starts_at"), (2, 2, 1), strict=True):
            made = actions.ask(
                client=practice.client, by=practice.ana.person, measure_id="phq9", mode="room",
                treatment=practice.treatment, session=session,
            )  # fmt: skip
            given = {f"q{n}": value for n in range(1, 9)} | {"q9": 0}
            actions.send(request_id=made.request.id, token=None, given=given, by=practice.ana.person)
    page = practice.ana.browser().get(f"/clients/{practice.client.id}/measures/").content.decode()
    assert "from 100 finished courses of this practice" in page
    assert "Nothing is said of this course before hour 6" in page
    assert "predicts nothing for this one" in page
    assert "Usual course" in page
    assert "Ida" not in page


@pytest.mark.django_db
def test_the_measures_page_costs_few_queries(cast, django_assert_max_num_queries):
    browser, url = cast.ana.browser(), f"/clients/{cast.client.id}/measures/"
    browser.get(url)
    with django_assert_max_num_queries(22):
        browser.get(url)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["measures/ask/", "measures/schedule/", "measures/deputy/"])
def test_the_pages_of_asking_cost_few_queries(cast, page, django_assert_max_num_queries):
    browser, url = cast.ana.browser(), f"/clients/{cast.client.id}/{page}"
    browser.get(url)
    with django_assert_max_num_queries(18):
        browser.get(url)


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/watch/", "/practice/sum/"])
def test_the_pages_of_the_practice_cost_few_queries(cast, url, django_assert_max_num_queries):
    browser = cast.ana.browser()
    browser.get(url)
    with django_assert_max_num_queries(22):
        browser.get(url)


def test_a_form_of_every_fourth_hour_gives_no_sudden_step_and_says_why():
    found = course_of(
        measure("phq9"), [asked(hour, value) for hour, value in ((1, 22), (4, 21), (8, 9), (12, 8))]
    )
    assert found.sudden == ()
    assert "hours 1 to 12" in found.sudden_withheld


def test_a_step_across_an_hour_without_an_answer_is_not_sudden():
    hours = ((1, 22), (2, 21), (3, None), (4, 8), (5, 9), (6, 8))
    found = course_of(measure("phq9"), [asked(hour, value) for hour, value in hours])
    assert (found.sudden, found.sudden_withheld) == ((), None)
    ((step, before, after),) = course(22, 21, 8, 9, 8).sudden
    assert (step.kind, before.hour, after.hour) == ("gain", 2, 3)


def test_hours_of_two_treatments_are_not_neighbours():
    first, second = uuid4(), uuid4()
    rows = [replace(asked(hour, value), treatment=first) for hour, value in ((1, 22), (2, 21), (3, 22))]
    later = [
        replace(asked(hour, value), treatment=second) for hour, value in ((4, 8), (5, 9), (6, 8), (7, 8))
    ]
    assert course_of(measure("phq9"), rows + later).sudden == ()
