"""T14: a burst of destruction is noticed within a minute and told; what a practice does itself is not taken for one."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from depthwork.practice.audit.actions import record
from depthwork.practice.audit.models import Event
from depthwork.practice.keeping import diary, sampling, watched
from depthwork.practice.tracking.actions import watch
from depthwork.practice.treatments.actions.renewing import renew_all
from depthwork.practice.treatments.models import Client, Session, Treatment
from depthwork.practice.ui import alarm, erasing, minutes
from depthwork.practice.ui.doctor import findings, look_now
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import DataKey, Grant, ItemKey
from depthwork.practice.vault.unlocked import opened
from tests.cast import client_of, treatment_of
from tests.trust.conftest import run as started
from tests.trust.figures import Tried, figure

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def practice(cast, home):
    """Eight clients of Ana's and twelve hours with each, looked at once."""
    cast.clients = [cast.client]
    for n in range(7):
        cast.clients.append(client_of(cast.ana, f"Client {n}", office=(cast.mara,)))
        treatment_of(cast.ana, cast.clients[-1], hours=12)
    for _ in range(5):
        record(verb="today.read", by=cast.ana.id, practice=cast.practice.id)
    assert look() == []
    return cast


def look(minutes=0):
    """The kinds of alarm that one look raised: on SQLite every practice of the file is told of what befell the file."""
    return sorted(set(alarm.look(at=datetime.now(UTC) + timedelta(minutes=minutes))))


