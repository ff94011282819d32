"""What the doctor reads elsewhere than in the settings: the last week of the audit, and the machine's own disk."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from depthwork.practice.audit.models import Event

# English words of the command line; the pages say the same in three languages (`verbs.GRAVE`).
GRAVE = {
    "sign_in_failed": "failed sign-ins",
    "seal.broken": "seals that did not hold",
    "restored": "backups put in place",
    "alarm.raised": "alarms that much was changed at once",
    "person.recovered": "accounts opened by a recovery code",
    "person.second_factor_lost": "second factors taken off by a recovery code",
    "emergency.opened": "records opened in an emergency",
}


def last_week(now: datetime) -> str:
    """The grave events of a week, counted; empty where there were none."""
    since = (now - timedelta(days=7)).isoformat(timespec="microseconds")
    found = Counter(Event.objects.filter(verb__in=GRAVE, utc__gte=since).values_list("verb", flat=True))
    return ", ".join(f"{found[verb]} {said}" for verb, said in GRAVE.items() if found[verb])


def disk_is_encrypted() -> bool | None:
    """Whether this machine's disk is; None where that cannot be told."""
    system = platform.system()
    if system == "Linux":
        mappers = list(Path("/sys/block").glob("dm-*/dm/uuid"))
        return any(file.read_text().startswith("CRYPT") for file in mappers) or None
    if system == "Darwin":
        said = _said(["/usr/bin/fdesetup", "status"])
        return {"FileVault is On": True, "FileVault is Off": False}.get(said.split(".")[0].strip())
    if system == "Windows":
        said = _said(["manage-bde", "-status", os.environ.get("SYSTEMDRIVE", "C:"), "-protectionaserrorlevel"], by_code=True)  # fmt: skip
        return {"0": True}.get(said)  # refused without an administrator, it fails like an open disk
    return None


def _said(command: Sequence[str], *, by_code: bool = False) -> str:
    """What a tool of the system prints, or its exit code; empty where it is not there or does not answer."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603  (a fixed command of the system)
            [program, *command[1:]], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return str(done.returncode) if by_code else done.stdout


def clock_is_behind(now: datetime) -> bool:
    """Whether the last event lies in the future."""
    last = Event.objects.order_by("-n").values_list("utc", flat=True).first()
    return last is not None and datetime.fromisoformat(last) > now + timedelta(minutes=5)


def is_open_to_others(path: Path) -> bool:
    """Whether other accounts of this machine can read it."""
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & 0o077)


def pragma(name: str) -> Any:
    """How SQLite answers; None elsewhere."""
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"pragma {name}")
        row = cursor.fetchone()
    return row[0] if row else None
