"""Backups by themselves: made once a day where the practice chose, read back, and missed aloud."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from depthwork.practice.keeping import backup, daily, diary, recipients, watched
from depthwork.practice.ui import minutes
from depthwork.practice.vault.age import new_identity
from depthwork.practice.vault.errors import Refused
from depthwork.practice.vault.models import Keyring

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PAGE = "/practice/backups/"
pytestmark = pytest.mark.django_db(transaction=True)  # a copy is made of what is committed


@pytest.fixture
def home(cast, tmp_path, settings):
    """A practice's folder with its drill, two people who can open a backup, and another disk."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    (tmp_path / "disk").mkdir()
    for n in range(2):
        recipients.add(settings.HOME, new_identity()[1], f"person {n}")
    recipients.prepare_drill(settings.HOME)
    return settings.HOME


@pytest.fixture
def database(home):
    """The tables of this test as a file."""
    if connection.vendor != "sqlite":
        pytest.skip("a practice on PostgreSQL is backed up by command, which tests/trust drills")
    file = home / "practice.sqlite3"
    with closing(sqlite3.connect(file)) as out:
        connection.connection.backup(out)
    return file


def chosen(home):
    return daily.choose(home, str(home.parent / "disk"))


def test_a_day_has_one_backup_that_was_read_back(home, database):
    chosen(home)
    assert daily.make_if_due(home, database, at=NOW)
    assert not daily.make_if_due(home, database, at=NOW + timedelta(hours=23))
    drill = diary.last(home, "drill")
    assert (drill["passed"], drill["at"]) == (True, NOW.isoformat())
    assert drill["rows"] == diary.last(home, "backup")["rows"] > 0
    assert daily.make_if_due(home, database, at=NOW + timedelta(hours=24))
    assert len(list((home.parent / "disk").glob("*.data.age"))) == 2


def test_without_a_folder_nothing_is_made(home, database):
    assert not daily.make_if_due(home, database, at=NOW)
    assert diary.last(home, "backup") is None


def test_key_files_older_than_a_month_go_and_the_data_stays(home, database):
    chosen(home)
    daily.make_if_due(home, database, at=NOW)
    daily.make_if_due(home, database, at=NOW + timedelta(days=30))
    disk = home.parent / "disk"
    assert len(list(disk.glob("*.data.age"))) == 2
    assert [file.name for file in disk.glob("*.keys.age")] == ["practice-2026-12-22-0300.keys.age"]


def test_a_disk_that_is_not_there_is_noted_and_tried_again_in_an_hour(home, database):
    chosen(home)
    (home.parent / "disk").rmdir()
    assert not daily.make_if_due(home, database, at=NOW)
    assert "is the disk plugged in?" in daily.last_failure(home)["why"]
    assert not daily.is_due(home, at=NOW + timedelta(minutes=59))
    (home.parent / "disk").mkdir()
    assert daily.make_if_due(home, database, at=NOW + timedelta(hours=1))
    assert daily.last_failure(home) is None


def test_a_disk_that_is_nearly_full_is_not_filled(home, database, monkeypatch):
    chosen(home)
    full = type("Usage", (), {"free": database.stat().st_size})()
    monkeypatch.setattr(daily.shutil, "disk_usage", lambda _: full)
    assert not daily.make_if_due(home, database, at=NOW)
    assert daily.last_failure(home)["why"] == "the disk for backups is nearly full"


def test_a_backup_that_cannot_be_read_back_is_a_failure(home, database, monkeypatch):
    chosen(home)
    monkeypatch.setattr(backup, "canaries_open", lambda *_: 99)
    assert not daily.make_if_due(home, database, at=NOW)
    assert "could not be read back" in diary.last(home, "backup_failed")["why"]
    assert daily.is_due(home, at=NOW + timedelta(hours=1))
    assert diary.last(home, "drill")["passed"] is False


def test_for_one_person_alone_no_backup_is_sealed(home, database):
    Keyring.objects.update(backup_recipient="")
    (home / "recipients").write_text(new_identity()[1] + "\n")
    chosen(home)
    assert not daily.make_if_due(home, database, at=NOW)
    assert "two people at least" in daily.last_failure(home)["why"]


def test_two_workers_make_one(home, database):
    chosen(home)
    with watched.alone(home / daily.LOCK) as first:
        assert first
        assert not daily.make_if_due(home, database, at=NOW)
    assert daily.make_if_due(home, database, at=NOW)


