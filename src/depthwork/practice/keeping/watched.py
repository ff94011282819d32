"""What the minute's watch keeps between two looks: the sample, the audit's length, and a file that is there to be harmed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from depthwork.practice.keeping.sampling import Drawn

FILE: Final = "watched.json"
LOCK: Final = "watched.lock"
CANARY: Final = "do-not-touch.txt"
CANARY_SAYS: Final = """\
Depthwork looks at this file each minute, and uses it for nothing else.
If it is altered or taken away, then most likely so is everything beside it, and whoever runs the practice is told.
Leave it as it is.
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The last sample of one practice, when it was drawn, and how many events the audit had by then."""

    at: datetime
    events: int
    has_canary: bool
    sample: list[Drawn] = field(default_factory=list)


@contextmanager
def alone(file: Path) -> Iterator[bool]:
    """Whether this worker is the only one here. The system lets go of the lock with whoever held it."""
    import fcntl  # not on every system that reads a practice

    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def last(home: Path, practice: str) -> Kept | None:
    """What was kept of a practice; None at the first look, and where the file does not read."""
    try:
        told = _read(home)[practice]
        return Kept(
            datetime.fromisoformat(told["at"]), told["events"], told["has_canary"],
            [Drawn(**one) for one in told["sample"]],
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def keep(home: Path, practice: str, now: Kept) -> None:
    """Write it down, as a whole or not at all."""
    told = _read(home)
    told[practice] = asdict(now) | {"at": now.at.isoformat()}
    fresh = home / f"{FILE}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(told, handle)
    os.replace(fresh, home / FILE)


def canary_is_whole(home: Path) -> bool | None:
    """Whether the file says what was written; None where there is none."""
    try:
        return (home / CANARY).read_bytes() == CANARY_SAYS.encode()
    except FileNotFoundError:
        return None
    except OSError:
        return False


def plant_canary(home: Path) -> None:
    """Put the file there, or put it right."""
    if not canary_is_whole(home):
        (home / CANARY).write_text(CANARY_SAYS)


def _read(home: Path) -> dict[str, Any]:
    file = home / FILE
    try:
        told = json.loads(file.read_bytes()) if file.exists() else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
