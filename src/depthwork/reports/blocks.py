"""What a sheet is made of: a document described as data, so that no room writes a line of markup."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from .charts.chart import Cell, Chart, Link

Compartment = Literal["administration", "record", "process_notes", "sud"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a part of the document, the title stands above it."""

    words: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words set as text. `tone`: plain, a quiet remark, or a person's own line set large."""

    words: str
    tone: Literal["plain", "quiet", "lead"] = "plain"


@dataclass(frozen=True, slots=True)
class Quote:
    """A span, letter for letter, with the line it stands on."""

    words: str
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Turns as they were said: (speaker, words)."""

    turns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A plain table; the first cell of a row heads it. A cell of None says "none"."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms and what is said of them."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list, numbered or not."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart with its sentence and, unless said otherwise, its table."""

    chart: Chart
    with_table: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """A passage between two rules: what the reader must not overlook."""

    head: str
    words: str


@dataclass(frozen=True, slots=True)
class Space:
    """White space of some lines: a break in a sequence of kept lines."""

    lines: float = 1.0


@dataclass(frozen=True, slots=True)
class SequenceLine:
    """One line of a sequence: its day, its words, a quiet remark after them; before it a year or white space."""

    day: str
    words: str
    quiet: str = ""
    year: str = ""
    space: float = 0.0


@dataclass(frozen=True, slots=True)
class Sequence:
    """Lines that are read one after the other. `columns` 2 sets them small and close: years on few sheets."""

    lines: tuple[SequenceLine, ...]
    columns: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Lines:
    """Ruled lines to write on by hand, with what belongs there."""

    label: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class NewSheet:
    """What follows begins a new sheet."""


Block = (
    Heading
    | Paragraph
    | Quote
    | Exchange
    | Table
    | Definitions
    | Items
    | Drawing
    | Notice
    | Space
    | Lines
    | NewSheet
    | Sequence
)


@dataclass(frozen=True, slots=True)
class Document:
    """One document. On each sheet stand its compartment, of whom, what it contains, for whom, when, page.

    `about` is initials or a code, never a full name where the compartment is the process notes. `made_on`
    comes from the caller: the same data give the same bytes.
    """

    title: str
    compartment: Compartment
    about: str
    contains: str
    for_whom: str
    made_on: dt.date
    blocks: tuple[Block, ...]
    language: str = ""  # empty: that of whoever reads
    paper: Literal["a4", "us-letter"] = "a4"
    landscape: bool = False
    closing: str = ""


__all__ = [
    "Block",
    "Cell",
    "Chart",
    "Compartment",
    "Definitions",
    "Document",
    "Drawing",
    "Exchange",
    "Heading",
    "Items",
    "Lines",
    "Link",
    "NewSheet",
    "Notice",
    "Paragraph",
    "Quote",
    "Sequence",
    "SequenceLine",
    "Space",
    "Table",
]
