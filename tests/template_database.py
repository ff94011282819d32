"""The tests' empty SQLite database, migrated once and copied from then on: a run of one file need not migrate anew."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

PRACTICE = Path(__file__).resolve().parent.parent / "src" / "depthwork" / "practice"
FOLDER = Path(tempfile.gettempdir()) / f"depthwork-tests-{os.getuid()}"
KEPT = 12  # templates of other states of the tree


def key() -> str:
    """What the empty database depends on: every migration, every model, and who runs them."""
    found = hashlib.sha256()
    told = [version(name) for name in ("django", "django-allauth")]
    for path in sorted(PRACTICE.rglob("*.py")):
        if "migrations" in path.parts or "models" in path.parts or path.name == "models.py":
            told += [str(path.relative_to(PRACTICE)), path.read_text()]
    for path in (PRACTICE / "config" / "settings.py", PRACTICE / "vault" / "fields.py"):
        told.append(path.read_text())
    found.update("\0".join(told).encode())
    return found.hexdigest()[:24]


@contextmanager
def copied() -> Iterator[None]:
    """While it lasts, a test database on SQLite is a copy of the template, which the first one becomes."""
    from django.conf import settings
    from django.db.backends.sqlite3.creation import DatabaseCreation

    plain: Any = DatabaseCreation.create_test_db

    def create_test_db(self: Any, verbosity: int = 1, autoclobber: bool = False, **options: Any) -> str:
        template = (
            FOLDER / f"{key()}-{'.'.join(map(str, self.connection.Database.sqlite_version_info))}.sqlite3"
        )
        if not template.is_file():
            name: str = plain(self, verbosity, autoclobber, **options)
            _keep(self.connection, template)
            return name
        self.connection.close()
        name = self._get_test_db_name()
        self._create_test_db(verbosity, autoclobber)
        settings.DATABASES[self.connection.alias]["NAME"] = self.connection.settings_dict["NAME"] = name
        self.connection.ensure_connection()
        source = self.connection.Database.connect(template)
        source.backup(self.connection.connection)
        source.close()
        return name

    DatabaseCreation.create_test_db = create_test_db  # type: ignore[method-assign]
    try:
        yield
    finally:
        DatabaseCreation.create_test_db = plain  # type: ignore[method-assign]


def _keep(connection: Any, template: Path) -> None:
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    half = template.with_suffix(f".{os.getpid()}")
    target = connection.Database.connect(half)
    connection.ensure_connection()
    connection.connection.backup(target)
    target.close()
    os.replace(half, template)
    for old in sorted(FOLDER.glob("*.sqlite3"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
