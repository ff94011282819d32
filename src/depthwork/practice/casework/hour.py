"""Everything the page of an hour shows, assembled from rows; the templates only set it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from depthwork.practice.casework.beside import Beside, look_beside
from depthwork.practice.casework.engine import first_cues, uncovered, why_of
from depthwork.practice.casework.gate import AT_FIRST, Gate, look_at_gate
from depthwork.practice.casework.models import PassageAnswer, ReadingRow
from depthwork.practice.casework.page.column import (
    SHORT_NOTE,
    Entry,
    Passage,
    Stood,
    comment_entry,
    cue_entry,
    entry_of,
    note_layers,
    passages_of,
)
from depthwork.practice.casework.page.underline import Layer
from depthwork.practice.casework.proposed import look_at_kept_cues, proposals_from
from depthwork.practice.casework.queries import look_at_answers, look_at_marks, look_at_reading, settled
from depthwork.practice.casework.words import BY_ID, name_of_code, outside_coder
from depthwork.practice.config.at_once import at_once
from depthwork.practice.people.models import Person
from depthwork.practice.sources.models import Source
from depthwork.practice.sources.queries import Kept
from depthwork.practice.treatments.calendar import zone_of
from depthwork.practice.treatments.models import Session
from depthwork.wording import decimal

MAIN_KINDS = ("transcript", "process_note", "dream", "material")


@dataclass(slots=True)
class ToReadAgain:
    """A passage that may speak of danger, with what was answered. No level, no confidence, no dismissal."""

    id: str
    turn: int
    quote: str
    name: str
    why: str
    answers: list[PassageAnswer]


@dataclass(slots=True)
class Filter:
    """One construct in the line above the text, with how many codes it has."""

    construct: str
    name: str
    n: int
    is_on: bool


@dataclass(slots=True)
class Column:
    """The reading column of one source."""

    source: Source
    passages: list[Passage]
    to_read_again: list[ToReadAgain]
    gate: Gate
    cues_shown: int
    cues_resting: int
    dismissed: int
    reading: ReadingRow | None
    hides_others: bool
    others_hidden: int
    filters: list[Filter]
    only: str
    all_cues: bool
    detached: list[tuple[Entry, str]]
    engine_silent: str
    words: int
    is_note: bool
    is_short: bool
    codes: int
    notes: list[str] = field(default_factory=list)
    beside: Beside | None = None

    @property
    def kind_words(self) -> str:
        """Verbatim transcript; process note; dream report, reconstructed from memory."""
        kind, provenance = self.source.get_kind_display(), self.source.provenance
        if provenance == Source.Provenance.VERBATIM and self.source.kind == Source.Kind.TRANSCRIPT:
            return _("verbatim %(kind)s") % {"kind": kind}
        if provenance == Source.Provenance.RECONSTRUCTED:
            return f"{kind}, {self.source.get_provenance_display()}"
        return str(kind)

    @property
    def words_said(self) -> str:
        """1,333 words."""
        return ngettext("%(n)s word", "%(n)s words", self.words) % {"n": decimal(f"{self.words:,}")}

    @property
    def query(self) -> str:
        """What the reader asked to see, carried on by every act."""
        parts = [("source", str(self.source.id))]
        parts += [("only", self.only)] if self.only else []
        parts += [("cues", "all")] if self.all_cues else []
        return urlencode(parts)


def chosen(sources: Sequence[Kept], wanted: str | None) -> Kept | None:
    """The source that is read: the one asked for, else a transcript before a note before a dream."""
    if wanted:
        for kept in sources:
            if str(kept.source.id) == wanted:
                return kept
        return None
    ranked = [k for k in sources if k.source.kind in MAIN_KINDS]
    return min(ranked, key=lambda k: MAIN_KINDS.index(k.source.kind), default=None)


def column_of(
    session: Session, kept: Kept, person: Person, *, treats: bool, only: str = "", all_cues: bool = False
) -> Column:
    """Set one source for one person.

    Whoever does not treat this client, and has not said how they read, sees no codes of others yet.
    """
    source, transcript = kept.source, kept.transcript
    reading, rows, open_to, cues_kept, answers, said = at_once(
        look_at_reading(source, person),
        look_at_marks(source),
        look_at_gate(session, person, treats=treats),
        look_at_kept_cues(source),
        look_at_answers(source),
        look_beside(source, person),
    )
    undecided = reading is None and not treats
    hides = undecided or (reading is not None and reading.is_blind and reading.finished_at is None)
    mine = [k for k in rows if k.coder == person.id]
    shown = mine if hides else rows
    proposed = proposals_from(cues_kept, source, transcript, with_cues=open_to.is_open, forget=open_to.ended)
    zone = zone_of(session.zone)
    entries: list[Entry] = []
    detached: list[tuple[Entry, str]] = []
    counts: Counter[str] = Counter()
    for row, anchored in settled(shown, transcript, version=source.version):
        outside = outside_coder(anchored.mark.origin) if row.coder is None else ""
        if anchored.mark.construct == "risk" and row.coder is not None:
            continue
        counts[anchored.mark.construct] += 1
        stood = Stood(
            anchored.mark,
            row.who if row.coder else outside,
            row.on.astimezone(UTC).astimezone(zone),
            row.version,
            row.coder == person.id,
            not anchored.mark.is_unaided,
            row.coder not in (None, session.treatment.clinician_id),
            treats and row.coder is None,
        )
        if anchored.state == "detached":
            detached.append((_detached(stood), anchored.why))
        elif not only or anchored.mark.construct == only:
            entries.append(entry_of(stood, transcript, 0))
    cues: list[dict[str, Any]] = []
    if open_to.is_open:
        cues = uncovered(proposed.cues, (k.mark for k in mine))
        cues = [c for c in cues if not only or c["construct"] == only]
    visible = cues if all_cues else first_cues(cues, most=AT_FIRST)
    entries += [cue_entry(cue, transcript, 0) for cue in visible]
    if said is not None and not hides and not only:
        entries += [comment_entry(one, transcript) for one in said.comments]
    entries.sort(key=lambda e: (e.start, -e.end))
    for number, entry in enumerate(entries, 1):
        entry.number = number
    again = _again(transcript, proposed.passages, answers)
    words = sum(len(turn.text.split()) for turn in transcript.turns)
    is_note = all(turn.speaker == "N" for turn in transcript.turns)
    ranges = kept.version.passages or []
    others = [*note_layers(ranges), *(Layer(p["start"], p["end"], "again") for p in again[1])]
    return Column(
        source=source,
        passages=passages_of(transcript, entries, others),
        to_read_again=again[0],
        gate=open_to,
        cues_shown=len(visible),
        cues_resting=len(cues) - len(visible),
        dismissed=reading.dismissed if reading else 0,
        reading=reading,
        hides_others=hides,
        others_hidden=len(rows) - len(mine) if hides else 0,
        filters=[
            Filter(c, BY_ID[c].name, counts[c], c == only) for c in BY_ID if counts[c] or (only and c == only)
        ],
        only=only,
        all_cues=all_cues,
        detached=detached,
        engine_silent=proposed.silent,
        words=words,
        is_note=is_note,
        is_short=is_note and words <= SHORT_NOTE,
        codes=sum(counts.values()),
        notes=_said_of(ranges, transcript),
        beside=said,
    )


def _detached(stood: Stood) -> Entry:
    from depthwork.practice.casework.words import called, name_of_construct, qualified

    mark = stood.mark
    return Entry(
        key=mark.id, kind="code", number=0, turn=mark.turn, last_turn=mark.turn, construct=mark.construct,
        code=mark.code, head=name_of_construct(mark.construct),
        name=called(mark.construct, mark.code, mark.attributes), about=qualified(mark.construct, mark.attributes),
        by=stood.by, quote=mark.quote, start=mark.span.start, end=mark.span.end, version=stood.version,
        attributes=mark.attributes, is_mine=stood.is_mine,
    )  # fmt: skip


def _again(
    transcript: Any, found: list[dict[str, Any]], answers: dict[str, list[PassageAnswer]]
) -> tuple[list[ToReadAgain], list[dict[str, Any]]]:
    return [
        ToReadAgain(
            id=p["id"],
            turn=transcript.turn_at(p["start"]),
            quote=p["quote"],
            name=name_of_code("risk", p["code"]),
            why=why_of(p),
            answers=answers.get(p["quote"], []),
        )
        for p in found
    ], found


def _said_of(ranges: list[dict[str, Any]], transcript: Any) -> list[str]:
    """Line 2 is hazy; line 4 is reverie."""
    said: dict[str, list[int]] = {}
    for one in ranges:
        if one["kind"] != "recalled":
            line = transcript.turn_at(one["start"]) + 1
            lines = said.setdefault(one["kind"], [])
            if line not in lines:
                lines.append(line)
    return [f"{_lines(lines)} {kind}" for kind, lines in said.items()]


def _lines(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return _("line %(n)s is") % {"n": numbers[0]}
    return _("lines %(first)s and %(last)s are") % {
        "first": ", ".join(str(n) for n in numbers[:-1]),
        "last": numbers[-1],
    }
