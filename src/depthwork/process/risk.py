"""Passages that may speak of danger: the kind and the words used for it. Never a level, never a count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from depthwork.coding.marks import Mark
from depthwork.coding.shelf import codes_for
from depthwork.wording import gettext_noop

ANSWERS = {
    "dealt_with": gettext_noop("dealt with in the hour"),
    "in_record": gettext_noop("now in the record"),
    "not_risk": gettext_noop("not about risk"),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage to read again. `answer` is what a person said about it, in words, or None."""

    mark: Mark
    kind: str
    name: str
    definition: str
    answer: str | None

    @property
    def open(self) -> bool:
        """Nobody has answered it yet."""
        return self.answer is None


def passages(marks: Iterable[Mark]) -> tuple[Passage, ...]:
    """The passages of an hour in the order of the text, proposed ones included.

    A passage is shown at once and is answered by a person; it is never dismissed, so a
    rejected mark stays in the list as "not about risk". No passage does not mean no danger.
    """
    known = codes_for("risk")
    found: list[Passage] = []
    for mark in sorted((m for m in marks if m.construct == "risk"), key=lambda m: (m.span, m.id)):
        code = known.get(mark.code)
        said = "not_risk" if mark.status == "rejected" else mark.attributes.get("answer")
        found.append(
            Passage(
                mark=mark,
                kind=mark.code,
                name=code.name if code else mark.code.replace("_", " "),
                definition=code.definition if code else "",
                answer=ANSWERS.get(str(said)),
            )
        )
    return tuple(found)
