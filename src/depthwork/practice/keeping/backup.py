"""Backups: one consistent copy, its keys split off, both sealed to people who can restore them.

Works on the database file alone, so that a restore needs nothing but the two files and one identity.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from depthwork.practice.keeping.places import private_folder
from depthwork.practice.vault import primitives as p
from depthwork.practice.vault.age import open_file, seal_file
from depthwork.practice.vault.errors import Refused, Tampered, VaultError

KEY_TABLES = ("vault_keyring", "vault_key_pin", "vault_data_key", "vault_grant", "vault_item_key", "vault_will", "vault_will_part", "vault_escrow", "vault_escrow_share")  # fmt: skip
# Sign-ins are not restored, nor what tokens hold: one that was taken back would live again, and a backup that is kept
# long would hold keys that a destroyed client had.
FLEETING = ("django_session", "cache", "api_token_key")
SITE = "depthwork_site"
FORMAT = "depthwork-backup/1"
CANARIES = 100
_STEP = 1 << 20


class Damaged(VaultError):
    """A backup that is not what was written."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands at the head of each file: enough to tell a whole backup from a damaged one."""

    format: str
    backup: str
    part: str
    made_at: str
    tables: dict[str, list[Any]]  # name -> [rows, hash]
    audit_head: list[Any]
    sha256: str


def paths(target: Path) -> tuple[Path, Path]:
    """The two files of one backup: ciphertext, kept long; keys, kept 30 days."""
    return target.with_name(target.name + ".data.age"), target.with_name(target.name + ".keys.age")


def table_hashes(database: sqlite3.Connection) -> dict[str, list[Any]]:
    """Rows and hash of each table, whatever the order of its rows."""
    found: dict[str, list[Any]] = {}
    names = database.execute(
        "select name from sqlite_master where type='table' and name not like 'sqlite_%' order by name"
    )
    for (name,) in names.fetchall():
        rows = sorted(_row_hash(row) for row in database.execute(f'select * from "{name}"'))  # noqa: S608
        found[name] = [len(rows), hashlib.sha256(b"".join(rows)).hexdigest()]
    return found


def write(
    source: Path, target: Path, *, recipients: Sequence[str], now: datetime, secret: str = ""
) -> Manifest:
    """A backup of `source` while it is in use. Gives the manifest of the data file.

    The site's secret goes with the keys: sign-in names and second factors need it on a new machine.
    """
    if len(set(recipients)) < 2:
        raise Refused("a backup is sealed to two recipients at least; name a second with --recipient")
    if not source.exists():
        raise Refused(f"there is no database at {source}; run `depthwork init` first")
    data_file, keys_file = paths(target)
    for file in (data_file, keys_file):
        if file.exists():
            raise Refused(f"{file} exists; a backup is never overwritten, name another file")
    with private_folder(target.parent) as folder:
        data, keys = folder / "data", folder / "keys"
        with closing(sqlite3.connect(source, timeout=60)) as live, closing(sqlite3.connect(data)) as copy:
            live.backup(copy)  # one step: one state, however many write meanwhile
            copy.isolation_level = None
            copy.execute("pragma journal_mode=delete")
            copy.execute("pragma secure_delete=on")
            _whole(copy, "the database")
            head = copy.execute("select n, own from audit_event order by n desc limit 1").fetchone()
            present = {r[0] for r in copy.execute("select name from sqlite_master where type='table'")}
            copy.execute("attach ? as k", [str(keys)])
            for name in present.intersection(KEY_TABLES):
                copy.execute(f'create table k."{name}" as select * from main."{name}"')  # noqa: S608
            copy.execute(f"create table k.{SITE} (secret text)")
            copy.execute(f"insert into k.{SITE} values (?)", [secret])  # noqa: S608
            copy.execute("detach k")
            for name in present.intersection(KEY_TABLES + FLEETING):
                copy.execute(f'delete from "{name}"')  # noqa: S608
            copy.execute("vacuum")
        name = str(uuid.uuid4())
        manifests = []
        for part, file in (("data", data), ("keys", keys)):
            with closing(sqlite3.connect(file)) as copy:
                tables = table_hashes(copy)
            manifest = Manifest(
                FORMAT, name, part, now.isoformat(), tables, list(head or (0, "")), _sha(file)
            )
            _seal_file(file, manifest, folder / f"{part}.age", recipients)
            manifests.append(manifest)
        os.replace(folder / "data.age", data_file)
        os.replace(folder / "keys.age", keys_file)
        return manifests[0]


def read(file: Path, identity: str, goal: Path) -> Manifest:
    """Open one file of a backup into `goal`, and prove that it is what was written."""
    if not file.exists():
        raise Refused(f"there is no file {file}")
    try:
        opened = goal.with_suffix(".opened")
        with file.open("rb") as sealed, opened.open("wb") as out:
            open_file(sealed, out, identity)
        with opened.open("rb") as payload, goal.open("wb") as out:
            manifest = Manifest(**json.loads(payload.readline()))
            shutil.copyfileobj(payload, out, _STEP)
        opened.unlink()
    except (Tampered, ValueError, TypeError):
        raise Damaged(
            f"{file.name} does not open: another identity is needed, or the file is damaged"
        ) from None
    if manifest.format != FORMAT or manifest.sha256 != _sha(goal):
        raise Damaged(f"{file.name} is not what was written")
    with closing(sqlite3.connect(goal)) as database:
        _whole(database, file.name)
        if table_hashes(database) != manifest.tables:
            raise Damaged(f"{file.name}: a table is not what was written")
    return manifest


