"""Whatever a treatment holds, it comes back as it left: as a case package, as FHIR, as annotations."""

import os
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import client_of, treatment_of
from tests.moving import ALL, everything, forget
from tests.treatments_made import fill_treatment

from depthwork.coding import Mark, Span
from depthwork.coding.marks_file import MarksFile
from depthwork.interchange.annotations.uima import from_xmi, to_xmi
from depthwork.interchange.annotations.web import read_web, web_bytes
from depthwork.interchange.case_package import read_package, write_package
from depthwork.interchange.fhir import facts as f
from depthwork.interchange.fhir.arriving import read_bundle
from depthwork.interchange.fhir.bundle import RecordFacts, bundle
from depthwork.practice.disclosure.actions.arriving import take_in_bundle, take_in_package
from depthwork.practice.disclosure.actions.joining import join_package
from depthwork.practice.disclosure.fhir_out import facts_of
from depthwork.practice.disclosure.models import Arrival
from depthwork.practice.disclosure.packing import package_of
from depthwork.practice.treatments.models import Treatment
from depthwork.practice.vault.purposes import sign, signature_holds
from depthwork.practice.vault.unlocked import opened
from depthwork.transcripts import transcript_of

ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SOME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


def there_and_back(cast, seed):
    with transaction.atomic(), opened(cast.ana.unlocked):
        # Where a payer's plan is kept, and with it a diagnosis.
        cast.ana.person.practice.country = "US"
        cast.ana.person.practice.save()
        client = client_of(cast.ana, "Generated Client")
        treatment = treatment_of(cast.ana, client, hours=2)
        fill_treatment(treatment, by=cast.ana.person, other=cast.ben.person, seed=seed)
        rows, record = everything(treatment, cast.ana.person), bundle(facts_of(client, treatment))
        made = package_of(treatment, compartments=ALL, by=cast.ana.person, made_on=date(2026, 11, 22))
        raw = write_package(made, sign=sign)
        forget(client.id)
        package = read_package(raw, verify=signature_holds)
        back = take_in_package(package=package, digest="0" * 64, by=cast.ana.person)
        assert everything(back, cast.ana.person) == rows
        forget(client.id)
        back = take_in_bundle(read=read_bundle(record), digest="0" * 64, by=cast.ana.person)
        assert bundle(facts_of(back.client, back)) == record
        transaction.set_rollback(True)


BOUNDS = {
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    "deadline": None,
}


@pytest.mark.django_db
@settings(max_examples=int(os.environ.get("DEPTHWORK_TREATMENTS", "12")), **BOUNDS)
@given(seed=st.integers(0, 2**31))
def test_a_generated_treatment_comes_back_as_it_left(cast, seed):
    there_and_back(cast, seed)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=int(os.environ.get("DEPTHWORK_TREATMENTS", "1000")), **BOUNDS)
@given(seed=st.integers(0, 2**31))
def test_a_thousand_generated_treatments_come_back_as_they_left(cast, seed):
    there_and_back(cast, seed)


def two_there_and_back(cast, seed):
    """Two courses of one client leave, and come back one after the other: the second joins whom the first brought."""
    with transaction.atomic(), opened(cast.ana.unlocked):
        by = cast.ana.person
        by.practice.country = "US"
        by.practice.save()
        client = client_of(cast.ana, "Generated Client")
        courses = []
        for n, start in enumerate((date(2026, 1, 6), date(2026, 6, 2))):
            Treatment.objects.filter(client=client).update(state=Treatment.State.ENDED)
            course = treatment_of(cast.ana, client, hours=2, start=start)
            courses.append(fill_treatment(course, by=by, other=cast.ben.person, seed=seed + n, first=n == 0))
        courses = [Treatment.objects.get(id=one.id) for one in courses]
        before = [everything(one, by) for one in courses]
        made = [package_of(one, compartments=ALL, by=by, made_on=date(2026, 11, 22)) for one in courses]
        raws = [write_package(one, sign=sign) for one in made]
        forget(client.id)
        first, second = (read_package(raw, verify=signature_holds) for raw in raws)
        back = take_in_package(package=first, digest="0" * 64, by=by)
        joined = join_package(package=second, digest="1" * 64, client=back.client, by=by)
        assert Arrival.objects.get(treatment=joined.id).origin["left"] == []
        assert [everything(one, by) for one in (back, joined)] == before
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=int(os.environ.get("DEPTHWORK_TREATMENTS", "3")), **BOUNDS)
@given(seed=st.integers(0, 2**31))
def test_a_further_course_joins_its_client_and_both_stand_as_they_left(cast, seed):
    two_there_and_back(cast, seed)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=int(os.environ.get("DEPTHWORK_TREATMENTS", "200")), **BOUNDS)
