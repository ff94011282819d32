"""Documents as tagged PDF (PDF/UA-1): the same data give the same bytes.

The template is one fixed file; every word a person wrote reaches it as data, never as markup, so that
nothing in a note can change what is set. Nothing is fetched: the faces are those inside the typesetter.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

from depthwork import wording
from depthwork.wording import gettext as _
from depthwork.wording import gettext_noop

from . import blocks as b
from .charts.ink import inked
from .charts.scales import say_day

COMPARTMENTS: dict[str, str] = {
    "administration": gettext_noop("Administration"),
    "record": gettext_noop("Record"),
    "process_notes": gettext_noop("Process notes. Not part of the record"),
    "sud": gettext_noop("Substance use record (42 CFR Part 2)"),
}

# So many letters without a shape are given by their code; a text in an unknown script is refused instead.
_MOST_CODED = 24
_SHAPELESS = re.compile('the text `"([^`]+)"` could not be displayed')
_CODED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")


class PdfError(ValueError):
    """A document that cannot be set; the message says what to mend and quotes no word of the document."""


def pdf(document: b.Document) -> bytes:
    """Set a document as PDF/UA-1.

    Parameters
    ----------
    document : Document
        What to set. `made_on` is its date; no clock is read.

    Returns
    -------
    bytes
        A tagged PDF with title and language. Identical for identical documents.

    Raises
    ------
    PdfError
        If the title, what it contains, or for whom it is, is empty; if a table's row does not fit its
        columns; if the text is in a script that no font on this computer holds.

    Notes
    -----
    1. The head of each sheet names compartment, of whom, contents, recipient, date and page.
    2. A letter that the enclosed faces lack is taken from the computer's own, and given by its code where
       those lack it too; the bytes then depend on the computer.
    """
    for name, words in (
        ("title", document.title),
        ("contains", document.contains),
        ("for_whom", document.for_whom),
    ):
        if not words.strip():
            raise PdfError(f"a document needs words in `{name}`: each sheet says what it holds and for whom")
    data = json.dumps(_described(document), ensure_ascii=False, sort_keys=True)
    moment = dt.datetime(document.made_on.year, document.made_on.month, document.made_on.day, tzinfo=dt.UTC)
    try:
        return _set(data, moment, own_faces=False)
    except RuntimeError:
        return _with_own_faces(data, moment)


def _with_own_faces(data: str, moment: dt.datetime) -> bytes:
    """Letters outside the enclosed faces: those of the computer, and where it has none, the letter's code."""
    for _round in range(_MOST_CODED):
        try:
            return _set(data, moment, own_faces=True)
        except RuntimeError as error:
            letters = _shapeless(str(error))
            if not letters:
                raise PdfError(
                    _("the document could not be set: a drawing in it is not well-formed")
                ) from None
            for letter in letters:
                data = data.replace(letter, f"[U+{ord(letter):04X}]")
    raise PdfError(
        _(
            "the document could not be set: it is in a script that no font on this computer holds; "
            "install one for that script and set it again"
        )
    )


def _shapeless(message: str) -> set[str]:
    """The letters that the typesetter says it has no shape for; it writes some of them as \\u{code}."""
    found = _SHAPELESS.search(message)
    if found is None:
        return set()
    named = {chr(int(code, 16)) for code in _CODED.findall(found.group(1))}
    # Nothing of the data's own punctuation is ever replaced.
    return named | {letter for letter in _CODED.sub("", found.group(1)) if letter > "\x7f"}


def _set(data: str, moment: dt.datetime, *, own_faces: bool) -> bytes:
    import typst

    made = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"doc": data},
        pdf_standards="ua-1",
        timestamp=int(moment.timestamp()),
        ignore_system_fonts=not own_faces,
    )
    if not isinstance(made, bytes):
        raise PdfError("the document could not be set as one file")
    return made


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (files(__package__) / "sheet.typ").read_bytes()


