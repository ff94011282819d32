"""Disfluency: filled pauses, words broken off, words said twice, and words that only fill.

When not to use it: Not where somebody tidied the transcript, nor for comparing files from different
transcribers or programs: it counts what was written down. It is no sign of lying.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from depthwork.language.hour import Spoken
from depthwork.language.lists import own_list
from depthwork.language.tokens import Token, without_comments
from depthwork.language.withheld import Withheld, too_few_words

_MARKS = frozenset(',.;:?!\u2026\u2013\u2014-\u201c\u201d"\n')


@dataclass(frozen=True, slots=True)
class Disfluency:
    """Counts of each kind, and all of them for every 100 words, broken-off ones included."""

    filled_pauses: int
    broken_off: int
    repeats: int
    fillers: int
    per_100: float


def _between(text: str, before: Token, after: Token) -> str:
    return text[before.end : after.start]


def _stands_apart(text: str, found: Sequence[Token], start: int, end: int) -> bool:
    """A filler stands between marks or at an end of the turn on both sides."""
    before = text[found[start - 1].end if start else 0 : found[start].start]
    after = text[found[end - 1].end : found[end].start if end < len(found) else len(text)]
    return (start == 0 or not _MARKS.isdisjoint(before)) and (
        end == len(found) or not _MARKS.isdisjoint(after)
    )


def disfluency(turns: Sequence[Spoken]) -> Disfluency | Withheld:
    """How often speech falters.

    Counts what was written down: a tidied transcript has little of it, whatever was said.

    Parameters
    ----------
    turns : sequence of Spoken
        One speaker's turns.

    Returns
    -------
    Disfluency or Withheld
        Withheld under 50 words.

    Notes
    -----
    1. Filled pauses are listed (um, uh, hm ...). Backchannels such as mm-hm are not among them.
    2. Like, well, you know, I mean and kind count only where marks set them off on both sides;
       unpunctuated fillers are missed.
    3. A repeat is a word said twice running with nothing between but space or a comma or a dash; words
       commonly doubled on purpose (very, no, bye ...) are left out.
    4. ``100 * all / (words + broken-off words)``

    References
    ----------
    After the disfluency list of DAAP (Maskit, 2014, doi:10.6084/m9.figshare.928469).

    See also
    --------
    tests/judges/test_expressions.py
    """
    listed = own_list("disfluency")
    pauses, doubled = listed.words["filled_pauses"], listed.words["not_repeats"]
    counts = {"filled_pauses": 0, "broken_off": 0, "repeats": 0, "fillers": 0}
    n = 0
    for turn in turns:
        found, text = turn.tokens, without_comments(turn.text)
        n += len(found)
        counts["broken_off"] += sum(token.broken for token in found)
        counts["filled_pauses"] += sum(token.word in pauses for token in found)
        for before, after in itertools.pairwise(found):
            if before.word == after.word and after.word not in doubled | pauses and not after.broken:
                counts["repeats"] += not _between(text, before, after).strip(" ,\u2013\u2014-\u2026")
        for start, end in listed.matches("set_off", [token.word for token in found]):
            counts["fillers"] += len(found) > end - start and _stands_apart(text, found, start, end)
    if withheld := too_few_words("disfluency", n):
        return withheld
    return Disfluency(**counts, per_100=100 * sum(counts.values()) / n)
