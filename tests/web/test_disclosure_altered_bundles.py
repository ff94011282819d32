"""Our own record with one value altered, wherever it stands: taken in whole or refused in words, never a crash."""

from __future__ import annotations

import copy
import json
import os
import random

import pytest
from django.db import transaction

from depthwork.interchange.fhir.arriving import read_bundle
from depthwork.interchange.fhir.bundle import bundle
from depthwork.practice.disclosure.actions.arriving import take_in_bundle
from depthwork.practice.disclosure.actions.joining_bundle import join_bundle
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.fhir_out import facts_of
from depthwork.practice.vault.unlocked import opened

pytestmark = pytest.mark.django_db
ODD = (
    None, 5, -1, "", "x", "²", [], {}, True, 10**30, "2026-02-30", [5], {"a": 1}, "9" * 5000, "\x00", "\ud800",
    "0001-01-01", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
)  # fmt: skip


def places(value, path=()):
    """The path of every value within a value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in parts:
        yield from places(one, (*path, key))
    if path:
        yield path


def put(value, path, new):
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


def at(value, path):
    for key in path:
        value = value[key]
    return value


def altered(whole, draw):
    """A copy with one value altered: half of the time within what FHIR has no element for, which is ours alone."""
    made, every = (
        copy.deepcopy(whole),
        [path for path in places(whole) if path[0] == "entry" and len(path) > 2],
    )
    packed = [path for path in every if path[-1] == "valueString" and str(at(whole, path)).startswith("{")]
    odd = draw.choice(ODD)
    if draw.random() < 0.5:
        path = draw.choice(packed)
        inner = json.loads(at(whole, path))
        put(inner, draw.choice(list(places(inner))), odd)
        put(made, path, json.dumps(inner))
    else:
        put(made, draw.choice(every), odd)
    return json.dumps(made).encode()


def take_in(raw, filled):
    return take_in_bundle(read=read_bundle(raw), digest="0" * 64, by=filled.dov.person, without=True)


def join(raw, filled):
    return join_bundle(
        read=read_bundle(raw), digest="0" * 64, client=filled.other, by=filled.dov.person, is_same_person=True,
        is_same_course=True,
    )  # fmt: skip


@pytest.mark.parametrize("way", [take_in, join], ids=lambda one: one.__name__)
def test_a_record_with_one_odd_value_is_taken_in_or_refused(filled, way):
    with opened(filled.ana.unlocked):
        whole = json.loads(json.dumps(bundle(facts_of(filled.client, filled.treatment))))
    outcome = {"taken": 0, "refused": 0}
    for seed in range(int(os.environ.get("DEPTHWORK_ALTERED", "90"))):
        raw = altered(whole, random.Random(seed))
        with opened(filled.dov.unlocked), transaction.atomic():
            try:
                way(raw, filled)
                outcome["taken"] += 1
            except DisclosureError:
                outcome["refused"] += 1
            transaction.set_rollback(True)
    assert min(outcome.values()) > 5, outcome
