"""A marks file: the codes of one hour in a form that any coder's tool can read and write."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

from depthwork.coding.marks import Mark, Span, Status

LARGEST_FILE = 20_000_000  # bytes
MOST_MARKS = 50_000
LONGEST_QUOTE = 100_000
LONGEST_WORDS = 20_000
STATUSES: tuple[Status, ...] = ("proposed", "confirmed", "edited", "rejected")
_SHA = re.compile(r"[0-9a-f]{64}")
_FILE = ("source", "text_sha256", "codebooks", "reading", "marks")
_NEEDED = ("start", "end", "construct", "code", "origin", "status")
_MARK = (
    "id", "source_id", "turn", "start", "end", "speaker", "construct", "code", "intensity", "attributes",
    "confidence", "origin", "status", "codebook_version", "quote", "anchor", "why",
)  # fmt: skip


class MarksError(ValueError):
    """A marks file that cannot be read whole. The message says what, where, and the mend."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How an hour was coded: read whole or dipped into; blind, or knowing the case."""

    how: Literal["whole", "dipped"]
    blind: bool

    @property
    def is_whole(self) -> bool:
        """Only hours that were read whole give counts."""
        return self.how == "whole"


@dataclass(frozen=True, slots=True)
class MarksFile:
    """Marks of one source, with the text they were made on and the codebooks they were made with."""

    source: str
    text_sha256: str
    marks: tuple[Mark, ...]
    codebooks: Mapping[str, str] = field(default_factory=dict)
    reading: Reading | None = None


def read_marks(path: Path) -> MarksFile:
    """A marks file from disk.

    Raises
    ------
    MarksError
        If the file is missing, too large, no JSON, or any part of it does not fit the form;
        nothing is taken in half.
    """
    raw = bytes_of(path)
    try:
        return marks_from_json(raw.decode("utf-8-sig"), where=path.name)
    except UnicodeDecodeError as error:
        raise MarksError(f"{path.name}: not UTF-8 at byte {error.start}; save it as UTF-8") from None


