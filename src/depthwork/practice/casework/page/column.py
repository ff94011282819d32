"""The reading column: turns gathered into passages, each with its entries beside it, so that none overlaps."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any, Literal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from depthwork.coding import Mark
from depthwork.practice.casework.beside import Comment
from depthwork.practice.casework.engine import why_of
from depthwork.practice.casework.page.underline import Layer, drawn, silence_rule, stage_of
from depthwork.practice.casework.words import BECAME, called, name_of_construct, qualified, speaker_named
from depthwork.practice.config.dates import in_words
from depthwork.practice.config.markup import escaped_already
from depthwork.transcripts import Transcript
from depthwork.wording import figure

LETTERS_A_LINE, LETTERS_AN_ENTRY_LINE = 64, 38
LINE, SMALL_LINE = 28.0, 21.0
MOST_ROWS = 11  # of the grid of one passage; the sheet gives a passage twelve rows
LONG_MARK = 160  # a longer mark is set between hooks and not underlined
SHORT_NOTE = 12  # words of a note that may take the whole page
SILENCE_S = 3.0
EntryKind = Literal["code", "cue", "comment"]


@dataclass(slots=True)
class Entry:
    """One entry of the margin."""

    key: str
    kind: EntryKind
    number: int
    turn: int
    last_turn: int
    construct: str
    code: str
    head: str
    name: str
    about: str
    by: str
    quote: str
    why: str = ""
    in_ten: int = 0  # of ten such cues so many were right, on text the engine had not seen
    start: int = 0
    end: int = 0
    version: int = 1
    attributes: Mapping[str, Any] = field(default_factory=dict)
    is_mine: bool = True
    is_displaced: bool = False
    is_anothers: bool = False  # of somebody who was invited to the hour
    may_go: bool = False  # of somebody outside: taken away by whoever treats, changed by nobody
    withdraw: str = ""
    note: str = ""
    became: str = ""
    after: tuple[tuple[str, str], ...] = ()
    asks_became: bool = False

    @property
    def turns(self) -> str:
        """Turn 74, or turns 70 to 72, as a reader counts."""
        if self.last_turn > self.turn:
            return _("turns %(first)s to %(last)s") % {"first": self.turn + 1, "last": self.last_turn + 1}
        return _("turn %(n)s") % {"n": self.turn + 1}

    @property
    def attributes_json(self) -> str:
        """For the palette, when the entry is edited."""
        return json.dumps(dict(self.attributes), ensure_ascii=False)

    @property
    def became_words(self) -> str:
        """What became of an interpretation, in words."""
        return BECAME.get(self.became, self.became.replace("_", " "))

    @property
    def height(self) -> float:
        """About how high it stands in the margin, in pixels."""
        lines = ceil((len(self.head) + len(self.name) + len(self.about) + 6) / LETTERS_AN_ENTRY_LINE)
        lines += 1 + (ceil(len(self.note) / LETTERS_AN_ENTRY_LINE) if self.note else 0)
        if self.kind == "cue":
            lines += ceil(len(self.why) / LETTERS_AN_ENTRY_LINE) + ceil(min(len(self.quote), 90) / 38) + 1
        if self.asks_became:
            lines += 2
        return SMALL_LINE * (lines + 1)


@dataclass(slots=True)
class TurnLine:
    """A turn as it is set."""

    number: int
    speaker: str
    speaker_name: str
    at: str
    start: int
    html: SafeString
    is_therapist: bool
    silence: SafeString | None = None
    silence_words: str = ""
    letters: int = 0


@dataclass(slots=True)
class Passage:
    """Turns that share their rows with the entries beside them."""

    turns: list[TurnLine]
    entries: list[Entry]

    @property
    def label(self) -> str:
        """The turns it holds, for the group's name."""
        first, last = self.turns[0].number, self.turns[-1].number
        return f"{first}" if first == last else f"{first} to {last}"


