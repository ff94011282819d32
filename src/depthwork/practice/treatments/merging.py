"""Three texts made one: what both windows began from, what this one wrote, what the other one kept.

Paragraph by paragraph. What one side alone changed is taken; where both changed the same place, both stand, this
window's first. No paragraph that either side wrote is ever left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Merged:
    """The text for the editor, and in how many places both sides had changed the same."""

    text: str
    clashes: int


def paragraphs(text: str) -> list[str]:
    """A text by its paragraphs, without blank ones."""
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def merged(*, base: str, mine: str, theirs: str) -> Merged:
    """One text of two that grew from `base`; an empty base means that both were new."""
    root, one, two = paragraphs(base), paragraphs(mine), paragraphs(theirs)
    made: list[str] = []
    clashes = 0
    for begin, end, a, b in _regions(root, one, two):
        was = root[begin:end]
        if a == b or b == was:
            made += a
        elif a == was:
            made += b
        else:
            clashes += 1
            made += [*a, *(part for part in b if part not in a)]
    return Merged("\n\n".join(made), clashes)


def _regions(root: list[str], one: list[str], two: list[str]) -> list[tuple[int, int, list[str], list[str]]]:
    """Stretches of the root between the paragraphs that both sides kept, with what each side has there."""
    in_one, in_two = _kept(root, one), _kept(root, two)
    anchors = [at for at in range(len(root)) if at in in_one and at in in_two]
    found, at, a, b = [], 0, 0, 0
    for anchor in anchors:
        found.append((at, anchor, one[a : in_one[anchor]], two[b : in_two[anchor]]))
        found.append((anchor, anchor + 1, [root[anchor]], [root[anchor]]))
        at, a, b = anchor + 1, in_one[anchor] + 1, in_two[anchor] + 1
    found.append((at, len(root), one[a:], two[b:]))
    return found


def _kept(root: list[str], other: list[str]) -> dict[int, int]:
    """Where each paragraph of the root stands in the other text, in order."""
    blocks = SequenceMatcher(None, root, other, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}
