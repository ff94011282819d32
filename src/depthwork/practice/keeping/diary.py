"""When this practice was last backed up and drilled: one line an act, in the practice's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from depthwork.practice.config import lines

FILE = "kept.jsonl"


def note(home: Path, what: str, **facts: Any) -> None:
    """Add a line, on the disk before the command ends."""
    lines.append(home / FILE, {"what": what, **facts})


def kept(home: Path, what: str) -> list[dict[str, Any]]:
    """All lines of one kind, oldest first."""
    return [row for row in lines.read(home / FILE) if isinstance(row, dict) and row.get("what") == what]


def last(home: Path, what: str) -> dict[str, Any] | None:
    """The newest line of one kind."""
    rows = kept(home, what)
    return rows[-1] if rows else None
