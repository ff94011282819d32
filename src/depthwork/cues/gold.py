"""Coded excerpts on disk, for training and for judging: text, figures, episodes, defenses and the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from depthwork.transcripts.model import Transcript, transcript_of


@dataclass(frozen=True, slots=True)
class Coded:
    """One excerpt with its coding in the shape of `tests/gold`."""

    id: str
    transcript: Transcript
    codes: Mapping[str, Any]
    covers: frozenset[str]
    weight: float = 1.0

    @property
    def is_note(self) -> bool:
        return any(turn.speaker == "N" for turn in self.transcript.turns)


CONSTRUCTS = frozenset(["figures", "episodes", "defenses", "ruptures", "interpretations", "dreams", "risk"])


def turns_in(text: str, *, note: bool) -> list[tuple[str, str]]:
    """Turns of an excerpt: paragraphs, with their speaker before a colon unless it is a note."""
    out = []
    for block in text.split("\n\n"):
        part = " ".join(block.split())
        if not part:
            continue
        if not note and part[:2] in ("T:", "C:"):
            out.append((part[0], part[2:].strip()))
        else:
            out.append(("N", part))
    return out


def read_folder(folder: Path) -> list[Coded]:
    """Every NNN.txt with its NNN.json in a folder, by id."""
    found = []
    for path in sorted(folder.glob("[0-9][0-9][0-9].json")):
        codes = json.loads(path.read_text(encoding="utf-8"))
        note = codes.get("kind") == "process_note"
        pairs = turns_in(path.with_suffix(".txt").read_text(encoding="utf-8"), note=note)
        transcript = transcript_of(pairs, source=path.stem, provenance="notes" if note else "verbatim")
        found.append(Coded(codes["id"], transcript, codes, CONSTRUCTS))
    return found
