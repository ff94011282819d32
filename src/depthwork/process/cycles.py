"""Therapeutic cycles: emotion tone and abstraction in blocks of words, and the four patterns they make.

When not to use it: Not for comparing clients, therapists, schools or languages, nor for an hour too short to
make blocks of. A block without a cycle is no failed hour, and no pattern says what somebody felt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthwork.language.abstraction import is_abstract
from depthwork.language.hour import Spoken
from depthwork.language.lists import emotion_words
from depthwork.language.withheld import Withheld
from depthwork.wording import gettext as _
from depthwork.wording import ngettext

Pattern = Literal["relaxing", "reflecting", "experiencing", "connecting"]
PATTERNS: tuple[Pattern, ...] = ("relaxing", "reflecting", "experiencing", "connecting")

BLOCK_WORDS = 150
FEWEST_BLOCKS = 8

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Block:
    """About 150 words in the order of speech.

    `emotion` and `abstraction` are percent of the block's words, `emotion_z` and `abstraction_z` their
    standard scores within the hour; `turns` names the first and last turn that hold the block.
    """

    index: int
    words: int
    turns: tuple[int, int]
    emotion: float
    abstraction: float
    emotion_z: float
    abstraction_z: float
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Cycles:
    """The blocks of an hour, how often each pattern occurs, and the cycles as (first, last) block.

    `stability` compares even with odd blocks: 1 where the patterns are shared alike in both halves, 0
    where they are not shared at all.
    """

    block_words: int
    blocks: tuple[Block, ...]
    shares: dict[Pattern, float]
    cycles: tuple[tuple[int, int], ...]
    stability: float

    @property
    def count(self) -> int:
        """The number of cycles."""
        return len(self.cycles)


def standard_scores(values: ArrayLike) -> Floats | None:
    """Standard scores within the series, with n - 1; None where the values do not vary.

    Examples
    --------
    >>> standard_scores([1.0, 2.0, 3.0]).tolist()
    [-1.0, 0.0, 1.0]
    """
    series = np.asarray(values, np.float64)
    spread = series.std(ddof=1) if len(series) > 1 else 0.0
    # Equal values can differ in their last digit after division.
    if spread <= 1e-12 * max(1.0, float(np.abs(series).max(initial=0.0))):
        return None
    return np.asarray((series - series.mean()) / spread)


def softened(scores: ArrayLike) -> Floats:
    """Standard scores smoothed by [0.25, 0.5, 0.25], the ends repeated."""
    padded = np.pad(np.asarray(scores, np.float64), 1, mode="edge")
    return np.asarray(0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:])


def patterns_of(emotion_z: ArrayLike, abstraction_z: ArrayLike) -> tuple[Pattern, ...]:
    """The pattern of each block from its two standard scores; a score of exactly 0 counts as low."""
    return tuple(
        PATTERNS[2 * int(emotion > 0) + int(abstraction > 0)]
        for emotion, abstraction in zip(np.asarray(emotion_z), np.asarray(abstraction_z), strict=True)
    )


def cycles_of(patterns: Sequence[Pattern], *, open_ends: bool = False) -> tuple[tuple[int, int], ...]:
    """Cycles as first and last block.

    A cycle is a maximal run of blocks that are not relaxing, with a relaxing block before and after, that
    holds at least one connecting block. With `open_ends` the start and end of the hour may stand in.

    Examples
    --------
    >>> cycles_of(["relaxing", "experiencing", "connecting", "relaxing"])
    ((1, 2),)
    """
    found, begin = [], None
    for at, pattern in enumerate([*patterns, "relaxing"]):
        if pattern != "relaxing":
            begin = at if begin is None else begin
        elif begin is not None:
            is_closed = begin > 0 and at < len(patterns)
            if (is_closed or open_ends) and "connecting" in patterns[begin:at]:
                found.append((begin, at - 1))
            begin = None
    return tuple(found)


def _shares(patterns: Iterable[Pattern]) -> dict[Pattern, float]:
    listed = list(patterns)
    return {pattern: listed.count(pattern) / len(listed) for pattern in PATTERNS}


def cycles(
    hour: Sequence[Spoken],
    *,
    block_words: int = BLOCK_WORDS,
    smoothed: bool = False,
    open_ends: bool = False,
) -> Cycles | Withheld:
    """Where feeling words and abstract words are dense in an hour, apart and together.

    Describes density of two kinds of words against the mean of the same hour. It does not say what was
    felt or understood, and an hour is never compared with another by it.

    Parameters
    ----------
    hour : sequence of Spoken
        All turns, in order; the words of all speakers are taken as one stream.
    block_words : int
        Words a block. The last block is kept with half as many or more.
    smoothed : bool
        Smooth the standard scores by [0.25, 0.5, 0.25] before naming patterns.
    open_ends : bool
        As in `cycles_of`.

    Returns
    -------
    Cycles or Withheld
        Withheld under 8 blocks, and where one of the two does not vary.

    Raises
    ------
    ValueError
        If `block_words` is under 1.

    Notes
    -----
    1. Emotion words are counted from an open list whatever their valence; "not happy" counts as one.
    2. Abstract nouns are found by list and ending without a tagger ("no-POS"); a word such as loneliness
       counts as both.
    3. Standard scores use n - 1 and the hour's own mean, so every hour has high and low blocks.
    4. The smoothing and the rule of a cycle are our own reading; the original program's are not published
       in full.

    ``z = (percent - mean) / sd``; relaxing: both at or under 0; reflecting: abstraction over 0;
    experiencing: emotion over 0; connecting: both.

    Reliability: deterministic. Validity: connecting and cycles have been tied to key moments and outcome
    (Gelo & Mergenthaler, 2022, doi:10.1007/s00278-022-00577-y), with other word lists than ours.

    Not for comparing clients, therapists or languages, nor for hours under 1,200 words.

    References
    ----------
    Mergenthaler (1996), doi:10.1037/0022-006X.64.6.1306

    See also
    --------
    tests/judges/test_cycles.py
    """
    if block_words < 1:
        raise ValueError("a block holds at least one word")
    feeling = emotion_words()
    stream = [(word in feeling, is_abstract(word), turn.index) for turn in hour for word in turn.words]
    starts = list(range(0, len(stream), block_words))
    if starts and 2 * (len(stream) - starts[-1]) < block_words:
        starts.pop()
    if len(starts) < FEWEST_BLOCKS:
        reason = ngettext(
            "%(n)s block of %(words)s words; %(least)s are needed",
            "%(n)s blocks of %(words)s words; %(least)s are needed",
            len(starts),
        ) % {
            "n": len(starts),
            "words": block_words,
            "least": FEWEST_BLOCKS,
        }
        return Withheld("cycles", reason)
    pieces = [stream[at : at + block_words] for at in starts]
    emotion = [100 * sum(word[0] for word in piece) / len(piece) for piece in pieces]
    abstraction = [100 * sum(word[1] for word in piece) / len(piece) for piece in pieces]
    emotion_z, abstraction_z = standard_scores(emotion), standard_scores(abstraction)
    if emotion_z is None or abstraction_z is None:
        which = "emotion" if emotion_z is None else "abstract"
        return Withheld(
            "cycles", _("the share of %(which)s words is the same in every block") % {"which": which}
        )
    if smoothed:
        emotion_z, abstraction_z = softened(emotion_z), softened(abstraction_z)
    patterns = patterns_of(emotion_z, abstraction_z)
    blocks = tuple(
        Block(
            index, len(piece), (piece[0][2], piece[-1][2]), emotion[index], abstraction[index],
            float(emotion_z[index]), float(abstraction_z[index]), patterns[index],
        )
        for index, piece in enumerate(pieces)
    )  # fmt: skip
    even, odd = _shares(patterns[::2]), _shares(patterns[1::2])
    stability = 1 - sum(abs(even[pattern] - odd[pattern]) for pattern in PATTERNS) / 2
    return Cycles(block_words, blocks, _shares(patterns), cycles_of(patterns, open_ends=open_ends), stability)
