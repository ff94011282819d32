"""A record as FHIR R4: what it says, what a foreign bundle may not say, and that it comes back."""

import json
from datetime import UTC, date, datetime

import pytest

from depthwork.interchange.fhir import facts as f
from depthwork.interchange.fhir.arriving import read_bundle
from depthwork.interchange.fhir.bundle import KNOWN, RecordFacts, bundle
from depthwork.interchange.fhir.capability import capability_statement
from depthwork.interchange.fhir.measures import questionnaire
from depthwork.measures import measure, measures

AT = datetime(2026, 3, 3, 17, tzinfo=UTC)
C, T, H, P = ("0b9c2a7e-0000-4000-8000-00000000000" + n for n in "1234")


def record():
    answers = {f"q{n}": n % 4 for n in range(1, 10)} | {"difficulty": None}
    return RecordFacts(
        people=(f.PersonFact(P, "Dr Ana Oak"),),
        client=f.ClientFact(C, "Cleo Marsh", "Cleo", "1990-04", "+44 1", "c@example.org", "1 Quay", more={"state": "active"}),
        courses=(f.CourseFact(T, C, P, "active", date(2026, 1, 6), focus="why I leave", more={"format": "brief"}),),
        hours=(
            f.HourFact(H, C, T, P, "held", AT, 50, "video", 1, AT, AT.replace(minute=50), {"late_minutes": 3}),
            f.HourFact(H[:-1] + "5", C, T, P, "missed_notice", AT.replace(day=10), 50),
        ),
        answers=(f.AnswersFact("r1", C, "phq9", 1, AT, answers, H, T, {"mode": "link"}),),
        scores=(
            f.ScoreFact("s1", C, "r1", "phq9", "total", AT, 12, "moderate", hour=H, made_at=AT.replace(day=9)),
            f.ScoreFact("s2", C, "r1", "gad7", "total", date(2026, 3, 1), None, withheld="3 items missing"),
        ),
        goals=(f.GoalFact("g1", C, T, "to stay", True, "relations", date(2026, 5, 1), ({"on": "2026-03-03", "by": "client", "value": 4, "hour": H},)),),
        plans=(f.PlanFact("p1", C, T, 1, date(2026, 1, 6), AT, {"aims": "a", "approach": "b"}, P),),
        consents=(f.ConsentFact("c1", C, "research", False, date(2026, 1, 6), True, None, {"how": "room"}),),
        conditions=(f.ConditionFact("d1", C, "F41.1", date(2026, 1, 6)),),
        documents=(
            f.DocumentFact("n1", C, "progress_note", date(2026, 3, 3), {"state": "Sleeps. 😀", "plan": ""}, AT, True, P, T, H, signature=b"\x01" * 64),
            f.DocumentFact("n2", C, "addendum", date(2026, 3, 3), {"words": "later"}, AT, True, P, of="n1"),
        ),
    )  # fmt: skip


def test_a_record_comes_back_as_it_left():
    read = read_bundle(json.dumps(bundle(record())).encode())
    assert read.faults == ()
    assert read.facts == record()


def test_the_same_record_gives_the_same_bundle():
    assert json.dumps(bundle(record())) == json.dumps(bundle(record()))


def test_no_word_of_a_licensed_questionnaire_leaves():
    for one in measures():
        if not one.licence.ship_items:
            made = json.dumps(questionnaire(one), ensure_ascii=False)
            words = [item.text for item in one.items] + [o.label for item in one.items for o in item.options]
            assert not [w for w in words if w and len(w) > 3 and w in made], one.id
            assert all("text" not in item for item in questionnaire(one)["item"])


def test_a_free_questionnaire_travels_with_its_words_and_codes():
    made = questionnaire(measure("phq9"))
    assert made["item"][0]["text"] == "Little interest or pleasure in doing things"
    assert made["code"][0]["code"] == "44249-1"
    assert made["item"][0]["answerOption"][1]["valueCoding"]["code"] == "LA6569-3"


def test_a_score_with_a_code_of_loinc_says_so():
    made = next(
        e["resource"] for e in bundle(record())["entry"] if e["resource"]["resourceType"] == "Observation"
    )
    assert [c["code"] for c in made["code"]["coding"]] == ["44261-6", "phq9.total"]


def altered(change):
    made = bundle(record())
    change(made["entry"])
    return read_bundle(made)


def the(entries, kind, at=0):
    return [e["resource"] for e in entries if e["resource"]["resourceType"] == kind][at]