@dataclass(frozen=True, slots=True)
class Stood:
    """A mark with what its row knows beside it."""

    mark: Mark
    by: str
    on: datetime | None
    version: int
    is_mine: bool
    from_cue: bool
    is_anothers: bool = False
    may_go: bool = False


def entry_of(stood: Stood, transcript: Transcript, number: int) -> Entry:
    """The margin entry of a code."""
    mark = stood.mark
    last = transcript.turn_at(max(mark.span.start, mark.span.end - 1))
    by = stood.by
    if stood.on:
        by = f"{by}, {in_words(stood.on, 'j M')}" if by else f"{in_words(stood.on, 'j M')}"
    if stood.from_cue:
        by += _(", from a cue") if mark.status == "confirmed" else _(", from a cue, changed")
    interprets = mark.construct == "intervention" and mark.code.startswith("interpretation_")
    return Entry(
        key=mark.id,
        kind="code",
        number=number,
        turn=mark.turn,
        last_turn=last,
        construct=mark.construct,
        code=mark.code,
        head=name_of_construct(mark.construct),
        name=called(mark.construct, mark.code, mark.attributes),
        about=qualified(mark.construct, mark.attributes),
        by=by,
        quote=mark.quote,
        start=mark.span.start,
        end=mark.span.end,
        version=stood.version,
        attributes=mark.attributes,
        is_mine=stood.is_mine,
        is_displaced=mark.attributes.get("displaced") is True,
        is_anothers=stood.is_anothers,
        may_go=stood.may_go,
        note=str(mark.attributes.get("note") or ""),
        became=str(mark.attributes.get("became") or ""),
        after=_after(transcript, last) if interprets else (),
        asks_became=interprets,
    )


def _after(transcript: Transcript, last: int) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{turn.index + 1} {turn.speaker}", _short(turn.text, 140))
        for turn in transcript.turns[last + 1 : last + 4]
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + " …"


def cue_entry(cue: Mapping[str, Any], transcript: Transcript, number: int) -> Entry:
    """The margin entry of a cue: a question with its quote and its reason."""
    turn = transcript.turn_at(cue["start"])
    return Entry(
        key=cue["id"],
        kind="cue",
        number=number,
        turn=turn,
        last_turn=transcript.turn_at(max(cue["start"], cue["end"] - 1)),
        construct=cue["construct"],
        code=cue["code"],
        head=name_of_construct(cue["construct"]),
        name=called(cue["construct"], cue["code"], cue["attributes"]),
        about=qualified(cue["construct"], cue["attributes"]),
        by=speaker_named(transcript.turns[turn].speaker),
        quote=_short(cue["quote"], 90),
        why=why_of(cue),
        in_ten=min(9, max(1, round(10 * cue["confidence"]))) if cue["confidence"] else 0,
        start=cue["start"],
        end=cue["end"],
        attributes=cue["attributes"],
    )


def comment_entry(comment: Comment, transcript: Transcript) -> Entry:
    """The margin entry of a comment. Where its words no longer stand, it keeps its turn and underlines nothing."""
    stands = transcript.text[comment.start : comment.end] == comment.quote
    turn = transcript.turn_at(comment.start) if stands else min(comment.turn, len(transcript.turns) - 1)
    offset = transcript.offsets[turn]
    return Entry(
        key=str(comment.id),
        kind="comment",
        number=0,
        turn=turn,
        last_turn=transcript.turn_at(max(comment.start, comment.end - 1)) if stands else turn,
        construct="",
        code="",
        head=comment.who,
        name="",
        about="",
        by="",
        quote=_short(comment.quote, 70),
        note=comment.words,
        start=comment.start if stands else offset,
        end=comment.end if stands else offset,
        is_mine=bool(comment.withdraw),
        withdraw=comment.withdraw,
    )