def restore(
    data_file: Path,
    keys_file: Path,
    *,
    identity: str,
    target: Path,
    tombstones: Iterable[Sequence[Any]] = (),
) -> tuple[Manifest, str]:
    """Put a backup back at `target`. What was destroyed after it was made stays destroyed (`tombstones`).

    Gives the manifest, and the site's secret of that day.
    """
    with private_folder(target.parent) as folder:
        data, keys = folder / "data", folder / "keys"
        manifest = read(data_file, identity, data)
        theirs = read(keys_file, identity, keys)
        if (manifest.part, theirs.part) != ("data", "keys"):
            raise Damaged("the first file must be the data file and the second the keys file of a backup")
        with closing(sqlite3.connect(data)) as database:
            database.execute("pragma secure_delete=on")
            database.execute("attach ? as k", [str(keys)])
            secret = str(database.execute(f"select secret from k.{SITE}").fetchone()[0])  # noqa: S608
            for name in theirs.tables:
                if name == SITE:
                    continue
                if name not in manifest.tables:
                    raise Damaged("the two files are of different versions; take two of the same day")
                database.execute(f'insert into main."{name}" select * from k."{name}"')  # noqa: S608
            _destroy_again(database, tombstones)
            database.commit()
            _whole(database, "the restored database")
        os.replace(data, target)
    return manifest, secret


def tombstones_in(database: Path) -> list[tuple[Any, ...]]:
    """What a database knows to be destroyed."""
    if not database.exists():
        return []
    try:
        with closing(sqlite3.connect(database)) as old:
            return old.execute(
                "select id, owner, item, compartment, destroyed_at, destroyed_by, complete_on from vault_tombstone"
            ).fetchall()
    except sqlite3.DatabaseError:
        return []


def plant_canaries(secret: str) -> Iterator[tuple[int, bytes]]:
    """Rows that a nightly drill can open with a key of its own; they say nothing of anybody."""
    key = p.Cipher(p.hkdf(secret.encode(), "depthwork/canary/1"))
    for n in range(CANARIES):
        yield n, p.seal(key, _canary_place(n), _canary(n))


def canaries_open(database: Path, secret: str) -> int:
    """How many canaries of a restored database open to what was planted."""
    key = p.Cipher(p.hkdf(secret.encode(), "depthwork/canary/1"))
    with closing(sqlite3.connect(database)) as restored:
        rows = restored.execute("select n, blob from vault_canary").fetchall()
    return sum(p.unseal(key, _canary_place(n), bytes(blob)) == _canary(n) for n, blob in rows)


def fits(secret: str, blob: bytes) -> bool:
    """Whether a canary was planted with this drill's key, and not with that of another machine."""
    return blob[1:17] == p.key_id(p.hkdf(secret.encode(), "depthwork/canary/1"))


def _canary(n: int) -> bytes:
    return f"canary {n} {hashlib.sha256(str(n).encode()).hexdigest()}".encode()


def _canary_place(n: int) -> p.Where:
    return p.Where("", "drill", "canary", "vault_canary", str(n), "blob")


def _destroy_again(database: sqlite3.Connection, tombstones: Iterable[Sequence[Any]]) -> None:
    tables = {row[0] for row in database.execute("select name from sqlite_master where type='table'")}
    # A backup of an older version has no shares yet.
    holding = [name for name in ("vault_grant", "vault_escrow_share") if name in tables]
    for row in tombstones:
        _, owner, item, compartment, at, by, _ = row
        database.execute(
            "insert or ignore into vault_tombstone"
            " (id, owner, item, compartment, destroyed_at, destroyed_by, complete_on) values (?,?,?,?,?,?,?)",
            list(row),
        )
        if item is not None:
            database.execute(
                "update vault_item_key set wrapped=null, burned_at=?, burned_by=? where item=? and burned_at is null",
                [at, by, item],
            )
            continue
        only = " and compartment=?" if compartment else ""
        names = [owner, compartment] if compartment else [owner]
        keys = f"select id from vault_data_key where owner=?{only}"  # noqa: S608
        for table in holding:
            database.execute(f"delete from {table} where data_key_id in ({keys})", names)  # noqa: S608
        database.execute(f"delete from vault_data_key where owner=?{only}", names)  # noqa: S608
        database.execute(f"delete from vault_item_key where owner=?{only}", names)  # noqa: S608


def _whole(database: sqlite3.Connection, what: str) -> None:
    try:
        says = database.execute("pragma integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        says = str(error)
    if says != "ok":
        raise Damaged(f"{what} is damaged ({str(says)[:60]}); take an earlier backup")


def _seal_file(file: Path, manifest: Manifest, goal: Path, recipients: Sequence[str]) -> None:
    payload = file.with_suffix(".payload")
    with payload.open("wb") as out, file.open("rb") as body:
        out.write(json.dumps(asdict(manifest)).encode() + b"\n")
        shutil.copyfileobj(body, out, _STEP)
    with payload.open("rb") as plain, goal.open("wb") as out:
        seal_file(plain, out, recipients)
        out.flush()
        os.fsync(out.fileno())
    payload.unlink()


def _row_hash(row: tuple[Any, ...]) -> bytes:
    digest = hashlib.sha256()
    for value in row:
        raw = value if isinstance(value, bytes) else str(value).encode()
        digest.update(type(value).__name__[0].encode() + len(raw).to_bytes(8, "big") + raw)
    return digest.digest()


def _sha(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
