"""What every command on a practice begins with: its folder, its settings, its database, and refusals in one line."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from depthwork.cli.say import refuse

in_folder = click.option(
    "--home", "folder", type=click.Path(path_type=Path), default=None,
    help="The practice's folder (default: DEPTHWORK_HOME, or ./.depthwork).",
)  # fmt: skip


def start(folder: Path | None, *, as_owner: bool = False) -> Path:
    """Settings and models of the practice in a folder. On PostgreSQL some commands work as the tables' owner."""
    if folder is not None:
        os.environ["DEPTHWORK_HOME"] = str(folder.absolute())
    if as_owner and (url := os.environ.get("DATABASE_OWNER_URL")):
        os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "depthwork.practice.config.settings")
    from depthwork.practice.config.home import home

    try:
        import django

        django.setup()
        if "sqlite" not in engine():
            import psycopg  # noqa: F401
    except ImportError:
        refuse("PostgreSQL needs one more package: pip install 'depthwork[postgres]'")
    except (ValueError, IndexError, OSError) as error:
        refuse(
            f"the settings cannot be read ({type(error).__name__}); look at DATABASE_URL and the DEPTHWORK_ variables"
        )
    return home()


def database_file() -> Path | None:
    """SQLite's file; None where the practice is on PostgreSQL."""
    from django.conf import settings

    config = settings.DATABASES["default"]
    return Path(str(config["NAME"])) if "sqlite" in config["ENGINE"] else None


def needs_practice(database: Path | None) -> None:
    if database is None:
        from depthwork.practice.people.models import Practice

        if not told(Practice.objects.exists):
            refuse("there is no practice in this database; run `depthwork init` or `depthwork move` first")
    elif not database.exists():
        refuse(
            f"there is no practice in {database.parent}; name the folder of yours with --home, or found one with"
            " `depthwork init`"
        )


NO_ROOM = "the disk took nothing more: make room, or name another disk; what stood there is as it was"


def _is_no_room(says: str) -> bool:
    return any(words in says.lower() for words in ("disk is full", "disk i/o error", "no space left"))


def told(act: Callable[[], Any]) -> Any:
    """Run an act; what the vault refuses, a full disk and a damaged database each become one clear line."""
    import sqlite3

    from django.db import DatabaseError

    from depthwork.practice.config.gate import Crowded
    from depthwork.practice.vault.errors import VaultError

    try:
        return act()
    except (VaultError, Crowded) as error:
        refuse(str(error))
    except DatabaseError as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        if _is_no_room(first):
            refuse(NO_ROOM)
        refuse(
            f"the database does not answer ({first}); look at DATABASE_URL, or stop other programs that use it"
        )
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            refuse(NO_ROOM)
        refuse(f"{error.strerror or 'the disk did not answer'}; nothing was left half-written")
    except sqlite3.DatabaseError as error:
        if _is_no_room(str(error)):
            refuse(NO_ROOM)
        refuse(
            f"the database does not answer ({error}); stop other programs that use it, or restore a backup"
        )


def engine() -> str:
    from django.conf import settings

    return str(settings.DATABASES["default"]["ENGINE"])
