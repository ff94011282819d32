"""Read a table as people save it: any separator, decimal comma or point, several encodings."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from depthwork.wording import gettext, ngettext

SEPARATORS = (",", ";", "\t", "|")
NOTHING = frozenset({"", "na", "n/a", "nan", "null", "none", ".", "-"})


class TableError(ValueError):
    """A table that cannot be read as it is: what, where, the mend. Never a cell's content."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of text.

    `lines` numbers the rows as a spreadsheet counts them: empty ones count too, and the header mostly is row 1.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    separator: str
    lines: tuple[int, ...]

    def text(self, column: str) -> list[str | None]:
        """The cells of a column, None where nothing stands."""
        at = self._at(column)
        return [row[at].strip() if row[at].strip().lower() not in NOTHING else None for row in self.rows]

    def numbers(self, column: str) -> list[float | None]:
        """The cells of a column as numbers; a decimal comma is read as such.

        Raises
        ------
        TableError
            If a cell is not a number, points and commas are mixed, or commas may as well stand
            for thousands: in a file separated by commas, all with three digits after them.
        """
        return self._numbers(column, "write it as 3.5, or leave the cell empty")

    def decimal_commas(self, *columns: str) -> tuple[str, ...]:
        """A note for each column of a file separated by commas whose numbers are read with decimal commas."""
        if self.separator != ",":
            return ()
        return tuple(
            f"{self.name}: column {column!r} read with decimal commas"
            for column in dict.fromkeys(columns)
            if not self.is_dated(column) and any(cell and "," in cell for cell in self.text(column))
        )

    def _numbers(self, column: str, mend: str) -> list[float | None]:
        cells = self.text(column)
        comma = any(cell and "," in cell for cell in cells)
        if comma and any(cell and "." in cell for cell in cells):
            raise TableError(
                gettext(
                    "%(file)s: column %(column)r mixes decimal points and commas; write all numbers one way"
                )
                % {"file": self.name, "column": column}
            )
        if (
            comma
            and self.separator == ","
            and all(_thousands(cell) for cell in cells if cell and "," in cell)
        ):
            raise TableError(
                gettext(
                    "%(file)s: column %(column)r: commas with three digits after them may be thousands or decimals; write 1234 or 1.234"
                )
                % {"file": self.name, "column": column}
            )
        found: list[float | None] = []
        for row, cell in zip(self.lines, cells, strict=True):
            if cell is None:
                found.append(None)
                continue
            try:
                value = float(cell.replace(",", ".") if comma else cell)
            except ValueError:
                value = math.inf
            if math.isinf(value) or "_" in cell:
                raise TableError(
                    gettext("%(file)s: row %(row)s, column %(column)r: not a number; %(mend)s")
                    % {"file": self.name, "row": row, "column": column, "mend": mend}
                )
            found.append(value)
        return found

    def times(self, column: str) -> list[float | None]:
        """Numbers, or days where every cell is a date such as 2026-03-03."""
        days: list[float | None] = []
        for cell in self.text(column):
            try:
                days.append(None if cell is None else float(date.fromisoformat(cell).toordinal()))
            except ValueError:
                return self._numbers(column, gettext("write a number such as 3, or dates as 2026-03-03"))
        known = [day for day in days if day is not None]
        return [None if day is None else day - min(known) for day in days]

    def is_dated(self, column: str) -> bool:
        """Whether `times` reads the column as days."""
        try:
            for cell in self.text(column):
                if cell is not None:
                    date.fromisoformat(cell)
        except ValueError:
            return False
        return True

    def _at(self, column: str) -> int:
        found = [index for index, name in enumerate(self.header) if name == column]
        if len(found) == 1:
            return found[0]
        if found:
            raise TableError(
                gettext("%(file)s: the column %(column)r stands twice in the header; rename one")
                % {"file": self.name, "column": column}
            )
        listed = ", ".join(self.header[:12]) + (" ..." if len(self.header) > 12 else "")
        raise TableError(
            gettext("%(file)s: there is no column %(column)r; the header has %(listed)s; name one of these")
            % {"file": self.name, "column": column, "listed": listed}
        )


def _thousands(cell: str) -> bool:
    """Whether the commas of a number may part thousands: "1,234", but neither "1,5" nor "0,234"."""
    first, *groups = cell.strip().lstrip("+-").split(",")
    digits = first.isdigit() and len(first) <= 3 and not first.startswith("0")
    return digits and all(group.isdigit() and len(group) == 3 for group in groups)


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
        says = (error.strerror or "cannot be read").lower()
        raise TableError(f"{path.name}: {says}; name a table that can be read") from None
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
        filled = [(at, cells) for at, cells in enumerate(records, 1) if any(cell.strip() for cell in cells)]
        if filled:
            header = tuple(name.strip() for name in filled[0][1])
            options.append((sum(name in header for name in needed), len(header), separator, header, filled))
    if not options:
        raise TableError(
            gettext("%(file)s: not readable as a table; is a quotation mark left open? Close it")
            % {"file": name}
        )
    _, _, separator, header, (_, *filled) = max(options, key=lambda option: option[:2])
    for number, cells in filled:
        if len(cells) != len(header):
            mark = gettext("tab") if separator == "\t" else separator
            words = ngettext(
                "%(file)s: row %(row)s has %(n)s cell, the header %(header)s; mend the row, and put a cell that holds a %(mark)s in quotation marks",
                "%(file)s: row %(row)s has %(n)s cells, the header %(header)s; mend the row, and put a cell that holds a %(mark)s in quotation marks",
                len(cells),
            )
            raise TableError(
                words % {"file": name, "row": number, "n": len(cells), "header": len(header), "mark": mark}
            )
    rows = tuple(tuple(cells) for _, cells in filled)
    table = Table(name, header, rows, separator, tuple(number for number, _ in filled))
    for column in needed:
        table._at(column)
    if not rows:
        raise TableError(
            gettext("%(file)s: there are no rows under the header; choose the file that holds them")
            % {"file": name}
        )
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
            raise TableError(
                gettext("%(file)s: the file is empty; choose the one that holds the table") % {"file": name}
            )
        return text
    raise TableError(gettext("%(file)s: not a text file; save the table as CSV") % {"file": name})
