"""A file from outside becomes a Transcript, read by a child process that can do nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from depthwork.practice.treatments.errors import CourseError
from depthwork.transcripts import CLIENT, THERAPIST, Transcript, Turn
from depthwork.transcripts.speakers import GUESSES
from depthwork.wording import from_plain, plain, said_again

WALL_SECONDS = 20
MOST_OUT = 64 * 1024 * 1024
ROLES = (THERAPIST, CLIENT)


def read_bounded(data: bytes, *, name: str) -> Transcript:
    """A whole Transcript, or CourseError with the one line that says what is wrong."""
    head = json.dumps({"name": name[:200]}).encode() + b"\n"
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.defpath,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-s", "-m", "depthwork.practice.sources.worker"],
            input=head + data,
            capture_output=True,
            timeout=WALL_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CourseError(
            _("the file took too long to read; is this a transcript? Paste its text instead")
        ) from None
    if done.returncode != 0 or len(done.stdout) > MOST_OUT:
        raise CourseError(_("the file could not be read safely; paste its text instead"))
    said = json.loads(done.stdout)
    if "refused" in said:
        raise CourseError(_refusal(said))
    return transcript_from(said, name=name)


def _refusal(said: Mapping[str, Any]) -> str:
    """Why the child refused, in the language of the page; as it said it where the two do not fit."""
    try:
        return said_again(said["words"], said["values"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return str(said["refused"])


def transcript_from(said: Mapping[str, Any], *, name: str) -> Transcript:
    """Plain values as the child or a draft holds them, as a Transcript again."""
    return Transcript(
        source=name,
        format=said["format"],
        provenance=said["provenance"],
        turns=tuple(Turn(i, *turn) for i, turn in enumerate(said["turns"])),
        warnings=tuple(_warnings(said["warnings"])),
        names=tuple((a, b) for a, b in said["names"]),
    )


def _warnings(said: Iterable[Any]) -> Iterator[str]:
    """What was odd, in sentences that can be said in another language; one that does not fit together is left out."""
    for one in said:
        with suppress(AttributeError, KeyError, TypeError, ValueError, RecursionError):
            yield from_plain(one)


def plain_values(hour: Transcript) -> dict[str, Any]:
    """A Transcript as a draft holds it until its speakers are settled."""
    return {
        "name": hour.source,
        "format": hour.format,
        "provenance": hour.provenance,
        "turns": [[t.speaker, t.text, t.start_s, t.end_s] for t in hour.turns],
        "warnings": [plain(warning) for warning in hour.warnings],
        "names": [list(pair) for pair in hour.names],
    }


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker of a file: what the file calls it, how it was taken, how much it says, how it begins."""

    speaker: str
    names: tuple[str, ...]
    turns: int
    words: int
    begins: str


def voices_of(hour: Transcript) -> list[Voice]:
    """The speakers in the order they first speak."""
    turns: Counter[str] = Counter()
    words: Counter[str] = Counter()
    begins: dict[str, str] = {}
    for turn in hour.turns:
        turns[turn.speaker] += 1
        words[turn.speaker] += len(turn.text.split())
        begins.setdefault(turn.speaker, turn.text)
    called: dict[str, list[str]] = {}
    for name, speaker in hour.names:
        called.setdefault(speaker, []).append(name)
    return [
        Voice(who, tuple(called.get(who, ())), turns[who], words[who], " ".join(text.split()[:16]))
        for who, text in begins.items()
    ]


def recast(hour: Transcript, roles: Mapping[str, str]) -> Transcript:
    """The same turns with speakers as a person settled them; a role is T, C or a name of the speaker's own."""
    unknown = {turn.speaker for turn in hour.turns} - set(roles)
    if unknown:
        raise CourseError(_("one of the speakers was not settled; say who each of them is"))
    return Transcript(
        source=hour.source,
        format=hour.format,
        provenance=hour.provenance,
        turns=tuple(Turn(t.index, roles[t.speaker], t.text, t.start_s, t.end_s) for t in hour.turns),
        # A guess that a person has looked at is no longer a guess.
        warnings=tuple(w for w in hour.warnings if getattr(w, "words", "") not in GUESSES),
        names=tuple((name, roles[speaker]) for name, speaker in hour.names),
    )
