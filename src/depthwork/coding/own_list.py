"""A category list that a practice holds itself: wishes and responses from a file of id, type, label, cluster."""

from __future__ import annotations

import csv
import io

from depthwork.coding.codebook import LARGEST_BOOK, Code, Codebook, CodebookError

TYPES = {"w": "wish", "ro": "response_of_other", "rs": "response_of_self"}
MOST_CODES = 500


def read_list(
    text: str, *, id: str, version: str, title: str, source: str, where: str = "the list"
) -> Codebook:
    """A Codebook for wishes, responses of other and responses of self from CSV text.

    Parameters
    ----------
    text
        CSV with the columns id, type (W, RO or RS), label and, optionally, cluster.
    id, version, title, source
        How the practice names its list, and where it comes from (with its edition: the clusters
        differ between editions).
    where
        Name used in error messages.

    Raises
    ------
    CodebookError
        If a column is missing, a type is none of the three, or an id is empty or stands twice.

    Notes
    -----
    Licensed lists are not part of the program and do not leave the practice with it. Labels take
    the place of definitions; responses carry no default polarity, so each mark needs its own.
    """
    if len(text) > LARGEST_BOOK:
        raise CodebookError(f"{where}: longer than {LARGEST_BOOK:,} characters")
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    columns = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
    if missing := [name for name in ("id", "type", "label") if name not in columns]:
        raise CodebookError(f"{where}: no column {', '.join(missing)}; the first line names id, type, label")
    codes: dict[str, dict[str, Code]] = {}
    try:
        for row in reader:
            line = reader.line_num
            given = {name: (row.get(column) or "").strip() for name, column in columns.items()}
            construct = TYPES.get(given["type"].casefold())
            if construct is None:
                raise CodebookError(f"{where}, line {line}: the type should be W, RO or RS")
            code = "_".join(given["id"].casefold().replace("-", "_").split())
            if not code or not code.replace("_", "").isalnum() or len(code) > 64:
                raise CodebookError(f"{where}, line {line}: the id should be letters and digits")
            shelf = codes.setdefault(construct, {})
            if code in shelf:
                raise CodebookError(f"{where}, line {line}: the id stands twice")
            if len(shelf) >= MOST_CODES:
                raise CodebookError(f"{where}, line {line}: more than {MOST_CODES} codes of one type")
            facts = {"cluster": given["cluster"]} if given.get("cluster") else {}
            label = given["label"]
            shelf[code] = Code(construct, code, label or code.replace("_", " "), label, facts=facts)
    except csv.Error:
        raise CodebookError(f"{where}, line {reader.line_num}: not readable as CSV") from None
    if not codes:
        raise CodebookError(f"{where}: no codes after the first line")
    return Codebook(id, version, title, (source,), "Held by the practice; not to be passed on.", codes, {})
