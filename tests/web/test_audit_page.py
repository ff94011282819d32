"""The audit as a page: the gravest events stand on somebody's page, and what one looks for is found."""

import subprocess
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from depthwork.practice.audit.actions import record
from depthwork.practice.audit.models import Event
from depthwork.practice.people.actions import admit
from depthwork.practice.ui import doctor_watch
from depthwork.practice.ui.audit_page import events_for
from depthwork.practice.ui.doctor_watch import last_week
from depthwork.practice.vault.errors import Tampered

AUDIT = "/practice/audit/"


def words_of(answer):
    return answer.content.decode()


def rows_of(answer):
    return words_of(answer).partition("<tbody>")[2].partition("</tbody>")[0]


@pytest.fixture
def known(cast):
    """A clinician of the practice with a sign-in name."""
    return admit(
        practice=cast.practice, address="gil@example.org", passphrase="gravel lantern orchard seven",
        roles=["clinician"], by=None, display_name="Gil",
    )[0]  # fmt: skip


def test_a_failed_sign_in_stands_on_the_page_of_its_practice(cast, known):
    Browser().post("/account/login/", {"login": "gil@example.org", "password": "not the right one at all"})
    event = Event.objects.get(verb="sign_in_failed")
    assert (event.practice, event.object_id, event.actor) == (cast.practice.id, str(known.id), None)
    assert "tried to sign in, without success" in rows_of(cast.mara.browser().get(AUDIT))
    assert "Gil" in rows_of(cast.mara.browser().get(AUDIT))


def test_a_try_with_an_unknown_name_is_told_to_managers_and_to_nobody_else(cast):
    Browser().post("/account/login/", {"login": "who@example.org", "password": "not the right one at all"})
    assert Event.objects.get(verb="sign_in_failed").practice is None
    said = "tried to sign in, without success"
    assert said in rows_of(cast.mara.browser().get(AUDIT))
    assert said not in rows_of(cast.ana.browser().get(AUDIT))


def test_a_broken_seal_is_told_to_the_practice(cast, monkeypatch):
    from depthwork.practice.ui import thread_page

    def broken(*args, **kwargs):
        raise Tampered("not as it was sealed")

    monkeypatch.setattr(thread_page, "current_treatment", broken)
    cast.ana.browser().get(reverse("ui:thread", args=[cast.client.id]))
    assert Event.objects.get(verb="seal.broken").practice == cast.practice.id
    page = words_of(cast.mara.browser().get(AUDIT))
    assert "Seals that did not hold: 1" in page


def test_another_practice_is_not_told(cast, known):
    record(verb="seal.broken", by=cast.dov.id, practice=cast.elsewhere.id)
    assert "met a seal" not in words_of(cast.mara.browser().get(AUDIT))


def test_the_doctor_counts_a_week(cast):
    assert last_week(datetime.now(UTC)) == ""
    record(verb="sign_in_failed", by=None)
    record(verb="restored", by=None, practice=cast.practice.id)
    assert last_week(datetime.now(UTC)) == "1 failed sign-ins, 1 backups put in place"
    assert last_week(datetime.now(UTC) + timedelta(days=8)) == ""


def test_a_clinician_sees_names_and_who_is_locked_sees_codes(cast):
    record(verb="hour.read", by=cast.ana.id, practice=cast.practice.id, client=cast.client.id)
    code = cast.client.id.hex[:6]
    mine = rows_of(cast.ana.browser().get(AUDIT))
    assert "Cleo" in mine
    assert code not in mine
    locked = rows_of(cast.ana.browser(locked=True).get(AUDIT))
    assert "Cleo" not in locked
    assert code in locked


def test_a_refusal_says_what_was_asked_for(cast):
    cast.eve.browser().get(reverse("ui:thread", args=[cast.client.id]))
    assert "asked for what is not theirs (process notes)" in rows_of(cast.mara.browser().get(AUDIT))


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ({"kind": "readings"}, "read an hour", "placed a legal hold"),
        ({"kind": "destroyed"}, "placed a legal hold", "read an hour"),
        ({"person": "nobody"}, "tried to sign in", "read an hour"),
        (
            {"first": date.today().isoformat(), "last": date.today().isoformat()},
            "read an hour",
            "nothing-here",
        ),
        ({"last": "2020-01-01"}, "", "read an hour"),
    ],
)
def test_what_is_looked_for_is_found_and_the_rest_is_not_shown(cast, asked, there, gone):
    record(verb="hour.read", by=cast.ana.id, practice=cast.practice.id, client=cast.client.id)
    record(verb="hold.placed", by=cast.ana.id, practice=cast.practice.id, client=cast.client.id)
    record(verb="sign_in_failed", by=None, practice=cast.practice.id)
    rows = rows_of(cast.mara.browser().post(AUDIT, asked))
    assert there in rows
    assert gone not in rows