def test_each_minute_looks_whether_one_is_due(home, database, monkeypatch):
    chosen(home)
    for other in ("tick", "burn_what_is_due", "rederive_hours", "close_idle"):
        monkeypatch.setattr(minutes, other, lambda **_: None)
    monkeypatch.setattr(minutes, "database_file", lambda: database)
    minutes.each_minute(at=NOW)
    assert diary.last(home, "backup")["at"] == NOW.isoformat()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("backups", "whole path"),
        ("/there/is/no/such/folder", "no such folder"),
        ("HOME", "own folder"),
        ("HOME/backups", "own folder"),
    ],
)
def test_a_place_that_does_not_serve_is_refused_with_the_reason(home, said, why):
    (home / "backups").mkdir()
    with pytest.raises(Refused, match=why):
        daily.choose(home, said.replace("HOME", str(home)))
    assert recipients.place(home) is None


def test_a_manager_chooses_the_place_and_a_clinician_cannot(cast, home):
    disk = str(home.parent / "disk")
    assert cast.ana.browser().get(PAGE).status_code == 404
    if connection.vendor == "postgresql":  # there the page names the command, and asks for no folder
        page = cast.mara.browser().get(PAGE).content.decode()
        assert "depthwork backup FILE" in page
        assert 'name="folder"' not in page
        return
    assert cast.mara.browser().post(PAGE, {"folder": disk}).status_code == 302
    assert str(recipients.place(home)) == disk
    wrong = cast.mara.browser().post(PAGE, {"folder": "here"})
    assert wrong.status_code == 422
    assert "whole path" in wrong.content.decode()


def test_after_twenty_six_hours_a_manager_is_told_on_the_first_pages(cast, home):
    said = "No backup was made for more than 26 hours."
    cast.mara.person.roles = ["clinician", "manager"]
    cast.mara.person.save()
    browser = cast.mara.browser()
    assert said not in browser.get("/today/").content.decode()  # the practice is younger than that
    diary.note(home, "backup", at=(datetime.now(UTC) - timedelta(hours=27)).isoformat(), keys="k", data="d")
    for page in ("/today/", "/practice/", PAGE):
        assert said in browser.get(page).content.decode()
    assert said not in cast.ana.browser().get("/today/").content.decode()
    diary.note(home, "backup", at=(datetime.now(UTC) - timedelta(hours=25)).isoformat(), keys="k", data="d")
    assert said not in browser.get("/today/").content.decode()


def made_by_itself(home, at, name=None):
    folder = home.parent / "disk"
    target = folder / (name or f"practice-{at:%Y-%m-%d-%H%M}")
    data, keys = backup.paths(target)
    data.write_bytes(b"sealed")
    diary.note(home, "backup", at=at.isoformat(), data=str(data), keys=str(keys), rows=1)
    return data


def test_of_two_years_of_backups_the_last_month_and_the_first_of_each_month_stay(home):
    files = {NOW - timedelta(days=n): made_by_itself(home, NOW - timedelta(days=n)) for n in range(730)}
    gone = daily.thin(home, now=NOW)
    left = sorted(at for at, file in files.items() if file.exists())
    assert gone == 730 - len(left)
    assert sum(NOW - at < timedelta(days=30) for at in left) == 30
    assert left[0] > NOW - timedelta(days=366)
    assert {at.day for at in left if NOW - at > timedelta(days=60)} <= {1, left[0].day}
    assert len(left) <= 43
    assert daily.thin(home, now=NOW) == 0


def test_the_newest_stays_however_old_it_is(home):
    only = made_by_itself(home, NOW - timedelta(days=900))
    assert daily.thin(home, now=NOW) == 0
    assert only.exists()


@pytest.mark.parametrize("name", ["mine", "practice-2024-01-05", "practice-2024-01-05-101112"])
def test_what_a_person_wrote_is_theirs(home, name):
    mine = made_by_itself(home, NOW - timedelta(days=900), name)
    made_by_itself(home, NOW)
    assert daily.thin(home, now=NOW) == 0
    assert mine.exists()


def test_the_day_s_backup_thins_the_older_ones_unless_an_alarm_waits(home, database):
    chosen(home)
    old = [made_by_itself(home, NOW - timedelta(days=n)) for n in (700, 500)]
    daily.make_if_due(home, database, at=NOW, may_thin=False)
    assert all(one.exists() for one in old)
    daily.make_if_due(home, database, at=NOW + timedelta(days=1))
    assert not any(one.exists() for one in old)
