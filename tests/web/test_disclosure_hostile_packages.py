"""Packages that were cut, changed, sent to another, or never held together: clear words, nothing half taken in."""

import io
import json
import zipfile

import pytest
from django.db import DatabaseError

from depthwork.interchange.case_package import PackageError, read_package
from depthwork.interchange.parcel import ParcelError, members_of, packed, unpacked, zipped
from depthwork.practice.disclosure import actions, making, unpacking
from depthwork.practice.disclosure.actions.arriving import open_package, take_in_package
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.vault.errors import Refused, Tampered, VaultError
from depthwork.practice.vault.purposes import signature_holds
from depthwork.practice.vault.unlocked import opened
from tests.moving import ALL
from tests.packages import TODAY, counts, repacked, sealed_for, taken, word

pytestmark = pytest.mark.django_db


def test_a_package_for_another_recipient_says_so(filled):
    _given, sealed = sealed_for(filled, filled.eve)
    with opened(filled.dov.unlocked), pytest.raises(Tampered, match="for another recipient"):
        open_package(sealed)


def test_a_package_by_passphrase_opens_by_it_alone(filled):
    with opened(filled.ana.unlocked):
        release = word(filled)
        raw = making.give_case(
            filled.treatment, compartments=ALL, release=release, by=filled.ana.person, on=TODAY
        ).raw
        sealed = actions.seal(raw, passphrase="four plain words here")
    with opened(filled.dov.unlocked):
        assert open_package(sealed, passphrase="four plain words here")[0].kind == "whole"
        with pytest.raises(Tampered, match="another passphrase"):
            open_package(sealed, passphrase="four other words here")
        with pytest.raises(Refused, match="sealed with a passphrase"):
            open_package(sealed)


@pytest.mark.parametrize("cut", [0, 10, 100, 200, 5000, -1, -20])
def test_a_package_that_is_cut_short_is_refused(filled, cut):
    _given, sealed = sealed_for(filled, filled.dov)
    before = counts()
    with opened(filled.dov.unlocked), pytest.raises(VaultError) as told:
        open_package(sealed[:cut])
    assert "package" in str(told.value)
    assert counts() == before


def test_a_changed_byte_anywhere_is_refused(filled):
    _given, sealed = sealed_for(filled, filled.dov)
    with opened(filled.dov.unlocked):
        for at in range(0, len(sealed), max(1, len(sealed) // 60)):
            altered = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
            with pytest.raises((VaultError, DisclosureError)):
                open_package(altered)


@pytest.mark.parametrize("key", ["", "age1", "AGE-SECRET-KEY-1X", "age1qqqq", "ssh-ed25519 AAAA"])
def test_a_mistyped_receiving_key_is_refused_before_anything_is_made(filled, key):
    with opened(filled.ana.unlocked), pytest.raises(DisclosureError):
        actions.seal(b"", recipients=[key] if key else [])
    with pytest.raises(Refused, match="15 characters"):
        actions.seal(b"", passphrase="short")


# The container itself: someone who has opened a package and changed it.


def test_a_changed_member_is_noticed_by_its_hash(filled):
    raw = repacked(filled, lambda *_: None)
    members = members_of(raw, 10**9)
    members["rows/treatments.client.jsonl"] = members["rows/treatments.client.jsonl"].replace(
        b"Cleo", b"Clea"
    )
    with pytest.raises(DisclosureError, match="not as it was packed"):
        taken(zipped(members), filled.dov)


def test_a_manifest_that_another_person_signed_is_noticed(filled):
    with opened(filled.eve.unlocked):
        eve = filled.eve.unlocked.keys.signature
    raw = repacked(filled, lambda *_: None, signer=eve)
    with pytest.raises(DisclosureError, match="signature does not hold"):
        taken(raw, filled.dov)


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ({"version": 2}, "version 2 of the format"),
        ({"format": "other"}, "not a case package"),
        ({"kind": "x"}, "what kind"),
    ],
)
def test_another_version_or_kind_says_what_to_do(filled, manifest, says):
    members = members_of(repacked(filled, lambda *_: None), 10**9)
    held = json.loads(members["manifest.json"]) | manifest
    members["manifest.json"] = json.dumps(held).encode()
    with pytest.raises(DisclosureError, match=says):
        taken(zipped(members), filled.dov)


def a_column(rows, about, files):
    rows["treatments.session"][0]["mood"] = "x"