@given(seed=st.integers(0, 2**31))
def test_two_hundred_further_courses_join_their_clients(cast, seed):
    two_there_and_back(cast, seed)


@st.composite
def marked(draw):
    transcript = transcript_of(
        draw(st.lists(st.tuples(st.sampled_from("TCN"), SOME), min_size=1, max_size=5))
    )
    size = len(transcript.text)
    marks = []
    for n in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, size - 1))
        span = Span(start, draw(st.integers(start + 1, size)))
        attributes = draw(
            st.dictionaries(
                ODD, st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), ODD), max_size=2
            )
        )
        marks.append(
            Mark("s", span, transcript.turn_at(start), draw(ODD), draw(SOME), draw(SOME), draw(SOME),
                 draw(st.sampled_from(("proposed", "confirmed", "edited", "rejected"))), draw(ODD), id=f"m{n}",
                 attributes=attributes, intensity=draw(st.one_of(st.none(), st.floats(-9, 9))), why=draw(ODD),
                 confidence=draw(st.one_of(st.none(), st.floats(0, 1))), quote=draw(ODD), anchor=(draw(ODD), draw(ODD)))
        )  # fmt: skip
    return transcript, MarksFile(draw(ODD), transcript.sha256, tuple(marks), {}, None)


@given(marked())
def test_marks_come_back_from_web_annotations_and_xmi(drawn):
    transcript, file = drawn
    assert read_web(web_bytes(file)) == file
    assert from_xmi(to_xmi(file, transcript), text=transcript.text).marks == file


@st.composite
def records(draw):
    n = iter(range(10_000))
    id = lambda: f"id-{next(n)}"  # noqa: E731
    client, person, course = id(), id(), id()
    hours = tuple(
        f.HourFact(id(), client, course, person, draw(st.sampled_from(("planned", "missed_notice", "missed_no_notice", "cancelled_by_clinician"))),
                   draw(TIMES), draw(st.integers(1, 1440)), "office") for _ in range(draw(st.integers(0, 2)))
    )  # fmt: skip
    answers = tuple(
        f.AnswersFact(id(), client, "gad7", 1, draw(TIMES), {f"q{k}": draw(st.one_of(st.none(), st.integers(0, 3))) for k in range(1, 8)}, "", course)
        for _ in range(draw(st.integers(0, 2)))
    )  # fmt: skip
    return RecordFacts(
        people=(f.PersonFact(person, draw(SOME)),),
        client=f.ClientFact(client, draw(SOME.filter(str.strip)), draw(ODD), draw(st.sampled_from(("", "1990", "1990-02-03", "spring"))), draw(ODD),
                            draw(ODD), draw(ODD), draw(st.booleans()), {"x": draw(ODD)}),
        courses=(f.CourseFact(course, client, person, "active", draw(DAYS), None, draw(ODD)),),
        hours=hours,
        answers=answers,
        scores=tuple(f.ScoreFact(id(), client, one.id, "gad7", "total", draw(TIMES), draw(st.floats(0, 21)), draw(ODD)) for one in answers),
        goals=tuple(f.GoalFact(id(), client, course, draw(SOME), draw(st.booleans())) for _ in range(draw(st.integers(0, 2)))),
        plans=(f.PlanFact(id(), client, course, 1, draw(DAYS), draw(TIMES), {"aims": draw(ODD)}, person),),
        documents=(f.DocumentFact(id(), client, "progress_note", draw(DAYS), {"state": draw(ODD)}, draw(TIMES), True, person, course,
                                  signature=draw(st.binary(max_size=64))),),
    )  # fmt: skip


@given(records())
def test_a_record_comes_back_from_fhir(facts):
    read = read_bundle(bundle(facts))
    assert read.faults == ()
    assert read.facts == facts
