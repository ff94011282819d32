"""What was destroyed, noted beside the database as well (ids and dates, no content), and gone from its log."""

from __future__ import annotations

from pathlib import Path

from depthwork.practice.config import lines
from depthwork.practice.config.durable import forget_destroyed
from depthwork.practice.vault.models import Tombstone

FILE = "destroyed.jsonl"


def append(file: Path, row: Tombstone) -> None:
    """One line more, on the disk before the act is answered."""
    lines.append(
        file,
        [
            row.id.hex,
            row.owner.hex,
            row.item.hex if row.item else None,
            row.compartment,
            row.destroyed_at.strftime("%Y-%m-%d %H:%M:%S.%f"),
            row.destroyed_by.hex,
            row.complete_on.isoformat(),
        ],
    )
    forget_destroyed()