def a_kind(rows, about, files):
    rows["sources.mystery"] = [{"id": "1"}]


def two_clients(rows, about, files):
    rows["treatments.client"].append(
        {**rows["treatments.client"][0], "id": rows["treatments.session"][0]["client_id"][:-1] + "0"}
    )


def twice(rows, about, files):
    rows["treatments.session"].append(rows["treatments.session"][0])


def to_nowhere(rows, about, files):
    rows["treatments.session"][0]["treatment_id"] = "00000000-0000-4000-8000-000000000000"


def a_bad_day(rows, about, files):
    rows["treatments.session"][0]["day"] = "someday"


def a_moment_before_time(rows, about, files):
    rows["treatments.session"][0]["starts_at"] = "0001-01-01T00:00:00+14:00"


def a_bad_choice(rows, about, files):
    rows["treatments.session"][0]["status"] = "levitated"


def two_of_one_number(rows, about, files):
    numbered = [one for one in rows["treatments.session"] if one["number"] is not None]
    first = numbered[0]
    other = next(
        one for one in numbered[1:] if one["treatment_id"] == first["treatment_id"] and one is not first
    )
    other["number"] = first["number"]


def a_missing_file(rows, about, files):
    files.clear()


def a_number_for_words(rows, about, files):
    rows["treatments.client"][0]["name"] = 7


def another_practice(rows, about, files):
    rows["treatments.client"][0]["practice_id"] = "00000000-0000-4000-8000-000000000000"


HOSTILE = (a_column, a_kind, two_clients, twice, to_nowhere, a_bad_day, a_moment_before_time, a_bad_choice, two_of_one_number, a_missing_file, a_number_for_words)  # fmt: skip


@pytest.mark.parametrize("change", HOSTILE, ids=lambda one: one.__name__)
def test_a_package_that_does_not_hold_together_leaves_nothing_behind(filled, change):
    raw = repacked(filled, change)
    before = counts()
    people = Person.objects.count()

    def try_it():
        with opened(filled.dov.unlocked):
            package, digest = taken(raw, filled.dov)
            take_in_package(package=package, digest=digest, by=filled.dov.person)

    with pytest.raises(DisclosureError) as told:
        try_it()
    assert counts() == before
    assert Person.objects.count() == people
    assert "Cleo" not in str(told.value)


def test_a_package_cannot_place_its_rows_in_another_practice(filled):
    package, digest = taken(repacked(filled, another_practice), filled.dov)
    with opened(filled.dov.unlocked):
        back = take_in_package(package=package, digest=digest, by=filled.dov.person)
    assert back.client.practice == filled.elsewhere


def test_a_full_disk_in_the_middle_leaves_nothing_behind(filled, monkeypatch):
    _given, sealed = sealed_for(filled, filled.dov)
    before, plain = counts(), unpacking.insert

    def full(model, rows):
        if model is Source:
            raise DatabaseError("database or disk is full")
        plain(model, rows)

    monkeypatch.setattr(unpacking, "insert", full)
    with opened(filled.dov.unlocked):
        package, digest = open_package(sealed)
        with pytest.raises(DatabaseError):
            take_in_package(package=package, digest=digest, by=filled.dov.person)
    assert counts() == before


def test_a_zip_bomb_and_names_that_climb_are_refused():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a", b"0" * 80_000_000)
    with pytest.raises(ParcelError, match="far more than it weighs"):
        unpacked(bomb.getvalue())
    for name in ("../x", "/x", "a//b", "a/../b", "c:\\x", ""):
        with pytest.raises(ParcelError):
            packed({name: b"1"}, {})
    with pytest.raises(ParcelError, match="no manifest"):
        unpacked(zipped({"a": b"1"}))
    with pytest.raises(PackageError, match="cut short"):
        read_package(b"PK\x03\x04 not really", verify=signature_holds)


# What still waits, what is signed, what was burned.


@pytest.mark.parametrize("silent", [1, 60])
def test_a_recording_of_silence_is_packed_so_that_it_opens(silent):
    files = {f"files/{n}": b"RIFF" + bytes([n]) + b"\0" * (6_000_000 // silent) for n in range(silent)}
    files["rows/a.jsonl"] = b'{"id": "1"}\n'
    raw = packed(files, {})
    assert unpacked(raw)[1] == files
    assert packed(files, {}) == raw
