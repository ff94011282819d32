"""The practice's own pages: people, keys, sharing, audit, the clinical will, search, the recovery code."""

import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client as Browser

from depthwork.practice.audit.models import Event
from depthwork.practice.keeping import wills as sealed_wills
from depthwork.practice.people.models import Person, Role
from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.practice.treatments.models import Client, Session
from depthwork.practice.ui import search, will
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault import sessions
from depthwork.practice.vault.errors import Burned, NoKey, RecoveryFirst, Refused, Tampered
from depthwork.practice.vault.models import Grant, Keyring, Will
from depthwork.practice.vault.unlocked import opened
from tests import cast as people

pytestmark = pytest.mark.django_db
WORDS = "gravel lantern orchard seven"


@pytest.fixture(autouse=True)
def nothing_in_memory():
    search._indexes.clear()
    sessions.warm.clear()


def words_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize("page", ["", "keys/", "sharing/", "audit/", "will/"])
def test_each_practice_page_opens_for_staff(cast, page):
    assert cast.ana.browser().get(f"/practice/{page}").status_code == 200


@pytest.mark.parametrize("page", ["", "keys/", "sharing/", "audit/", "will/", "invite/"])
def test_no_practice_page_opens_for_a_client(cast, page):
    assert cast.cleo.browser().get(f"/practice/{page}").status_code == 404


def test_only_a_manager_invites(cast):
    assert cast.ana.browser().get("/practice/invite/").status_code == 404
    assert cast.mara.browser().get("/practice/invite/").status_code == 200


def test_an_invited_colleague_makes_keys_of_their_own_and_the_link_works_once(cast):
    page = cast.mara.browser().post("/practice/invite/", {"display_name": "Ida Holt", "roles": ["clinician"]})
    link = re.search(r"/join/[\w-]+/", words_of(page)).group(0)
    stranger = Browser()
    for _ in range(3):  # link scanners look first
        assert stranger.get(link).status_code == 200
    assert stranger.get("/join/").status_code == 404
    moved = stranger.post(link)
    assert moved["Location"] == "/join/"  # the address holds the token no more
    assert moved.cookies["dw-join"]["httponly"]
    joined = stranger.post("/join/", {"login": "ida@example.org", "passphrase": WORDS})
    code = re.search(r"(?:[A-Z2-7]{4}-){7}[A-Z2-7]{4}", words_of(joined)).group(0)
    ida = Person.objects.get(display_name="Ida Holt")
    assert ida.roles == ["clinician"]
    assert stranger.get(link).status_code == 404
    assert stranger.get("/join/").status_code == 404
    assert Keyring.objects.get(person=ida).recovery_confirmed_at is None
    vault.confirm_recovery(person=ida.id, code=code)


def test_an_invitation_never_makes_a_client_account(cast):
    page = cast.mara.browser().post("/practice/invite/", {"display_name": "X", "roles": ["client"]})
    assert "/join/" not in words_of(page)


def test_a_closed_sign_in_ends_at_once(cast):
    browser = cast.eve.browser()
    assert browser.get("/practice/").status_code == 200
    cast.mara.browser().post(f"/practice/people/{cast.eve.id}/", {"act": "close"})
    assert "/account/login/" in browser.get("/practice/")["Location"]


def test_a_manager_of_another_practice_does_not_exist_here(cast):
    other = people.person(cast.elsewhere, "max", Role.MANAGER)
    assert other.browser().post(f"/practice/people/{cast.eve.id}/", {"act": "close"}).status_code == 404
    assert Person.objects.get(id=cast.eve.id).is_active


def test_comparing_a_fingerprint_pins_it_and_a_changed_key_is_said(cast):
    newcomer = people.person(cast.practice, "ida", Role.CLINICIAN)
    browser = cast.ana.browser()
    page = words_of(browser.get("/practice/keys/"))
    shown = re.findall(
        r'name="other" value="([\w-]+)"><input type="hidden" name="fingerprint" value="([^"]+)"', page
    )
    assert [pair[0] for pair in shown] == [str(newcomer.id)]
    browser.post("/practice/keys/", {"other": shown[0][0], "fingerprint": shown[0][1]})
    assert "Compared on" in words_of(browser.get("/practice/keys/"))
    Keyring.objects.filter(person=newcomer.person).update(box_public=b"x" * 32)
    assert "These keys have changed" in words_of(browser.get("/practice/keys/"))


