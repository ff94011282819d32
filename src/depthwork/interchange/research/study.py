"""From consented treatments to de-identified tables: pseudonyms, shifted days, small cells withheld."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from depthwork.coding import Mark
from depthwork.coding.shelf import codes_for
from depthwork.interchange.deidentify import deidentify
from depthwork.interchange.measured import hour_values, turn_values
from depthwork.interchange.research.cases import Case, Hour, Text
from depthwork.interchange.research.dictionary import MEASURED, TABLES
from depthwork.interchange.research.dreams import dream_rows
from depthwork.language.hour import spoken
from depthwork.patterns.profile import profile_of
from depthwork.wording import ngettext

SMALL = 5  # people; a cell with fewer is withheld
WEEKS = 26  # a client's days move by up to so many weeks either way
FULLEST = ("verbatim", "reconstructed", "notes")
Row = dict[str, Any]


class StudyError(ValueError):
    """A study that cannot be made: what, and the mend."""


@dataclass(frozen=True, slots=True)
class Study:
    """Tables by name, and how many cells of each column were withheld as small."""

    tables: Mapping[str, tuple[Row, ...]]
    suppressed: Mapping[str, int]
    people: int
    smallest: int


def study(cases: Sequence[Case], *, key: bytes, smallest: int = SMALL) -> Study:
    """De-identified tables of consented treatments.

    Claims that no name, id, date or word of the practice stands in the tables, that no listed cell holds fewer
    than `smallest` people, and that no combination of the columns that tell people apart does. It does not claim
    that nobody can be known: a course of hours and scores has a shape of its own.

    Parameters
    ----------
    cases : sequence of Case
        Treatments whose clients agreed to research; the caller has asked.
    key : bytes
        32 secret bytes of one project. The same key gives the same pseudonyms and shifts, another key others.
    smallest : int
        Fewest people in a cell; 5 or more, or 1 for a single fictional or synthetic practice.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        If fewer than `smallest` people agreed: with so few, every cell is small.

    Notes
    -----
    1. Days of one client move by one number of whole weeks (-26 to 26, never 0), so that intervals and weekdays
       stay and no date is true. Times of day are left out.
    2. A rare value of a column marked so is withheld, and a person's band, frequency and the like are withheld one
       by one until each combination that is left holds `smallest` people.
    3. A measure that fewer people filled in is left out with its rows, and so is an indicator of dreams that fewer
       people's dreams hold.
    4. Words are given only where `with_text`; every doubt of de-identification is replaced.

    References
    ----------
    45 CFR 164.514(b)(2), the kinds of identifiers that are removed; not a claim to meet it.
    Sweeney (2002), doi:10.1142/S0218488502001648, for the combinations.

    See also
    --------
    tests/judges/test_research_tables.py
    """
    people = {case.client for case in cases}
    if len(people) < smallest:
        raise StudyError(
            ngettext(
                "%(n)s client agreed to research; with fewer than %(least)s nobody can be kept from being known",
                "%(n)s clients agreed to research; with fewer than %(least)s nobody can be kept from being known",
                len(people),
            )
            % {"n": len(people), "least": smallest}
        )
    tables: dict[str, list[Row]] = {name: [] for name in TABLES}
    for case in cases:
        for name, row in _rows(case, key):
            tables[name].append(row)
    suppressed: Counter[str] = Counter()
    _drop_rare("scores", "measure", tables, smallest, suppressed)
    _drop_rare("dreams", "indicator", tables, smallest, suppressed)
    for name, columns in TABLES.items():
        for column in columns:
            if column.cell:
                _withhold_rare(tables[name], column.name, smallest, suppressed, name)
    _withhold_combinations(tables["treatments"], smallest, suppressed)
    order = {name: [column.name for column in columns] for name, columns in TABLES.items()}
    return Study(
        {name: tuple({c: row.get(c) for c in order[name]} for row in sorted(rows, key=_place)) for name, rows in tables.items()},
        dict(sorted(suppressed.items())),
        len(people),
        smallest,
    )  # fmt: skip


def pseudonym(key: bytes, kind: str, id: str) -> str:
    """A name that only the key's holder can draw again."""
    return hmac.new(key, f"{kind}/{id}".encode(), hashlib.sha256).hexdigest()[:16]


