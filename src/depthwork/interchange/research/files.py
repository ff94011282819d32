"""A study as files: tables as Parquet and CSV, the dictionary as CSV and JSON, the versions of everything that made it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import depthwork
from depthwork.coding.shelf import codebook_text, installed
from depthwork.interchange.cells import safe
from depthwork.interchange.parcel import as_json, sha256
from depthwork.interchange.research.dictionary import TABLES
from depthwork.interchange.research.study import Study
from depthwork.language.lists import LISTS, list_text, own_list

READ_ME = """What this is
============
De-identified data of treatments whose clients agreed to research. De-identified, not anonymous: a course of
hours has a shape of its own. Do not try to find out who someone is, do not join it with other data about people,
and do not pass it on beyond what was agreed.

Tables: treatments, hours, turns, marks, dreams, scores, events. `person`, `treatment` and `hour` join them. Each
stands here twice, as Parquet (polars, DuckDB, arrow) and as CSV (UTF-8, one header line, days in ISO 8601, an empty
cell is missing). With R and no package: source("read.R"), then tables <- read_study(). In the CSV an apostrophe
stands before a text that a spreadsheet would calculate, and before one that begins with an apostrophe; read.R takes
it away.

dictionary.csv and dictionary.json say what each column is. versions.json says which program, codebooks, measures and
word lists it was made with, each with the hash of its content, and which engines proposed what was accepted. Days are
shifted by whole weeks, by another amount for each client.

What is never suppressed
========================
How many rows a person has in a table (so how many hours were held, though `hours_held` is a band and withheld where
it is rare), the number of an hour, the weeks between hours, the measures of turns and hours, scores, counts of
dreams, and the spans and levels of marks: they are exact. dictionary.csv says of each column whether rare values of
it are withheld. A very long treatment, or a rare course of it, can be known by its length alone.
"""


def study_files(study: Study, *, project: str) -> dict[str, bytes]:
    """Every file of a study by name, the same bytes for the same study.

    Parameters
    ----------
    study : Study
    project : str
        What the client was told that it is for; stands in versions.json.

    Returns
    -------
    dict of str to bytes

    Raises
    ------
    ModuleNotFoundError
        Without the extra ``corpus`` (polars).
    """
    made = {f"{name}.parquet": _parquet(name, rows) for name, rows in study.tables.items()}
    made |= {f"{name}.csv": _csv(name, rows) for name, rows in study.tables.items()}
    made["read.R"] = (files("depthwork.interchange.research") / "read.R").read_bytes()
    made["dictionary.csv"] = _dictionary_csv(study)
    made["dictionary.json"] = as_json(_dictionary(study))
    made["versions.json"] = as_json(_versions(study, project))
    made["READ ME.txt"] = READ_ME.encode()
    return made


def _parquet(name: str, rows: tuple[dict[str, Any], ...]) -> bytes:
    import polars as pl

    kinds = {"text": pl.String, "whole": pl.Int64, "number": pl.Float64, "flag": pl.Boolean}
    schema = {column.name: kinds[column.kind] for column in TABLES[name]}
    columns = {
        column: [_typed(row[column], TABLES[name][at].kind) for row in rows]
        for at, column in enumerate(schema)
    }
    out = io.BytesIO()
    pl.DataFrame(columns, schema=schema).write_parquet(out, compression="zstd")
    return out.getvalue()


def _csv(name: str, rows: tuple[dict[str, Any], ...]) -> bytes:
    """The same table as text: an empty cell is missing, and words alone stand in quotes."""
    columns = TABLES[name]
    lines = [",".join(column.name for column in columns)]
    lines += (",".join(_cell(row[column.name], column.kind) for column in columns) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _cell(value: Any, kind: str) -> str:
    if value is None or value == "":
        return ""
    if kind == "flag":
        return "TRUE" if value else "FALSE"
    if kind != "text":
        return repr(_typed(value, kind))
    words = str(value).replace("\x00", "\ufffd")
    # Doubled at the head, an apostrophe can be told from one that only keeps a spreadsheet from calculating.
    words = f"'{words}" if words.startswith("'") else safe(words)
    return '"' + words.replace('"', '""') + '"'


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    return float(value) if kind == "number" else int(value) if kind == "whole" else value


def _dictionary(study: Study) -> dict[str, Any]:
    return {
        "smallest_cell": study.smallest,
        "people": study.people,
        "suppressed": dict(study.suppressed),
        "tables": {
            name: {
                "rows": len(study.tables[name]),
                "columns": [
                    {"name": c.name, "type": c.kind, "unit": c.unit, "description": c.says,
                     "small_cells_withheld": c.cell or c.wide} for c in columns
                ],
            }
            for name, columns in TABLES.items()
        },
    }  # fmt: skip


def _dictionary_csv(study: Study) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["table", "column", "type", "unit", "description", "small_cells_withheld", "withheld"])
    for name, columns in TABLES.items():
        for c in columns:
            withheld = study.suppressed.get(f"{name}.{c.name}", 0)
            writer.writerow([safe(v) for v in (name, c.name, c.kind, c.unit, c.says, "yes" if c.cell or c.wide else "no")] + [withheld])  # fmt: skip
    return out.getvalue().encode()


def _versions(study: Study, project: str) -> Mapping[str, Any]:
    from depthwork.measures import MeasureError, measure

    used = {row["measure"] for row in study.tables["scores"] if row["measure"]}
    found = {}
    for one in sorted(used):
        try:
            definition = measure(one)
        except MeasureError:
            continue
        found[one] = {"version": definition.version, "hash": definition.hash}
    return {
        "program": {"name": "Depthwork", "version": depthwork.__version__},
        "project": project,
        "codebooks": {
            id: {"version": book.version, "sha256": sha256(codebook_text(id).encode())}
            for id, book in sorted(installed().items())
        },
        "word_lists": {
            name: {
                "reviewed_on": own_list(name).about.get("reviewed_on", ""),
                "sha256": sha256(list_text(name).encode()),
            }
            for name in LISTS
        },
        "measures": found,
        "engines": sorted({row["engine"] for row in study.tables["marks"] if row["engine"]}),
        "smallest_cell": study.smallest,
        "days_shifted_by": "whole weeks, 1 to 26 either way, another number for each client",
    }
