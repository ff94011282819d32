"""A record of several treatments, in which not everything says to which it belongs; and dates that are none."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest
from tests.foreign_record import PATIENT, _hour, _ref, foreign_bundle, phq9
from tests.unit.interchange.test_fhir import record

from depthwork.interchange.fhir.arriving import read_bundle
from depthwork.interchange.fhir.bundle import bundle

FIRST_COURSE, SECOND_COURSE = "00000000-0000-4000-8000-000000000200", "00000000-0000-4000-8000-000000000201"


def episode(id, status, **period):
    made = {"resourceType": "EpisodeOfCare", "status": status, "patient": _ref(PATIENT), "period": period}
    return {"fullUrl": f"urn:uuid:{id}", "resource": made}


def entry(n, resource):
    return {"fullUrl": f"urn:uuid:00000000-0000-4000-8000-0000000003{n:02}", "resource": resource}


def two_courses():
    """A treatment of 2024 and one of 2026; the hours, the note and the form name neither."""
    made = foreign_bundle()
    made["entry"] += [
        episode(FIRST_COURSE, "finished", start="2024-01-01", end="2024-06-01"),
        episode(SECOND_COURSE, "active", start="2026-01-01", end="9999-12-31"),
        entry(0, _hour("finished", "2024-02-03T10:00:00+01:00", "2024-02-03T10:50:00+01:00")),
        entry(1, _hour("finished", "2024-02-10T10:00:00+01:00", "9999-12-31T23:59:59Z")),
        entry(2, phq9(authored="2024-03-01T10:00:00Z")),
        entry(3, phq9(authored="2023-12-01T10:00:00Z")),
    ]
    return made


def test_what_names_no_treatment_stands_with_the_one_of_its_day():
    read = read_bundle(two_courses())
    assert read.faults == ()
    days = {one.starts_at.date(): one.course for one in read.facts.hours}
    assert days == {
        date(2024, 2, 3): FIRST_COURSE, date(2024, 2, 10): FIRST_COURSE,
        date(2026, 2, 3): SECOND_COURSE, date(2026, 2, 10): SECOND_COURSE,
    }  # fmt: skip
    forms = {one.at.date(): one.course for one in read.facts.answers}
    assert forms == {date(2026, 2, 3): SECOND_COURSE, date(2024, 3, 1): FIRST_COURSE, date(2023, 12, 1): ""}
    assert [one.course for one in read.facts.documents] == [SECOND_COURSE]
    assert read.notes["placed_by_their_day"] == 7


def test_answers_of_the_only_treatment_stand_with_it():
    read = read_bundle(foreign_bundle())
    assert {one.course for one in read.facts.answers} == {read.facts.courses[0].id}
    assert "placed_by_their_day" not in read.notes


def test_a_period_that_is_written_to_end_in_9999_has_no_end():
    read = read_bundle(two_courses())
    assert [one.ends_on for one in read.facts.courses] == [date(2024, 6, 1), None]
    assert [one.stopped_at for one in read.facts.hours if one.starts_at.date() == date(2024, 2, 10)] == [None]


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1899-12-31T10:00:00Z"])  # fmt: skip
def test_an_hour_at_no_time_that_a_clock_shows_is_left_out_and_counted(start):
    made = foreign_bundle()
    made["entry"].append(entry(0, _hour("finished", start, start)))
    read = read_bundle(made)
    assert read.faults == ()
    assert [one.count for one in read.without if one.why == "its date lies before 1900 or after 2199"] == [1]


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        ("text/plain; charset=iso-8859-1", "Müde gekommen.".encode("latin-1")),
        ('Text/Plain; charset="windows-1252"', "Müde gekommen.".encode("cp1252")),
        ("text/plain;charset=UTF-8", "Müde gekommen.".encode()),
        ("text/plain", "Müde gekommen.".encode()),
    ],
)
def test_a_note_is_read_in_the_set_that_it_names_and_in_lines_of_base64(form, raw):
    made = foreign_bundle()
    note = next(one["resource"] for one in made["entry"] if one["resource"]["resourceType"] == "DocumentReference")  # fmt: skip
    note["content"] = [{"attachment": {"contentType": form, "data": base64.encodebytes(raw * 9).decode()}}]
    read = read_bundle(made)
    assert read.faults == ()
    assert read.facts.documents[0].parts == {"state": "Müde gekommen." * 9}


def booked(n, start, end, **more):
    actors = [{"actor": _ref(PATIENT), "status": "accepted"}]
    made = {
        "resourceType": "Appointment",
        "status": "fulfilled",
        "start": start,
        "end": end,
        "participant": actors,
    }
    return entry(n, made | more)


def test_an_hour_that_stands_as_appointment_and_as_contact_is_one_hour():
    made = foreign_bundle()
    made["entry"] += [
        booked(0, "2026-02-03T10:00:00+01:00", "2026-02-03T10:50:00+01:00"),
        booked(1, "2026-02-10T10:03:00+01:00", "2026-02-10T10:53:00+01:00", status="booked"),
        booked(2, "2026-02-10T11:00:00+01:00", "2026-02-10T11:50:00+01:00", status="noshow"),
        booked(3, "2026-02-17T10:00:00+01:00", "2026-02-17T10:50:00+01:00"),
    ]
    read = read_bundle(made)
    found = sorted((one.starts_at.isoformat()[:16], one.status) for one in read.facts.hours)
    assert found == [
        ("2026-02-03T09:00", "held"), ("2026-02-10T09:03", "held"), ("2026-02-10T10:00", "missed_no_notice"),
        ("2026-02-17T09:00", "held"),
    ]  # fmt: skip
    assert read.notes["contacts_of_an_appointment_by_time"] == 2
    [note] = read.facts.documents
    assert next(one for one in read.facts.hours if one.id == note.hour).starts_at.day == 3


def test_a_contact_that_names_its_appointment_takes_no_other():
    made = foreign_bundle()
    named = entry(1, {})["fullUrl"]
    made["entry"] += [
        booked(0, "2026-02-03T10:00:00+01:00", "2026-02-03T10:50:00+01:00"),
        booked(1, "2026-02-04T10:00:00+01:00", "2026-02-04T10:50:00+01:00"),
    ]
    first = next(one["resource"] for one in made["entry"] if one["resource"]["resourceType"] == "Encounter")
    first["appointment"] = [_ref(named)]
    read = read_bundle(made)
    assert "contacts_of_an_appointment_by_time" not in read.notes
    assert sorted(one.starts_at.day for one in read.facts.hours) == [3, 4, 10]


def test_a_treatment_that_ended_without_a_day_ended_with_its_last_hour():
    made = foreign_bundle()
    made["entry"].append(episode(FIRST_COURSE, "finished", start="2025-01-01"))
    read = read_bundle(made)
    assert [one.ends_on for one in read.facts.courses] == [date(2026, 2, 10)]
    assert read.notes["ended_on_its_last_hour"] == 1


def test_half_a_character_that_another_system_cut_is_shown_as_missing():
    made = foreign_bundle()
    made["entry"][0]["resource"]["name"] = [{"text": "Noor \U0001f600 \ud83d"}]
    read = read_bundle(json.dumps(made).encode())
    assert read.facts.client.name == "Noor \U0001f600 \ufffd"


def test_a_patient_with_a_fault_is_not_said_to_be_missing():
    made = foreign_bundle()
    made["entry"][0]["resource"]["name"] = []
    assert [fault.partition(":")[0] for fault in read_bundle(made).faults] == ["entry 1, Patient"]


def extended(kind, name, **value):
    """A record of ours in which one extension holds something else."""
    made = bundle(record())
    one = next(entry["resource"] for entry in made["entry"] if entry["resource"]["resourceType"] == kind)
    url = f"https://depthwork.example/fhir/{name}"
    one["extension"] = [each for each in one.get("extension", []) if each["url"] != url]
    one["extension"].append({"url": url, **value})
    return made


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("Patient", "more", {"valueString": '{"details": [1]}'}),
        ("Patient", "more", {"valueString": '{"contact": "x"}'}),
        ("Patient", "more", {"valueString": "[1]"}),
        ("Appointment", "more", {"valueString": '{"late_minutes": "soon"}'}),
        ("Appointment", "more", {"valueString": '{"late_minutes": 99999999999999999999}'}),
        ("Appointment", "place", {"valueCode": 5}),
        ("Appointment", "course", {"valueString": ["x"]}),
        ("Goal", "more", {"valueString": '{"order": "²"}'}),
        ("Goal", "rating", {"valueString": "5"}),
        ("CarePlan", "number", {"valueInteger": "1"}),
        ("DocumentReference", "more", {"valueString": '{"version": [5]}'}),
        ("DocumentReference", "signature", {"valueSignature": "x"}),
    ],
)
def test_an_extension_of_ours_of_another_shape_is_a_fault_of_its_entry(kind, name, value):
    read = read_bundle(extended(kind, name, **value))
    assert read.facts is None
    assert len(read.faults) == 1
    assert "cannot be read" in read.faults[0]
    assert kind in read.faults[0]
