"""When this practice was last backed up and drilled: one line an act, in the practice's folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FILE = "kept.jsonl"


def note(home: Path, what: str, **facts: Any) -> None:
    """Add a line, on the disk before the command ends."""
    descriptor = os.open(home / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(json.dumps({"what": what, **facts}) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def kept(home: Path, what: str) -> list[dict[str, Any]]:
    """All lines of one kind, oldest first; one cut off by a crash is left out."""
    found = []
    file = home / FILE
    for line in file.read_text().splitlines() if file.exists() else ():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and row.get("what") == what:
            found.append(row)
    return found


def last(home: Path, what: str) -> dict[str, Any] | None:
    """The newest line of one kind."""
    rows = kept(home, what)
    return rows[-1] if rows else None
