"""The tables of a practice taken back and forward, and cut in the middle: run as a process on a folder.

`python tests/trust/migrating.py round FOLDER` goes back over every later migration, one at a time, and forward again;
`... cut FOLDER TIMES` takes all of them back, then kills the way forward at a random moment, so many times;
`... forward FOLDER` brings an older practice up to date. Each prints what it found.
"""

from __future__ import annotations

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


def rows(database: Path) -> dict[str, Any]:
    """Rows and a hash of each table; how far the tables have come is no row of the practice."""
    from depthwork.practice.keeping.backup import table_hashes

    with closing(sqlite3.connect(database)) as own:
        found = table_hashes(own)
    for name in ("django_migrations", "django_content_type", "django_session", "cache"):
        found.pop(name, None)
    return found


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
    """Back over each migration and forward again: which tables differ after it, which cannot be taken back."""
    from django.db.migrations.exceptions import IrreversibleError

    database = start(folder)
    first, told = rows(database), {"tried": 0, "one_way": [], "differ": {}}
    for app, name, before in later():
        try:
            move(app, before)
        except IrreversibleError:
            told["one_way"].append(f"{app}.{name}")
            continue
        forward()
        told["tried"] += 1
        now = rows(database)
        differ = sorted(table for table in first if now.get(table) != first[table])
        if differ:
            told["differ"][f"{app}.{name}"] = differ
    return {**told, "rows": sum(count for count, _ in first.values()), "tables": len(first)}


def cut(folder: Path, times: int) -> dict[str, Any]:
    """Kills of the way forward: each leaves the older or the newer tables, and the next start goes on from there."""
    from django.db import connection

    database = start(folder)
    first, draw, halves, whole = rows(database), random.Random(11), [], 0
    for app, _name, before in later():
        move(app, before)
    connection.close()
    old = database.read_bytes()
    began = time.perf_counter()
    forward()
    takes = time.perf_counter() - began
    if rows(database) != first:
        return {"halves": ["forward"], "times": 0, "whole": 0}
    for n in range(times):
        database.write_bytes(old)
        for ending in ("-journal", "-wal", "-shm"):
            database.with_name(database.name + ending).unlink(missing_ok=True)
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
        if not sound or rows(database) != first:
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
