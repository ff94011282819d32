"""Every address of the API on a treatment that has something in every table: what stands is what is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from depthwork.interchange.fhir.bundle import KNOWN, bundle
from depthwork.practice.api.actions import make_token
from depthwork.practice.casework.queries import kept_marks_of
from depthwork.practice.disclosure.fhir_out import facts_of
from depthwork.practice.sources.models import Source
from depthwork.practice.tracking.queries.answers import asked_of
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


@pytest.fixture
def read(filled):
    """The answer of an address, by a token for everything of Ana's client."""
    cache.clear()
    with opened(filled.ana.unlocked):
        _row, words = make_token(
            by=filled.ana.person, purpose="study of hours", clients=[filled.client], today=TODAY,
            compartments=["administration", "record", "process_notes"], ends_on=TODAY + timedelta(days=9),
        )  # fmt: skip
    browser = Browser(raise_request_exception=False, headers={"Authorization": f"Bearer {words}"})

    def answer(address):
        found = browser.get(f"/api/{address}")
        assert found.status_code == 200, (address, found.content)
        return found.json()

    answer.browser = browser
    return answer


def test_every_code_of_a_treatment_is_read_as_it_stands(filled, read):
    with opened(filled.ana.unlocked):
        sources = Source.objects.filter(treatment=filled.treatment, burned_at=None)
        marks = [kept.mark for source in sources for kept in kept_marks_of(source)]
    assert len(marks) > 1
    told = {one["id"]: one for one in read(f"treatments/{filled.treatment.id}/marks")}
    assert set(told) == {mark.id for mark in marks}
    for mark in marks:
        one = told[mark.id]
        assert (one["construct"], one["code"], one["origin"], one["status"]) == (
            mark.construct, mark.code, mark.origin, mark.status,
        )  # fmt: skip
        assert (one["start"], one["end"], one["attributes"]) == (mark.span.start, mark.span.end, dict(mark.attributes))  # fmt: skip


def test_every_form_of_a_treatment_is_read_with_its_scores(filled, read):
    with opened(filled.ana.unlocked):
        asked = asked_of(filled.client.id, treatment=filled.treatment)
    told = read(f"treatments/{filled.treatment.id}/measures")
    assert [(one["id"], one["measure"], one["state"]) for one in told] == [
        (str(one.request_id), one.measure, one.state) for one in asked
    ]
    assert [len(one["scores"]) for one in told] == [len(one.result.get("scores") or {}) for one in asked]
    assert any(one["scores"] for one in told)


def test_every_other_address_of_a_treatment_answers(filled, read):
    course = filled.treatment.id
    [first, *_rest] = read(f"treatments/{course}/sessions")
    assert read(f"sessions/{first['id']}") == first
    assert read(f"treatments/{course}/patterns")["hours_whole"] >= 0
    source = Source.objects.filter(treatment=filled.treatment, burned_at=None, session__isnull=False).first()
    assert read(f"sessions/{source.session_id}/annotations")[0]["type"] == "AnnotationCollection"


@pytest.mark.parametrize("kind", KNOWN)
def test_every_kind_of_resource_is_found_as_the_bundle_holds_it(filled, read, kind):
    with opened(filled.ana.unlocked):
        whole = [entry["resource"] for entry in bundle(facts_of(filled.client))["entry"]]
    mine = {one["id"]: one for one in whole if one["resourceType"] == kind}
    found = read(f"fhir/{kind}?patient={filled.client.id}")
    assert {entry["resource"]["id"] for entry in found.get("entry", ())} == set(mine)
    for id in list(mine)[:1]:
        assert read(f"fhir/{kind}/{id}")["id"] == id


def test_several_ids_are_asked_for_at_once(filled, read):
    ids = [entry["resource"]["id"] for entry in read(f"fhir/Encounter?patient={filled.client.id}")["entry"]]
    assert len(ids) > 1
    found = read(f"fhir/Encounter?patient={filled.client.id}&_id={ids[0]},{ids[1]}")
    assert {entry["resource"]["id"] for entry in found["entry"]} == set(ids[:2])


@pytest.mark.parametrize("method", ["head", "post", "put", "delete", "options"])
def test_what_is_no_get_is_told_the_one_way(filled, read, method):
    answer = getattr(read.browser, method)("/api/clients")
    assert (answer.status_code, answer["Allow"]) == (405, "GET")