def test_one_client_can_be_looked_for_by_name_and_a_foreign_one_not(cast):
    record(verb="hour.read", by=cast.ana.id, practice=cast.practice.id, client=cast.client.id)
    browser = cast.ana.browser()
    assert f'<option value="{cast.client.id}">Cleo</option>' in words_of(browser.get(AUDIT))
    assert "read an hour" in rows_of(browser.post(AUDIT, {"client": str(cast.client.id)}))
    assert browser.post(AUDIT, {"client": str(cast.other.id)}).status_code == 422


def test_more_than_a_page_of_what_was_looked_for_is_turned_without_an_address(cast):
    for _ in range(60):
        record(verb="hour.read", by=cast.ana.id, practice=cast.practice.id, client=cast.client.id)
    browser = cast.mara.browser()
    first = browser.post(AUDIT, {"kind": "readings"})
    assert rows_of(first).count("read an hour") == 50
    assert 'form="narrow" name="page" value="2"' in words_of(first)
    assert 0 < rows_of(browser.post(AUDIT, {"kind": "readings", "page": "2"})).count("read an hour") < 50


def test_the_audit_page_asks_few_queries(cast, django_assert_max_num_queries):
    browser = cast.ana.browser()
    browser.get(AUDIT)
    with django_assert_max_num_queries(16):
        browser.get(AUDIT)


def test_a_clinician_sees_who_read_of_their_client_and_a_colleague_does_not(cast):
    for _ in range(3):
        record(verb="hour.read", by=cast.ben.id, practice=cast.practice.id, client=cast.client.id)
    record(verb="hour.read", by=cast.ana.id, practice=cast.practice.id, client=cast.client.id)
    record(verb="hold.placed", by=cast.ben.id, practice=cast.practice.id, client=cast.client.id)
    url = reverse("ui:readers", args=[cast.client.id])
    rows = rows_of(cast.ana.browser().get(url))
    assert "Ben" in rows
    assert "read an hour" in rows
    assert ">3<" in rows
    assert "Ana" not in rows
    assert "hold" not in rows
    assert cast.eve.browser().get(url).status_code == 404
    assert url in words_of(cast.ana.browser().get(reverse("treatments:client", args=[cast.client.id])))


@pytest.mark.parametrize(
    ("system", "printed", "code", "is_encrypted"),
    [
        ("Darwin", "FileVault is On.\n", 0, True),
        ("Darwin", "FileVault is Off.\n", 0, False),
        ("Darwin", "Error: not permitted\n", 1, None),
        ("Windows", "", 0, True),
        ("Windows", "", 1, None),
        ("Plan 9", "", 0, None),
    ],
)
def test_the_disk_of_each_system_is_asked_its_own_way(monkeypatch, system, printed, code, is_encrypted):
    monkeypatch.setattr(doctor_watch.platform, "system", lambda: system)
    monkeypatch.setattr(doctor_watch.shutil, "which", lambda name: name)
    monkeypatch.setattr(
        doctor_watch.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=printed, returncode=code)
    )
    assert doctor_watch.disk_is_encrypted() is is_encrypted


def test_a_disk_tool_that_hangs_tells_nothing(monkeypatch):
    def hangs(*args, **kwargs):
        raise subprocess.TimeoutExpired("fdesetup", 5)

    monkeypatch.setattr(doctor_watch.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(doctor_watch.shutil, "which", lambda name: name)
    monkeypatch.setattr(doctor_watch.subprocess, "run", hangs)
    assert doctor_watch.disk_is_encrypted() is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"utc__gte": "2026-03-01", "utc__lt": "2026-03-02"}, "audit_by_time"),
        ({"verb__in": ["alarm.raised", "seal.broken"], "utc__gte": "2026-03-01"}, "audit_by_verb_and_time"),
    ],
)
def test_days_and_kinds_are_asked_by_an_index(cast, asked, index):
    if connection.vendor != "sqlite":
        pytest.skip("the planner of PostgreSQL reads a small table whole")
    assert index in events_for(cast.mara.person).filter(**asked).explain()


def test_the_newest_page_is_read_without_sorting_years_of_events(cast):
    if connection.vendor != "sqlite":
        pytest.skip("the planner of PostgreSQL reads a small table whole")
    assert "TEMP B-TREE" not in events_for(cast.mara.person)[:50].explain()


@pytest.mark.django_db
def test_the_guards_of_the_audit_stand_after_its_indexes_came():
    if connection.vendor != "sqlite":
        pytest.skip("triggers of SQLite")
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from sqlite_master where type='trigger' and name like 'audit_event_%'"
        )
        assert cursor.fetchone()[0] == 3
