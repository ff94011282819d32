"""What every chart gives back: two drawings, a sentence that says what is seen, and the values as a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A cell of a table that leads somewhere."""

    text: str
    href: str


Cell = str | Link | None


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart, ready to be set on a page or a sheet.

    `wide` and `narrow` are SVG elements as text, without inline style: colour and line come from the
    sheet's classes. `narrow` is a second drawing for small screens, not the first one shrunk; None where
    one drawing serves both. `sentence` is the text equivalent, `note` carries n, source and caution,
    `columns` and `rows` the values; a cell of None is a gap.
    """

    wide: str
    narrow: str | None
    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
