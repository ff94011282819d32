"""What a transcriber added: comments in round or square brackets, and the pauses among them."""

from __future__ import annotations

import re

_CLOSES = {")": "(", "]": "["}
_PAUSES = frozenset({"pause", "pauses", "pausing", "silence", "silent", "quiet"})
_MINUTES = frozenset({"m", "min", "mins", "minute", "minutes"})
_SECONDS = frozenset({"s", "sec", "secs", "second", "seconds"})
_NUMBER_OR_UNIT = re.compile(r"[\d.:]+|[a-z]+")


def comments(text: str) -> list[tuple[int, int]]:
    """Half-open ranges of the text in round or square brackets, brackets included.

    Tokens skip these ranges; the text itself keeps them.

    Parameters
    ----------
    text : str
        A turn's text or a whole canonical text.

    Returns
    -------
    list of (int, int)
        Offsets in code points, in order, not overlapping; the outermost pair where brackets nest.

    Notes
    -----
    1. A comment ends on the line it began on, so that one forgotten bracket costs a line at most.
    2. A bracket without its partner is text. Linear in the length of the text.

    References
    ----------
    The convention of the Discourse Attributes Analysis Program: Maskit & Murphy (2011),
    doi:10.1007/s10936-010-9164-2 discusses the measures it serves.

    Examples
    --------
    >>> comments("Well. (laughs) I don't know [pause 5s]")
    [(6, 14), (28, 38)]
    """
    if "(" not in text and "[" not in text:
        return []
    found: list[tuple[int, int]] = []
    open_at: list[tuple[str, int]] = []
    for at, char in enumerate(text):
        if char in "([":
            open_at.append((char, at))
        elif char in ")]":
            if open_at and open_at[-1][0] == _CLOSES[char]:
                _, start = open_at.pop()
                while found and found[-1][0] > start:
                    found.pop()
                found.append((start, at + 1))
        elif char == "\n":
            open_at.clear()
    return found


def pauses(text: str) -> list[tuple[int, int, float]]:
    """Pauses whose length the transcriber gives: start and end offset, and seconds.

    Reads ``[pause 5s]``, ``(pause: 2.5 seconds)``, ``[silence 1:30]``, ``[2 min silence]``,
    ``[pause 1m 5s]`` and ``[5s]``. A pause without a length, such as ``(long pause)``, has no number and is left out.

    Examples
    --------
    >>> pauses("No. [pause 5s] Yes.")
    [(4, 14, 5.0)]
    """
    timed = ((start, end, _length(text[start + 1 : end - 1])) for start, end in comments(text))
    return [(start, end, length) for start, end, length in timed if length is not None]


def pause_seconds(text: str) -> float:
    """Seconds of stated pauses in a text, all together; 0.0 where none is stated.

    Examples
    --------
    >>> pause_seconds("I [pause 4s] I don't [pause 1.5 s] know.")
    5.5
    """
    return sum((length for _, _, length in pauses(text)), 0.0)


def _length(comment: str) -> float | None:
    """Seconds of a comment such as "pause 5s", "silence 1:30" or "1 min 5 sec"; None where it gives none."""
    if len(comment) > 60:
        return None
    words = [word.rstrip(".:;") for word in comment.lower().replace(",", " ").split()]
    is_pause = any(word in _PAUSES for word in words)
    parts = [part for word in words for part in _parted(word)]
    total, unit_known, used, at = None, False, 0, 0
    while at < len(parts):
        value, unit = _number(parts[at]), parts[at + 1] if at + 1 < len(parts) else ""
        if value is None:
            if total is not None:
                break
            at += 1
            continue
        is_minutes, is_seconds = unit in _MINUTES, unit in _SECONDS
        if total is not None and not is_seconds:
            break
        total = (total or 0.0) + (value * 60 if is_minutes else value)
        unit_known = unit_known or is_minutes or is_seconds
        used += 1 + (is_minutes or is_seconds)
        at += 1 + (is_minutes or is_seconds)
        if not is_minutes:
            break
    bare = unit_known and (len(words) <= 2 or used == len(parts))
    return total if is_pause or bare else None


def _parted(word: str) -> list[str]:
    """Number and unit that are written as one word, "5s" or "1m5s"; any other word as it is."""
    if not word[:1].isdigit():
        return [word]
    parts = _NUMBER_OR_UNIT.findall(word)
    return parts if "".join(parts) == word else [word]


def _number(digits: str) -> float | None:
    minutes, colon, seconds = digits.rpartition(":")
    whole, _, part = seconds.partition(".")
    pieces = [piece for piece in (minutes, whole, part) if piece]
    if not whole or not all(piece.isascii() and piece.isdigit() and len(piece) < 6 for piece in pieces):
        return None
    if colon and not minutes:
        return None
    return (int(minutes) * 60 if minutes else 0) + float(f"{whole}.{part or 0}")
