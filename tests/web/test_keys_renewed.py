"""When somebody's reading ends, also by itself, the next sign-in of the clinician makes a new key."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction

from depthwork.practice.audit.models import Event
from depthwork.practice.intake.models import Inquiry
from depthwork.practice.people.actions import set_passphrase
from depthwork.practice.people.signals import keys_opened
from depthwork.practice.policy.models import Involvement
from depthwork.practice.portal.actions import take_back_agreement
from depthwork.practice.portal.models import Opening, Thought
from depthwork.practice.sources.actions import write_note
from depthwork.practice.sources.models import SourceVersion
from depthwork.practice.supervision import actions as supervision
from depthwork.practice.supervision.models import Supervision
from depthwork.practice.treatments import actions
from depthwork.practice.treatments.actions import renewing
from depthwork.practice.treatments.models import Client, Consent, Session
from depthwork.practice.ui.doctor import LATER, look_now
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import primitives as p
from depthwork.practice.vault import rotation
from depthwork.practice.vault.errors import NoKey, Tampered
from depthwork.practice.vault.models import DataKey, Grant, ItemKey, KeyPin
from depthwork.practice.vault.unlocked import Unlocked, inbox_seal, opened, put_in_inbox, take_from_inbox
from tests.supervising import share as supervise

pytestmark = pytest.mark.django_db
WORDS = "a passphrase of nine words for the tests only"


def signs_in(actor):
    """What a sign-in does once the keys are open."""
    keys_opened.send(sender=type(actor.person), person=actor.person, unlocked=actor.unlocked)


def key(cast, compartment="process_notes"):
    return DataKey.objects.get(owner=cast.client.id, compartment=compartment, retired_at=None)


def read_until(cast, ends_at, purpose="supervision", compartment="process_notes"):
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id, compartments=[compartment], reader=cast.ben.id, purpose=purpose, ends_at=ends_at
        )  # fmt: skip


def stolen(cast, compartment="process_notes"):
    """The bytes of the key, as a reader could have kept them."""
    with opened(cast.ben.unlocked) as ben:
        return ben.living_key(cast.client.id, compartment)[1]


def found(code):
    said = [ask(look_now(settings.HOME)) for ask in LATER]
    return [one.mend for one in said if one is not None and one.code == code]


def test_a_sharing_that_ran_out_leaves_no_key_and_new_words_are_closed_to_an_old_copy(cast):
    read_until(cast, datetime.now(UTC) + timedelta(hours=1))
    copy, old = stolen(cast), bytes(key(cast).key_id)
    Grant.objects.filter(reader=cast.ben.person).update(ends_at=datetime.now(UTC) - timedelta(minutes=1))
    signs_in(cast.ana)
    assert not Grant.objects.filter(reader=cast.ben.person).exists()
    assert not DataKey.objects.filter(key_id=old).exists()
    with opened(cast.ana.unlocked):
        note = write_note(session=cast.treatment.sessions.first(), text="Written after.", by=cast.ana.person)
        wrapped = bytes(ItemKey.objects.get(item=note.id).wrapped)
        assert p.key_id_of(wrapped) != copy.id
        assert SourceVersion.objects.get(source=note).text == "Written after."
        assert Session.objects.filter(client=cast.client).first().kept_line == "line of hour 1"
    assert Event.objects.filter(verb="keys.renewed", client=cast.client.id).count() == 1


def test_what_has_not_run_out_is_left_as_it_is(cast):
    read_until(cast, datetime.now(UTC) + timedelta(hours=1))
    before = set(DataKey.objects.values_list("id", flat=True))
    signs_in(cast.ana)
    signs_in(cast.ben)
    assert set(DataKey.objects.values_list("id", flat=True)) == before
    assert not Event.objects.filter(verb="keys.renewed").exists()


def test_whoever_reads_otherwise_keeps_the_key_when_one_arrangement_runs_out(cast):
    read_until(cast, datetime.now(UTC) - timedelta(minutes=1), purpose="cover")
    read_until(cast, None)
    before = key(cast).id
    signs_in(cast.ana)
    assert key(cast).id == before
    assert Grant.objects.get(reader=cast.ben.person).purpose == "supervision"


def test_a_real_sign_in_and_a_real_unlock_renew(cast, client):
    cast.ana.person.set_password(WORDS)
    set_passphrase(person=cast.ana.person, passphrase=WORDS, unlocked=cast.ana.unlocked)
    for way in ("sign in", "unlock"):
        read_until(cast, datetime.now(UTC) - timedelta(minutes=1))
        before = key(cast).id
        if way == "sign in":
            client.post("/account/login/", {"login": "ana@example.org", "password": WORDS})
        else:
            client.post("/lock/")
            client.post("/unlock/", {"passphrase": WORDS, "next": "/"})
        assert key(cast).id != before, way


def test_a_client_who_takes_a_yes_back_leaves_the_new_key_to_the_clinicians_sign_in(cast):
    supervise(cast)
    copy, before = stolen(cast), key(cast).id
    with opened(cast.cleo.unlocked):
        take_back_agreement(
            consent=Consent.objects.get(client=cast.client, purpose="supervision"), by=cast.cleo.person, on=date.today()
        )  # fmt: skip
    assert not Grant.objects.filter(reader=cast.ben.person).exists()
    assert Supervision.objects.get().ended_at is not None
    assert key(cast).id == before
    assert key(cast).renew_since is not None
    signs_in(cast.ana)
    assert bytes(key(cast).key_id) != copy.id
    assert key(cast).renew_since is None


def test_an_ended_supervision_leaves_no_old_key_for_the_doctor(cast):
    row, old = supervise(cast), key(cast).id
    with opened(cast.ana.unlocked):
        supervision.end_supervision(supervision=row, by=cast.ana.person)
    assert not DataKey.objects.filter(id=old).exists()
    assert renewing.unfinished() == []


def test_a_renewal_that_was_interrupted_goes_on_at_the_next_sign_in(cast):
    with opened(cast.ana.unlocked):
        rotation.start_rotation(owner=cast.client.id, compartment="process_notes")
    DataKey.objects.exclude(retired_at=None).update(retired_at=datetime.now(UTC) - timedelta(days=2))
    assert found("rotation_unfinished")
    signs_in(cast.ana)
    assert not found("rotation_unfinished")
    with opened(cast.ana.unlocked):
        assert Session.objects.filter(client=cast.client).first().kept_line == "line of hour 1"


def test_a_sign_in_does_not_move_words_for_longer_than_its_time(cast):
    with opened(cast.ana.unlocked):
        rotation.start_rotation(owner=cast.client.id, compartment="process_notes")
        renewing.renew_what_is_due(cast.ana.person, seconds=-1)
    assert len(renewing.unfinished()) == 1


def test_an_old_key_that_an_unread_thought_waits_for_is_no_interrupted_renewal(cast):
    Opening.objects.create(client=cast.client, by_client=True, by_clinician=True)
    waits, box = put_in_inbox(owner=cast.client.id, compartment="process_notes", raw=b"a dream")
    Thought.objects.create(
        client=cast.client, kind="dream", left_at=datetime.now(UTC), box=box, data_key=waits
    )
    with opened(cast.ana.unlocked):
        rotation.rotate(owner=cast.client.id, compartment="process_notes")
    DataKey.objects.exclude(retired_at=None).update(retired_at=datetime.now(UTC) - timedelta(days=2))
    assert DataKey.objects.filter(id=waits).exists()
    assert not found("rotation_unfinished")


def test_the_doctor_tells_of_keys_that_wait_for_a_sign_in(cast):
    read_until(cast, datetime.now(UTC) - timedelta(days=8))
    assert found("grant_run_out")
    DataKey.objects.filter(owner=cast.client.id, compartment="record").update(
        renew_since=datetime.now(UTC) - timedelta(days=8)
    )
    assert found("renewal_waits")
    signs_in(cast.ana)
    assert not found("grant_run_out")
    assert not found("renewal_waits")


def test_a_key_that_cannot_be_renewed_stays_marked_and_the_page_says_so(cast):
    """Mara reads, and Ana's comparison with her is gone: no key is sealed to someone nobody compared."""
    KeyPin.objects.filter(person=cast.ana.person, other=cast.mara.person).delete()
    read_until(cast, datetime.now(UTC) - timedelta(minutes=1), compartment="administration")
    signs_in(cast.ana)
    assert key(cast, "administration").renew_since is not None
    browser = cast.ana.browser()
    assert "Keys are waiting to be renewed" in browser.get("/practice/sharing/").content.decode()
    answer = browser.post("/practice/sharing/", {"act": "renew", "client": str(cast.client.id)}, follow=True)
    assert "compare key fingerprints" in answer.content.decode()


