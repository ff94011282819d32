"""A sealed field opens for whoever holds its key, and for nobody else."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import rotation
from depthwork.practice.vault.errors import Burned, Locked, NoKey, Tampered  # noqa: F401
from depthwork.practice.vault.models import DataKey
from depthwork.practice.vault.unlocked import opened
from tests import cast as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(db):
    from depthwork.practice.people.models import Practice, Role

    return people.person(Practice.objects.create(name="Harbour Rooms"), "ana", Role.CLINICIAN)


def test_reading_a_sealed_field_while_locked_raises_locked(ana):
    row = people.client_of(ana)
    with pytest.raises(Locked):
        _ = Client.objects.get(id=row.id).name


def test_the_clinician_reads_what_she_wrote(ana):
    row = people.client_of(ana, "Cleo Marsh")
    with opened(ana.unlocked):
        assert Client.objects.get(id=row.id).name == "Cleo Marsh"


def test_nothing_of_the_name_is_in_the_database(ana):
    row = people.client_of(ana, "Cleo Marsh")
    with connection.cursor() as cursor:
        cursor.execute("select name, contact from treatments_client")
        stored = b"".join(bytes(v) for v in cursor.fetchone())
    assert b"Cleo" not in stored
    assert row.id is not None


def test_another_clinician_holds_no_key(cast):
    with opened(cast.eve.unlocked), pytest.raises(NoKey):
        _ = Client.objects.get(id=cast.client.id).name


def test_a_manager_opens_administration_and_not_the_kept_line(cast):
    with opened(cast.mara.unlocked):
        assert Client.objects.get(id=cast.client.id).name == "Cleo Marsh"
        with pytest.raises(NoKey):
            _ = Session.objects.filter(client=cast.client).first().kept_line


def test_a_value_moved_to_another_row_does_not_open(cast):
    one, two = Session.objects.filter(client=cast.client)[:2]
    with connection.cursor() as cursor:
        cursor.execute(
            "update treatments_session set kept_line=(select kept_line from treatments_session where id=%s) where id=%s",
            [one.id.hex, two.id.hex],
        )
    with opened(cast.ana.unlocked), pytest.raises(Tampered):
        _ = Session.objects.get(id=two.id).kept_line


def test_the_database_cannot_search_a_sealed_field():
    with pytest.raises(FieldError):
        list(Client.objects.filter(name="Cleo"))


def test_a_supervisor_reads_after_a_share_and_not_after_it_is_taken_back(cast):
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id, compartments=["process_notes"], reader=cast.ben.id, purpose="supervision"
        )
    with opened(cast.ben.unlocked):
        assert Session.objects.filter(client=cast.client).first().kept_line == "line of hour 1"
    with opened(cast.ana.unlocked):
        for compartment in vault.take_back(owner=cast.client.id, reader=cast.ben.id):
            rotation.rotate(owner=cast.client.id, compartment=compartment)
    with opened(cast.ben.unlocked), pytest.raises(NoKey):
        _ = Session.objects.filter(client=cast.client).first().kept_line
    with opened(cast.ana.unlocked):
        assert [s.kept_line for s in Session.objects.filter(client=cast.client)] == [
            "line of hour 1",
            "line of hour 2",
            "line of hour 3",
        ]
    assert DataKey.objects.filter(owner=cast.client.id, compartment="process_notes").count() == 1


def test_a_shred_client_is_gone(cast):
    with opened(cast.ana.unlocked):
        vault.shred(owner=cast.client.id, by=cast.ana.id)
    with opened(cast.ana.unlocked), pytest.raises(NoKey):
        _ = Client.objects.get(id=cast.client.id).name


def test_saving_an_unread_row_keeps_its_sealed_bytes(cast):
    row = Client.objects.get(id=cast.client.id)
    row.state = "ended"
    row.save()  # while locked: sealed values pass through as they are
    with opened(cast.ana.unlocked):
        assert Client.objects.get(id=cast.client.id).name == "Cleo Marsh"
