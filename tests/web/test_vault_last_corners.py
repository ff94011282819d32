"""Corners of the vault that no page comes to by itself: packages by passphrase, a token's keys, the tables brought up."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from depthwork.practice.treatments.models import Client
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import age, by_token, purposes, tokens
from depthwork.practice.vault.errors import NoKey, Refused, Tampered
from depthwork.practice.vault.models import DataKey, Grant
from depthwork.practice.vault.unlocked import opened, put_in_inbox

WORDS = "seven orchards under gravel"


def test_a_package_by_passphrase_opens_with_it_alone():
    sealed = age.seal_with_passphrase(b"words", WORDS)
    assert age.open_bytes(sealed, passphrase=WORDS) == b"words"
    with pytest.raises(Tampered, match="another passphrase"):
        age.open_bytes(sealed, passphrase="seven orchards under sand")
    with pytest.raises(Refused, match="type the one"):
        age.open_bytes(sealed)
    with pytest.raises(Refused, match="characters or more"):
        age.seal_with_passphrase(b"words", "short")


def test_a_package_to_a_key_opens_with_that_key_alone():
    identity, recipient = age.new_identity()
    sealed = age.seal_bytes(b"words", [recipient])
    assert age.open_bytes(sealed, identity=identity) == b"words"
    with pytest.raises(Refused, match="unlock the keys"):
        age.open_bytes(sealed)
    with pytest.raises(Tampered, match="another recipient"):
        age.open_bytes(sealed, identity=age.new_identity()[0])
    with pytest.raises(Tampered, match="cut short"):
        age.open_bytes(sealed[:-5], identity=identity)
    with pytest.raises(Refused, match="not a sealed package"):
        age.open_bytes(b"words", identity=identity)


@pytest.mark.django_db
def test_a_token_that_brings_another_key_than_it_says_opens_nothing(cast):
    token = tokens.fresh_token()
    with opened(cast.ana.unlocked):
        sealed = by_token.sealed_for(token, owner=cast.client.id, compartment="record")
        assert by_token.unlocked_by(token, person=cast.ana.id, sealed=sealed).holds(cast.client.id, "record")
        with pytest.raises(NoKey):
            by_token.sealed_for(token, owner=cast.other.id, compartment="record")
    (data_key,) = sealed
    other = tokens.seal_by_token(
        token, owner=cast.client.id, row=data_key, field=by_token.FIELD, raw=os.urandom(32)
    )
    with pytest.raises(Tampered, match="another key"):
        by_token.unlocked_by(token, person=cast.ana.id, sealed={data_key: other})


@pytest.mark.django_db
def test_a_secret_for_a_purpose_comes_back_for_its_person_and_purpose_alone(cast):
    with opened(cast.ana.unlocked):
        one = purposes.secret_for("study")
        assert purposes.secret_for("study") == one != purposes.secret_for("another")
    with opened(cast.eve.unlocked):
        assert purposes.secret_for("study") != one


def test_a_sealed_field_of_its_models_compartment_names_none():
    assert "compartment" not in Client._meta.get_field("name").deconstruct()[3]


@pytest.mark.django_db
def test_the_tables_brought_up_to_date_seal_the_inboxes_that_stand_and_leave_the_others(cast):
    migration = import_module("depthwork.practice.vault.migrations.0003_grants_side_by_side")
    DataKey.objects.filter(owner=cast.client.id).update(inbox_seal=None)
    DataKey.objects.filter(owner=cast.other.id).update(inbox_seal=b"forged")
    migration.seal_inboxes(apps, None)
    assert put_in_inbox(owner=cast.client.id, compartment="record", raw=b"x")
    with pytest.raises(Tampered):
        put_in_inbox(owner=cast.other.id, compartment="record", raw=b"x")


@pytest.mark.django_db
def test_the_way_back_keeps_of_several_grants_the_one_that_lasts_longest(cast):
    migration = import_module("depthwork.practice.vault.migrations.0003_grants_side_by_side")
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    given = {"owner": cast.client.id, "compartments": ["record"]}
    with opened(cast.ana.unlocked):
        for purpose, ends_at in (
            ("cover", soon),
            ("supervision", soon + timedelta(days=9)),
            ("alerts", soon),
        ):
            vault.share(**given, reader=cast.eve.id, purpose=purpose, ends_at=ends_at)
        for purpose, ends_at in (("cover", soon), ("alerts", None)):
            vault.share(**given, reader=cast.mara.id, purpose=purpose, ends_at=ends_at)
    migration.fold(apps, None)
    left = Grant.objects.filter(data_key__owner=cast.client.id, data_key__compartment="record")
    assert set(left.exclude(reader=cast.ana.person).values_list("reader", "purpose")) == {
        (cast.eve.id, "supervision"),
        (cast.mara.id, "alerts"),
    }