def test_keys_are_renewed_by_hand_on_the_page_of_sharing(cast):
    before = set(DataKey.objects.filter(owner=cast.client.id).values_list("id", flat=True))
    browser = cast.ana.browser()
    page = browser.post("/practice/sharing/", {"act": "renew", "client": str(cast.client.id)}, follow=True)
    assert "Renewed." in page.content.decode()
    after = set(DataKey.objects.filter(owner=cast.client.id).values_list("id", flat=True))
    assert len(after) == 4
    assert not after & before
    with opened(cast.ana.unlocked):
        assert Client.objects.get(id=cast.client.id).name == "Cleo Marsh"
    assert cast.eve.browser().post(
        "/practice/sharing/", {"act": "renew", "client": str(cast.client.id)}
    ).status_code == 404  # fmt: skip


def test_what_is_taken_back_on_the_page_ends_the_supervision_as_well(cast):
    supervise(cast)
    cast.ana.browser().post("/practice/sharing/", {"client": str(cast.client.id), "reader": str(cast.ben.id)})
    assert Supervision.objects.get().ended_at is not None
    assert not Involvement.objects.get(person=cast.ben.person).ends_at > datetime.now(UTC)
    assert Event.objects.filter(verb="supervision.ended").count() == 1


# Inboxes


def exchange(cast, compartment="process_notes", **more):
    """What a writer of the database can do: their own key in the place of an inbox's."""
    private, public = p.box_pair()
    DataKey.objects.filter(owner=cast.client.id, compartment=compartment).update(inbox_public=public, **more)
    return private


