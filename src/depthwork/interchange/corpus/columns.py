"""The data dictionary of a corpus: every column of its two tables, and the row that a profile gives."""

from __future__ import annotations

from typing import Any

from depthwork.interchange.measured import OF_HOUR, OF_TURN, Column, hour_values, turn_values
from depthwork.language.withheld import Withheld
from depthwork.patterns.profile import Profile
from depthwork.transcripts import Transcript

_FILE = Column("file", "text", "Path below the folder that was read; joins the two tables")

TRANSCRIPTS: tuple[Column, ...] = (
    _FILE,
    Column("sha256", "text", "SHA-256 of the file's bytes"),
    Column("format", "text", "How the file was read"),
    Column("provenance", "text", "verbatim, reconstructed or notes"),
    Column("of", "text", "Whose words the measures of one person describe: C, or N for a note"),
    Column("warnings", "whole", "What was odd about the file"),
    *OF_HOUR,
    Column("withheld", "text", "Measures that are not said, each with its reason"),
)  # fmt: skip

TURNS: tuple[Column, ...] = (
    _FILE,
    Column("turn", "whole", "Index of the turn, from 0"),
    Column("speaker", "text", "T, C, N (a note's paragraph) or a name"),
    *OF_TURN,
    Column("referential_mean", "number", "Mean of the curve, where the turn has 25 words or more", "0 to 1"),
    Column("referential_high_share", "number", "Share of the turn's words above neutral", "0 to 1"),
)

TABLES: dict[str, tuple[Column, ...]] = {"transcripts": TRANSCRIPTS, "turns": TURNS}


def row_of(hour: Transcript, found: Profile) -> dict[str, Any]:
    """One transcript's measures; None where a measure is withheld, and `withheld` says why."""
    return {
        "format": hour.format,
        "provenance": found.provenance,
        "of": found.of,
        "warnings": len(hour.warnings),
        "withheld": "; ".join(f"{one.measure}: {one.reason}" for one in found.withheld) or None,
        **hour_values(found),
    }


def turns_of(found: Profile) -> dict[str, list[Any]]:
    """The turns' measures, a list a column; no word of the text."""
    curves = {} if isinstance(found.referential, Withheld) else {t.turn: t.curve for t in found.referential.turns}  # fmt: skip
    made: dict[str, list[Any]] = {column.name: [] for column in TURNS if column is not _FILE}
    before: float | None = None
    for turn in found.hour:
        curve = curves.get(turn.index)
        values = {
            "turn": turn.index,
            "speaker": turn.speaker,
            **turn_values(turn, before),
            "referential_mean": curve.mean if curve else None,
            "referential_high_share": curve.high_share if curve else None,
        }
        for name, value in values.items():
            made[name].append(value)
        before = turn.end_s
    return made
