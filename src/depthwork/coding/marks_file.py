"""A marks file: the codes of one hour in a form that any coder's tool can read and write."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

from depthwork.coding.marks import Mark, Span, Status
from depthwork.wording import figure, gettext

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
        raise MarksError(
            gettext("%(file)s: not UTF-8 at byte %(at)s; save it as UTF-8")
            % {"file": path.name, "at": error.start}
        ) from None


def bytes_of(path: Path) -> bytes:
    """A file of marks in any form as its bytes; raises MarksError where it is missing or too large."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise MarksError(gettext("%(file)s: larger than 20 MB; split it by hour") % {"file": path.name})
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or gettext("cannot be opened")
        raise MarksError(f"{path.name}: {why}") from None


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


def marks_from_json(text: str, *, where: str = "") -> MarksFile:
    """A MarksFile from JSON text, checked part by part; `where` is what a refusal calls it."""
    where = where or gettext("the marks file")
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except MarksError as error:
        raise MarksError(f"{where}: {error}") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError):
            words = gettext("%(file)s: not readable as JSON in line %(line)s; mend or export it again")
            raise MarksError(words % {"file": where, "line": error.lineno}) from None
        raise MarksError(
            gettext("%(file)s: not readable as JSON; mend or export it again") % {"file": where}
        ) from None
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
        raise MarksError(
            gettext('no marks file; it needs {"source", "text_sha256", "codebooks", "reading", "marks"}')
        )
    if unknown := [key for key in data if key not in _FILE]:
        raise MarksError(
            gettext("%(n)s unknown field(s) beside %(fields)s; take them out")
            % {"n": len(unknown), "fields": ", ".join(_FILE)}
        )
    source, sha = data.get("source", ""), data.get("text_sha256", "")
    if not isinstance(source, str) or not isinstance(sha, str) or (sha and not _SHA.fullmatch(sha)):
        raise MarksError(gettext("source should be a name and text_sha256 64 hexadecimal digits"))
    books = data.get("codebooks") or {}
    if not isinstance(books, dict) or any(not isinstance(v, str) for v in books.values()):
        raise MarksError(gettext("codebooks should map an id to its version"))
    entries = data["marks"]
    if not isinstance(entries, list):
        raise MarksError(gettext("marks should be a list"))
    if len(entries) > MOST_MARKS:
        raise MarksError(
            gettext("%(n)s marks; the most is %(most)s, split it by hour")
            % {"n": figure(len(entries), ","), "most": figure(MOST_MARKS, ",")}
        )
    marks: list[Mark] = []
    faults: list[str] = []
    for at, entry in enumerate(entries):
        try:
            marks.append(_mark(entry, source))
        except MarksError as error:
            faults.append(gettext("mark %(n)s %(fault)s") % {"n": at + 1, "fault": error})
    seen: set[str] = set()
    for at, mark in enumerate(marks):
        if mark.id and mark.id in seen:
            faults.append(gettext("mark %(n)s has an id that another mark has") % {"n": at + 1})
        seen.add(mark.id)
    if faults:
        n = len(faults) - 1
        plain, more = (
            gettext("%(fault)s; nothing was read"),
            gettext("%(fault)s (%(n)s more); nothing was read"),
        )
        raise MarksError((more if n else plain) % {"fault": faults[0], "n": n})
    return MarksFile(source, sha, tuple(marks), books, reading_from(data.get("reading")))


def reading_from(value: Any) -> Reading | None:
    """A Reading from ``{"how": "whole"|"dipped", "blind": true|false}``; None where nothing was said."""
    if not value:
        return None
    if not isinstance(value, dict) or set(value) - {"how", "blind"}:
        raise MarksError(gettext('reading should be {"how": "whole" or "dipped", "blind": true or false}'))
    how, blind = value.get("how"), value.get("blind", False)
    if how not in ("whole", "dipped") or not isinstance(blind, bool):
        raise MarksError(gettext('reading should be {"how": "whole" or "dipped", "blind": true or false}'))
    return Reading(how, blind)


def _mark(entry: Any, source: str) -> Mark:
    if not isinstance(entry, dict):
        raise MarksError(gettext("is no mapping"))
    if missing := [name for name in _NEEDED if name not in entry]:
        raise MarksError(gettext("lacks %(fields)s") % {"fields": ", ".join(missing)})
    if set(entry) - set(_MARK):
        raise MarksError(gettext("has a field that marks do not have; put it under attributes"))
    start, end, turn = entry["start"], entry["end"], entry.get("turn", 0)
    if any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in (start, end, turn)):
        raise MarksError(gettext("needs whole numbers from 0 for start, end and turn"))
    if end <= start:
        raise MarksError(gettext("is empty: end must come after start"))
    for name in ("id", "source_id", "speaker", "construct", "code", "origin", "codebook_version"):
        _words(entry.get(name, ""), name, 200)
    _words(entry.get("quote", ""), "quote", LONGEST_QUOTE)
    _words(entry.get("why", ""), "why", LONGEST_WORDS)
    if not entry["construct"] or not entry["code"] or not entry["origin"]:
        raise MarksError(gettext("has an empty construct, code or origin"))
    if entry["status"] not in STATUSES:
        raise MarksError(gettext("has a status other than %(known)s") % {"known": ", ".join(STATUSES)})
    attributes = entry.get("attributes") or {}
    if not isinstance(attributes, dict) or len(json.dumps(attributes)) > LONGEST_WORDS:
        raise MarksError(gettext("has attributes that are no small mapping"))
    around = entry.get("anchor") or ["", ""]
    if not isinstance(around, list) or len(around) != 2:
        raise MarksError(gettext("has an anchor that is not the text before and the text after"))
    for side in around:
        _words(side, "anchor", LONGEST_WORDS)
    confidence = _number(entry.get("confidence"), "confidence")
    if confidence is not None and not 0 <= confidence <= 1:
        raise MarksError(gettext("has a confidence outside 0 to 1"))
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
        raise MarksError(gettext("needs words for %(field)s") % {"field": name})
    if len(value) > longest:
        raise MarksError(
            gettext("has a %(field)s longer than %(most)s characters")
            % {"field": name, "most": figure(longest, ",")}
        )
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise MarksError(
            gettext("has half a character in %(field)s; export it again as UTF-8") % {"field": name}
        )


def _number(value: Any, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1e9 < value < 1e9:
        raise MarksError(gettext("needs a number for %(field)s") % {"field": name})
    return value


def _no_constant(_: str) -> NoReturn:
    raise MarksError(gettext("holds NaN or Infinity where a number belongs"))
