"""Where was something like this said? Passages of a treatment that share the rarer words of some given words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from depthwork.language.lists import own_list
from depthwork.language.tokens import tokens
from depthwork.transcripts.model import Transcript

K1, B = 1.2, 0.75  # as customary: how soon a repeated word is enough, how far length counts
UNIT_WORDS = 30  # sentences of a turn are joined up to about this length
_END = re.compile(r"[.!?…]+[\"”’)\]]*\s+")
_SUFFIXES = ("ings", "ing", "edly", "ed", "ly", "s")


@dataclass(frozen=True, slots=True)
class Like:
    """A passage with its score; offsets are code points of its source's canonical text."""

    source: str
    turn: int
    speaker: str
    start: int
    end: int
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class _Unit:
    source: str
    turn: int
    speaker: str
    start: int
    end: int
    quote: str
    stems: Counter[str]
    length: int


def like_this(words: str, texts: Iterable[Transcript], *, limit: int = 12) -> tuple[Like, ...]:
    """Passages that are like some words, the nearest first.

    A search by words and their endings: it finds what was said in the same words, not what was meant in others.

    Parameters
    ----------
    words
        What is looked for: a line or two.
    texts
        The sources of a treatment.
    limit
        How many passages at most.

    Returns
    -------
    tuple of Like
        Passages that share at least two of the query's telling words, or its only one; equals in the order
        of the texts. Function words tell nothing, unless the query has no others.

    Notes
    -----
    1. Passages are sentences of one turn, joined up to about thirty words.
    2. Words are compared without their commonest endings.
    3. A word counts by its rarity in these texts, so that "the" and "and" count nearly nothing.

    ``sum over the query's words of log(1 + (N - df + .5) / (df + .5)) * tf (k1 + 1) / (tf + k1 (1 - b + b n / mean n))``

    References
    ----------
    Robertson & Zaragoza (2009), The Probabilistic Relevance Framework, doi:10.1561/1500000019

    Examples
    --------
    >>> from depthwork.transcripts import transcript_of
    >>> hour = transcript_of([("C", "He locked the gate. It rained."), ("T", "The gates were always locked.")])
    >>> [like.turn for like in like_this("a locked gate", [hour])]
    [1, 0]
    """
    wanted = set(_stems(words))
    if not wanted:
        return ()
    units = [unit for text in texts for unit in _units(text)]
    if not units:
        return ()
    found_in: Counter[str] = Counter(stem for unit in units for stem in wanted & unit.stems.keys())
    mean = sum(unit.length for unit in units) / len(units)
    weight = {
        stem: math.log(1 + (len(units) - found_in[stem] + 0.5) / (found_in[stem] + 0.5)) for stem in wanted
    }
    telling = wanted - _plain() or wanted
    least = min(2, len(telling))
    scored = []
    for at, unit in enumerate(units):
        shared = wanted & unit.stems.keys()
        if len(shared & telling) >= least:
            scored.append((-_score(unit, shared, weight, mean), at, unit))
    scored.sort(key=lambda row: row[:2])
    return tuple(
        Like(unit.source, unit.turn, unit.speaker, unit.start, unit.end, unit.quote, -score)
        for score, _, unit in scored[:limit]
    )


def _score(unit: _Unit, shared: set[str], weight: dict[str, float], mean: float) -> float:
    damp = K1 * (1 - B + B * unit.length / mean)
    return sum(weight[stem] * unit.stems[stem] * (K1 + 1) / (unit.stems[stem] + damp) for stem in shared)


def _stems(text: str) -> list[str]:
    return [_stem(token.word) for token in tokens(text) if not token.broken]


def _stem(word: str) -> str:
    word = word.removesuffix("'s").removesuffix("’s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    return word[:-1] if len(word) > 3 and word[-1] in "ey" else word


@cache
def _plain() -> frozenset[str]:
    """Stems of function words: shared by everything, they make nothing alike."""
    return frozenset(_stem(word) for group in own_list("function_words").words.values() for word in group)


def _units(transcript: Transcript) -> Iterator[_Unit]:
    for turn, offset in zip(transcript.turns, transcript.offsets, strict=True):
        for start, end in _stretches(turn.text):
            quote = turn.text[start:end].strip()
            if not quote:
                continue
            begin = offset + start + (len(turn.text[start:end]) - len(turn.text[start:end].lstrip()))
            stems = _stems(quote)
            yield _Unit(
                transcript.source,
                turn.index,
                turn.speaker,
                begin,
                begin + len(quote),
                quote,
                Counter(stems),
                len(stems),
            )


def _stretches(text: str) -> list[tuple[int, int]]:
    """Sentences, joined until they are about as long as a unit."""
    ends = [found.end() for found in _END.finditer(text)]
    cuts: Sequence[int] = [*ends, len(text)] if not ends or ends[-1] < len(text) else ends
    found: list[tuple[int, int]] = []
    start = at = 0
    for cut in cuts:
        if at > start and len(text[start:cut].split()) > UNIT_WORDS:
            found.append((start, at))
            start = at
        at = cut
    if at > start:
        found.append((start, at))
    return found
