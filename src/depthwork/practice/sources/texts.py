"""Between a version's cells and the Transcript that the library reads."""

from __future__ import annotations

import re
from typing import Any

from depthwork.practice.sources.models import Source, SourceVersion
from depthwork.transcripts import Transcript, Turn, canonical

PASSAGES = ("recalled", "hazy", "reverie", "forgotten")
_MARK = re.compile(r"\{(/?)(recalled|hazy|reverie|forgotten)\}")


def note_turns(text: str) -> list[list[Any]]:
    """A note's paragraphs as turns of the speaker N."""
    return [
        ["N", part.strip(), None, None] for part in re.split(r"\n[ \t]*\n", canonical(text)) if part.strip()
    ]


def text_of(turns: list[list[Any]]) -> str:
    """The canonical text: the turns' texts joined by one newline."""
    return "\n".join(turn[1] for turn in turns)


def transcript_of_version(source: Source, version: SourceVersion) -> Transcript:
    """A version as the library reads it."""
    turns = tuple(Turn(i, t[0], t[1], t[2], t[3]) for i, t in enumerate(version.turns or []))
    about = version.about or {}
    return Transcript(
        source=str(source.id),
        format=about.get("format", "text"),
        provenance=source.provenance,  # type: ignore[arg-type]
        turns=turns,
        warnings=tuple(about.get("warnings", ())),
    )


def without_marks(text: str) -> tuple[list[list[Any]], list[dict[str, Any]]]:
    """A note with inline marks such as {hazy}...{/hazy}: its turns, and the passages as ranges of the canonical text."""
    turns, passages, at = [], [], 0
    opened: dict[str, int] = {}
    for paragraph in re.split(r"\n[ \t]*\n", canonical(text)):
        plain, last = "", 0
        paragraph = paragraph.strip()
        for found in _MARK.finditer(paragraph):
            plain += paragraph[last : found.start()]
            last = found.end()
            kind = found.group(2)
            if not found.group(1):
                opened[kind] = at + len(plain)
            elif kind in opened:
                start = opened.pop(kind)
                if at + len(plain) > start:
                    passages.append({"start": start, "end": at + len(plain), "kind": kind})
        plain += paragraph[last:]
        if plain.strip():
            turns.append(["N", plain, None, None])
            at += len(plain) + 1
    end = max(0, at - 1)
    passages += [{"start": start, "end": end, "kind": kind} for kind, start in opened.items() if end > start]
    return turns, sorted(passages, key=lambda p: (p["start"], p["end"]))
