"""The corners of the vault: what is locked, burned, held, lost, wrong, or arrives while nobody is there."""

import io
import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import FieldError
from django.db import connection, transaction

from depthwork.practice.config import lines
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import (
    age,
    drafts,
    pins,
    primitives,
    recovery,
    rotation,
    sessions,
    small,
    tokens,
    tombstones,
)
from depthwork.practice.vault.errors import Burned, Locked, NoKey, Refused, Tampered
from depthwork.practice.vault.fields import Sealed, SealedBytes, SealedField
from depthwork.practice.vault.models import DataKey, Grant, ItemKey, Keyring, Tombstone
from depthwork.practice.vault.unlocked import current, is_unlocked, opened, put_in_inbox, take_from_inbox
from tests import cast as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(cast):
    with opened(cast.ana.unlocked):
        source = Source.objects.create(
            client=cast.client, treatment=cast.treatment, kind="material", provenance="notes"
        )
        SourceVersion.objects.create(client=cast.client, source=source, text="two words", file=b"\x00drawing")
    return source


def test_a_burned_note_is_gone_and_cannot_be_written_again(
    cast, note, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.HOME = tmp_path
    with opened(cast.ana.unlocked):
        assert bytes(note.versions.get().file) == b"\x00drawing"
        with django_capture_on_commit_callbacks(execute=True):
            vault.burn(owner=cast.client.id, item=note.id, by=cast.ana.id)
        with pytest.raises(Burned):
            _ = note.versions.get().text
        with pytest.raises(Burned), transaction.atomic():
            SourceVersion.objects.create(client=cast.client, source=note, number=2, text="again")
        with pytest.raises(Refused, match="burned before"):
            vault.burn(owner=cast.client.id, item=note.id, by=cast.ana.id)
    assert [line[2] for line in lines.read(tmp_path / tombstones.FILE)] == [note.id.hex]
    with (tmp_path / tombstones.FILE).open("a") as handle:
        handle.write('["cut off by a cra')
    assert len(lines.read(tmp_path / tombstones.FILE)) == 1
    assert lines.read(tmp_path / "none") == []


def test_nothing_is_destroyed_under_a_legal_hold(cast, note):
    vault.hold(owner=cast.client.id, by=cast.ana.id)
    with opened(cast.ana.unlocked):
        with pytest.raises(Refused, match="legal hold"):
            vault.burn(owner=cast.client.id, item=note.id, by=cast.ana.id)
        with pytest.raises(Refused, match="legal hold"):
            vault.shred(owner=cast.client.id, by=cast.ana.id)
        assert vault.lift_hold(owner=cast.client.id, by=cast.ana.id) == 1
        vault.burn(owner=cast.client.id, item=note.id, by=cast.ana.id)
    vault.shred(owner=cast.client.id, by=cast.ana.id)  # also while nobody is unlocked
    assert Tombstone.objects.count() == 2


def test_a_key_made_in_an_undone_transaction_seals_nothing_later(cast):
    with opened(cast.ana.unlocked):
        row = Source(client=cast.client, treatment=cast.treatment, kind="material", provenance="notes")
        row.save(force_insert=True)
        with pytest.raises(RuntimeError), transaction.atomic():
            _write_and_fail(cast, row)
        kept = SourceVersion.objects.create(client=cast.client, source=row, text="second try")
    with opened(cast.ana.unlocked):
        assert SourceVersion.objects.get(id=kept.id).text == "second try"
    assert ItemKey.objects.filter(item=row.id).count() == 1


def _write_and_fail(cast, row):
    SourceVersion.objects.create(client=cast.client, source=row, text="first try")
    raise RuntimeError


def test_a_rotation_carries_single_notes_along_and_waits_for_letters(cast, note, monkeypatch):
    box = put_in_inbox(owner=cast.client.id, compartment="process_notes", raw=b"a dream")
    with opened(cast.ana.unlocked):
        rotation.start_rotation(owner=cast.client.id, compartment="process_notes")
        with pytest.raises(NoKey, match="run the move again"):
            rotation.finish_rotation(owner=cast.client.id, compartment="process_notes")
        assert rotation.move_values(owner=cast.client.id, compartment="process_notes", batch=1) > 1
        assert rotation._move_item_keys(cast.client.id, "process_notes") == 0
        Kept = type("Kept", (), {"values": staticmethod(lambda name: [box[0]])})
        letters = type(
            "Letters", (), {"_default_manager": type("O", (), {"exclude": staticmethod(lambda **_: Kept)})}
        )
        monkeypatch.setattr(rotation, "letter_boxes", lambda: [letters])
        assert rotation.finish_rotation(owner=cast.client.id, compartment="process_notes") == 0
        assert (
            take_from_inbox(owner=cast.client.id, compartment="process_notes", data_key=box[0], blob=box[1])
            == b"a dream"
        )
        monkeypatch.undo()
        assert rotation.finish_rotation(owner=cast.client.id, compartment="process_notes") > 0
        cast.ana.unlocked.forget()
        assert note.versions.get().text == "two words"
    assert all(hasattr(model, "_meta") for model in rotation.letter_boxes())


def test_an_inbox_needs_a_key_on_both_sides(cast):
    with pytest.raises(NoKey, match="inbox"):
        put_in_inbox(owner=uuid.uuid4(), compartment="record", raw=b"x")
    key, blob = put_in_inbox(owner=cast.client.id, compartment="record", raw=b"x")
    with opened(cast.mara.unlocked), pytest.raises(NoKey):
        take_from_inbox(owner=cast.client.id, compartment="record", data_key=key, blob=blob)
    with opened(cast.ana.unlocked), pytest.raises(NoKey):
        take_from_inbox(owner=cast.client.id, compartment="record", data_key=uuid.uuid4(), blob=blob)


def test_a_grant_that_has_ended_opens_nothing(cast):
    with opened(cast.ana.unlocked):
        vault.share(owner=cast.client.id, compartments=["record"], reader=cast.ben.id, purpose="supervision",
                    ends_at=datetime.now(UTC) - timedelta(seconds=5))  # fmt: skip
        with pytest.raises(NoKey):
            vault.share(owner=uuid.uuid4(), compartments=["record"], reader=cast.ben.id, purpose="x")
    with opened(cast.ben.unlocked):
        assert not current().holds(cast.client.id, "record")
    with opened(cast.ana.unlocked):
        assert current().holds(cast.client.id, "record")
        assert vault.take_back(owner=cast.client.id, reader=cast.ben.id, compartments=["record"]) == [
            "record"
        ]


def test_a_grant_that_holds_another_key_than_it_says_is_refused(cast):
    grant = (
        Grant.objects.select_related("data_key")
        .filter(reader=cast.ana.person, data_key__compartment="sud")
        .first()
    )
    with opened(cast.ana.unlocked):
        held = current().held(grant.data_key.owner, "sud")[0]
        other = current().held(grant.data_key.owner, "record")[0]
        keys = cast.ana.unlocked.keys
        from dataclasses import replace

        from depthwork.practice.vault.unlocked import grant_message

        forged = replace(held, sealed_key=other.sealed_key)
        message = grant_message(
            forged, reader=cast.ana.id, reader_box_public=keys.box_public, sealed_key=forged.sealed_key,
            purpose=forged.purpose, ends_at=forged.ends_at,
        )  # fmt: skip
        with pytest.raises(Tampered, match="another key"):
            current().open_key(replace(forged, signature=keys.signature(message)))


def test_who_has_no_keys_yet_is_told_so(cast):
    nobody = uuid.uuid4()
    for act in (
        lambda: vault.unlock(person=nobody, root=b"0" * 32),
        lambda: vault.unlock_with_recovery(person=nobody, code=recovery.fresh_code(), new_root=b"0" * 32),
        lambda: vault.confirm_recovery(person=nobody, code=recovery.fresh_code()),
        lambda: pins.fingerprint_of(nobody),
    ):
        with pytest.raises(NoKey):
            act()


def test_a_fingerprint_that_differs_is_not_pinned(cast):
    with pytest.raises(Tampered, match="does not match"):
        pins.pin(
            person=cast.ana.id,
            own=cast.ana.unlocked.keys,
            other=cast.eve.id,
            fingerprint="AAAA",
            compared_at=None,
        )


def test_a_recovery_code_has_thirty_two_letters():
    for wrong in ("", "ABCD", "!" * 32, "A" * 40):
        with pytest.raises(Refused):
            recovery.key_of(wrong)
    code = recovery.fresh_code()
    assert recovery.key_of(code.lower().replace("-", " ")) == recovery.key_of(code)


def test_a_session_half_opens_nothing_alone(cast):
    store = {}
    half = sessions.split(cast.ana.unlocked, store)
    again = sessions.join(cast.ana.id, store, half).keys
    assert (again.box, again.sign) == (cast.ana.unlocked.keys.box, cast.ana.unlocked.keys.sign)
    assert sessions.join(cast.ana.id, store, None) is None
    assert sessions.join(cast.ana.id, store, "AAAA") is None
    assert sessions.join(cast.eve.id, store, half) is None
    sessions.lock(store)
    sessions.lock(store)
    assert sessions.join(cast.ana.id, store, half) is None
    assert not is_unlocked()


def test_a_small_secret_opens_for_its_purpose_only():
    sealed = small.seal_small("site", "mfa", "seed")
    assert small.open_small("site", "mfa", sealed) == "seed"
    with pytest.raises(Tampered):
        small.open_small("site", "other", sealed)


def test_an_age_file_opens_for_its_recipients_only():
    identity, recipient = age.new_identity()
    sealed, out = io.BytesIO(), io.BytesIO()
    age.seal_file(io.BytesIO(b"words"), sealed, [recipient])
    sealed.seek(0)
    age.open_file(sealed, out, identity)
    assert out.getvalue() == b"words"
    with pytest.raises(Tampered):
        age.open_file(io.BytesIO(sealed.getvalue()), io.BytesIO(), age.new_identity()[0])
    with pytest.raises(Refused):
        age.open_file(io.BytesIO(sealed.getvalue()), io.BytesIO(), "no identity")
    assert age.recipient_of(identity) == recipient
    assert age.is_recipient(recipient)
    assert not age.is_recipient("no recipient")
    assert age.identity_of(b"k" * 32) == age.identity_of(b"k" * 32)


def test_odd_bytes_are_refused_before_any_key_is_used():
    key = os.urandom(32)
    place = primitives.Where("", "o", "c", "t", "r", "f")
    with pytest.raises(Tampered, match="header"):
        primitives.unseal(key, place, b"\x02" + bytes(60))
    with pytest.raises(Tampered, match="padding"):
        primitives.unpad(b"no end")
    with pytest.raises(ValueError, match="one block"):
        primitives.hkdf(key, "x", length=33)
    with pytest.raises(Tampered):
        primitives.open_box(key, b"x" * 60)
    assert not primitives.signed_by(b"short", b"m", b"s")


def test_a_sealed_field_keeps_its_rules(cast):
    row = Client.objects.get(id=cast.client.id)
    assert isinstance(Client.name, object)
    assert repr(row.__dict__["name"]) == "<sealed>"
    assert row.__dict__["name"] == Sealed(row.__dict__["name"].blob)
    assert hash(row.__dict__["name"]) == hash(row.__dict__["name"].blob)
    with pytest.raises(Locked, match="not dumped"):
        Client._meta.get_field("name").value_to_string(row)
    with pytest.raises(FieldError, match="set it on the row"), transaction.atomic():
        Client.objects.filter(id=row.id).update(name="x")
    for act in (lambda: SealedField().to_bytes(""), lambda: SealedField().from_bytes(b"")):
        with pytest.raises(FieldError, match="needs a kind"):
            act()
    assert SealedBytes().from_bytes(SealedBytes().to_bytes(bytearray(b"x"))) == b"x"
    assert Session._meta.get_field("kept_line").deconstruct()[3]["compartment"] == "process_notes"
    assert Client._meta.get_field("name").to_python("x") == "x"
    deferred = Client.objects.defer("name").get(id=row.id)
    with opened(cast.ana.unlocked):
        assert deferred.name == "Cleo Marsh"
        assert deferred.name == "Cleo Marsh"
        assert Client._meta.get_field("name").open_value(None, owner=row.id, row=row.id) is None
        with pytest.raises(NoKey, match="no key yet"):
            current().item_key(row.id, uuid.uuid4())
        Session.objects.filter(client=row).update(kept_line=None)
        assert Session.objects.filter(client=row).first().kept_line is None
    with opened(None):
        assert not is_unlocked()


def test_what_is_changed_inside_a_structure_is_not_lost(cast):
    with opened(cast.ana.unlocked):
        row = Client.objects.get(id=cast.client.id)
        row.contact["phone"] = "0161 496 0000"
        assert row.called == "Cleo"
        row.save()
    with opened(cast.ana.unlocked):
        row = Client.objects.get(id=cast.client.id)
        assert row.contact["phone"] == "0161 496 0000"
        before = Client.objects.values_list("contact", flat=True).get(id=row.id)
        row.save()
        assert Client.objects.values_list("contact", flat=True).get(id=row.id) == before


def test_a_value_opened_by_one_reader_is_not_open_to_the_next(cast):
    with opened(cast.ana.unlocked):
        row = Session.objects.filter(client=cast.client).first()
        assert row.kept_line == "line of hour 1"
    with opened(cast.mara.unlocked), pytest.raises(NoKey):
        _ = row.kept_line
    with pytest.raises(Locked):
        _ = row.kept_line


def test_writes_under_a_key_are_counted(cast, monkeypatch):
    def writes():
        return DataKey.objects.get(owner=cast.client.id, compartment="administration").writes

    before = writes()  # one of the writes that made the client may have been drawn
    monkeypatch.setattr("depthwork.practice.vault.fields.COUNT_ONE_IN", 1)
    with opened(cast.ana.unlocked):
        row = Client.objects.get(id=cast.client.id)
        row.called = "C."
        row.save()
    assert writes() == before + 1


def test_a_grant_from_nobody_is_refused(cast):
    Grant.objects.filter(reader=cast.ana.person).update(granter=None)
    with opened(cast.ana.unlocked), pytest.raises(Tampered, match="not signed"):
        _ = Client.objects.get(id=cast.client.id).name


def test_nothing_is_shared_with_someone_without_keys(cast):
    Keyring.objects.filter(person=cast.ben.person).delete()
    with opened(cast.ana.unlocked), pytest.raises(NoKey, match="no keys yet"):
        vault.share(owner=cast.client.id, compartments=["record"], reader=cast.ben.id, purpose="x")
    assert people.TODAY.day == 17
    assert connection.vendor


def test_a_link_s_token_names_its_row_and_brings_its_own_key():
    token, owner, row = tokens.fresh_token(), uuid.uuid4(), uuid.uuid4()
    sealed = tokens.seal_by_token(token, owner=owner, row=row, field="answers", raw=b"words")
    assert tokens.open_by_token(token, owner=owner, row=row, field="answers", blob=sealed) == b"words"
    assert tokens.token_name(token) not in (None, token)
    assert tokens.token_name(token) == tokens.token_name(token)
    with pytest.raises(Tampered):
        tokens.open_by_token(tokens.fresh_token(), owner=owner, row=row, field="answers", blob=sealed)


@pytest.mark.parametrize("wrong", ["", "short", "ä" * 43, "A" * 44, "A" * 42 + "B", "!" * 43])
def test_what_is_no_token_of_ours_has_no_name_and_seals_nothing(wrong):
    assert tokens.token_name(wrong) is None
    with pytest.raises(ValueError, match="not a link"):
        tokens.seal_by_token(wrong, owner=uuid.uuid4(), row=uuid.uuid4(), field="f", raw=b"")


def test_a_draft_s_key_comes_back_for_its_place_and_its_writer_alone(cast):
    with opened(cast.ana.unlocked):
        here, there = drafts.draft_key("hour/1"), drafts.draft_key("hour/2")
        assert drafts.draft_key("hour/1") == here != there
    with opened(cast.eve.unlocked):
        assert drafts.draft_key("hour/1") != here
    with pytest.raises(Locked):
        drafts.draft_key("hour/1")


def test_an_inbox_of_another_key_is_not_opened(cast):
    with opened(cast.ana.unlocked), pytest.raises(NoKey, match="inbox"):
        cast.ana.unlocked.inbox_key(cast.client.id, "record", uuid.uuid4())
    with opened(cast.eve.unlocked), pytest.raises(NoKey, match="inbox"):
        cast.eve.unlocked.inbox_key(cast.client.id, "record", uuid.uuid4())


def test_an_item_without_a_key_says_so(cast):
    with opened(cast.ana.unlocked), pytest.raises(NoKey, match="no key yet"):
        cast.ana.unlocked.item_key(cast.client.id, uuid.uuid4())


def test_new_words_need_a_living_key(cast):
    with opened(cast.eve.unlocked), pytest.raises(NoKey, match="no key for record"):
        cast.eve.unlocked.living_key(cast.client.id, "record")
    DataKey.objects.filter(owner=cast.client.id, compartment="record").update(retired_at=datetime.now(UTC))
    with opened(cast.ana.unlocked):
        with pytest.raises(NoKey, match="no key for record"):
            cast.ana.unlocked.living_key(cast.client.id, "record")
        assert not cast.ana.unlocked.holds(cast.client.id, "record")


def test_a_granter_s_signature_is_looked_up_once_for_all_their_grants(cast, django_assert_num_queries):
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id, compartments=["administration", "record"], reader=cast.ben.id, purpose="supervision"
        )  # fmt: skip
    with opened(cast.ben.unlocked):
        cast.ben.unlocked.living_key(cast.client.id, "administration")
        with django_assert_num_queries(0):
            cast.ben.unlocked.living_key(cast.client.id, "record")


def test_a_note_s_key_is_opened_once_for_all_its_versions(cast, note, django_assert_num_queries):
    with opened(cast.ana.unlocked):
        first = cast.ana.unlocked.item_key(cast.client.id, note.id)
        with django_assert_num_queries(0):
            assert cast.ana.unlocked.item_key(cast.client.id, note.id)[1] is first[1]