def test_what_is_taken_back_is_closed_at_the_next_request(cast):
    with opened(cast.ana.unlocked):
        vault.share(
            owner=cast.client.id, compartments=["process_notes"], reader=cast.ben.id, purpose="supervision"
        )
    browser = cast.ana.browser()
    assert "Ben" in words_of(browser.get("/practice/sharing/"))
    answer = browser.post("/practice/sharing/", {"client": str(cast.client.id), "reader": str(cast.ben.id)})
    assert answer.status_code == 302
    assert not Grant.objects.filter(reader=cast.ben.person).exists()
    with opened(cast.ana.unlocked):
        assert Session.objects.filter(client=cast.client).first().kept_line == "line of hour 1"


def test_nobody_takes_back_what_is_shared_of_anothers_client(cast):
    answer = cast.eve.browser().post(
        "/practice/sharing/", {"client": str(cast.client.id), "reader": str(cast.mara.id)}
    )
    assert answer.status_code == 404


def test_a_clinician_reads_in_the_audit_their_own_clients_only(cast):
    cast.ana.browser().get(f"/clients/{cast.client.id}/")
    assert cast.client.id.hex[:6] in words_of(cast.ana.browser().get("/practice/audit/"))
    assert cast.client.id.hex[:6] not in words_of(cast.eve.browser().get("/practice/audit/"))


def test_nothing_is_stored_before_the_recovery_code_is_typed_back(cast):
    Keyring.objects.filter(person=cast.ana.person).update(recovery_confirmed_at=None)
    cast.ana.unlocked._recovery_confirmed = False
    with opened(cast.ana.unlocked):
        row = Session.objects.filter(client=cast.client).first()
        row.kept_line = "a first word"
        with pytest.raises(RecoveryFirst), transaction.atomic():
            row.save()
    browser = cast.ana.browser()
    shown = words_of(browser.post("/recovery-code/", {"act": "new"}))
    code = re.search(r"(?:[A-Z2-7]{4}-){7}[A-Z2-7]{4}", shown).group(0)
    assert "not the recovery code" in words_of(
        browser.post("/recovery-code/", {"act": "confirm", "code": "A" * 32})
    )
    assert browser.post("/recovery-code/", {"act": "confirm", "code": code.lower()}).status_code == 302
    assert Keyring.objects.get(person=cast.ana.person).recovery_confirmed_at is not None


def test_a_trustee_opens_names_contacts_and_hours_and_no_note(cast):
    with opened(cast.ana.unlocked):
        will.write(trustees=[cast.eve.id], together=False, process_notes="hold", by=cast.ana.person)
    page = words_of(cast.eve.browser().post(f"/practice/will/{cast.ana.id}/", {"act": "open"}))
    assert "Cleo Marsh" in page
    assert "cleo@example.org" in page
    assert "line of hour" not in page
    assert Event.objects.filter(verb="will.opened", actor=cast.eve.id).count() == 1


def test_nobody_but_a_trustee_opens_a_will(cast):
    with opened(cast.ana.unlocked):
        will.write(trustees=[cast.eve.id], together=False, process_notes="hold", by=cast.ana.person)
    for other in (cast.ben, cast.mara, cast.dov):
        browser = other.browser()
        for act in ("open", "release", "destroy"):
            assert browser.post(f"/practice/will/{cast.ana.id}/", {"act": act}).status_code == 404
        with opened(other.unlocked), pytest.raises(Exception):  # noqa: B017 (NoKey or Tampered: never the facts)
            will.open_as_trustee(Will.objects.get(), by=other.person)


def test_a_will_keeps_its_rules(cast):
    now = datetime.now(UTC)
    with opened(cast.ana.unlocked):
        for trustees, together in (([], False), ([cast.ana.id], False), ([cast.eve.id], True)):
            with pytest.raises(Refused):
                sealed_wills.write(
                    trustees=trustees, together=together, process_notes="hold", package=b"x", now=now
                )
        will = sealed_wills.write(
            trustees=[cast.eve.id], together=False, process_notes="hold", package=b"x", now=now
        )
        assert sealed_wills.is_intact(will)
    with opened(cast.ben.unlocked), pytest.raises(NoKey, match="other trustees"):
        sealed_wills.open_will(will)
    with opened(cast.eve.unlocked), pytest.raises(Refused, match="no second"):
        sealed_wills.release(will)
    Will.objects.update(process_notes="destroy")
    with opened(cast.eve.unlocked), pytest.raises(Tampered, match="author wrote"):
        sealed_wills.open_will(Will.objects.get())