def shift_of(key: bytes, client: str) -> timedelta:
    """By how much a client's days move: whole weeks, 1 to 26, either way."""
    number = int.from_bytes(hmac.new(key, f"shift/{client}".encode(), hashlib.sha256).digest()[:8], "big")
    weeks = number % (2 * WEEKS) - WEEKS
    return timedelta(weeks=weeks if weeks < 0 else weeks + 1)


def _place(row: Row) -> tuple[str, ...]:
    return tuple(f"{row.get(k) if row.get(k) is not None else '':>12}" for k in ("person", "hour", "week", "turn", "first_turn", "measure", "score", "kind", "code"))  # fmt: skip


def _rows(case: Case, key: bytes) -> Iterator[tuple[str, Row]]:
    person, course = pseudonym(key, "person", case.client), pseudonym(key, "treatment", case.treatment)
    shift = shift_of(key, case.client)

    def when(day: date) -> Row:
        return {"day": (day + shift).isoformat(), "week": (day - case.starts_on).days // 7}

    yield "treatments", {
        "person": person, "treatment": course, "format": case.format, "frequency": case.frequency, "seat": case.seat,
        "state": case.state, "age_band": _band(case), "hours_agreed": case.hours_agreed,
        "hours_held": _hours_band(sum(hour.status == "held" for hour in case.hours)), "with_text": case.with_text,
    }  # fmt: skip
    said = _words(case) if case.with_text else {}
    for hour in case.hours:
        name = pseudonym(key, "hour", hour.id)
        base = {"person": person, "treatment": course, "hour": name}
        yield "hours", {**base, **when(hour.day), **_told(hour)}
        text = _fullest(hour)
        if text is not None:
            for row in _turns(text):
                yield "turns", {**base, **row, "text": said.get((hour.id, row["turn"]))}
        for one in hour.texts:
            for mark in one.marks:
                if mark.is_code:
                    yield "marks", {**base, "source": one.kind, **_mark(mark, one)}
    for told in dream_rows(case):
        yield "dreams", {"person": person, "treatment": course, **told}
    for score in case.scores:
        yield "scores", {
            "person": person, "treatment": course, **when(score.day),
            "hour": pseudonym(key, "hour", score.hour) if score.hour else "",
            "measure": score.measure, "version": score.version, "definition": score.definition_hash,
            "score": score.score, "value": score.value, "withheld": "too few answers" if score.withheld else "",
        }  # fmt: skip
    for event in case.events:
        yield "events", {"person": person, "treatment": course, **when(event.day), "kind": event.kind}


def _hours_band(n: int) -> str:
    """Bands that double, so that a long treatment is not known by its very number."""
    if n >= 160:
        return "160+"
    first = 0 if n < 10 else next(edge for edge in (80, 40, 20, 10) if n >= edge)
    return f"{first}-{2 * first - 1 if first else 9}"


def _band(case: Case) -> str | None:
    if case.born_year is None:
        return None
    age = case.starts_on.year - case.born_year
    if not 0 <= age <= 120:
        return None
    if age >= 60:
        return "60+"
    return "under 20" if age < 20 else f"{age // 10 * 10}-{age // 10 * 10 + 9}"


def _fullest(hour: Hour) -> Text | None:
    """The text that the measures of an hour stand on: verbatim before reconstructed before notes; dreams apart."""
    held = [one for one in hour.texts if one.kind in ("transcript", "process_note") and one.transcript.turns]
    return min(held, key=lambda one: FULLEST.index(one.transcript.provenance), default=None)


def _words(case: Case) -> dict[tuple[str, int], str]:
    """De-identified words of every turn, all of a case's texts together; every doubt is replaced."""
    places, texts = [], []
    for hour in case.hours:
        text = _fullest(hour)
        for turn in text.transcript.turns if text else ():
            places.append((hour.id, turn.index))
            texts.append(turn.text)
    first = deidentify(texts, case.known)
    made = deidentify(texts, case.known, decisions={item.key: "replace" for item in first.review})
    return dict(zip(places, made.texts, strict=True))


def _told(hour: Hour) -> Row:
    row: Row = {
        "status": hour.status, "number": hour.number, "length_minutes": hour.length_minutes,
        "late_minutes": 5 * round(hour.late_minutes / 5), "place": hour.place, "provenance": "", "withheld": "", "read": "",
    }  # fmt: skip
    text = _fullest(hour)
    if text is None:
        return row
    profile = profile_of(text.transcript)
    measures = hour_values(profile)
    return row | {
        "provenance": text.transcript.provenance,
        **{name: measures.get(name) for name in MEASURED},
        "withheld": " ".join(part.measure for part in profile.withheld),
        "read": text.how,
        "blind": text.is_blind if text.how else None,
    }


def _speaker(name: str) -> str:
    """A third person in the room is named in a transcript; here they are someone."""
    return name if name in ("T", "C", "N") else "other"


def _turns(text: Text) -> Iterator[Row]:
    before: float | None = None
    for turn in spoken(text.transcript):
        yield {"turn": turn.index, "speaker": _speaker(turn.speaker), **turn_values(turn, before)}
        before = turn.end_s


def _mark(mark: Mark, text: Text) -> Row:
    known = codes_for(mark.construct)
    level, intensity = mark.attributes.get("level"), mark.intensity
    last = min(mark.span.end - 1, len(text.transcript.text) - 1)
    return {
        "first_turn": mark.turn, "last_turn": max(mark.turn, text.transcript.turn_at(max(0, last))),
        "characters": mark.span.end - mark.span.start, "speaker": _speaker(mark.speaker), "construct": mark.construct,
        "code": mark.code if mark.code in known else None,
        "level": level if isinstance(level, int | float) and not isinstance(level, bool) else None,
        "polarity": _one_of(mark.attributes.get("polarity"), ("positive", "negative", "mixed")),
        "sphere": _one_of(mark.attributes.get("sphere"), ("past", "current", "therapist", "self")),
        "intensity": float(intensity) if intensity is not None else None,
        "made": "unaided" if mark.is_unaided else "accepted",
        "engine": _engine(mark),
        "codebook": mark.codebook_version if _VERSIONED.fullmatch(mark.codebook_version) else None,
    }  # fmt: skip


_ENGINE = re.compile(r"[a-z0-9_:.-]{1,60}@[a-z0-9_.+-]{1,40}")
_VERSIONED = re.compile(r"[a-z_]{1,40}@[0-9.]{1,20}|[0-9.]{1,20}")


def _engine(mark: Mark) -> str | None:
    """Which engine proposed what a person accepted; never a coder's name."""
    name = mark.origin.removeprefix("cue:")
    return name if not mark.is_unaided and _ENGINE.fullmatch(name) else None


def _one_of(value: Any, allowed: tuple[str, ...]) -> str | None:
    return value if isinstance(value, str) and value in allowed else None


def _drop_rare(
    table: str, column: str, tables: dict[str, list[Row]], smallest: int, suppressed: Counter[str]
) -> None:
    people: dict[str, set[str]] = defaultdict(set)
    for row in tables[table]:
        people[row[column]].add(row["person"])
    kept = [row for row in tables[table] if len(people[row[column]]) >= smallest]
    if gone := len(tables[table]) - len(kept):
        suppressed[f"{table} (rows left out)"] += gone
    tables[table] = kept


def _withhold_rare(rows: list[Row], column: str, smallest: int, suppressed: Counter[str], table: str) -> None:
    people: dict[Any, set[str]] = defaultdict(set)
    for row in rows:
        people[row.get(column)].add(row["person"])
    for row in rows:
        if row.get(column) is not None and len(people[row[column]]) < smallest:
            row[column] = None
            suppressed[f"{table}.{column}"] += 1


def _withhold_combinations(rows: list[Row], smallest: int, suppressed: Counter[str]) -> None:
    """Take the most telling column of a rare combination away, and look again, until none is left."""
    wide = [column.name for column in TABLES["treatments"] if column.wide]
    for name in wide:
        _withhold_rare(rows, name, smallest, suppressed, "treatments")
    for name in reversed(wide):
        people: dict[tuple[Any, ...], set[str]] = defaultdict(set)
        for row in rows:
            people[tuple(row.get(c) for c in wide)].add(row["person"])
        rare = {combination for combination, who in people.items() if len(who) < smallest}
        for row in rows:
            if tuple(row.get(c) for c in wide) in rare and row.get(name) is not None:
                row[name] = None
                suppressed[f"treatments.{name}"] += 1
