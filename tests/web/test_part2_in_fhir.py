"""Where records of substance use stand behind it, a FHIR bundle says that it is not to be passed on."""

import json
from datetime import date

import pytest

from depthwork.practice.coverage.models import Plan
from depthwork.practice.disclosure import making
from depthwork.practice.vault.unlocked import opened
from tests.payer import in_the_us


@pytest.fixture
def us(cast):
    return in_the_us(cast)


def labels(us):
    with opened(us.ana.unlocked):
        given = making.give_fhir(us.client, None, release=None, by=us.ana.person, on=date(2026, 2, 1))
    made = json.loads(given.raw)
    return [one["code"] for one in made.get("meta", {}).get("security", [])]


def diagnosed(us, *codes):
    with opened(us.ana.unlocked):
        plan = Plan.objects.get(client=us.client)
        plan.diagnosis = list(codes)
        plan.save()


def test_a_record_without_substance_use_carries_no_label(us):
    assert labels(us) == []


def test_a_diagnosis_of_substance_use_labels_the_bundle(us):
    diagnosed(us, "F33.1", "F10.20")
    assert labels(us) == ["42CFRPart2", "NORDSCLCD"]


def test_outside_the_united_states_no_label_of_its_law_is_set(us):
    diagnosed(us, "F10.20")
    us.practice.country = "GB"
    us.practice.save()
    us.client.practice.refresh_from_db()
    assert labels(us) == []
