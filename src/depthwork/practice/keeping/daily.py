"""Backups by themselves: once a day into a folder that the practice chose, read back at once, old key files removed.

Sealing needs public recipients only, so nobody has to be signed in. On PostgreSQL the site's role does not see every
practice's rows; there a timer runs `depthwork backup` with the owner's address, and this module only tells the time.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from depthwork.practice.config.durable import forget_destroyed
from depthwork.practice.keeping import backup, diary, moving, recipients
from depthwork.practice.keeping.places import remove_aside
from depthwork.practice.keeping.watched import alone
from depthwork.practice.vault.errors import Refused, VaultError

LATE: Final = timedelta(hours=26)
EVERY: Final = timedelta(hours=24)
AGAIN: Final = timedelta(hours=1)  # after one that failed
KEYS_FOR: Final = timedelta(days=30)
DATA_FOR: Final = timedelta(days=366)
BY_ITSELF: Final = re.compile(r"(practice-\d{4}-\d\d-\d\d-\d{4}|before-upgrade-\d{8}-\d{6})\.data\.age")
LOCK: Final = "backup.lock"
ROOM: Final = 3  # times the database, free where the files go


def database_file() -> Path | None:
    """SQLite's file; None where the practice is on PostgreSQL."""
    config = settings.DATABASES["default"]
    return Path(str(config["NAME"])) if "sqlite" in config["ENGINE"] else None


def choose(home: Path, said: str) -> Path | None:
    """Keep the place, or forget it. Raises Refused, which says what is wrong with it."""
    said = said.strip()
    if said:
        _fit(home, Path(said))
        recipients.choose_place(home, Path(said))
    else:
        (home / recipients.PLACE).unlink(missing_ok=True)
    return recipients.place(home)


def _fit(home: Path, folder: Path) -> None:
    if not folder.is_absolute():
        raise Refused(_("write the whole path, from the root of the disk"))
    if not folder.is_dir():
        raise Refused(
            _("there is no such folder on this machine; make it first, and leave the disk plugged in")
        )
    inside = folder.resolve()
    if inside == home.resolve() or home.resolve() in inside.parents:
        raise Refused(
            _("that lies in the practice’s own folder: choose another disk, it would be lost with this one")
        )
    if not os.access(folder, os.W_OK):
        raise Refused(_("Depthwork may not write there"))


def is_late(home: Path, *, at: datetime, since: datetime) -> bool:
    """Whether the last backup is older than 26 hours; a practice younger than that is not reminded."""
    last = diary.last(home, "backup")
    made = datetime.fromisoformat(last["at"]) if last else since
    return at - made > LATE


def last_failure(home: Path) -> dict[str, Any] | None:
    """Why the last try came to nothing, unless a backup was made since."""
    failed, made = diary.last(home, "backup_failed"), diary.last(home, "backup")
    if failed is None or (made is not None and made["at"] > failed["at"]):
        return None
    return failed


def is_due(home: Path, *, at: datetime) -> bool:
    """Whether a backup is to be made now."""
    if recipients.place(home) is None:
        return False
    if failed := last_failure(home):
        return at - datetime.fromisoformat(failed["at"]) >= AGAIN
    last = diary.last(home, "backup")
    return last is None or at - datetime.fromisoformat(last["at"]) >= EVERY


def write_noted(
    home: Path, database: Path | None, target: Path, more: tuple[str, ...] = (), *, now: datetime
) -> tuple[backup.Manifest, int]:
    """A sealed backup, noted in the diary: its manifest, and how many people can open it. Raises VaultError."""
    forget_destroyed()  # as the owner of PostgreSQL's tables: dead rows of keys go before the copy is made
    people = sorted({*recipients.recipients(home), *more})
    if len(people) < 2:
        raise Refused(
            gettext_noop(
                "a backup is sealed to two people at least; confirm your recovery code, or run “depthwork init” again, which makes a second key"
            )
        )
    _, drill_recipient = recipients.prepare_drill(home)
    with moving.as_file(target.parent) if database is None else nullcontext(database) as source:
        manifest = backup.write(
            source, target, recipients=[*people, drill_recipient], now=now, secret=settings.SECRET_KEY
        )
    data, keys = backup.paths(target.absolute())
    diary.note(
        home, "backup", at=now.isoformat(), data=str(data), keys=str(keys),
        audit_head=manifest.audit_head, rows=sum(rows for rows, _ in manifest.tables.values()),
    )  # fmt: skip
    return manifest, len(people)


