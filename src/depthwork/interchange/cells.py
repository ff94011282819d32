"""Cells of a table that a spreadsheet must read as words, never as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

# Full-width forms too: some spreadsheets fold them into the plain sign.
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(value: Any) -> Any:
    """A cell as it may stand in a CSV: text that a spreadsheet would calculate begins with an apostrophe.

    Numbers stay numbers, so a negative one is not touched.

    Examples
    --------
    >>> safe("=1+1"), safe("-2"), safe(-2), safe("two")
    ("'=1+1", "'-2", -2, 'two')
    """
    if not isinstance(value, str):
        return value
    # A NUL or a space before the sign is skipped by some readers.
    first = value.lstrip(" \x00\u00a0\ufeff")
    return f"'{value}" if value.startswith(_BEGINS) or first.startswith(_BEGINS) else value


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV in UTF-8 with a mark at its head, every text cell quoted and harmless.

    Returns
    -------
    bytes
        Lines end with CR LF, as RFC 4180 has it; NUL, which no reader takes, becomes U+FFFD.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([safe(str(name)) for name in header])
    for row in rows:
        writer.writerow([_cell(one) for one in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    return safe(str(value).replace("\x00", "\ufffd"))
