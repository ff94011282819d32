"""The tables of a practice taken back and forward, and cut in the middle: run as a process on a folder.

`python tests/trust/migrating.py round FOLDER` goes back over every later migration, one at a time, and forward again;
`... cut FOLDER TIMES` takes all of them back, then kills the way forward at a random moment, so many times;
`... forward FOLDER` brings an older practice up to date. Each prints what it found.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any


def start(folder: Path) -> Path:
    """Django on that folder; gives its database."""
    os.environ["DEPTHWORK_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "depthwork.practice.config.settings"
    import django

    django.setup()
    return folder / "practice.sqlite3"


ASIDE = ("django_migrations", "django_content_type", "django_session", "cache")  # no row of the practice


def columns(database: Path) -> dict[str, list[str]]:
    """The tables of the practice, and what each row of them holds."""
    with closing(sqlite3.connect(database)) as own:
        names = [row[0] for row in own.execute("select name from sqlite_master where type = 'table'")]
        return {
            name: sorted(row[1] for row in own.execute(f'pragma table_info("{name}")'))
            for name in sorted(names)
            if not name.startswith("sqlite_") and name not in ASIDE
        }


def rows(database: Path, known: dict[str, list[str]]) -> dict[str, Any]:
    """Rows and a hash of each table, by the columns that are known to both sides."""
    found, here = {}, columns(database)
    with closing(sqlite3.connect(database)) as own:
        for name, held in known.items():
            if name not in here:
                found[name] = None
                continue
            wanted = ", ".join(f'"{one}"' for one in held if one in here[name])
            cells = sorted(map(repr, own.execute(f'select {wanted} from "{name}"')))
            found[name] = (len(cells), hashlib.sha256("\n".join(cells).encode()).hexdigest())
    return found


def both(old: dict[str, list[str]], new: dict[str, list[str]]) -> dict[str, list[str]]:
    """What an older and a newer version both know. What only the newer knows goes with the way back, as it must."""
    return {name: [one for one in held if one in new[name]] for name, held in old.items() if name in new}


def later() -> list[tuple[str, str, str]]:
    """(app, migration, the one before it) of every migration after an app's first, the newest first."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    ours = [
        key
        for key, one in loader.graph.nodes.items()
        if loader.get_migration(*key).__module__.startswith("depthwork.")
    ]
    order: list[tuple[str, str]] = []
    for key in sorted(ours):
        for one in loader.graph.forwards_plan(key):
            if one not in order:
                order.append(one)
    found = []
    for app, name in reversed(order):
        before = [other for a, other in order[: order.index((app, name))] if a == app]
        if (app, name) in ours and before:
            found.append((app, name, before[-1]))
    return found


def move(app: str, name: str | None = None) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", *([app, name] if name else [app]), verbosity=0, interactive=False)
    connection.close()


def forward() -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    connection.close()


def round_trip(folder: Path) -> dict[str, Any]:
    """Back over each migration and forward again: which tables differ after it, which cannot be taken back.

    Compared is what the older version knows too. Each trip begins with the whole practice.
    """
    from django.db.migrations.exceptions import IrreversibleError

    database = start(folder)
    whole, newest, told = database.read_bytes(), columns(database), {"tried": 0, "one_way": [], "differ": {}}
    counted = sum(found[0] for found in rows(database, newest).values())
    for app, name, before in later():
        put(database, whole)
        try:
            move(app, before)
        except IrreversibleError:
            told["one_way"].append(f"{app}.{name}")
            continue
        known = both(columns(database), newest)
        forward()
        told["tried"] += 1
        now = rows(database, known)
        put(database, whole)
        first = rows(database, known)
        differ = sorted(table for table in first if now.get(table) != first[table])
        if differ:
            told["differ"][f"{app}.{name}"] = differ
    put(database, whole)
    return {**told, "rows": counted, "tables": len(newest)}


def put(database: Path, whole: bytes) -> None:
    """The practice as it was, and nothing of a journal beside it."""
    database.write_bytes(whole)
    for ending in ("-journal", "-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def cut(folder: Path, times: int) -> dict[str, Any]:
    """Kills of the way forward: each leaves the older or the newer tables, and the next start goes on from there."""
    from django.db import connection
    from django.db.migrations.exceptions import IrreversibleError

    database = start(folder)
    original, newest, draw, halves, whole = database.read_bytes(), columns(database), random.Random(11), [], 0
    for app, _name, before in later():
        try:
            move(app, before)
        except IrreversibleError:
            continue
    connection.close()
    old, known = database.read_bytes(), both(columns(database), newest)
    began = time.perf_counter()
    forward()
    takes = time.perf_counter() - began
    after = rows(database, known)
    put(database, original)
    if after != rows(database, known):
        return {"halves": ["forward"], "times": 0, "whole": 0}
    for n in range(times):
        put(database, old)
        child = os.fork()
        if child == 0:
            try:
                forward()
            finally:
                os._exit(0)
        time.sleep(draw.uniform(0, takes))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        whole += status == 0
        with closing(sqlite3.connect(database)) as own:
            sound = own.execute("pragma integrity_check").fetchone()[0] == "ok"
        forward()
        if not sound or rows(database, known) != after:
            halves.append(n)
    return {"halves": halves, "times": times, "whole": whole, "seconds": round(takes, 2)}


if __name__ == "__main__":
    act, folder = sys.argv[1], Path(sys.argv[2])
    if act == "round":
        print(json.dumps(round_trip(folder)))
    elif act == "cut":
        print(json.dumps(cut(folder, int(sys.argv[3]))))
    else:
        start(folder)
        forward()
        print("{}")
