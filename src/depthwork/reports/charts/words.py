"""Numbers and lists as people say them, for the sentence under a chart."""

from __future__ import annotations

from collections.abc import Sequence

from depthwork.wording import gettext as _
from depthwork.wording import spelled


def count(n: int, words: str) -> str:
    """A count with its noun, from the sentence for it: "three dreams", "31 hours"."""
    return words % {"n": spelled(n)}


def spell(n: int) -> str:
    """A small number in letters, a larger one in figures; nought is "none"."""
    return _("none") if n == 0 else spelled(n)


def listed(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return _("%(first)s and %(last)s") % {"first": ", ".join(items[:-1]), "last": items[-1]}


def opened(sentence: str) -> str:
    """With a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]
