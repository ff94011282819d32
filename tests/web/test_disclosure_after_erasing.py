"""Somebody who was erased comes back: nothing of them bears an id that a restored backup would destroy again."""

import json

import pytest

from depthwork.interchange.fhir.arriving import read_bundle
from depthwork.practice.disclosure.actions.arriving import open_package, take_in_bundle, take_in_package
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.ui.erasing import erase
from depthwork.practice.vault.models import Tombstone
from depthwork.practice.vault.unlocked import opened
from tests.foreign_record import PATIENT, foreign_bundle
from tests.packages import sealed_for

pytestmark = pytest.mark.django_db


def short_ids():
    """A record as most systems number it: by no UUID."""
    text = json.dumps(foreign_bundle())
    for at in range(6):
        text = text.replace(PATIENT[:-1] + str(at), f"https://other.example/fhir/Thing/{at + 12345}")
    return read_bundle(text.encode())


def end_and_erase(treatment, by):
    Treatment.objects.filter(pk=treatment.pk).update(state=Treatment.State.ENDED)
    Client.objects.filter(pk=treatment.client_id).update(state=Client.State.ENDED)
    erase(client=Client.objects.get(pk=treatment.client_id), why="asked_for", by=by)


def came_and_went(take, by, times=3):
    """The client's id of each time; the last one stays."""
    found = []
    for n in range(times):
        treatment = take()
        found.append(treatment.client_id)
        assert not Tombstone.objects.filter(owner=treatment.client_id).exists()
        with pytest.raises(DisclosureError, match="stands in this practice already"):
            take()
        if n < times - 1:
            end_and_erase(treatment, by)
    return found


def test_a_record_that_comes_in_again_stands_under_another_number(cast):
    by, read = cast.ana.person, short_ids()
    with opened(cast.ana.unlocked):
        ids = came_and_went(lambda: take_in_bundle(read=read, digest="0" * 64, by=by, without=True), by)
    assert len(set(ids)) == 3


def test_a_package_that_comes_in_again_stands_under_another_number(filled):
    _given, sealed = sealed_for(filled, filled.dov)
    by = filled.dov.person
    with opened(filled.dov.unlocked):
        package, digest = open_package(sealed)
        ids = came_and_went(lambda: take_in_package(package=package, digest=digest, by=by), by)
    assert len(set(ids)) == 3