def _described(document: b.Document) -> dict[str, Any]:
    return {
        "title": _clean(document.title),
        "compartment": _(COMPARTMENTS[document.compartment]),
        "about": _clean(document.about),
        "contains": _clean(document.contains),
        "for_whom": _("For %(whom)s") % {"whom": _clean(document.for_whom)},
        "made": say_day(document.made_on),
        "year": document.made_on.year,
        "month": document.made_on.month,
        "day": document.made_on.day,
        "page": "Sheet",
        "language": document.language.split("-")[0].lower() or wording.language(),
        "paper": document.paper,
        "landscape": document.landscape,
        "closing": _clean(document.closing),
        "blocks": [_block(block) for block in document.blocks],
    }


def _clean(words: str) -> str:
    """Line ends as one character; control characters, which no face holds, left out."""
    plain = words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(c for c in plain if c == "\n" or (c >= " " and not "\x7f" <= c <= "\x9f"))
    return wording.runs_isolated(kept)


def _block(block: b.Block) -> dict[str, Any]:
    match block:
        case b.Heading():
            return {"kind": "heading", "words": _clean(block.words), "level": max(1, min(block.level, 3))}
        case b.Paragraph():
            return {"kind": "paragraph", "words": _clean(block.words), "tone": block.tone}
        case b.Quote():
            return {"kind": "quote", "words": _clean(block.words), "cite": _clean(block.cite)}
        case b.Exchange():
            return {"kind": "exchange", "turns": [[_clean(s), _clean(w)] for s, w in block.turns]}
        case b.Table():
            return _table(block)
        case b.Definitions():
            return {"kind": "definitions", "items": [[_clean(t), _clean(w)] for t, w in block.items]}
        case b.Items():
            return {"kind": "items", "items": [_clean(i) for i in block.items], "numbered": block.numbered}
        case b.Drawing():
            return _drawing(block)
        case b.Notice():
            return {"kind": "notice", "head": _clean(block.head), "words": _clean(block.words)}
        case b.Space():
            return {"kind": "space", "lines": block.lines}
        case b.Sequence():
            rows = [
                {
                    "day": _clean(one.day),
                    "words": _clean(one.words),
                    "quiet": _clean(one.quiet),
                    "year": _clean(one.year),
                    "space": one.space,
                }
                for one in block.lines
            ]
            return {"kind": "sequence", "rows": rows, "columns": block.columns}
        case b.Lines():
            return {"kind": "lines", "label": _clean(block.label), "count": block.count}
        case b.NewSheet():
            return {"kind": "new_sheet"}


def _table(table: b.Table) -> dict[str, Any]:
    width = len(table.columns)
    for index, row in enumerate(table.rows):
        if len(row) != width:
            raise PdfError(f"row {index + 1} of a table has {len(row)} cells where its head has {width}")
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    columns = [_clean(column) for column in table.columns]
    return {
        "kind": "table",
        "columns": columns,
        "rows": rows,
        "caption": _clean(table.caption),
        "widths": _widths(columns, rows),
    }


def _widths(columns: list[str], rows: list[list[str]]) -> list[float]:
    """Shares of the line, by the longest cell of each column, so that prose gets more room than numbers."""
    longest = [max([len(column), *(len(row[i]) for row in rows)]) for i, column in enumerate(columns)]
    words = [
        max(len(word) for cell in [column, *(row[i] for row in rows)] for word in (cell.split() or [""]))
        for i, column in enumerate(columns)
    ]
    return [
        max(min(max(n, 6), 48) ** 0.75, 0.8 * min(word, 20)) for n, word in zip(longest, words, strict=True)
    ]


def _cell(cell: b.Cell) -> str:
    if cell is None:
        return "\N{EN DASH}"
    return _clean(cell.text if isinstance(cell, b.Link) else cell)


def _drawing(block: b.Drawing) -> dict[str, Any]:
    chart = block.chart
    svg, width = inked(chart.wide)
    table = (
        _table(b.Table(chart.columns, chart.rows, chart.title)) if block.with_table and chart.rows else None
    )
    return {
        "kind": "drawing",
        "svg": svg,
        "width": width,
        "alt": _clean(f"{chart.title}. {chart.sentence}"),
        "sentence": _clean(chart.sentence),
        "note": _clean(chart.note),
        "table": table,
    }
