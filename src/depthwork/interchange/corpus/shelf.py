"""Where finished transcripts lie: one part each, named by what it was made of. A part that is there is done."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from depthwork.interchange.corpus.work import Recipe

PARTS, STATE = "parts", "state.json"


class Shelf:
    """The folder of parts below the results. `part_of` names a part by file, content and recipe."""

    def __init__(self, out: Path, recipe: Recipe) -> None:
        self.folder = out / PARTS
        self._salt = json.dumps(asdict(recipe), sort_keys=True).encode()

    def part_of(self, file: str, sha256: str) -> str:
        """The name of the part of a file with this content, profiled by this recipe."""
        return hashlib.sha256(b"\0".join([self._salt, os.fsencode(file), sha256.encode()])).hexdigest()

    def path(self, part: str) -> Path:
        """Where a part lies."""
        return self.folder / part[:2] / part[2:]

    def has(self, part: str) -> bool:
        """Whether it is done."""
        return self.path(part).exists()

    def put(self, part: str, raw: bytes) -> None:
        """Keep a part whole or not at all."""
        write_whole(self.path(part), raw)

    def get(self, part: str) -> bytes:
        """A part's bytes, empty where there are none."""
        try:
            return self.path(part).read_bytes()
        except FileNotFoundError:
            return b""

    def keep_only(self, parts: set[str]) -> None:
        """Drop the parts of files that changed or went."""
        for path in self.folder.glob("*/*"):
            if path.parent.name + path.name not in parts:
                path.unlink(missing_ok=True)


def write_whole(path: Path, raw: bytes) -> None:
    """Write a file beside its place and move it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_bytes(raw)
        os.replace(beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def alone_in(out: Path) -> Iterator[bool]:
    """Hold the results folder for one run; False where another run holds it."""
    with open(out / ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
