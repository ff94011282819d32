"""Marks, hours and marks files made in one line, for tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from depthwork.coding.marks import Mark, Span
from depthwork.coding.marks_file import MarksFile, Reading
from depthwork.coding.shelf import codebook_for
from depthwork.patterns.hours import Hour

WHOLE = Reading("whole", True)
DIPPED = Reading("dipped", False)


def mark(construct: str, code: str, start: int = 0, end: int = 10, **given: Any) -> Mark:
    """A code made by Ana unless told otherwise; unknown names become attributes."""
    book = codebook_for(construct)
    fields = {
        "source_id": "hour", "turn": start // 100, "speaker": "C", "origin": "coder:ana",
        "status": "confirmed", "codebook_version": book.ref if book else "",
        "id": f"{construct}-{code}-{start}-{end}", "quote": "q" * (end - start),
    }  # fmt: skip
    named = {n: given.pop(n) for n in list(given) if n in Mark.__dataclass_fields__}
    attributes = named.pop("attributes", given)
    return Mark(
        span=Span(start, end), construct=construct, code=code, attributes=attributes, **{**fields, **named}
    )


def told(
    start: int, sphere: str | None, wish: str, other: str, self: str, *, figure: str = "mother", **given: Any
) -> list[Mark]:
    """An episode of 100 characters with its three parts."""
    about = {"figure": figure, **({"sphere": sphere} if sphere else {})}
    about |= {n: given.pop(n) for n in ("completeness",) if n in given}
    return [
        mark("episode", "mother", start, start + 100, attributes=about, **given),
        mark("wish", wish, start + 10, start + 20, **given),
        mark("response_of_other", other, start + 30, start + 40, **given),
        mark("response_of_self", self, start + 50, start + 60, **given),
    ]


def hour(number: int, *marks: Mark, reading: Reading | None = WHOLE, **given: Any) -> Hour:
    """An hour of the treatment, a week apart from the next."""
    day = date(2026, 1, 5) + timedelta(days=7 * number)
    return Hour(f"hour-{number}", number, day, reading, given.pop("provenance", "verbatim"), marks, **given)


def marks_file(*marks: Mark, reading: Reading | None = WHOLE, sha: str = "a" * 64) -> MarksFile:
    """A marks file of one hour."""
    return MarksFile("hour", sha, marks, {"defenses": "1.0.0"}, reading)
