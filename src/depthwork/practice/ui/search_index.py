"""The index of one sign-in: its opened texts, and which of them each word stands in. It lives in memory alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

AROUND = 60  # characters shown on either side of a hit
AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where the words stand."""

    client: UUID
    kind: str
    row: UUID
    link: UUID | None
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One opened text and where it stands; ids as the database gives them."""

    client: UUID | str
    kind: str
    row: UUID | str
    link: UUID | str | None
    text: str


def _id(held: UUID | str) -> UUID:
    return held if isinstance(held, UUID) else UUID(held)


def hit(cell: Cell, at: int, length: int) -> Hit:
    text = cell.text
    return Hit(
        _id(cell.client),
        cell.kind,
        _id(cell.row),
        cell.link and _id(cell.link),
        text[max(0, at - AROUND) : at],
        text[at : at + length],
        text[at + length : at + length + AROUND],
    )


@dataclass(slots=True)
class Index:
    """The texts of one sign-in, and for each word (what stands between two spaces) the texts it stands in.

    It narrows, and the text decides: a hit is where the words stand in the text, exactly as a scan finds it. Of the
    words asked for, the first may be the end of a word, the last its beginning, and those between are whole words.
    """

    person: UUID
    session: str
    made_after: int  # the audit's last event: any act since makes the index old
    rights: Any = None  # what the person may open: another answer makes it useless
    reach: Any = None  # how far a search went when it was made
    cells: list[Cell | None] = field(default_factory=list)
    numbers: dict[tuple[str, UUID | str], int] = field(default_factory=dict)
    heads: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=dict
    )  # how each client's rows stood when opened
    dropped: int = 0
    places: dict[str, list[int]] = field(default_factory=dict)
    words: str = ""  # every word once, between line ends
    size: int = 0

    def add(self, cell: Cell) -> None:
        number, places = len(self.cells), self.places
        self.cells.append(cell)
        self.numbers[cell.kind, cell.row] = number
        for word in set(cell.text.lower().split()):
            if word in places:
                places[word].append(number)
            else:
                places[word] = [number]
                self.size += 2 * len(word) + 200
        # The text, a number for each fourth letter, how its row stood.
        self.size += 9 * len(cell.text) // 4 + 700

    def drop(self, kind: str, row: UUID | str) -> None:
        """Forget a text that was changed or is gone; its words stay and lead nowhere."""
        number = self.numbers.pop((kind, row), None)
        if number is not None:
            self.cells[number] = None
            self.dropped += 1

    def close(self) -> Index:
        self.words = "\n" + "\n".join(self.places) + "\n"
        return self

    def find(self, asked: str) -> list[Hit]:
        wanted, found = asked.strip().lower(), []
        for number in self._among(wanted.split()):
            cell = self.cells[number]
            if cell is None:
                continue
            at = cell.text.lower().find(wanted)
            if at >= 0:
                found.append(hit(cell, at, len(wanted)))
                if len(found) == AT_MOST:
                    break
        return found

    def _among(self, pieces: list[str]) -> Iterable[int]:
        """The texts that can hold the words, in their order."""
        left: set[int] | None = None
        for n, piece in enumerate(pieces):
            before, after = "\n" if n else "", "\n" if n < len(pieces) - 1 else ""
            lists = [self.places.get(word, ()) for word in self._words_with(before + piece + after)]
            if sum(map(len, lists)) > 2 * len(self.cells):
                continue  # words that stand everywhere narrow nothing, and are soon found
            texts = set().union(*lists)
            left = texts if left is None else left & texts
        return range(len(self.cells)) if left is None else sorted(left)

    def _words_with(self, part: str) -> Iterator[str]:
        """Every word that holds a part; a line end in the part is the edge of a word."""
        at = self.words.find(part)
        while at >= 0:
            begin = self.words.rfind("\n", 0, at + 1) + 1
            end = self.words.find("\n", begin)
            yield self.words[begin:end]
            at = self.words.find(part, end)