def read_back(home: Path, target: Path, *, now: datetime) -> bool:
    """Restore it into a temporary place with the drill's key, compare every table, open the canaries."""
    secret = recipients.drill_identity(home)
    if secret is None:
        return False
    data, keys = backup.paths(target)
    with tempfile.TemporaryDirectory(prefix="depthwork-drill-") as name:
        restored = Path(name) / "practice.sqlite3"
        manifest, _site = backup.restore(data, keys, identity=secret, target=restored)
        is_whole = backup.canaries_open(restored, secret) == backup.CANARIES
    rows = sum(count for count, _ in manifest.tables.values())
    diary.note(home, "drill", at=now.isoformat(), passed=is_whole, full=False, rows=rows)
    return is_whole


def expire_keys(home: Path, *, now: datetime) -> int:
    """Remove key files of backups older than 30 days: what was destroyed since must not be read from them."""
    gone = 0
    for row in diary.kept(home, "backup"):
        keys = Path(row["keys"])
        if now - datetime.fromisoformat(row["at"]) >= KEYS_FOR and keys.exists():
            keys.unlink()
            gone += 1
    return gone


def thin(home: Path, *, now: datetime) -> int:
    """Remove data files that the house made by itself: all of the last 30 days stay, and of a year the first of each month.

    Those that a person wrote with `depthwork backup` are theirs, and stay until they take them away.
    """
    there = [
        (datetime.fromisoformat(row["at"]), Path(row["data"]))
        for row in diary.kept(home, "backup")
        if BY_ITSELF.fullmatch(Path(row["data"]).name) and Path(row["data"]).is_file()
    ]
    stays = to_keep([at for at, _file in there], now=now)
    gone = [file for at, file in there if at not in stays]
    for file in gone:
        file.unlink()
    return len(gone)


def to_keep(made: Iterable[datetime], *, now: datetime) -> set[datetime]:
    """Of the days of some backups those that stay, the newest always."""
    days = sorted(made)
    stays = {at for at in days if now - at < KEYS_FOR} | set(days[-1:])
    months: set[tuple[int, int]] = set()
    for at in days:
        if now - at < DATA_FOR and (at.year, at.month) not in months:
            months.add((at.year, at.month))
            stays.add(at)
    return stays


def make_if_due(home: Path, database: Path | None, *, at: datetime, may_thin: bool = True) -> bool:
    """The day's backup, if it is time and nobody else is making it. What fails is noted, and tried again in an hour.

    While an alarm waits to be looked at, no older one is taken away (`may_thin`).
    """
    if database is None or not is_due(home, at=at):
        return False
    with alone(home / LOCK) as is_mine:
        if not is_mine or not is_due(home, at=at):
            return False
        try:
            _make(home, database, at=at, may_thin=may_thin)
        except (VaultError, OSError) as error:
            # The words of a refusal name no client; of what the system said, the kind alone is kept.
            why = str(error) if isinstance(error, VaultError) else type(error).__name__
            diary.note(home, "backup_failed", at=at.isoformat(), why=why[:200])
            return False
    return True


def _make(home: Path, database: Path, *, at: datetime, may_thin: bool) -> None:
    folder = recipients.place(home)
    if folder is None or not folder.is_dir():
        raise Refused(gettext_noop("the folder for backups is not there: is the disk plugged in?"))
    if shutil.disk_usage(folder).free < ROOM * database.stat().st_size:
        raise Refused(gettext_noop("the disk for backups is nearly full"))
    target = folder / f"practice-{at:%Y-%m-%d-%H%M}"
    write_noted(home, database, target, now=at)
    if not read_back(home, target, now=at):
        raise Refused(gettext_noop("the backup was written, and could not be read back"))
    expire_keys(home, now=at)
    remove_aside(database, now=at)
    if may_thin:
        thin(home, now=at)
