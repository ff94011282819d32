"""What was destroyed, noted beside the database as well: ids and dates, no content."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from depthwork.practice.vault.models import Tombstone

FILE = "destroyed.jsonl"


def append(file: Path, row: Tombstone) -> None:
    """One line more, on the disk before the act is answered."""
    line = [
        row.id.hex,
        row.owner.hex,
        row.item.hex if row.item else None,
        row.compartment,
        row.destroyed_at.strftime("%Y-%m-%d %H:%M:%S.%f"),
        row.destroyed_by.hex,
        row.complete_on.isoformat(),
    ]
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(json.dumps(line) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def read(file: Path) -> list[list[Any]]:
    """All of them; a line cut off by a crash is left out."""
    found: list[list[Any]] = []
    for line in file.read_text().splitlines() if file.exists() else ():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
