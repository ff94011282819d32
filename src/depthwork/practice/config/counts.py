"""What the workers count together for a short time: tries at the door, letters from one place, codes already used.

A file of its own beside the practice, which the system may write when it likes. In the practice's database each count
would be a durable transaction of its own, a dozen for one sign-in, and fifty people at the door would keep everybody
from writing. No clinical text comes here. After a power cut the file may be damaged: then the counting begins anew.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

SWEPT_ONE_IN = 64
_ABSENT = object()


class Counts(BaseCache):
    """Django's cache on one SQLite file, opened for each act; `add` and `incr` are one step for all workers."""

    def __init__(self, file: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.file = Path(file)

    def _act(self, act: Callable[[sqlite3.Connection], Any]) -> Any:
        """One transaction. A damaged file is taken away once, and the act done on a new one."""
        for is_last in (False, True):
            try:
                with closing(sqlite3.connect(self.file, timeout=10, isolation_level=None)) as db:
                    db.execute("pragma synchronous=off")
                    db.execute("pragma journal_mode=persist")
                    db.execute("begin immediate")
                    db.execute(
                        "create table if not exists counts (key text primary key, ends real, value text)"
                    )
                    told = act(db)
                    db.execute("commit")
                    return told
            except sqlite3.OperationalError as error:  # no room, no folder: said as the system says it
                raise OSError(str(error)) from None
            except sqlite3.DatabaseError:
                if is_last:
                    raise
                self.file.unlink(missing_ok=True)
        return None  # pragma: no cover

    @staticmethod
    def _read(db: sqlite3.Connection, key: str) -> Any:
        row = db.execute(
            "select value from counts where key = ? and (ends is null or ends > ?)", (key, time.time())
        ).fetchone()
        return _ABSENT if row is None else json.loads(row[0])

    def _write(self, db: sqlite3.Connection, key: str, value: Any, timeout: Any) -> None:
        if secrets.randbelow(SWEPT_ONE_IN) == 0:
            db.execute("delete from counts where ends <= ?", (time.time(),))
        row = (key, self.get_backend_timeout(timeout), json.dumps(value))
        db.execute("insert or replace into counts (key, ends, value) values (?, ?, ?)", row)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        name = self.make_and_validate_key(key, version)
        found = self._act(lambda db: self._read(db, name))
        return default if found is _ABSENT else found

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        name = self.make_and_validate_key(key, version)
        self._act(lambda db: self._write(db, name, value, timeout))

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        name = self.make_and_validate_key(key, version)

        def act(db: sqlite3.Connection) -> bool:
            if self._read(db, name) is not _ABSENT:
                return False
            self._write(db, name, value, timeout)
            return True

        return bool(self._act(act))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        name = self.make_and_validate_key(key, version)

        def act(db: sqlite3.Connection) -> Any:
            found = self._read(db, name)
            if found is not _ABSENT:
                found += delta
                db.execute("update counts set value = ? where key = ?", (json.dumps(found), name))
            return found

        found = self._act(act)
        if found is _ABSENT:
            raise ValueError("nothing is counted under this name")
        return int(found)

    def delete(self, key: str, version: int | None = None) -> bool:
        name = self.make_and_validate_key(key, version)
        return bool(self._act(lambda db: db.execute("delete from counts where key = ?", (name,)).rowcount))

    def clear(self) -> None:
        self._act(lambda db: db.execute("delete from counts"))
