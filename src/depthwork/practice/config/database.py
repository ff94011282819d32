"""The database in its durable mode. Rules and reasons: `docs/decisions/0003-durable-sqlite.md`."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

FIXED_SQLITE = (3, 51, 3)  # older libraries can corrupt a WAL database with two writers


def sqlite_is_fixed() -> bool:
    """Whether WAL is safe with this library; a back-port is declared by DEPTHWORK_SQLITE_BACKPORTED=1."""
    return sqlite3.sqlite_version_info >= FIXED_SQLITE or os.environ.get("DEPTHWORK_SQLITE_BACKPORTED") == "1"


def pragmas() -> str:
    """What every SQLite connection runs first."""
    mode = ("WAL", "FULL") if sqlite_is_fixed() else ("DELETE", "EXTRA")
    return (
        f"PRAGMA journal_mode={mode[0]}; PRAGMA synchronous={mode[1]}; PRAGMA secure_delete=ON; PRAGMA mmap_size=0;"
        " PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"
    )


def database(folder: Path) -> dict[str, Any]:
    """Django's DATABASES entry: `DATABASE_URL` for PostgreSQL, otherwise SQLite in the practice's folder."""
    if url := os.environ.get("DATABASE_URL"):
        return of_url(url)
    return sqlite_file(folder / "practice.sqlite3")


def sqlite_file(file: Path) -> dict[str, Any]:
    """A SQLite database in its durable mode."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas()},
    }


def of_url(url: str) -> dict[str, Any]:
    """A PostgreSQL database by its address. Raises ValueError with words that hold no password."""
    import environ

    if not url.startswith(("postgres://", "postgresql://")):
        raise ValueError("an address begins with postgres://")
    config: dict[str, Any] = environ.Env.db_url_config(url)
    if not config.get("NAME"):
        raise ValueError("the address names no database; it ends with /depthwork, say")
    # A connection is looked at before it is used again: a server that was started anew is no error to a reader.
    return {**config, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
