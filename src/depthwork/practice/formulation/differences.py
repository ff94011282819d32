"""What changed from one version to the next, statement by statement. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from depthwork.wording import spelled

Change = Literal["same", "rewritten", "added", "struck out", "evidence", "moved"]
ALIKE = 0.5  # of the words of the shorter text
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Stand:
    """A statement as a comparison sees it."""

    line: UUID
    section: str
    words: str
    inference: bool
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words that stayed, came or went."""

    words: str
    how: Literal["same", "came", "went"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One statement in two versions."""

    line: UUID
    change: Change
    before: Stand | None
    after: Stand | None
    pieces: tuple[Piece, ...]

    @property
    def is_afresh(self) -> bool:
        """Written anew: the two texts stand one after the other."""
        return [piece.how for piece in self.pieces] == ["went", "came"]


def differences(before: Sequence[Stand], after: Sequence[Stand]) -> list[Difference]:
    """Every statement of both versions, in the order of the later one; what was struck out stands where it stood."""
    old, new = {s.line: s for s in before}, {s.line: s for s in after}
    found = [_one(old.get(s.line), s) for s in after]
    place = {s.line: i for i, s in enumerate(after)}
    gone_before: dict[int, list[Difference]] = {}
    at = 0
    for one in before:
        if one.line in new:
            at = place[one.line] + 1
        else:
            gone_before.setdefault(at, []).append(
                Difference(one.line, "struck out", one, None, (Piece(one.words, "went"),))
            )
    woven: list[Difference] = []
    for i, difference in enumerate(found):
        woven += gone_before.get(i, [])
        woven.append(difference)
    return woven + gone_before.get(len(found), [])


def _one(before: Stand | None, after: Stand) -> Difference:
    if before is None:
        return Difference(after.line, "added", None, after, (Piece(after.words, "came"),))
    if before.words != after.words:
        return Difference(after.line, "rewritten", before, after, pieces(before.words, after.words))
    same = (Piece(after.words, "same"),)
    if (before.rests_on, before.inference) != (after.rests_on, after.inference):
        return Difference(after.line, "evidence", before, after, same)
    if before.section != after.section:
        return Difference(after.line, "moved", before, after, same)
    return Difference(after.line, "same", before, after, same)


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts word by word; two that share little, one after the other: a mosaic of both would read as neither."""
    a, b = _WORDS.findall(before), _WORDS.findall(after)
    compared = SequenceMatcher(None, a, b, autojunk=False)
    same = [word for one in compared.get_matching_blocks() for word in a[one.a : one.a + one.size]]
    shorter = min(a, b, key=lambda words: sum(map(str.isalnum, words)))
    if sum(map(str.isalnum, same)) < ALIKE * sum(map(str.isalnum, shorter)):
        return Piece(before, "went"), Piece(after, "came")
    found: list[Piece] = []
    for kind, i, j, k, m in compared.get_opcodes():
        if kind == "equal":
            found.append(Piece("".join(a[i:j]), "same"))
            continue
        if j > i:
            found.append(Piece("".join(a[i:j]), "went"))
        if m > k:
            found.append(Piece("".join(b[k:m]), "came"))
    return tuple(found)


def in_words(found: Sequence[Difference]) -> str:
    """One rewritten, two added."""
    names = {
        "rewritten": _("%(n)s rewritten"),
        "added": _("%(n)s added"),
        "struck out": _("%(n)s struck out"),
        "evidence": _("%(n)s with other evidence"),
        "moved": _("%(n)s moved"),
    }
    said = []
    for change, words in names.items():
        n = sum(d.change == change for d in found)
        if n:
            said.append(words % {"n": spelled(n)})
    return ", ".join(said) or _("nothing")
