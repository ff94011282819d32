"""That the database does what it was told to: each new connection is asked back, and what was destroyed leaves its files."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import DatabaseError, OperationalError, connection
from django.db.backends.signals import connection_created

# As SQLite answers: what is written ON, FULL or MEMORY comes back as a number.
ANSWERS = {"WAL": "wal", "DELETE": "delete", "ON": 1, "FULL": 2, "EXTRA": 3, "MEMORY": 2, "0": 0}
PATIENCE_MS = 10_000  # other readers end their looking long before
KEY_TABLES = ("vault_data_key", "vault_grant", "vault_item_key", "vault_keyring", "vault_escrow_share")


class NotAsAsked(OperationalError):
    """SQLite works in another mode than it was told to. Nothing is read or written then."""


def asked(command: str) -> dict[str, str]:
    """The pragmas of a connection's first command: name to value."""
    parts = (one.strip().removeprefix("PRAGMA ").partition("=") for one in command.split(";"))
    return {name: value for name, _equals, value in parts if value}


def ask_back(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Read every pragma back, beside Django's cursor. Raises NotAsAsked where one does not hold; refuses the connection."""
    if connection.vendor != "sqlite":
        return
    own = connection.connection
    for name, value in asked(connection.settings_dict.get("OPTIONS", {}).get("init_command", "")).items():
        if name == "journal_mode" and connection.is_in_memory_db():
            continue  # a database of tests, which has no file to keep safe
        row = own.execute(f"PRAGMA {name}").fetchone()
        # Without memory mapping in its library, SQLite answers nothing to mmap_size: there is none then.
        if (0 if row is None else row[0]) != ANSWERS.get(value):
            connection.close()
            raise NotAsAsked(
                f"SQLite was told {name}={value} and answers {row and row[0]}: words could be lost or left behind;"
                " put the practice on a disk of this machine (not a network folder), and use the SQLite it came with"
            )


def forget_destroyed() -> bool:
    """After keys were destroyed and that is committed: out of SQLite's log, out of PostgreSQL's dead rows.

    SQLite overwrites what it deletes (`secure_delete`) in the database file; its write-ahead log still holds the page
    as it was until it is cut to nothing, for which other readers are waited for. PostgreSQL keeps dead rows until a
    vacuum, which only the owner of the tables may order: as the site's role this does nothing, and the next
    `depthwork backup` does it. Gives whether all of it is gone now.
    """
    if connection.in_atomic_block:
        return False
    # What was destroyed is destroyed: an error here, over its traces, is no answer to whoever asked for it.
    with suppress(DatabaseError), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            usual = connection.settings_dict["OPTIONS"].get("timeout", 5)
            cursor.execute(f"pragma busy_timeout={PATIENCE_MS}")
            cursor.execute("pragma wal_checkpoint(truncate)")
            busy: int = cursor.fetchone()[0]
            cursor.execute(f"pragma busy_timeout={int(usual * 1000)}")
            return not busy
        cursor.execute("set lock_timeout = '5s'")
        for table in KEY_TABLES:  # a role that owns nothing is only warned
            cursor.execute(f"vacuum (full) {table}")
        cursor.execute("reset lock_timeout")
        return True
    return False


def install() -> None:
    """From now on every new connection is asked."""
    connection_created.connect(ask_back, dispatch_uid="depthwork.durable")
