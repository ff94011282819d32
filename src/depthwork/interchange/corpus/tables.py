"""The parts as two Parquet tables, written in the order of the file names, a row group at a time."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import depthwork
from depthwork.interchange.cells import safe
from depthwork.interchange.corpus.columns import TABLES
from depthwork.interchange.corpus.shelf import write_whole
from depthwork.interchange.corpus.work import Recipe
from depthwork.interchange.parcel import as_json

GROUP = 65_536  # rows of a row group: what is in memory at once

READ_ME = """What this is
============
Profiles of many transcripts. transcripts.parquet has one row a file, turns.parquet one row a turn; `file` joins them.
dictionary.csv and dictionary.json say what each column is, versions.json what it was made with, left-out.csv which
files could not be read and why. No word of a transcript is in it, but file names and speakers' names are.
A measure that has too little to stand on is empty, and the column `withheld` says why.

The folder `parts` holds what is finished, so that a run goes on where it stopped. It may be deleted.
"""


class _Table:
    """One Parquet file that grows by whole row groups."""

    def __init__(self, name: str, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds = {"text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "flag": pa.bool_()}
        self._pa = pa
        self._kinds = {column.name: kinds[column.kind] for column in TABLES[name]}
        self._schema = pa.schema(list(self._kinds.items()))
        self.path, self._beside = path, path.with_name(path.name + ".new")
        self._writer = pq.ParquetWriter(self._beside, self._schema, compression="zstd")
        self._waiting: dict[str, list[Any]] = {column: [] for column in self._kinds}
        self._count = 0

    def add(self, columns: dict[str, list[Any]], count: int) -> None:
        for name, held in self._waiting.items():
            held.extend(columns.get(name) or [None] * count)
        self._count += count
        while self._count >= GROUP:
            self._write(GROUP)

    def _write(self, count: int) -> None:
        arrays = [self._pa.array(self._waiting[name][:count], kind) for name, kind in self._kinds.items()]
        self._writer.write_table(
            self._pa.Table.from_arrays(arrays, schema=self._schema), row_group_size=count
        )
        for held in self._waiting.values():
            del held[:count]
        self._count -= count

    def close(self) -> None:
        if self._count:
            self._write(self._count)
        self._writer.close()

    def settle(self) -> None:
        os.replace(self._beside, self.path)

    def drop(self) -> None:
        try:
            self._writer.close()
        except OSError:  # the disk that is full
            pass
        finally:
            self._beside.unlink(missing_ok=True)


def write_tables(found: Iterable[dict[str, Any]], out: Path) -> dict[str, int]:
    """Write both tables and the list of what was left out; whole, or as they were before.

    Parameters
    ----------
    found : iterable of dict
        Parts in the order of their files.
    out : Path

    Returns
    -------
    dict
        Counts: transcripts, turns, words.
    """
    counts = {"transcripts": 0, "turns": 0, "words": 0}
    left: list[tuple[str, str]] = []
    tables: list[_Table] = []
    try:
        for name in TABLES:
            tables.append(_Table(name, out / f"{name}.parquet"))
        one, many = tables
        for part in found:
            # A name that is no Unicode is shown with its odd bytes replaced.
            part["file"] = part["file"].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            if "reason" in part:
                left.append((part["file"], part["reason"]))
                continue
            row = {"file": part["file"], "sha256": part["sha256"], **part["row"]}
            one.add({name: [value] for name, value in row.items()}, 1)
            turns = len(part["turns"]["turn"])
            many.add({"file": [part["file"]] * turns, **part["turns"]}, turns)
            counts["transcripts"] += 1
            counts["turns"] += turns
            counts["words"] += row["words"]
        for table in tables:
            table.close()
        write_whole(out / "left-out.csv", _csv(("file", "reason"), left))
        for table in tables:
            table.settle()
    except BaseException:
        for table in tables:
            table.drop()
        raise
    return counts


def write_beside(out: Path, recipe: Recipe) -> None:
    """The dictionary, the versions and what to read first."""
    columns = [(name, c) for name, of in TABLES.items() for c in of]
    rows = [(name, c.name, c.kind, c.unit, c.says) for name, c in columns]
    head = ("table", "column", "type", "unit", "description")
    write_whole(out / "dictionary.csv", _csv(head, rows))
    write_whole(out / "dictionary.json", as_json([dict(zip(head, row, strict=True)) for row in rows]))
    versions = {
        "program": {"name": "Depthwork", "version": depthwork.__version__},
        "referential_dictionary": recipe.dictionary_name or "vividness",
        "therapist": recipe.therapist,
    }
    write_whole(out / "versions.json", as_json(versions))
    write_whole(out / "READ ME.txt", READ_ME.encode())


def _csv(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")