def run(sql, values=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def cells(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"select id, {column} from {table} where {column} is not null")
        return [(pk, bytes(blob)) for pk, blob in cursor.fetchall()]


def write_cells(table, column, change, share=1.0):
    rows = cells(table, column)
    for pk, blob in rows[: int(len(rows) * share)]:
        run(f"update {table} set {column} = %s where id = %s", [change(blob), pk])


SEALED = (
    ("treatments_session", "kept_line"), ("treatments_client", "name"), ("treatments_client", "called"),
    ("treatments_client", "details"), ("treatments_client", "contact"), ("treatments_frame", "terms"),
    ("treatments_treatment", "focus"),
)  # fmt: skip


def everywhere(change):
    for table, column in SEALED:
        names = {c.name for c in connection.introspection.get_table_description(connection.cursor(), table)}
        if column in names:
            write_cells(table, column, change)


def cut_audit():
    for act in ("update", "delete"):
        run(f"drop trigger audit_event_no_{act}")
    run("delete from audit_event where n > 1")


BURSTS = {
    "every second hour deleted": (lambda cast: run("delete from treatments_session where number %% 2 = 0"), "lost"),
    "every hour deleted": (lambda cast: run("delete from treatments_session"), "lost"),
    "kept lines emptied": (lambda cast: run("update treatments_session set kept_line = null"), "lost"),
    "every tenth cell encrypted by a stranger": (lambda cast: write_cells("treatments_session", "kept_line", lambda blob: os.urandom(len(blob)), 0.4), "broken"),
    "cells of all tables encrypted": (lambda cast: everywhere(lambda blob: os.urandom(len(blob) + 7)), "broken"),
    "cells replaced by a note of ransom": (lambda cast: everywhere(lambda blob: b"pay here"), "broken"),
    "words sealed under a key of the stranger's": (lambda cast: everywhere(lambda blob: blob[:1] + b"k" * 16 + blob[17:]), "broken"),
    "words overwritten behind their headers": (lambda cast: everywhere(lambda blob: blob[:29] + os.urandom(len(blob) - 29)), "changed"),
    "data keys overwritten": (lambda cast: run("update vault_data_key set inbox_private = zeroblob(300)"), "broken"),
    "grants deleted": (lambda cast: run("delete from vault_grant"), "lost"),
    "private keys overwritten": (lambda cast: run("update vault_keyring set private_by_passphrase = zeroblob(301)"), "broken"),
    "the audit cut off": (lambda cast: cut_audit(), "audit"),
}  # fmt: skip


@pytest.mark.skipif(connection.vendor != "sqlite", reason="statements of SQLite")
@figure(
    "T14",
    tried="bursts planted in a filled practice: rows deleted, emptied, encrypted, keys and audit destroyed",
    passes="all noticed at the next minute's look, in the audit, on Today and by doctor",
)
def test_every_burst_is_noticed_at_the_next_look(practice):
    missed = []
    for name, (burst, kind) in BURSTS.items():
        with transaction.atomic():
            assert look() == [], f"before: {name}"
            burst(practice)
            raised = look()
            if kind not in raised:
                missed.append((name, raised))
            transaction.set_rollback(True)
        watched_again()
    assert missed == []
    return Tried(len(BURSTS), f"noticed {len(BURSTS)}")


def watched_again():
    """The database is as before; so is what the watch remembers of it."""
    from django.conf import settings

    (settings.HOME / watched.FILE).unlink()
    look()


def renewed(cast):
    with opened(cast.ana.unlocked):
        for one in cast.clients:
            renew_all(client=one.id, by=cast.ana.person)


def one_erased(cast):
    Client.objects.filter(id=cast.clients[1].id).update(state=Client.State.ENDED)
    with opened(cast.ana.unlocked):
        erasing.erase(client=Client.objects.get(id=cast.clients[1].id), why="asked_for", by=cast.ana.person)


def many_came(cast):
    for n in range(12):
        treatment_of(cast.ana, client_of(cast.ana, f"New {n}"), hours=2)


def an_hour_of_work(cast):
    with opened(cast.ana.unlocked):
        for row in Session.objects.filter(client__in=[one.id for one in cast.clients[:3]])[:20]:
            row.kept_line = "said anew"
            row.save()
        for one in cast.clients:
            one.contact = {"phone": "0161 496 0002"}
            one.save()


def planned_hours_let_go(cast):
    treatment = Treatment.objects.get(client=cast.clients[2].id)
    planned = [
        Session(
            client=cast.clients[2], treatment=treatment, clinician=cast.ana.person, day=day.date(), wall_time=day.time(),
            zone="Europe/London", starts_at=day, status="planned",
        )
        for day in (datetime(2027, 1, 5, 17, tzinfo=UTC) + timedelta(weeks=n) for n in range(60))
    ]  # fmt: skip
    Session.objects.bulk_create(planned)
    watched_again()
    Session.objects.filter(status="planned").delete()


def notes_destroyed_as_willed(cast):
    with opened(cast.ana.unlocked):
        for one in cast.clients[:4]:
            vault.shred(owner=one.id, by=cast.ana.id, compartment="process_notes")


def sharing_ended(cast):
    with opened(cast.ana.unlocked):
        for one in cast.clients:
            vault.take_back(owner=one.id, reader=cast.mara.id)


def restored(cast):
    """A restore puts the state of an earlier day in place, and says so in the audit."""
    run("delete from treatments_session where number > 2")
    record(verb="restored", by=None, practice=cast.practice.id, object_type="backup", object_id="x")


def passphrases_changed(cast):
    for one in (cast.ana, cast.eve, cast.ben, cast.mara):
        vault.change_passphrase(unlocked=one.unlocked, new_root=os.urandom(32))


ORDINARY = (
    renewed, one_erased, many_came, an_hour_of_work, planned_hours_let_go, notes_destroyed_as_willed,
    sharing_ended, restored, passphrases_changed,
)  # fmt: skip


@figure(
    "T14",
    tried="what a practice does itself: keys of all renewed, a client erased, a dozen taken in, a will carried out, a restore",
    passes="false alarms 0",
)
def test_what_a_practice_does_itself_raises_no_alarm(practice):
    false = []
    for act in ORDINARY:
        with transaction.atomic():
            act(practice)
            if raised := look():
                false.append((act.__name__, raised))
            transaction.set_rollback(True)
        watched_again()
    assert false == []
    return Tried(len(ORDINARY), "false alarms 0")


def test_five_clients_destroyed_within_an_hour_are_told_whoever_did_it(practice):
    for n, one in enumerate(practice.clients[:5]):
        record(verb="client.erased", by=practice.ana.id, practice=practice.practice.id, client=one.id)
        assert look() == (["destroyed"] if n == 4 else [])


def test_a_practice_that_once_destroyed_as_many_is_not_alarmed(practice, monkeypatch):
    for one in practice.clients[:5]:
        record(verb="client.erased", by=practice.ana.id, practice=practice.practice.id, client=one.id)
    monkeypatch.setattr(alarm, "_most_in_an_hour", lambda acts: 2)
    assert look() == []


def test_the_busiest_hour_counts_clients_and_not_acts():
    told = [("2026-03-01T10:05:00", 1), ("2026-03-01T10:55:00", 1), ("2026-03-01T10:56:00", 2), ("2026-03-01T11:00:00", 3)]  # fmt: skip
    assert alarm._most_in_an_hour(told) == 2
    assert alarm._most_in_an_hour([]) == 0


@pytest.mark.parametrize("harm", ["altered", "gone"])
def test_the_file_that_is_there_to_be_harmed_is_missed(practice, home, harm):
    file = home / watched.CANARY
    file.write_bytes(os.urandom(200)) if harm == "altered" else file.unlink()
    assert look() == ["canary"]
    assert watched.canary_is_whole(home)


def test_an_alarm_is_told_on_today_by_mail_by_doctor_and_in_the_diary(practice, home, settings, mailoutbox):
    from dataclasses import replace

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MAIL = replace(settings.MAIL, host="mail.example.org")
    watch.set_address(by=practice.mara.person, address="mara@example.org")
    watch.set_address(by=practice.ana.person, address="ana@example.org")
    Session.objects.all()._raw_delete("default")
    assert look() == ["lost"]
    assert [one.to for one in mailoutbox] == [["mara@example.org"]]
    assert "Cleo" not in mailoutbox[0].body
    page = practice.mara.browser().get("/today/").content.decode()
    assert "Much changed at once" in page
    assert "are gone, and nobody here burned or erased them" in page
    assert "Much changed at once" in practice.mara.browser().get("/practice/").content.decode()
    assert "Much changed at once" not in practice.ana.browser().get("/today/").content.decode()
    assert "alarm" in {one.code for one in findings(look_now(home))}
    assert diary.last(home, "alarm")["kind"] == "lost"


def test_it_stands_until_somebody_who_runs_the_practice_has_looked(practice):
    Session.objects.all()._raw_delete("default")
    look()
    assert practice.ana.browser().post("/practice/alarm/seen/").status_code == 404
    assert practice.mara.browser().post("/practice/alarm/seen/").status_code == 302
    assert "Much changed at once" not in practice.mara.browser().get("/today/").content.decode()
    assert Event.objects.filter(verb="alarm.seen", actor=practice.mara.id).count() == 1


def test_what_goes_on_is_told_again_after_an_hour_and_not_before(practice):
    Session.objects.filter(number__gt=3)._raw_delete("default")
    assert look() == ["lost"]
    Session.objects.all()._raw_delete("default")
    assert look(minutes=1) == []
    assert Event.objects.filter(verb="alarm.raised", practice=practice.practice.id).count() == 1


def test_a_practice_without_a_manager_tells_its_clinicians(practice):
    practice.mara.person.roles = ["supervisor"]
    practice.mara.person.save()
    assert {one.id for one in alarm.who_runs(practice.practice.id)} == {practice.ana.id, practice.eve.id}


def test_what_happened_while_nobody_served_is_seen_at_the_next_start(practice):
    Session.objects.all()._raw_delete("default")
    assert look(minutes=60 * 24 * 5) == ["lost"]


def test_two_workers_look_once(practice, home):
    Session.objects.all()._raw_delete("default")
    with watched.alone(home / watched.LOCK) as is_mine:
        assert is_mine
        assert look() == []
    assert look() == ["lost"]


def test_a_look_that_fails_keeps_nothing_of_the_minute_back(practice, monkeypatch, caplog):
    done = []
    monkeypatch.setattr(minutes, "look", lambda *, at: 1 / 0)
    monkeypatch.setattr(minutes, "make_if_due", lambda *args, **more: done.append(more["may_thin"]))
    minutes.each_minute(at=datetime.now(UTC))
    assert done == [True]
    assert "ZeroDivisionError" in caplog.text


def test_while_an_alarm_waits_no_older_backup_is_taken_away(practice, monkeypatch):
    Session.objects.all()._raw_delete("default")
    look()
    told = []
    monkeypatch.setattr(minutes, "make_if_due", lambda *args, **more: told.append(more["may_thin"]))
    minutes.each_minute(at=datetime.now(UTC))
    practice.mara.browser().post("/practice/alarm/seen/")
    record(verb="alarm.seen", by=practice.dov.id, practice=practice.elsewhere.id)
    minutes.each_minute(at=datetime.now(UTC))
    assert told == [False, True]


def test_what_is_kept_of_the_sample_holds_no_word_and_reads_to_nobody_else(practice, home):
    file = home / watched.FILE
    told = file.read_text()
    assert "line of hour" not in told
    assert "Cleo" not in told
    assert file.stat().st_mode & 0o077 == 0


def test_a_file_of_the_watch_that_does_not_read_begins_anew(practice, home):
    (home / watched.FILE).write_text("{not json")
    assert look() == []
    assert watched.last(home, "") is not None


def test_each_table_gives_its_share_and_fleeting_ones_none(practice):
    for n in range(2):
        client_of(practice.ana, f"Another {n}")
    tables = {one.table for one in sampling.draw()}
    assert {"treatments.Session", "treatments.Client", "vault.DataKey", "vault.Keyring"} <= tables
    assert not tables & sampling.FLEETING
    assert DataKey.objects.count() > sampling.EACH > ItemKey.objects.count()
    assert sum(one.table == "vault.DataKey" for one in sampling.draw()) == sampling.EACH


def test_the_shape_of_a_sealed_value_is_known():
    assert sampling.is_sealed(b"\x01" + bytes(28) + bytes(256) + bytes(16))
    for wrong in (b"", b"pay", b"\x02" + bytes(300), b"\x01" + bytes(299), b"\x01" + bytes(28) + bytes(16)):
        assert not sampling.is_sealed(wrong)


def test_the_bounds_are_those_of_the_decision():
    assert (sampling.BROKEN_AT, sampling.LOST_OF_A_TABLE, sampling.LOST_OF_ALL, sampling.CHANGED_OF_ALL) == (
        3, (8, 0.25), (20, 0.1), (30, 0.5),
    )  # fmt: skip
    assert (alarm.FLOOR, alarm.BEYOND) == (5, 3)


def test_keys_that_were_shared_again_are_the_same_keys(practice):
    with opened(practice.ana.unlocked):
        for one in practice.clients:
            vault.share(owner=one.id, compartments=["record"], reader=practice.eve.id, purpose="cover")
    assert Grant.objects.filter(purpose="cover").count() == len(practice.clients)
    assert look() == []


WATCHED_WHILE_FILLED = """
import json, os, sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
os.environ["DEPTHWORK_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1], "depthwork.practice.config.settings"
Path(sys.argv[1]).mkdir(mode=0o700)
import django
django.setup()
from django.core.management import call_command
from depthwork.cli.demo import fiction_root
from depthwork.practice.config.tables import make_tables
from depthwork.practice.keeping import sampling, watched
from depthwork.practice.ui import alarm
from depthwork.practice.ui.fiction import fill
make_tables()
raised, hour = [], alarm.HOUR

def look(said):
    for alarm.HOUR in (hour, timedelta(0)):  # against the rows of the first room, then against those of the last
        raised.extend(alarm.look(at=datetime.now(UTC)))

fill(fiction_root(), today=date.today(), say=look)
alarm.HOUR = hour
raised.extend(alarm.look(at=datetime.now(UTC)))
print(json.dumps([raised, len(sampling.draw())]))
"""


@pytest.mark.slow
@figure(
    "T14",
    tried="the fictional practice filled room by room, looked at after each",
    passes="false alarms 0",
    tier="nightly",
)
def test_filling_a_whole_practice_raises_no_alarm(tmp_path):
    done = started("-c", WATCHED_WHILE_FILLED, tmp_path / "home")
    assert done.returncode == 0, done.stderr[-2000:]
    raised, drawn = json.loads(done.stdout.splitlines()[-1])
    assert raised == []
    assert drawn > 400
    return Tried(1, f"false alarms 0, {drawn} rows in the sample")
