"""Numbers and lists as people say them, for the sentence under a chart."""

from __future__ import annotations

from collections.abc import Sequence

_WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen",
)  # fmt: skip


def count(n: int, one: str, many: str = "") -> str:
    """A count with its noun: "three dreams", "1 204 codes" never, "31 hours"."""
    noun = one if n == 1 else (many or one + "s")
    return f"{_WORDS[n] if 0 <= n < len(_WORDS) else n} {noun}"


def spell(n: int) -> str:
    """A small number in letters, a larger one in figures; nought is "none"."""
    if n == 0:
        return "none"
    return _WORDS[n] if 0 < n < len(_WORDS) else str(n)


def listed(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def opened(sentence: str) -> str:
    """With a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]
