"""Whether the pages of a practice are being served: what replaces its database waits until they are not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FILE: Final = "serve.lock"


@contextmanager
def served(home: Path) -> Iterator[bool]:
    """Held while pages are served; False where a restore is under way. Workers that die let go of it with the system."""
    import fcntl  # not on every system that reads a practice

    descriptor = os.open(home / FILE, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