def layers_of(entries: Sequence[Entry]) -> list[Layer]:
    """What is drawn into the text for the entries."""
    found = []
    for entry in entries:
        if entry.end <= entry.start:
            continue
        css = [] if entry.kind == "code" else [entry.kind]
        if entry.is_anothers:
            css.append("another")
        if entry.end - entry.start > LONG_MARK or entry.last_turn > entry.turn:
            css.append("long")
        if entry.is_displaced:
            css.append("displaced")
        found.append(Layer(entry.start, entry.end, " ".join(css), entry.key, entry.number))
    return found


def passages_of(
    transcript: Transcript, entries: Sequence[Entry], others: Sequence[Layer] = ()
) -> list[Passage]:
    """The whole source, set.

    Parameters
    ----------
    entries
        Codes and cues, numbered in the order of the text.
    others
        Passages of a note (hazy, reverie ...) and passages to read again: drawn, without a number.

    Notes
    -----
    A passage begins at a marked turn and holds the turns up to the next one. Where its entries would be
    longer than its text, the next marked turn is taken in too.
    """
    layers = [*layers_of(entries), *others]
    by_turn: dict[int, list[Layer]] = defaultdict(list)
    for layer in layers:
        first = transcript.turn_at(layer.start)
        last = transcript.turn_at(max(layer.start, layer.end - 1))
        for turn in range(first, last + 1):
            by_turn[turn].append(layer)
    beside: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        beside[entry.turn].append(entry)
    found: list[Passage] = []
    text_high = entries_high = 0.0
    for at in range(len(transcript.turns)):
        line = _line(transcript, at, by_turn.get(at, ()))
        mine = beside.get(at, [])
        high = LINE * (ceil(max(1, line.letters) / LETTERS_A_LINE) + 0.5 + bool(line.silence))
        joins = bool(found) and len(found[-1].turns) < MOST_ROWS
        if joins and mine:
            joins = entries_high > text_high + LINE
        if joins:
            found[-1].turns.append(line)
            found[-1].entries.extend(mine)
            text_high += high
            entries_high += sum(e.height for e in mine)
        else:
            found.append(Passage([line], list(mine)))
            text_high, entries_high = high, sum(e.height for e in mine)
    return found


def _line(transcript: Transcript, at: int, layers: Sequence[Layer]) -> TurnLine:
    turn, offset = transcript.turns[at], transcript.offsets[at]
    given = [*layers, *stage_of(turn.text, offset)] if "(" in turn.text or "[" in turn.text else layers
    quiet = _silence_after(transcript, at)
    return TurnLine(
        number=at + 1,
        speaker=turn.speaker,
        speaker_name=speaker_named(turn.speaker),
        at=_clock(turn.start_s),
        start=offset,
        html=escaped_already(drawn(turn.text, offset, given)),
        is_therapist=turn.speaker == "T",
        silence=escaped_already(silence_rule(quiet)) if quiet else None,
        silence_words=_("%(n)s seconds") % {"n": figure(quiet, ".0f")} if quiet else "",
        letters=len(turn.text),
    )


def _silence_after(transcript: Transcript, at: int) -> float | None:
    """Seconds of silence after a turn, from the times; a written pause is drawn where it is written."""
    turn = transcript.turns[at]
    if at + 1 < len(transcript.turns):
        end, begin = turn.end_s, transcript.turns[at + 1].start_s
        if end is not None and begin is not None and begin - end >= SILENCE_S:
            return begin - end
    return None


def _clock(seconds: float | None) -> str:
    return "" if seconds is None else f"{int(seconds // 60):02d}:{int(seconds % 60):02d}"


def note_layers(passages: Sequence[Mapping[str, Any]]) -> list[Layer]:
    """What a note's writer said of its passages; recalled is plain."""
    return [
        Layer(p["start"], p["end"], p["kind"], says=str(p["kind"]))
        for p in passages
        if p["kind"] in ("hazy", "reverie", "forgotten")
    ]