def test_two_together_open_a_will_only_after_the_other_released_a_share(cast):
    with opened(cast.ana.unlocked):
        will.write(
            trustees=[cast.eve.id, cast.ben.id], together=True, process_notes="hold", by=cast.ana.person
        )
    with opened(cast.eve.unlocked), pytest.raises(Refused, match="both trustees"):
        will.open_as_trustee(Will.objects.get(), by=cast.eve.person)
    cast.ben.browser().post(f"/practice/will/{cast.ana.id}/", {"act": "release"})
    with opened(cast.eve.unlocked):
        assert will.open_as_trustee(Will.objects.get(), by=cast.eve.person)[0]["name"] == "Cleo Marsh"


def test_a_will_destroys_process_notes_only_if_its_author_chose_so(cast):
    with opened(cast.ana.unlocked):
        will.write(trustees=[cast.eve.id], together=False, process_notes="hold", by=cast.ana.person)
    with opened(cast.eve.unlocked), pytest.raises(Refused):
        will.carry_out(Will.objects.get(), by=cast.eve.person)
    with opened(cast.ana.unlocked):
        will.write(trustees=[cast.eve.id], together=False, process_notes="destroy", by=cast.ana.person)
    with opened(cast.eve.unlocked):
        assert will.carry_out(Will.objects.get(), by=cast.eve.person) == 1
    with opened(cast.ana.unlocked):
        assert Client.objects.get(id=cast.client.id).name == "Cleo Marsh"
        with pytest.raises(Exception, match="no key"):
            _ = Session.objects.filter(client=cast.client).first().kept_line


def test_a_will_is_renewed_once_a_day(cast):
    with opened(cast.ana.unlocked):
        will.write(trustees=[cast.eve.id], together=False, process_notes="hold", by=cast.ana.person)
        assert not will.refresh_if_due(cast.ana.person)
        Will.objects.update(refreshed_at=datetime.now(UTC) - timedelta(days=2))
        row = Client.objects.get(id=cast.client.id)
        row.contact = {"phone": "0161 496 0000"}
        row.save()
        assert will.refresh_if_due(cast.ana.person)
    with opened(cast.eve.unlocked):
        facts = will.open_as_trustee(Will.objects.get(), by=cast.eve.person)
    assert json.dumps(facts).count("0161 496 0000") == 1


def test_search_finds_a_kept_line_and_nothing_of_another_practice(cast):
    page = words_of(cast.ana.browser().post("/search/", {"words": "LINE OF hour 2"}))
    assert "1 place" in page
    assert "stand nowhere" in words_of(cast.ana.browser().post("/search/", {"words": "Noor"}))


def test_the_words_looked_for_stay_out_of_address_audit_and_session(cast):
    browser = cast.ana.browser()
    browser.post("/search/", {"words": "xylophone"})
    assert not Event.objects.filter(reason__contains="xylophone").exists()
    assert "xylophone" not in json.dumps(dict(browser.session), default=str)


def test_the_index_answers_like_the_scan_and_goes_at_lock(cast):
    browser = cast.ana.browser()
    session = browser.cookies["dw-session"].value
    with opened(cast.ana.unlocked):
        once = search.search(cast.ana.person, "line of", session=session)
        again = search.search(cast.ana.person, "line of", session=session)
        assert once == again == search.scan(cast.ana.person, "line of")
    assert len(once) == 3
    assert list(search._indexes) == [session]
    browser.post("/lock/")
    assert search._indexes == {}


def with_a_note(cast):
    hour = Session.objects.filter(client=cast.client).first()
    source = Source.objects.create(
        client=cast.client, treatment=cast.treatment, session=hour, kind="process_note", provenance="notes"
    )
    SourceVersion.objects.create(client=cast.client, source=source, text="two words")
    return source


def test_the_key_of_a_note_is_kept_for_an_unlocked_sign_in_and_goes_at_its_lock(cast):
    with opened(cast.ana.unlocked):
        note = with_a_note(cast)
    browser = cast.ana.browser()
    session = browser.cookies["dw-session"].value
    assert browser.get(f"/sources/{note.id}/").status_code == 200
    assert len(sessions.warm[session]) == 1
    browser.post("/lock/")
    assert session not in sessions.warm