def test_a_resource_that_is_not_kept_here_is_counted_and_named():
    read = altered(
        lambda e: e.extend({"resource": {"resourceType": "Immunization", "id": str(n)}} for n in range(3))
    )
    assert read.left_out == {"Immunization": 3}
    assert read.facts == record()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda e: the(e, "Observation")["valueQuantity"].update(code="mg/dL", unit="mg/dL"), "unit that is not points"),
        (lambda e: the(e, "Observation")["valueQuantity"].update(value="12"), "not a number"),
        (lambda e: e.append({"resource": dict(the(e, "Goal"))}), "an id stands 2 times"),
        (lambda e: e.append({"resource": {**the(e, "Patient"), "id": "x"}}), "it has 2 Patients"),
        (lambda e: e.__delitem__(0), "it has 0 Patients"),
        (lambda e: (the(e, "Goal").pop("id"), [one.pop("fullUrl") for one in e]), "it has no id"),
        (lambda e: the(e, "Goal")["subject"].update(reference="Patient/other"), "names a client that is not in the bundle"),
        (lambda e: the(e, "Goal")["subject"].update(reference="Group/1"), "means a Group, not a Patient"),
        (lambda e: the(e, "Appointment").update(start="2026-03-03T17:00:00"), "no time zone"),
        (lambda e: the(e, "Appointment").update(start="soon"), "not a moment"),
        (lambda e: the(e, "Appointment").update(minutesDuration=-5), "no length of 1 to 1440"),
        (lambda e: the(e, "Encounter")["period"].update(end="2026-03-03T16:00:00Z"), "ends before it begins"),
        (lambda e: the(e, "EpisodeOfCare").update(status="asleep"), "its status is not one"),
        (lambda e: the(e, "QuestionnaireResponse")["item"].append({"linkId": "q99"}), "does not have"),
        (lambda e: the(e, "QuestionnaireResponse")["item"].append({"linkId": "q1"}), "stands twice"),
        (lambda e: the(e, "DocumentReference").update(content=7), "a shape that FHIR R4 does not know"),
        (lambda e: e.append({"no": 1}), "holds no resource"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_bundle_is_said_and_nothing_of_it_is_given(change, says):
    read = altered(change)
    assert read.facts is None
    assert says in " ".join(read.faults)


@pytest.mark.parametrize(
    ("change", "kind", "why"),
    [
        (lambda e: the(e, "DocumentReference")["content"].__setitem__(slice(None), [{"attachment": {"url": "http://x"}}]), "DocumentReference", "behind a link"),
        (lambda e: the(e, "Condition")["code"].update(coding=[{"system": "http://snomed.info/sct", "code": "1"}]), "Condition", "ICD-10-CM"),
        (lambda e: the(e, "Goal").pop("statusDate"), "Goal", "without a day"),
        (lambda e: the(e, "Condition").update(recordedDate="2026-01"), "Condition", "a month or a year"),
    ],
)  # fmt: skip
def test_what_is_in_order_and_has_no_place_is_left_out_with_its_reason(change, kind, why):
    read = altered(change)
    assert read.faults == ()
    assert [one.count for one in read.without if one.kind == kind and why in one.why] == [1]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<Bundle/>",
        b"[]",
        b'{"resourceType": "Patient"}',
        b'{"resourceType":"Bundle","entry":7}',
        b"\xff\xfe{}",
        b"[" * 100_000,
    ],
)
def test_what_is_no_bundle_is_refused_in_one_line(raw):
    read = read_bundle(raw)
    assert read.facts is None
    assert len(read.faults) == 1


def test_no_fault_repeats_a_value_of_the_bundle():
    def change(entries):
        for entry in entries:
            for key in list(entry["resource"]):
                if key not in ("resourceType", "id"):
                    entry["resource"][key] = "SECRET WORD"

    read = altered(change)
    assert read.faults
    assert "SECRET" not in " ".join(read.faults)


def test_another_systems_record_is_read_from_the_elements_of_the_standard():
    made = {
        "resourceType": "Bundle", "type": "document",
        "entry": [
            {"resource": {"resourceType": "Patient", "id": "p", "name": [{"given": ["Ada", "M."], "family": "Lunt"}],
                          "address": [{"line": ["2 Row"], "city": "Leith"}]}},
            {"resource": {"resourceType": "EpisodeOfCare", "id": "e", "status": "active",
                          "patient": {"reference": "http://other.example/Patient/p"}, "period": {"start": "2026-01-01"}}},
            {"resource": {"resourceType": "Encounter", "id": "v", "status": "finished", "class": {"code": "AMB"},
                          "subject": {"reference": "Patient/p"}, "period": {"start": "2026-01-06T10:00:00+01:00", "end": "2026-01-06T10:45:00+01:00"}}},
        ],
    }  # fmt: skip
    read = read_bundle(made)
    assert read.faults == ()
    assert read.facts.client.name == "Ada M. Lunt"
    assert read.facts.client.address == "2 Row, Leith"
    assert read.facts.hours[0].length_minutes == 45


def test_the_capability_statement_names_every_resource_and_nothing_but_reading():
    made = capability_statement(on=date(2026, 11, 22))
    kinds = made["rest"][0]["resource"]
    assert [one["type"] for one in kinds] == list(KNOWN)
    assert {i["code"] for one in kinds for i in one["interaction"]} == {"read", "search-type"}
