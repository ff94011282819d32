"""Marks survive an edited text: found again by their words and what stood around them, or set apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from depthwork.coding.marks import Mark, Span
from depthwork.transcripts.model import Transcript, canonical
from depthwork.wording import gettext as _

CONTEXT = 32  # code points kept on each side of a mark
LIKELY = 0.5  # share of the kept context that must be found where the words alone do not decide
ALIKE = 0.6  # likeness of an edited quote to the old one
ALONE = 8  # letters at least, for a quote that stands once to be found without its context
NEAREST = 400  # occurrences of a short quote that are weighed, nearest first
LONGEST_GUESS = 2_000  # a longer quote is not compared letter by letter

State = Literal["same", "moved", "edited", "detached"]
_FLAT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "\n": " "})


@dataclass(frozen=True, slots=True)
class Anchored:
    """A mark and how it stands in the present text; `why` says it for a reader."""

    mark: Mark
    state: State
    why: str


def anchor_of(text: str, span: Span, *, context: int = CONTEXT) -> tuple[str, tuple[str, str]]:
    """The quote of a span and the text before and after it.

    Raises
    ------
    ValueError
        If the span runs past the end of the text.
    """
    if span.end > len(text):
        raise ValueError(f"the span ends at {span.end}, the text at {len(text)}")
    before = text[max(0, span.start - context) : span.start]
    return text[span.start : span.end], (before, text[span.end : span.end + context])


def anchored(mark: Mark, transcript: Transcript) -> Mark:
    """The mark with quote, anchor, turn and speaker taken from the text it points into."""
    quote, around = anchor_of(transcript.text, mark.span)
    turn = transcript.turn_at(mark.span.start)
    return replace(mark, quote=quote, anchor=around, turn=turn, speaker=transcript.turns[turn].speaker)


def settle(marks: Iterable[Mark], transcript: Transcript) -> tuple[Anchored, ...]:
    """Every mark in the present text, in the given order; none is ever left out."""
    plain = transcript.text.translate(_FLAT)
    return tuple(_settle_one(mark, transcript, plain) for mark in marks)


def reanchor(mark: Mark, transcript: Transcript) -> Anchored:
    """One mark in the present text.

    In this order: the words still stand at their place; they stand elsewhere and the context
    or their length decides where; they stand there but for quotation marks, dashes and line
    ends; what stood before and after is found and the words between are alike (`edited`: a
    person should look). Otherwise the mark is `detached`, unchanged, and is never counted.

    Assumptions
    -----------
    1. The text is canonical (NFC, newline between turns) and so are quote and anchor.
    2. Nothing is guessed: a quote of a few letters without its context is detached.
    """
    return _settle_one(mark, transcript, transcript.text.translate(_FLAT))


def _settle_one(mark: Mark, transcript: Transcript, plain: str) -> Anchored:
    text = transcript.text
    quote = canonical(mark.quote)
    before, after = canonical(mark.anchor[0]), canonical(mark.anchor[1])
    start, end = mark.span.start, mark.span.end
    if not quote:
        return Anchored(mark, "detached", "the mark kept no words by which to find it")
    if (
        text[start:end] == quote
        and _fits(text, start, end, before, after) >= LIKELY
        # A mark that was made on half an emoji stays; one whose emoji has grown since does not.
        and (_whole(text, start, end) or not _whole(*_in_context(before, quote, after)))
    ):
        return Anchored(mark, "same", _("where it was"))
    place = _find(text, quote, before, after, start)
    if place is None:
        place = _find(plain, quote.translate(_FLAT), before.translate(_FLAT), after.translate(_FLAT), start)
    if place is not None:
        if place == (start, end) and text[start:end] == quote:
            return Anchored(mark, "same", _("where it was; the text around it changed"))
        return Anchored(_moved(mark, place, transcript), "moved", _("found again by its words"))
    place = _between(plain, quote.translate(_FLAT), before.translate(_FLAT), after.translate(_FLAT), start)
    if place is not None:
        return Anchored(
            _moved(mark, place, transcript),
            "edited",
            _("the marked words were changed; found by what stands around"),
        )
    return Anchored(mark, "detached", _("its words are no longer in the text"))


def _in_context(before: str, quote: str, after: str) -> tuple[str, int, int]:
    return before + quote + after, len(before), len(before) + len(quote)


def _moved(mark: Mark, place: tuple[int, int], transcript: Transcript) -> Mark:
    return anchored(replace(mark, span=Span(*place)), transcript)


def _find(text: str, quote: str, before: str, after: str, near: int) -> tuple[int, int] | None:
    """The one occurrence of a quote that its context points to, or None where it cannot be told."""
    whole = before + quote + after
    at = text.find(whole)
    if at >= 0 and len(whole) > len(quote) and text.find(whole, at + 1) < 0:
        # With all its surroundings it stands once: nothing to weigh.
        start = at + len(before)
        if _whole(text, start, start + len(quote)):
            return start, start + len(quote)
    places = [at for at in _occurrences(text, quote) if _whole(text, at, at + len(quote))]
    if not places:
        return None
    nearest = sorted(places, key=lambda at: (abs(at - near), at))[:NEAREST]
    # The kept context ranks first, the distance only between equals.
    best = max(
        nearest, key=lambda at: (_fits(text, at, at + len(quote), before, after), -abs(at - near), -at)
    )
    fit = _fits(text, best, best + len(quote), before, after)
    if not before and not after:
        fit = 0.0
    alone = len(places) == 1 and len(quote) >= ALONE
    return (best, best + len(quote)) if alone or fit >= LIKELY else None


def _occurrences(text: str, quote: str) -> list[int]:
    found, at = [], text.find(quote)
    while at >= 0:
        found.append(at)
        at = text.find(quote, at + 1)
    return found


def _fits(text: str, start: int, end: int, before: str, after: str) -> float:
    """Share of the kept context that stands directly around a place, 0 to 1; 1 where none was kept."""
    kept = len(before) + len(after)
    if not kept:
        return 1.0
    left = right = 0
    while left < len(before) and start - left > 0 and text[start - left - 1] == before[-1 - left]:
        left += 1
    while right < len(after) and end + right < len(text) and text[end + right] == after[right]:
        right += 1
    # The better side alone may carry it: an edit next to a mark spoils one side only.
    sides = [side / len(kept_side) for side, kept_side in ((left, before), (right, after)) if kept_side]
    return max((left + right) / kept, max(sides))


def _between(text: str, quote: str, before: str, after: str, near: int) -> tuple[int, int] | None:
    """The stretch between what stood before and after, if it is like the old words."""
    if len(before) < 8 or len(after) < 8 or len(quote) > LONGEST_GUESS:
        return None
    best: tuple[float, int, int] | None = None
    starts = sorted(_occurrences(text, before[-16:]), key=lambda at: abs(at - near))[:8]
    for at in starts:
        start = at + len(before[-16:])
        end = text.find(after[:16], start, start + 2 * len(quote) + 40)
        if end <= start or not _whole(text, start, end):
            continue
        likeness = SequenceMatcher(None, quote, text[start:end], autojunk=False).ratio()
        if likeness >= ALIKE and (best is None or likeness > best[0]):
            best = (likeness, start, end)
    return (best[1], best[2]) if best else None


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a stretch cuts no letter from its accents and no emoji from its parts."""
    return not (_clings(text, start) or _clings(text, end))


def _clings(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return False
    here, joiner = text[at], "\u200d"
    return (
        bool(unicodedata.combining(here))
        or here == joiner
        or text[at - 1] == joiner
        or "\ufe00" <= here <= "\ufe0f"
        or "\U0001f3fb" <= here <= "\U0001f3ff"
    )
