"""Small files beside the database that only grow: one JSON value a line, on the disk before the act is answered."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def append(file: Path, value: Any) -> None:
    """One line more."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(json.dumps(value) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def read(file: Path) -> list[Any]:
    """All of them, oldest first; a line cut off by a crash is left out."""
    found = []
    for line in file.read_text().splitlines() if file.exists() else ():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