def bytes_of(path: Path) -> bytes:
    """A file of marks in any form as its bytes; raises MarksError where it is missing or too large."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise MarksError(f"{path.name}: larger than 20 MB; split it by hour")
        return path.read_bytes()
    except OSError as error:
        raise MarksError(f"{path.name}: {error.strerror or 'cannot be opened'}") from None


def write_marks(file: MarksFile, path: Path) -> None:
    """Write a marks file; reading it back gives the same object."""
    path.write_text(marks_to_json(file), encoding="utf-8")


def marks_to_json(file: MarksFile) -> str:
    """The JSON text of a marks file, the same for the same marks."""
    return json.dumps(as_dict(file), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def as_dict(file: MarksFile) -> dict[str, Any]:
    """The marks file as plain JSON values."""
    reading = file.reading
    return {
        "source": file.source,
        "text_sha256": file.text_sha256,
        "codebooks": dict(file.codebooks),
        "reading": {"how": reading.how, "blind": reading.blind} if reading else {},
        "marks": [mark_as_dict(mark) for mark in file.marks],
    }


def mark_as_dict(mark: Mark) -> dict[str, Any]:
    """One mark as plain JSON values."""
    given: dict[str, Any] = {"start": mark.span.start, "end": mark.span.end}
    for name in _MARK:
        if name not in given:
            given[name] = getattr(mark, name)
    given["attributes"] = dict(mark.attributes)
    given["anchor"] = list(mark.anchor)
    return {name: given[name] for name in _MARK}


def marks_from_json(text: str, *, where: str = "the marks file") -> MarksFile:
    """A MarksFile from JSON text, checked part by part."""
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except MarksError as error:
        raise MarksError(f"{where}: {error}") from None
    except (ValueError, RecursionError) as error:
        line = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise MarksError(f"{where}: not readable as JSON{line}; mend or export it again") from None
    try:
        return marks_from_dict(data)
    except MarksError as error:
        raise MarksError(f"{where}: {error}") from None


def marks_from_dict(data: Any) -> MarksFile:
    """A MarksFile from JSON values.

    Raises
    ------
    MarksError
        With the first fault and how many more there are. No client text is repeated.
    """
    if not isinstance(data, dict) or "marks" not in data:
        raise MarksError('no marks file; it needs {"source", "text_sha256", "codebooks", "reading", "marks"}')
    if unknown := [key for key in data if key not in _FILE]:
        raise MarksError(f"{len(unknown)} unknown field(s) beside {', '.join(_FILE)}; take them out")
    source, sha = data.get("source", ""), data.get("text_sha256", "")
    if not isinstance(source, str) or not isinstance(sha, str) or (sha and not _SHA.fullmatch(sha)):
        raise MarksError("source should be a name and text_sha256 64 hexadecimal digits")
    books = data.get("codebooks") or {}
    if not isinstance(books, dict) or any(not isinstance(v, str) for v in books.values()):
        raise MarksError("codebooks should map an id to its version")
    entries = data["marks"]
    if not isinstance(entries, list):
        raise MarksError("marks should be a list")
    if len(entries) > MOST_MARKS:
        raise MarksError(f"{len(entries):,} marks; the most is {MOST_MARKS:,}, split it by hour")
    marks: list[Mark] = []
    faults: list[str] = []
    for at, entry in enumerate(entries):
        try:
            marks.append(_mark(entry, source))
        except MarksError as error:
            faults.append(f"mark {at + 1} {error}")
    seen: set[str] = set()
    for at, mark in enumerate(marks):
        if mark.id and mark.id in seen:
            faults.append(f"mark {at + 1} has an id that another mark has")
        seen.add(mark.id)
    if faults:
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        raise MarksError(f"{faults[0]}{more}; nothing was read")
    return MarksFile(source, sha, tuple(marks), books, reading_from(data.get("reading")))


def reading_from(value: Any) -> Reading | None:
    """A Reading from ``{"how": "whole"|"dipped", "blind": true|false}``; None where nothing was said."""
    if not value:
        return None
    if not isinstance(value, dict) or set(value) - {"how", "blind"}:
        raise MarksError('reading should be {"how": "whole" or "dipped", "blind": true or false}')
    how, blind = value.get("how"), value.get("blind", False)
    if how not in ("whole", "dipped") or not isinstance(blind, bool):
        raise MarksError('reading should be {"how": "whole" or "dipped", "blind": true or false}')
    return Reading(how, blind)


def _mark(entry: Any, source: str) -> Mark:
    if not isinstance(entry, dict):
        raise MarksError("is no mapping")
    if missing := [name for name in _NEEDED if name not in entry]:
        raise MarksError(f"lacks {', '.join(missing)}")
    if set(entry) - set(_MARK):
        raise MarksError("has a field that marks do not have; put it under attributes")
    start, end, turn = entry["start"], entry["end"], entry.get("turn", 0)
    if any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in (start, end, turn)):
        raise MarksError("needs whole numbers from 0 for start, end and turn")
    if end <= start:
        raise MarksError("is empty: end must come after start")
    for name in ("id", "source_id", "speaker", "construct", "code", "origin", "codebook_version"):
        _words(entry.get(name, ""), name, 200)
    _words(entry.get("quote", ""), "quote", LONGEST_QUOTE)
    _words(entry.get("why", ""), "why", LONGEST_WORDS)
    if not entry["construct"] or not entry["code"] or not entry["origin"]:
        raise MarksError("has an empty construct, code or origin")
    if entry["status"] not in STATUSES:
        raise MarksError(f"has a status other than {', '.join(STATUSES)}")
    attributes = entry.get("attributes") or {}
    if not isinstance(attributes, dict) or len(json.dumps(attributes)) > LONGEST_WORDS:
        raise MarksError("has attributes that are no small mapping")
    around = entry.get("anchor") or ["", ""]
    if not isinstance(around, list) or len(around) != 2:
        raise MarksError("has an anchor that is not the text before and the text after")
    for side in around:
        _words(side, "anchor", LONGEST_WORDS)
    confidence = _number(entry.get("confidence"), "confidence")
    if confidence is not None and not 0 <= confidence <= 1:
        raise MarksError("has a confidence outside 0 to 1")
    return Mark(
        source_id=entry.get("source_id", source),
        span=Span(start, end),
        turn=turn,
        speaker=entry.get("speaker", ""),
        construct=entry["construct"],
        code=entry["code"],
        origin=entry["origin"],
        status=entry["status"],
        codebook_version=entry.get("codebook_version", ""),
        id=entry.get("id", ""),
        attributes=attributes,
        intensity=_number(entry.get("intensity"), "intensity"),
        confidence=confidence,
        quote=entry.get("quote", ""),
        anchor=(around[0], around[1]),
        why=entry.get("why", ""),
    )


def _words(value: Any, name: str, longest: int) -> None:
    if not isinstance(value, str):
        raise MarksError(f"needs words for {name}")
    if len(value) > longest:
        raise MarksError(f"has a {name} longer than {longest:,} characters")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise MarksError(f"has half a character in {name}; export it again as UTF-8")


def _number(value: Any, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1e9 < value < 1e9:
        raise MarksError(f"needs a number for {name}")
    return value


def _no_constant(_: str) -> NoReturn:
    raise MarksError("holds NaN or Infinity where a number belongs")
