"""The engine that proposes, as casework asks it: cues and passages of one source, each with an opaque id."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

from depthwork.coding.marks import Mark
from depthwork.cues import engine as engines
from depthwork.cues.engine import Cue, Engine, EngineError
from depthwork.transcripts import Transcript
from depthwork.wording import Told, from_plain, plain, said

APART = "risk"  # passages to read again are never cues
SILENT = "casework.engine.silent"
RESTS_SECONDS = 60  # an engine that failed is not asked again by every page that is opened
BY_HAND = frozenset({"client_link", "resistance"})  # never proposed


@dataclass(frozen=True, slots=True)
class Proposals:
    """What one engine proposes for one text; `silent` says why it proposed nothing, where it failed."""

    engine: str
    cues: list[dict[str, Any]]
    passages: list[dict[str, Any]]
    silent: str = ""


def engine() -> Engine:
    """The engine that the practice named, else our own."""
    return engines.engine(settings.CUE_ENGINE)


def passages_engine() -> Engine:
    """Passages to read again always come from our own engine, whatever proposes the cues."""
    return engines.engine()


def named(found: Engine) -> str:
    """An engine as marks and kept cues name it."""
    return f"{found.name}@{found.version}"


def name_of_engine() -> str:
    """The engine's full name; the name it was chosen by, where it cannot be made."""
    try:
        return named(engine())
    except EngineError:
        return str(settings.CUE_ENGINE)


def propose(transcript: Transcript, *, source: UUID, version: int) -> Proposals:
    """Cues and passages of a text, in its order. A proposal that does not quote the text is dropped.

    An engine that fails costs its cues and nothing else: passages come from our own.
    """
    own = passages_engine()
    name, proposed, silent = _ask(transcript)
    apart = proposed if name == named(own) else own.propose(transcript)
    cues = [c for c in proposed if c.construct != APART and c.construct not in BY_HAND]
    passages = [c for c in apart if c.construct == APART]
    return Proposals(
        name,
        _rows(cues, transcript, source=source, version=version, engine=name),
        _rows(passages, transcript, source=source, version=version, engine=named(own)),
        silent,
    )


def _ask(transcript: Transcript) -> tuple[str, list[Cue], str]:
    """The engine's name, what it proposes, and why it is silent where it failed."""
    name = name_of_engine()
    silent = cache.get(f"{SILENT}.{name}")
    if silent:
        return name, [], silent
    try:
        return name, list(engine().propose(transcript)), ""
    except EngineError as error:
        silent = str(error)
    except Exception as error:  # another's engine may fail in any way; the hour must open all the same
        logging.getLogger("depthwork.casework").error("cue engine %s failed: %s", name, type(error).__name__)
        silent = "the engine failed"
    cache.set(f"{SILENT}.{name}", silent, RESTS_SECONDS)
    return name, [], silent


def _rows(
    cues: Iterable[Cue], transcript: Transcript, *, source: UUID, version: int, engine: str
) -> list[dict[str, Any]]:
    rows = [
        {
            "id": str(_id_of(source, version, engine, cue)),
            "construct": cue.construct,
            "code": cue.code,
            "start": cue.start,
            "end": cue.end,
            "attributes": dict(cue.attributes),
            "confidence": cue.confidence,
            "why": str(cue.why),
            **({"reason": plain(cue.why)} if isinstance(cue.why, Told) else {}),
            "quote": cue.quote,
        }
        for cue in cues
        if cue.quote and transcript.text[cue.start : cue.end] == cue.quote
    ]
    return sorted(rows, key=lambda row: (row["start"], -row["end"]))


def why_of(cue: Mapping[str, Any]) -> str:
    """Why a kept cue was proposed, in the reader's language; as the engine said it where it says no more."""
    reason = cue.get("reason")
    if isinstance(reason, Mapping):
        with suppress(KeyError, TypeError, ValueError):
            return said(from_plain(reason))
    return str(cue["why"])


def _id_of(source: UUID, version: int, engine: str, cue: Cue) -> UUID:
    """The same cue has the same id; without this installation's secret it tells nothing of the cue."""
    said = f"{source}|{version}|{engine}|{cue.construct}|{cue.code}|{cue.start}|{cue.end}"
    return UUID(bytes=salted_hmac("depthwork.casework.cue", said, algorithm="sha256").digest()[:16])


def first_cues(cues: list[dict[str, Any]], *, most: int) -> list[dict[str, Any]]:
    """The likeliest cues, mentions of people last, in the order of the text."""
    ranked = sorted(cues, key=lambda c: (c["construct"] == "figure", -(c["confidence"] or 0.0), c["start"]))
    return sorted(ranked[:most], key=lambda c: (c["start"], -c["end"]))


def uncovered(cues: list[dict[str, Any]], marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """Cues that no code says already: what a person has marked is not proposed to them again."""
    held = [(m.construct, m.span.start, m.span.end) for m in marks]
    return [
        cue
        for cue in cues
        if not any(
            construct == cue["construct"]
            and min(end, cue["end"]) - max(start, cue["start"]) > (cue["end"] - cue["start"]) / 2
            for construct, start, end in held
        )
    ]
