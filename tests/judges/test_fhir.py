"""`fhir.resources` (R4B) reads every resource that leaves."""

from datetime import date

import pytest
from tests.unit.interchange.test_fhir import record

from depthwork.interchange.fhir.bundle import bundle
from depthwork.interchange.fhir.capability import capability_statement
from depthwork.interchange.fhir.measures import questionnaire
from depthwork.measures import measures

fhir = pytest.importorskip("fhir.resources.R4B", reason="the judge fhir.resources is not installed")


def judged(resource):
    from fhir.resources.R4B import get_fhir_model_class

    return get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_every_resource_of_a_record_is_valid_r4():
    seen = set()
    for entry in bundle(record())["entry"]:
        judged(entry["resource"])
        seen.add(entry["resource"]["resourceType"])
    assert len(seen) == 13


def test_the_bundle_itself_is_valid_r4():
    judged(bundle(record()))


def test_every_one_of_the_measures_is_a_valid_questionnaire():
    for one in measures():
        judged(questionnaire(one))


def test_the_capability_statement_is_valid_r4():
    judged(capability_statement(on=date(2026, 11, 22), url="http://127.0.0.1/fhir"))