@pytest.mark.parametrize("seal", [{}, {"inbox_seal": None}, {"inbox_seal": b""}, {"inbox_seal": b"x" * 32}])
def test_nothing_is_put_into_an_inbox_that_was_exchanged(cast, seal):
    exchange(cast, **seal)
    with pytest.raises(Tampered, match="exchanged"):
        put_in_inbox(owner=cast.client.id, compartment="process_notes", raw=b"a dream")


def test_the_seal_of_another_inbox_does_not_fit(cast):
    other = DataKey.objects.get(owner=cast.other.id, compartment="process_notes")
    exchange(cast, inbox_seal=other.inbox_seal)
    DataKey.objects.filter(owner=cast.client.id, compartment="process_notes").update(
        inbox_public=other.inbox_public
    )
    with pytest.raises(Tampered):
        put_in_inbox(owner=cast.client.id, compartment="process_notes", raw=b"a dream")


def test_a_sign_in_puts_an_exchanged_inbox_right_and_tells_of_it(cast):
    thief = exchange(cast)
    row = key(cast)
    DataKey.objects.filter(id=row.id).update(inbox_seal=inbox_seal(row))  # one who has the site's secret too
    assert put_in_inbox(owner=cast.client.id, compartment="process_notes", raw=b"to the thief")
    signs_in(cast.ana)
    assert Event.objects.filter(verb="inbox.exchanged", client=cast.client.id).count() == 1
    data_key, box = put_in_inbox(owner=cast.client.id, compartment="process_notes", raw=b"a dream")
    with pytest.raises(Tampered):
        p.open_box(thief, box)
    with opened(cast.ana.unlocked):
        assert take_from_inbox(
            owner=cast.client.id, compartment="process_notes", data_key=data_key, blob=box
        ) == b"a dream"  # fmt: skip
    signs_in(cast.ana)
    assert Event.objects.filter(verb="inbox.exchanged").count() == 1


