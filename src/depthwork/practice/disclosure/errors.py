"""What can go wrong when something leaves or comes in."""

from __future__ import annotations

from collections.abc import Iterable


class DisclosureError(Exception):
    """One clear line for the person: what, where, the mend."""


class Asked(DisclosureError):
    """Something that the person has to say yes to first; `lines` are what it is about, one by one."""

    def __init__(self, words: str, lines: Iterable[str]) -> None:
        super().__init__(words)
        self.lines = tuple(lines)
