"""Keys that were put in the place of others: nothing opens, and printed keys show nothing."""

import pytest

from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import pins, primitives
from depthwork.practice.vault.errors import Tampered
from depthwork.practice.vault.models import KeyPin, Keyring

pytestmark = pytest.mark.django_db


def test_exchanged_public_keys_open_nothing(cast):
    """The private keys of a sign-in are held against the public ones that others seal to."""
    ring, other = (Keyring.objects.get(person=one.person) for one in (cast.ana, cast.eve))
    Keyring.objects.filter(pk=ring.pk).update(box_public=other.box_public)
    told = {"person": cast.ana.id, "code": cast.ana.code, "new_root": bytes(32)}
    with pytest.raises(Tampered, match="were exchanged"):
        vault.unlock_with_recovery(**told)
    Keyring.objects.filter(pk=ring.pk).update(box_public=ring.box_public)
    assert vault.unlock_with_recovery(**told).person_id == cast.ana.id


def test_the_record_of_accepted_keys_is_held_against_its_signature_and_against_the_keys(cast):
    own = cast.ana.unlocked.keys
    pin = KeyPin.objects.get(person=cast.ana.person, other=cast.ben.person)
    told = {"person": cast.ana.id, "own": own, "other": cast.ben.id}
    assert pins.checked_ring(**told).person_id == cast.ben.id
    KeyPin.objects.filter(pk=pin.pk).update(signature=bytes(64))
    with pytest.raises(Tampered, match="was altered"):
        pins.checked_ring(**told)
    KeyPin.objects.filter(pk=pin.pk).update(signature=bytes(pin.signature))
    eve = Keyring.objects.get(person=cast.eve.person)
    Keyring.objects.filter(person=cast.ben.person).update(box_public=eve.box_public)
    with pytest.raises(Tampered, match="have changed since"):
        pins.checked_ring(**told)


def test_printed_keys_show_nothing():
    pair, key = primitives.KeyPair.fresh(), primitives.Cipher(bytes(range(32)))
    assert (repr(pair), repr(key)) == ("<keys>", "<key>")
    assert pair == primitives.KeyPair(pair.box, pair.sign)
    assert pair != primitives.KeyPair.fresh()
    assert pair != "a pair"
