"""One transcript's work: bytes in, bytes out. It touches no disk, so that a worker may stand anywhere."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import depthwork
from depthwork.interchange.corpus.columns import row_of, turns_of
from depthwork.language.dictionaries import Dictionary, parse_dictionary
from depthwork.patterns.profile import profile_of
from depthwork.transcripts import TranscriptError, read


@dataclass(frozen=True, slots=True)
class Recipe:
    """How every transcript of a corpus is profiled. `dictionary` is the text of the user's own list."""

    dictionary: str | None = None
    dictionary_name: str = ""
    therapist: str | None = None
    version: str = depthwork.__version__


@dataclass(frozen=True, slots=True)
class Job:
    """A file to profile: its path below the folder, its bytes, and the name of its part."""

    file: str
    raw: bytes
    sha256: str
    part: str


class OtherVersion(Exception):
    """A worker runs another Depthwork: its numbers could differ."""


@lru_cache(maxsize=2)
def _dictionary(text: str, name: str) -> Dictionary:
    return parse_dictionary(text, name=name)


def work(job: Job, recipe: Recipe) -> bytes:
    """Profile one transcript.

    Parameters
    ----------
    job : Job
    recipe : Recipe

    Returns
    -------
    bytes
        What `opened` reads: the transcript's row and its turns, or the reason why it could not be read.

    Raises
    ------
    OtherVersion
        Where this worker's Depthwork is not the one that asks.

    Notes
    -----
    1. Numbers pass as JSON, which gives a double back bit for bit.
    2. The fault of one file stays its own: also one that nobody foresaw is its reason, without any of its words.
    """
    if recipe.version != depthwork.__version__:
        raise OtherVersion(f"a worker runs Depthwork {depthwork.__version__}, here it is {recipe.version}")
    found: dict[str, Any] = {"file": job.file, "sha256": job.sha256}
    try:
        hour = read(job.raw, name=job.file.rpartition("/")[2], therapist=recipe.therapist)
        own = None if recipe.dictionary is None else _dictionary(recipe.dictionary, recipe.dictionary_name)
        profile = profile_of(hour, dictionary=own)
        return sealed(found | {"row": row_of(hour, profile), "turns": turns_of(profile)})
    except TranscriptError as error:
        found["reason"] = str(error)
    except Exception as error:
        found["reason"] = f"could not be profiled ({type(error).__name__}); try depthwork profile on it alone"
    return sealed(found)


def sealed(found: dict[str, Any]) -> bytes:
    """A part as it is kept."""
    text = json.dumps(found, ensure_ascii=True, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return zlib.compress(text.encode(), 3)


def opened(raw: bytes) -> dict[str, Any] | None:
    """A part, or None where it was cut off or is something else."""
    try:
        found = json.loads(zlib.decompress(raw))
    except (zlib.error, ValueError):
        return None
    return found if isinstance(found, dict) and ("reason" in found or "row" in found) else None
