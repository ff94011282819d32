"""What has a shape of its own: addresses, numbers, dates, ages. Every expression is flat, so a long line costs its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
ORDINALS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth"
    "|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-first|twenty-second|twenty-third"
    "|twenty-fourth|twenty-fifth|twenty-sixth|twenty-seventh|twenty-eighth|twenty-ninth|thirtieth|thirty-first"
)
STREETS = (
    "Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Close|Drive|Court|Square|Terrace|Crescent|Place|Way|Row|Hill|Gardens|Grove"
    "|Boulevard|Blvd|Quay|Wharf|Mews|Park|Island|Bridge|Green"
)
HOUSES = (
    "Hospital|School|University|College|Church|Clinic|Bank|Hotel|Library|Infirmary|Academy|Nursery|Surgery|Court"
    "|Ltd|Inc|LLC|GmbH|Trust|Council|Company|Partners|Associates|Group|Practice"
)
DIGITS = "zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple"


@dataclass(frozen=True, slots=True)
class Shape:
    """A stretch with a shape, its kind, and whether it is taken out at once."""

    start: int
    end: int
    kind: str
    is_sure: bool
    why: str


_D = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{ORDINALS})"
_CAP = r"[A-Z][\w’'-]{1,30}"

_SHAPES: tuple[tuple[re.Pattern[str], str, bool, str], ...] = tuple(
    (re.compile(shape, flags), kind, sure, why)
    for shape, flags, kind, sure, why in (
        (r"[\w.%+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}", 0, "email", True, "an e-mail address"),
        (r"\b\w{1,40} at \w{1,40} dot (?:com|org|net|co|edu|gov|uk)\b", re.I, "email", True, "an address, spoken"),
        (r"\b(?:https?://|www\.)[^\s)\]”\"]{2,300}", re.I, "link", True, "a web address"),
        (r"\b[\w-]{2,63}\.(?:com|org|net|co\.uk|edu|gov|io)\b", re.I, "link", True, "a web address"),
        (r"(?<![\w@])@\w{3,30}\b", 0, "link", True, "a name on a network"),
        (rf"\b{_D}(?: day)?(?: of)? (?:{MONTHS})\b\.?(?:,? (?:19|20)\d\d\b)?", re.I, "date", True, "a date"),
        (rf"\b(?:{MONTHS})\b\.? (?:the )?{_D}\b(?:,? (?:19|20)\d\d\b)?", re.I, "date", True, "a date"),
        (rf"\b(?:{MONTHS})\b\.?,? (?:19|20)\d\d\b", re.I, "date", True, "a date"),
        (r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b", 0, "date", True, "a date"),
        (r"\bborn (?:in |on )?(?:19|20)\d\d\b", re.I, "date", True, "a year of birth"),
        (r"\b\d{1,5}[A-Za-z]? " + _CAP + r"(?: [A-Z][\w’'-]{1,30})? (?:" + STREETS + r")\b", 0, "address", True, "an address"),
        (_CAP + r" (?:" + STREETS + r")\b", 0, "place", True, "a street or a place"),
        (r"\b(?:St|Saint) " + _CAP, 0, "place", True, "named after a saint"),
        (_CAP + r" (?:" + HOUSES + r")\b", 0, "employer", True, "an institution"),
        (r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", 0, "address", True, "a postcode"),
        (r"\b[A-Z]{2}\d{2} ?[A-Z]{3}\b", 0, "number", True, "a number plate"),
        (r"(?<!\w)\+?\(?\d[\d\s().-]{5,22}\d\b", 0, "phone", True, "a telephone or other long number"),
        (rf"\b(?:(?:{DIGITS})[ -]){{6,14}}(?:{DIGITS})\b", re.I, "phone", True, "a number, spoken"),
        (r"\b\d{5,}(?:-\d{1,6})?\b", 0, "number", True, "a long number"),
        (r"\b[A-Z]{1,5}-?\d{3,10}[A-Z]?\b", 0, "number", True, "a reference number"),
        (r"\b(?:9\d|1[0-2]\d)[ -]years?[ -]old\b", re.I, "age", True, "an age over 89"),
        (r"\b(?:aged|age|turned|turning|turns) (?:9\d|1[0-2]\d)\b", re.I, "age", True, "an age over 89"),
        (r"\bninety-(?:one|two|three|four|five|six|seven|eight|nine)\b", re.I, "age", True, "an age over 89"),
        (r"\b[A-Z]\. ?[A-Z]\.(?: ?[A-Z]\.)?", 0, "person", True, "initials"),
        (r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.? [A-Z]\b\.?", 0, "person", True, "a title with an initial"),
        (r"\b(?:19|20)\d\d\b", 0, "date", False, "a year"),
        (rf"\b(?:{MONTHS})\b", 0, "date", False, "a month"),
    )
)  # fmt: skip
_NOT_INITIALS = frozenset({"U.S.", "U.K.", "A.M.", "P.M.", "E.U.", "D.C.", "N.B.", "P.S.", "B.C.", "A.D."})
_ALSO_NAMES = frozenset({"april", "may", "june", "august", "march", "mar", "jan"})
_BEFORE_A_MONTH = frozenset(
    [
        "in",
        "last",
        "next",
        "since",
        "by",
        "of",
        "early",
        "late",
        "until",
        "till",
        "this",
        "every",
        "mid",
        "before",
        "after",
        "during",
        "from",
        "to",
        "through",
        "each",
        "end",
    ]
)
_NO_NAME_BEFORE = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "my",
        "your",
        "his",
        "her",
        "our",
        "their",
        "its",
        "every",
        "each",
        "any",
        "in",
        "at",
        "on",
        "to",
        "from",
        "by",
        "of",
        "and",
        "or",
        "but",
        "no",
    ]
)


def shapes(text: str) -> Iterator[Shape]:
    """Everything with a shape of its own, the surest kinds first; stretches never overlap."""
    taken: list[tuple[int, int]] = []
    for pattern, kind, sure, why in _SHAPES:
        for found in pattern.finditer(text):
            start, end = found.span()
            if any(start < b and a < end for a, b in taken):
                continue
            surface = found.group()
            if why == "initials" and surface.replace(" ", "") in _NOT_INITIALS:
                continue
            if kind == "phone" and why != "a number, spoken" and sum(c.isdigit() for c in surface) < 7:
                continue
            if kind in ("place", "employer") and surface.split()[0].casefold() in _NO_NAME_BEFORE:
                continue
            if why == "a month" and not _is_month_here(surface, text, start):
                continue
            taken.append((start, end))
            yield Shape(start, end, kind, sure, why)


def _is_month_here(surface: str, text: str, start: int) -> bool:
    """March, May, June, April, August and Jan are names and words as well: what stands before them decides."""
    if surface.casefold() not in _ALSO_NAMES:
        return True
    before = text[max(0, start - 16) : start].split()
    return bool(before) and before[-1].casefold() in _BEFORE_A_MONTH