def test_a_kept_key_opens_nothing_that_was_burned_or_taken_back(cast):
    with opened(cast.ana.unlocked):
        note = with_a_note(cast)
        vault.share(
            owner=cast.client.id, compartments=["process_notes"], reader=cast.eve.id, purpose="supervision"
        )
    row = SourceVersion.objects.get(source=note)
    with opened(cast.eve.unlocked):
        assert row.text == "two words"
    assert len(cast.eve.unlocked.warm) == 1
    vault.take_back(owner=cast.client.id, reader=cast.eve.id)
    with opened(cast.eve.unlocked), pytest.raises(NoKey):
        _ = SourceVersion.objects.get(source=note).text
    with opened(cast.ana.unlocked):
        assert SourceVersion.objects.get(source=note).text == "two words"
        vault.burn(owner=cast.client.id, item=note.id, by=cast.ana.id)
        with pytest.raises(Burned):
            _ = SourceVersion.objects.get(source=note).text


@pytest.mark.parametrize("ended", ["idle", "locked elsewhere"])
def test_what_a_worker_keeps_goes_when_the_sign_in_is_idle_or_locked_elsewhere(cast, settings, ended):
    with opened(cast.ana.unlocked):
        note = with_a_note(cast)
    browser = cast.ana.browser()
    browser.get(f"/sources/{note.id}/")
    browser.post("/search/", {"words": "line of"})
    session = browser.session
    assert search.purge() == 0
    if ended == "idle":
        session["seen"] = int(time.time()) - settings.IDLE_LOCK_SECONDS - 5
    else:
        del session[sessions.SLOT]
    session.save()
    assert search.purge() == 1
    assert (sessions.warm, search._indexes) == ({}, {})


def test_an_index_of_a_lapsed_sign_in_is_purged_by_any_worker(cast):
    browser = cast.ana.browser()
    session = browser.cookies["dw-session"].value
    with opened(cast.ana.unlocked):
        search.search(cast.ana.person, "line of", session=session)
    browser.session.flush()
    assert search.purge() == 1


def test_a_new_word_is_found_though_an_index_stands(cast):
    browser = cast.ana.browser()
    browser.post("/search/", {"words": "line of"})
    with opened(cast.ana.unlocked):
        from depthwork.practice.audit.actions import record

        row = Session.objects.filter(client=cast.client).first()
        row.kept_line = "a heron on the weir"
        row.save()
        record(verb="line.kept", by=cast.ana.id, practice=cast.practice.id, client=cast.client.id)
    assert "heron" in words_of(browser.post("/search/", {"words": "heron"}))


def test_a_changed_passphrase_opens_the_same_keys(cast):
    from depthwork.practice.people.actions import set_passphrase

    set_passphrase(person=cast.ana.person, passphrase=WORDS, unlocked=cast.ana.unlocked)
    browser = Browser()
    browser.post("/account/login/", {"login": "ana@example.org", "password": WORDS})
    answer = browser.post(
        "/account/password/change/",
        {
            "oldpassword": WORDS,
            "password1": "copper thimble evening moss",
            "password2": "copper thimble evening moss",
        },
    )
    assert answer.status_code == 302, words_of(answer)[:500]
    fresh = Browser()
    fresh.post("/account/login/", {"login": "ana@example.org", "password": "copper thimble evening moss"})
    assert fresh.get(f"/clients/{cast.client.id}/").status_code == 200


def test_a_broken_seal_has_a_page_of_its_own_and_is_noted(cast):
    with connection.cursor() as cursor:
        cursor.execute("update treatments_client set called = name where id = %s", [cast.client.id.hex])
    browser = cast.ana.browser()
    browser.raise_request_exception = False
    answer = browser.get(f"/clients/{cast.client.id}/")
    assert answer.status_code == 500
    assert "A seal does not hold" in words_of(answer)
    assert Event.objects.filter(verb="seal.broken", client=cast.client.id).count() == 1


def test_twelve_hours_after_signing_in_one_signs_in_again(cast):
    browser = cast.ana.browser()
    session = browser.session
    session["started"] = int(datetime.now(UTC).timestamp()) - 12 * 3600 - 5
    session.save()
    assert "/account/login/" in browser.get("/practice/")["Location"]
