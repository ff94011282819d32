"""Read a table as people save it: any separator, decimal comma or point, several encodings."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SEPARATORS = (",", ";", "\t", "|")
NOTHING = frozenset({"", "na", "n/a", "nan", "null", "none", ".", "-"})


class TableError(ValueError):
    """A table that cannot be read as it is: what, where, the mend. Never a cell's content."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of text. Rows are counted as a spreadsheet counts them: the header is row 1."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    separator: str

    def text(self, column: str) -> list[str | None]:
        """The cells of a column, None where nothing stands."""
        at = self._at(column)
        return [row[at].strip() if row[at].strip().lower() not in NOTHING else None for row in self.rows]

    def numbers(self, column: str) -> list[float | None]:
        """The cells of a column as numbers; a decimal comma is read as such.

        Raises
        ------
        TableError
            If a cell is not a number, or points and commas are mixed.
        """
        cells = self.text(column)
        comma = any(cell and "," in cell for cell in cells)
        if comma and any(cell and "." in cell for cell in cells):
            raise TableError(
                f"{self.name}: column {column!r} mixes decimal points and commas; write numbers one way"
            )
        found: list[float | None] = []
        for row, cell in enumerate(cells, 2):
            if cell is None:
                found.append(None)
                continue
            try:
                value = float(cell.replace(",", ".") if comma else cell)
            except ValueError:
                raise TableError(f"{self.name}: row {row}, column {column!r}: not a number") from None
            if value in (float("inf"), float("-inf")) or "_" in cell:
                raise TableError(f"{self.name}: row {row}, column {column!r}: not a number")
            found.append(value)
        return found

    def times(self, column: str) -> list[float | None]:
        """Numbers, or days where every cell is a date such as 2026-03-03."""
        days: list[float | None] = []
        for cell in self.text(column):
            try:
                days.append(None if cell is None else float(date.fromisoformat(cell).toordinal()))
            except ValueError:
                return self.numbers(column)
        known = [day for day in days if day is not None]
        return [None if day is None else day - min(known) for day in days]

    def _at(self, column: str) -> int:
        found = [index for index, name in enumerate(self.header) if name == column]
        if len(found) == 1:
            return found[0]
        if found:
            raise TableError(f"{self.name}: the column {column!r} stands twice in the header; rename one")
        listed = ", ".join(self.header[:12]) + (" ..." if len(self.header) > 12 else "")
        raise TableError(f"{self.name}: there is no column {column!r}; the header has {listed}")


def read_table(path: Path, needed: Sequence[str]) -> Table:
    """Read a table with a header.

    Parameters
    ----------
    path : Path
    needed : sequence of str
        Columns that must be there; the separator is the one under which they are.

    Returns
    -------
    Table

    Raises
    ------
    TableError
        If the file cannot be read, has no rows or no header, a row has another number of cells
        than the header, or a needed column is missing or stands twice.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path.name}: {(error.strerror or 'cannot be read').lower()}") from None
    return table_of(raw, path.name, needed)


def table_of(raw: bytes, name: str, needed: Sequence[str]) -> Table:
    """Read a table from the bytes of a file that was sent; otherwise as `read_table`."""
    text = _text(raw, name)
    options = []
    for separator in SEPARATORS:
        try:
            records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        except csv.Error:
            continue
        if records:
            header = tuple(name.strip() for name in records[0])
            options.append((sum(name in header for name in needed), len(header), separator, header, records))
    if not options:
        raise TableError(f"{name}: not readable as a table; is a quotation mark left open?")
    _, _, separator, header, records = max(options, key=lambda option: option[:2])
    rows = []
    for number, record in enumerate(records[1:], 2):
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(header):
            raise TableError(f"{name}: row {number} has {len(record)} cells, the header {len(header)}")
        rows.append(tuple(record))
    table = Table(name, header, tuple(rows), separator)
    for column in needed:
        table._at(column)
    if not rows:
        raise TableError(f"{name}: there are no rows under the header")
    return table


def _text(raw: bytes, name: str) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        if not text.strip():
            raise TableError(f"{name}: the file is empty")
        return text
    raise TableError(f"{name}: not a text file; save the table as CSV")
