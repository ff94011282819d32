"""Another system's bundle: what stands is read, what does not is left out by its reason, and nothing comes in wrong."""

import json
from datetime import date

import pytest
from tests.foreign_record import FIRST, PATIENT, foreign_bundle, phq9, sdc_phq9
from tests.unit.interchange.test_fhir import altered, record, the

from depthwork.interchange.fhir.arriving import read_bundle
from depthwork.interchange.fhir.bundle import bundle
from depthwork.measures import measure, score


def reasons(read):
    return {(one.kind, one.why): one.count for one in read.without}


def test_a_foreign_bundle_is_read_with_what_has_a_place_here():
    read = read_bundle(json.dumps(foreign_bundle()).encode())
    assert read.faults == ()
    facts = read.facts
    assert facts.client.name == "Noor Ekman"
    assert [one.starts_at.isoformat() for one in facts.hours] == ["2026-02-03T09:00:00+00:00", "2026-02-10T09:00:00+00:00"]  # fmt: skip
    assert facts.documents[0].hour == facts.answers[0].hour == FIRST.removeprefix("urn:uuid:")
    assert [one.value for one in facts.scores] == [12]
    assert facts.scores[0].at == date(2026, 2, 3)


def test_what_has_no_place_is_counted_with_its_reason():
    assert reasons(read_bundle(foreign_bundle())) == {
        ("Condition", "a diagnosis in another code than ICD-10-CM"): 1,
        ("Consent", "for a purpose that is not asked about here"): 1,
        ("DocumentReference", "a document that is not plain text"): 1,
        ("Encounter", "not finished there"): 1,
        ("Goal", "closed there without a day"): 1,
        ("Immunization", "a kind of resource that is not kept here"): 1,
        ("Observation", "a score without its answers"): 1,
        ("Practitioner", "named, but not in the bundle"): 1,
        ("QuestionnaireResponse", "a questionnaire that is not installed here"): 1,
    }


def test_without_an_episode_the_hours_are_of_one_treatment_and_it_says_so():
    read = read_bundle(foreign_bundle())
    assert [one.starts_on for one in read.facts.courses] == [date(2026, 2, 3)]
    assert read.notes["treatment_from_its_hours"] == 1


@pytest.mark.parametrize(
    ("kind", "change", "why"),
    [
        ("Condition", {"verificationStatus": "entered-in-error"}, "marked there as entered in error"),
        ("Condition", {"verificationStatus": "refuted"}, "refuted there"),
        ("Condition", {"verificationStatus": "provisional"}, "not confirmed there"),
        ("Condition", {"clinicalStatus": "resolved"}, "no longer active there"),
        ("DocumentReference", {"status": "entered-in-error"}, "marked there as entered in error"),
        ("DocumentReference", {"docStatus": "entered-in-error"}, "marked there as entered in error"),
        ("DocumentReference", {"status": "superseded"}, "superseded there by another version"),
        ("Goal", {"lifecycleStatus": "entered-in-error"}, "marked there as entered in error"),
        ("Goal", {"lifecycleStatus": "proposed"}, "a draft or a proposal there"),
        ("CarePlan", {"status": "entered-in-error"}, "marked there as entered in error"),
        ("CarePlan", {"status": "draft"}, "a draft or a proposal there"),
        ("CarePlan", {"intent": "proposal"}, "a draft or a proposal there"),
        ("CarePlan", {"status": "revoked", "extension": []}, "superseded there by another version"),
        ("Consent", {"status": "entered-in-error"}, "marked there as entered in error"),
        ("Consent", {"status": "draft"}, "a draft or a proposal there"),
        ("Observation", {"status": "entered-in-error"}, "marked there as entered in error"),
        ("Observation", {"status": "preliminary"}, "a draft or a proposal there"),
        ("QuestionnaireResponse", {"status": "entered-in-error"}, "marked there as entered in error"),
        ("QuestionnaireResponse", {"status": "in-progress"}, "not finished there"),
        ("EpisodeOfCare", {"status": "entered-in-error"}, "marked there as entered in error"),
        ("Encounter", {"status": "cancelled"}, "called off there"),
        ("Encounter", {"class": {"code": "EMER"}}, "a contact of another kind than an hour"),
        ("Appointment", {"status": "entered-in-error"}, "marked there as entered in error"),
        ("Appointment", {"status": "proposed"}, "a draft or a proposal there"),
    ],
)  # fmt: skip
def test_what_does_not_stand_where_it_comes_from_is_left_out(kind, change, why):
    terms = {
        "verificationStatus": "condition-ver-status",
        "clinicalStatus": "condition-clinical",
    }

    def alter(entries):
        for name, value in change.items():
            if name in terms:
                system = f"http://terminology.hl7.org/CodeSystem/{terms[name]}"
                value = {"coding": [{"system": system, "code": value}]}
            the(entries, kind)[name] = value

    read = altered(alter)
    assert read.faults == ()
    assert reasons(read)[kind, why] == 1


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("prov", "cancelled_by_clinician"),
        ("prov-pers", "cancelled_by_clinician"),
        ("pat", "cancelled_by_client"),
        ("pat-crs", "cancelled_by_client"),
    ],
)
def test_who_called_an_hour_off_is_read_from_its_code(code, status):
    system = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"

    def change(entries):
        one = the(entries, "Appointment", 1)
        one["extension"] = []
        one["cancelationReason"] = {"coding": [{"system": system, "code": code}]}

    read = altered(change)
    assert read.facts.hours[1].status == status
    assert read.notes == {}


