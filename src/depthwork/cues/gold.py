"""Coded excerpts on disk, for training and for judging: text, figures, episodes, defenses and the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from depthwork.transcripts import read
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
    """Every excerpt of a folder, ``<digits>.txt`` with its ``<digits>.json``, by number; no subfolders."""
    found = []
    for path in sorted((p for p in folder.glob("*.json") if p.stem.isdigit()), key=lambda p: int(p.stem)):
        codes = json.loads(path.read_text(encoding="utf-8"))
        note = codes.get("kind") == "process_note"
        pairs = turns_in(path.with_suffix(".txt").read_text(encoding="utf-8"), note=note)
        transcript = transcript_of(pairs, source=path.stem, provenance="notes" if note else "verbatim")
        found.append(Coded(codes["id"], transcript, codes, CONSTRUCTS))
    return found


# What the marks files of the fiction are coded for from end to end. Figures are marked there once, not at each
# mention; whole hours carry the episodes and defenses that matter to their story, notes all of them.
MARKED = frozenset(["ruptures", "interpretations", "dreams"])
MARKED_NOTES = MARKED | {"episodes", "defenses"}


def read_marked(folder: Path, *, weight: float = 0.7) -> list[Coded]:
    """Hours with a marks file each, as in `demo/`: ``gold/*.json`` beside the texts they name.

    Only hours read whole are taken, and they weigh less than excerpts.
    """
    found = []
    for path in sorted((folder / "gold").glob("*.json")):
        book = json.loads(path.read_text(encoding="utf-8"))
        if book["reading"].get("how") == "whole":
            transcript = read(folder / book["source"])
            covers = MARKED_NOTES if any(turn.speaker == "N" for turn in transcript.turns) else MARKED
            codes = codes_of(transcript, book["marks"])
            found.append(
                Coded(
                    path.stem,
                    transcript,
                    {k: v if k in covers else [] for k, v in codes.items()},
                    covers,
                    weight,
                )
            )
    return found


def codes_of(transcript: Transcript, marks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Marks of one hour in the shape of `tests/gold`."""
    codes: dict[str, Any] = {name: [] for name in CONSTRUCTS}
    parts = []
    for mark in marks:
        more, construct = mark.get("attributes") or {}, mark["construct"]
        turns = [transcript.turn_at(mark["start"]), transcript.turn_at(max(mark["start"], mark["end"] - 1))]
        if construct == "episode":
            codes["episodes"].append(
                {
                    "figure": more["figure"],
                    "sphere": more["sphere"],
                    "turns": turns,
                    "wish": [],
                    "ro": [],
                    "rs": [],
                }
            )
        elif construct in _PARTS:
            parts.append((turns, _PARTS[construct], mark["code"], more.get("polarity")))
        elif construct == "defense":
            codes["defenses"].append({"turn": turns[0], "defense": mark["code"], "level": more["level"]})
        elif construct in ("rupture_withdrawal", "rupture_confrontation"):
            kind = construct.removeprefix("rupture_")
            codes["ruptures"].append({"turns": turns, "type": kind, "marker": mark["code"], "repaired": True})
        elif construct == "intervention" and mark["code"].startswith("interpretation"):
            codes["interpretations"].append(
                {"turn": turns[0], "person": more.get("person", []), "conflict": more.get("conflict", [])}
            )
        elif construct == "dream":
            codes["dreams"].append({"turns": turns})
    for turns, key, code, polarity in parts:
        for episode in codes["episodes"]:
            if episode["turns"][0] <= turns[0] and turns[1] <= episode["turns"][1]:
                episode[key].append(code)
                if polarity:
                    episode[f"{key}_polarity"] = polarity
                break
    codes["episodes"] = [e for e in codes["episodes"] if "ro_polarity" in e and "rs_polarity" in e]
    return codes


_PARTS = {"wish": "wish", "response_of_other": "ro", "response_of_self": "rs"}
