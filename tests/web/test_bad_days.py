"""What can go wrong, and what it says: each ends in a plain sentence, and nothing that was saved is lost."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client as Browser

from depthwork.practice.keeping.orphans import orphans
from depthwork.practice.people.actions import set_passphrase
from depthwork.practice.sources.models import SourceVersion
from depthwork.practice.treatments.models import Session
from depthwork.practice.ui import errors
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import sessions
from depthwork.practice.vault.models import DataKey, Keyring
from depthwork.practice.vault.unlocked import opened
from tests import cast as people

pytestmark = pytest.mark.django_db
WORDS = "gravel lantern orchard seven"


def said(response):
    return " ".join(response.content.decode().split())


def cells(client, *names):
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(names)} from treatments_client where id = %s", [client.id.hex])
        return [bytes(one) for one in cursor.fetchone()]


def put(client, **values):
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"update treatments_client set {name} = %s where id = %s", [value, client.id.hex])


def test_a_wrong_passphrase_at_the_door_says_so_and_opens_nothing(cast):
    browser = Browser()
    answer = browser.post(
        "/account/login/", {"login": "ana@example.org", "password": "gravel lantern orchard eight"}
    )
    assert answer.status_code == 200
    assert "not correct" in said(answer)
    assert sessions.SLOT not in browser.session


def test_a_lost_passphrase_without_the_code_is_said_plainly(cast):
    page = said(Browser().get("/recover/"))
    assert "Without passphrase and recovery code the words cannot be opened by anyone." in page
    before = Keyring.objects.values("private_by_passphrase", "private_by_recovery").get(
        person=cast.ana.person
    )
    answer = Browser().post(
        "/recover/", {"login": "ana@example.org", "code": "AAAA-" * 7 + "AAAA", "passphrase": WORDS}
    )
    assert "does not open that account" in said(answer)
    assert before == Keyring.objects.values("private_by_passphrase", "private_by_recovery").get(
        person=cast.ana.person
    )


def test_an_old_recovery_code_no_longer_opens(cast):
    set_passphrase(person=cast.ana.person, passphrase=WORDS, unlocked=cast.ana.unlocked)
    vault.new_recovery_code(unlocked=cast.ana.unlocked)
    answer = Browser().post(
        "/recover/",
        {"login": "ana@example.org", "code": cast.ana.code, "passphrase": "seven orchards under gravel"},
    )
    assert "does not open that account" in said(answer)
    cast.ana.person.refresh_from_db()
    assert cast.ana.person.check_password(WORDS)


def test_rows_exchanged_in_the_database_are_shown_to_nobody(cast):
    other = people.client_of(cast.ana, "Ines Vale")
    mine, theirs = cells(cast.client, "called", "name"), cells(other, "called", "name")
    put(cast.client, called=theirs[0], name=theirs[1])
    put(other, called=mine[0], name=mine[1])
    browser = cast.ana.browser()
    for client in (cast.client, other):
        answer = browser.get(f"/clients/{client.id}/about/")
        assert answer.status_code in (404, 500)
        assert "Ines" not in said(answer)
        assert "Cleo" not in said(answer)


def test_columns_exchanged_within_a_row_break_the_seal(cast):
    called, name = cells(cast.client, "called", "name")
    put(cast.client, called=name, name=called)
    answer = cast.ana.browser().get(f"/clients/{cast.client.id}/about/")
    assert answer.status_code == 500
    assert "A seal does not hold" in said(answer)
    assert "depthwork doctor" in said(answer)


def test_a_value_under_a_key_of_another_day_is_counted_and_not_opened(cast):
    assert orphans() == 0
    with opened(cast.ana.unlocked):
        vault.shred(owner=cast.other.id, by=cast.dov.id)
    assert orphans() == 0  # what was destroyed on purpose is not missed
    key = DataKey.objects.get(owner=cast.client.id, compartment="administration")
    DataKey.objects.filter(id=key.id).update(key_id=b"another day's   ")
    assert orphans() > 0
    answer = cast.ana.browser().get(f"/clients/{cast.client.id}/about/")
    assert answer.status_code in (404, 500)
    assert "Cleo" not in said(answer)


@contextmanager
def full_disk():
    """The database may not grow: SQLite by a single page; of PostgreSQL the words are its own, and its code."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "create function no_room() returns trigger language plpgsql as $$ begin raise exception using"
                " errcode = 'disk_full', message = 'could not extend file: No space left on device'; end $$"
            )
            cursor.execute(
                "create trigger no_room before insert on sources_version execute function no_room()"
            )
            try:
                yield
            finally:
                cursor.execute("drop function no_room cascade")
            return
        cursor.execute("pragma page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"pragma max_page_count = {pages}")
        try:
            yield
        finally:
            cursor.execute("pragma max_page_count = 1073741823")


@pytest.mark.django_db(transaction=True)  # SQLite itself takes the transaction back
def test_a_full_disk_says_so_and_keeps_what_was_saved(cast):
    browser, hour = cast.ana.browser(), Session.objects.filter(client=cast.client).first()
    address = f"/hours/{hour.id}/note/"
    assert browser.post(address, {"text": "The first note.", "provenance": "notes"}).status_code == 302
    with full_disk():
        answer = browser.post(address + "?another=1", {"text": "a long one " * 20_000, "provenance": "notes"})
    assert answer.status_code == 507
    assert "The disk took nothing more" in said(answer)
    assert "a long one" not in said(answer)
    with opened(cast.ana.unlocked):
        assert [one.text for one in SourceVersion.objects.all()] == ["The first note."]


def test_a_full_disk_is_told_from_other_faults():
    from django.db import OperationalError

    assert errors._is_no_room(OperationalError("database or disk is full"))
    assert errors._is_no_room(OSError(28, "No space left on device"))
    assert not errors._is_no_room(OperationalError("database is locked"))
    assert not errors._is_no_room(ValueError("disk is full"))