def test_an_inbox_without_the_sites_seal_gets_it_when_a_holder_signs_in(cast):
    DataKey.objects.filter(owner=cast.client.id).update(inbox_seal=None)
    signs_in(cast.eve)
    with pytest.raises(Tampered):
        put_in_inbox(owner=cast.client.id, compartment="record", raw=b"x")
    signs_in(cast.ana)
    assert put_in_inbox(owner=cast.client.id, compartment="record", raw=b"x")
    assert not Event.objects.filter(verb="inbox.exchanged").exists()


def test_an_inquiry_to_an_exchanged_inbox_is_refused_and_nothing_of_it_is_kept(cast):
    with opened(cast.ana.unlocked):
        vault.make_keys(organisation=cast.practice.id, owner=cast.practice.id, readers={"administration": []})
    _private, public = p.box_pair()
    DataKey.objects.filter(owner=cast.practice.id).update(inbox_public=public)
    with pytest.raises(Tampered):
        put_in_inbox(owner=cast.practice.id, compartment="administration", raw=b"words")
    assert not Inquiry.objects.exists()


def test_nobody_without_a_key_looks_into_an_inbox(cast):
    with opened(cast.eve.unlocked), pytest.raises(NoKey):
        cast.eve.unlocked.inbox_key(cast.client.id, "record", key(cast, "record").id)


def test_a_break_s_cover_that_ran_out_is_cleared_away(cast):
    with opened(cast.ana.unlocked):
        actions.announce_break(
            treatment=cast.treatment, by=cast.ana.person, from_date=date.today(), to_date=date.today(),
            cover=cast.eve.person,
        )  # fmt: skip
    Grant.objects.filter(reader=cast.eve.person).update(ends_at=datetime.now(UTC) - timedelta(minutes=1))
    before = {key(cast, one).id for one in ("administration", "record")}
    signs_in(cast.ana)
    assert not Grant.objects.filter(reader=cast.eve.person).exists()
    assert before.isdisjoint({key(cast, one).id for one in ("administration", "record")})


@pytest.mark.django_db(transaction=True)  # a request that began before, and one that renews the key meanwhile
@pytest.mark.parametrize("compartment", ["administration", "process_notes"])
def test_words_of_a_request_that_began_before_a_renewal_are_kept(cast, compartment):
    hour = cast.treatment.sessions.first()
    with opened(cast.ana.unlocked):
        assert Client.objects.get(id=cast.client.id).name  # a page, or a form, has opened what it shows
        other_window = Unlocked(cast.ana.id, cast.ana.unlocked.keys)
        with opened(other_window):
            rotation.rotate(owner=cast.client.id, compartment=compartment)
        with transaction.atomic():
            note = write_note(session=hour, text="Typed while the key was renewed.", by=cast.ana.person)
            client = Client.objects.get(id=cast.client.id)
            client.called = "Cleo, as typed meanwhile"
            client.save(update_fields=["called"])
    with opened(Unlocked(cast.ana.id, cast.ana.unlocked.keys)):
        assert Client.objects.get(id=cast.client.id).called == "Cleo, as typed meanwhile"
        assert SourceVersion.objects.get(source=note).text == "Typed while the key was renewed."
