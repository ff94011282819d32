"""Words as they are counted: letters and digits, comments left out, broken-off words kept apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from depthwork.transcripts.comments import comments

APOSTROPHES = "'\u2019"
HYPHENS = "-\u2010\u2011"
JOINERS = APOSTROPHES + HYPHENS
_HYPHENS = frozenset(HYPHENS)

_RUN = re.compile(r"[^\W_]+")
# Scripts with combining marks begin here; below, the plain pattern finds the same runs.
_MAY_COMBINE = re.compile("[\u0300-\u1fff\u20d0-\u20ff\u2c00-\U0010ffff]")
_FOLDED = str.maketrans({"\u2019": "'", "\u2010": "-", "\u2011": "-"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text and where it stands.

    `word` is lower-cased with straight apostrophes and hyphens; `start` and `end` are half-open code
    point offsets. `broken` says that the speaker broke the word off (``fo-``): such a token counts
    as a disfluency and never as a word.
    """

    word: str
    start: int
    end: int
    broken: bool = False


@cache
def _run_with_marks() -> re.Pattern[str]:
    # Variation selectors and enclosing marks belong to emoji, not to words.
    marks = [
        chr(code)
        for code in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0))
        if unicodedata.category(chr(code)) in ("Mn", "Mc") and not 0xFE00 <= code <= 0xFE0F
    ]
    return re.compile(f"(?:[^\\W_]|[{re.escape(''.join(marks))}])+")


def without_comments(text: str) -> str:
    """The text with every comment in () or [] blanked, letter for letter, so that offsets hold."""
    if "(" not in text and "[" not in text:
        return text
    parts, at = [], 0
    for start, end in comments(text):
        parts += [text[at:start], " " * (end - start)]
        at = end
    return "".join([*parts, text[at:]])


@lru_cache(maxsize=1 << 15)  # speech repeats itself; bounded, so that a corpus does not fill the memory
def fold(word: str) -> str:
    """A word as dictionaries and counts know it: lower case, straight apostrophe, plain hyphen."""
    return unicodedata.normalize("NFC", word.lower().translate(_FOLDED))


def tokens(text: str) -> list[Token]:
    """The words of a text in order.

    A word is a maximal run of letters or digits, with single apostrophes or hyphens inside it. Text in
    () or [] is a comment of the transcriber and is skipped. A word directly followed by one
    hyphen, and by nothing that continues it, was broken off.

    Parameters
    ----------
    text : str
        One turn, or any text, in Unicode NFC.

    Returns
    -------
    list of Token
        In the order of the text; offsets are code points of `text`.

    Notes
    -----
    1. Numbers are words; a decimal point separates.
    2. Two hyphens are a dash: ``going--`` is a whole word.
    3. Combining marks belong to the letter they follow; emoji are no words.

    References
    ----------
    The convention of comments and broken-off words is that of DAAP (Maskit, 2014,
    doi:10.6084/m9.figshare.928469).

    Examples
    --------
    >>> [t.word for t in tokens("I didn\u2019t, (laughs) well-meant")]
    ['i', "didn't", 'well-meant']
    >>> [(t.word, t.broken) for t in tokens("a fo- for")]
    [('a', False), ('fo-', True), ('for', False)]
    """
    plain = without_comments(text)
    run = _run_with_marks() if _MAY_COMBINE.search(plain) else _RUN
    spans: list[tuple[int, int]] = []
    for match in run.finditer(plain):
        start, end = match.span()
        if spans and spans[-1][1] + 1 == start and plain[start - 1] in JOINERS:
            spans[-1] = (spans[-1][0], end)
        elif run is _RUN or any(map(str.isalnum, match.group())):
            spans.append((start, end))
    return [
        Token(fold(plain[start:end]) + "-", start, end + 1, broken=True)
        if plain[end : end + 1] in _HYPHENS and plain[end + 1 : end + 2] not in _HYPHENS
        else Token(fold(plain[start:end]), start, end)
        for start, end in spans
    ]


def words(text: str) -> list[str]:
    """The whole words of a text, without those broken off."""
    return [token.word for token in tokens(text) if not token.broken]