def test_an_hour_called_off_without_a_reason_is_counted():
    def change(entries):
        the(entries, "Appointment", 1)["extension"] = []
        del the(entries, "Appointment", 1)["cancelationReason"]

    assert altered(change).notes == {"cancelled_without_a_reason": 1}


def test_references_to_full_addresses_and_versions_are_followed():
    made = bundle(record())
    for entry in made["entry"]:
        entry["fullUrl"] = f"https://other.example/fhir/{entry['resource']['resourceType']}/x-{entry['resource']['id']}"  # fmt: skip
    for entry in made["entry"]:
        subject = entry["resource"].get("subject")
        if subject:
            subject["reference"] = f"https://other.example/fhir/Patient/x-{record().client.id}/_history/3"
    assert read_bundle(made).facts == record()


def test_reading_a_bundle_changes_nothing_of_it():
    made = foreign_bundle()
    before = json.dumps(made)
    read_bundle(made)
    assert json.dumps(made) == before


def test_an_encounter_that_shares_an_id_with_another_appointment_stays_an_hour_of_its_own():
    def change(entries):
        held = the(entries, "Encounter")
        held["id"] = the(entries, "Appointment", 1)["id"]
        held["period"] = {"start": "2025-01-07T09:00:00Z"}  # of no appointment's time
        del held["appointment"]

    hours = altered(change).facts.hours
    assert sorted(one.status for one in hours) == ["held", "held", "missed_notice"]


def test_a_form_of_an_older_version_may_have_other_items():
    def change(entries):
        one = the(entries, "QuestionnaireResponse")
        one["questionnaire"] = one["questionnaire"].rpartition("|")[0] + "|0"
        one["item"].append({"linkId": "q99"})

    read = altered(change)
    assert read.faults == ()
    assert read.facts.answers[0].version == 0


def of_form(response):
    patient = {"resourceType": "Patient", "id": "p", "name": [{"text": "N"}]}
    entries = [
        {"fullUrl": PATIENT, "resource": patient},
        {"resource": {"id": "r", **response}},
    ]
    return read_bundle({"resourceType": "Bundle", "entry": entries})


def test_a_phq9_of_us_core_gives_its_published_total():
    read = of_form(phq9())
    assert read.without == ()
    fact = read.facts.answers[0]
    assert fact.measure == "phq9"
    assert fact.answers["difficulty"] == 1
    assert score(measure("phq9"), fact.answers).scores["total"].value == 12


@pytest.mark.parametrize(("shown", "total"), [("Not at all", 0), ("Several days", 9), ("Nearly every day", 27)])  # fmt: skip
def test_a_phq9_of_structured_data_capture_is_read_by_its_words(shown, total):
    read = of_form(sdc_phq9(shown.replace(" ", "-"), shown))
    assert read.without == ()
    assert score(measure("phq9"), read.facts.answers[0].answers).scores["total"].value == total


def test_items_and_answers_are_known_by_the_questionnaire_beside_them():
    """Links and answers of its own, explained by codes and ordinals."""
    ordinal = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    codes = [item.loinc for item in measure("phq9").items if item.scored]
    options = [{"valueCoding": {"code": c, "extension": [{"url": ordinal, "valueDecimal": n}]}} for n, c in enumerate("abcd")]  # fmt: skip
    sheet = {
        "resourceType": "Questionnaire", "id": "s", "url": "http://other.example/Questionnaire/mood",
        "code": [{"system": "http://loinc.org", "code": "44249-1"}],
        "item": [{"linkId": f"m{n}", "code": [{"system": "http://loinc.org", "code": code}], "answerOption": options}
                 for n, code in enumerate(codes)],
    }  # fmt: skip
    response = phq9() | {
        "questionnaire": f"{sheet['url']}|3", "id": "r",
        "item": [{"linkId": f"m{n}", "answer": [{"valueCoding": {"code": "c"}}]} for n in range(9)],
    }  # fmt: skip
    patient = {"resourceType": "Patient", "id": "p", "name": [{"text": "N"}]}
    read = read_bundle({"resourceType": "Bundle", "entry": [
        {"fullUrl": PATIENT, "resource": patient}, {"resource": response}, {"resource": sheet},
    ]})  # fmt: skip
    assert read.without == ()
    assert [read.facts.answers[0].answers[f"q{n}"] for n in range(1, 10)] == [2] * 9


def test_an_answer_without_a_number_leaves_the_form_out():
    read = of_form(sdc_phq9("sometimes", "Now and then"))
    assert reasons(read) == {("QuestionnaireResponse", "a form with an answer that has no number here"): 1}


@pytest.mark.parametrize("value", [{"valueInteger": 12}, {"valueString": "12"}])
def test_a_total_of_loinc_is_read_as_others_write_it(value):
    def change(entries):
        one = the(entries, "Observation")
        del one["valueQuantity"]
        one["code"] = {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]}
        one.update(value)

    assert altered(change).facts.scores[0].value == 12


def test_a_total_without_a_number_is_left_out():
    def change(entries):
        del the(entries, "Observation")["valueQuantity"]

    assert reasons(altered(change)) == {("Observation", "a score without a number"): 1}
