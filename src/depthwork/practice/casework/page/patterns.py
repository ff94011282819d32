"""Patterns in the words of a page: who coded knowing what, how often, early against late, drawings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from depthwork.coding.shelf import codebook, codes_for
from depthwork.patterns.ccrt import Ccrt
from depthwork.patterns.concordance import Concordance, CounterExample, Row, Tally
from depthwork.patterns.corners import Triangle
from depthwork.patterns.hours import Caption, Hour, Line
from depthwork.patterns.ladder import Ladder
from depthwork.patterns.overview import Patterns
from depthwork.process.defenses import LEVELS
from depthwork.reports.charts import ladder as drawing_ladder
from depthwork.reports.charts import triangles as drawing
from depthwork.reports.charts.chart import Chart

COLUMNS = (("then", "Then"), ("now", "Now"), ("here", "Here"))
PARTS = {
    "wish": "The wish",
    "response_of_other": "The other",
    "response_of_self": "The self",
}
NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
AT_FIRST = 3  # lines of a cell that stand open; the others behind a summary


def in_words(n: int) -> str:
    """Small numbers as words."""
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else f"{n:,}"


def of_words(tally: Tally) -> str:
    """Seven of eight."""
    return f"{in_words(tally.n)} of {in_words(tally.of)}"


def plural(n: int, noun: str) -> str:
    """One hour, two hours."""
    return f"{in_words(n)} {noun}{'' if n == 1 else 's'}"


def upper(text: str) -> str:
    """With a capital at the head."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Said:
    """A line as the page quotes it."""

    quote: str
    cite: str
    href: str
    mark_id: str
    is_counted: bool
    is_displaced: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """The lines of one part in one column."""

    key: str
    name: str
    first: list[Said]
    rest: list[Said]


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of the pattern."""

    title: str
    label: str
    cells: list[Cell]
    unplaced: list[Said]


@dataclass(frozen=True, slots=True)
class Quotes:
    """Lines as quotations; `sources` gives the source of each mark, so that a line opens the text it stands in."""

    sources: Mapping[str, str]

    def href(self, line: Line) -> str:
        """The turn on the page of its hour."""
        source = self.sources.get(line.mark_id)
        query = f"?source={source}" if source else ""
        return f"{reverse('casework:hour', args=[line.hour_id])}{query}#t{line.shown_turn}"

    def said(self, line: Line, *, of: bool = True) -> Said:
        """A line with the words that say where it stands."""
        return Said(
            line.quote, _cite(line, of=of), self.href(line), line.mark_id, line.counted, line.displaced
        )

    def all(self, lines: Iterable[Line]) -> list[Said]:
        """Several lines."""
        return [self.said(line) for line in lines]


def quotes_of(hours: Iterable[Hour]) -> Quotes:
    """For the hours of a treatment."""
    return Quotes({mark.id: mark.source_id for hour in hours for mark in hour.marks})


def _cite(line: Line, *, of: bool) -> str:
    where = f"Hour {line.hour}, turn {line.shown_turn}" if line.hour else f"Line {line.shown_turn}"
    extra = []
    if of and line.figure:
        extra.append(f"of {'the therapist' if line.sphere == 'therapist' else line.figure}")
    if line.expected:
        extra.append("expected")
    if line.displaced:
        extra.append("perhaps also here; not counted")
    elif not line.counted:
        extra.append("not counted")
    if not line.unaided:
        extra.append("from a cue")
    return "; ".join([", ".join([where, *extra[:1]]), *extra[1:]])


def rows_of(found: Concordance, quotes: Quotes) -> list[PartRow]:
    """The concordance, part by part."""
    return [
        PartRow(
            title=f"{PARTS[row.part]}: {' or '.join(row.names)}",
            label=_label(row, found),
            cells=[_cell(key, name, getattr(row, key), quotes) for key, name in COLUMNS],
            unplaced=quotes.all((*row.self, *row.unplaced)),
        )
        for row in found.rows
    ]


def _label(row: Row, found: Concordance) -> str:
    words = f"{of_words(row.all)} episodes"
    if found.late_from is None or not row.early.of or not row.late.of:
        return words
    return f"{words}; {of_words(row.early)} before hour {found.late_from}, {of_words(row.late)} since"


def _cell(key: str, name: str, lines: tuple[Line, ...], quotes: Quotes) -> Cell:
    every = quotes.all(sorted(lines, key=lambda li: (not li.counted, li.hour, li.turn)))
    return Cell(key, name, every[:AT_FIRST], every[AT_FIRST:])


@dataclass(frozen=True, slots=True)
class CounterCell:
    """Counter-examples of one column."""

    key: str
    name: str
    examples: list[tuple[Said, list[Said]]]
    rest: list[tuple[Said, list[Said]]]


def counters_of(found: Concordance, quotes: Quotes) -> list[CounterCell]:
    """The same wish, and it went another way."""

    def shown(example: CounterExample) -> tuple[Said, list[Said]]:
        return quotes.said(example.line), [quotes.said(line, of=False) for line in example.responses]

    cells = []
    for key, name in COLUMNS:
        every = [shown(e) for e in found.counter_examples if e.column == key]
        cells.append(CounterCell(key, name, every[:AT_FIRST], every[AT_FIRST:]))
    return cells


def heading_of(found: Patterns) -> str:
    """The wish, in the words of the codebook; or the plain name of the page."""
    wish = found.ccrt.core.wish if found.ccrt.core else None
    known = codes_for("wish").get(wish) if wish else None
    return known.definition.rstrip(".") if known else "Patterns"


def opening_of(found: Patterns) -> str:
    """How often the whole pattern stands, early and late, and where it was told."""
    told = found.concordance
    if told is None:
        return ""
    parts = [f"The whole pattern stands in {of_words(told.whole)} episodes"]
    if told.late_from is not None and told.early.of and told.late.of:
        parts.append(
            f": in {of_words(told.early)} before hour {told.late_from}, in {of_words(told.late)} since. "
        )
    else:
        parts.append(". ")
    where = [
        f"{in_words(told.columns[key])} of {name.lower()}" for key, name in COLUMNS if told.columns.get(key)
    ]
    if where:
        parts.append(f"{upper(_join(where))} were told." if len(where) > 1 else f"{upper(where[0])}.")
    return "".join(parts)


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def caption_of(caption: Caption, names: Mapping[str, str]) -> str:
    """Who coded, knowing what; people by name."""
    coders = tuple(sorted(names.get(c, "another coder") for c in caption.coders))
    return replace(caption, coders=coders).sentence


def table_of(found: Ccrt) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Every component with its counts: columns and rows of a table."""
    columns = (
        "Part",
        "Code",
        f"Early, of {found.early_episodes}",
        f"Late, of {found.late_episodes}",
        f"All, of {found.episodes}",
        "Met",
        "Not met",
    )
    rows = [
        (
            PARTS[c.part],
            c.name,
            str(c.early),
            str(c.late),
            f"{c.episodes}" if c.share is None else f"{c.episodes} ({c.share:.0%})",
            str(c.positive) if c.part != "wish" else "",
            str(c.negative) if c.part != "wish" else "",
        )
        for c in found.components
    ]
    return columns, rows


def triangle_of(kind: str, triangle: Triangle, *, key: str, counted: int) -> Chart:
    """A drawing whose corners lead to their lines."""
    sides = {side.ends: side.count for side in triangle.sides}
    names = drawing.NAMES[kind][1]
    corners = {corner.name: corner for corner in triangle.corners}

    def joined(a: str, b: str) -> int:
        return sides.get((a, b), sides.get((b, a), 0))

    vertices = tuple(
        drawing.Vertex(corners[n].count, href=f"#{kind}-{n}" if corners[n].lines else "") for n in names
    )
    return drawing.triangle_chart(
        drawing.Triangle(
            key=key,
            kind=kind,  # type: ignore[arg-type]
            vertices=vertices,  # type: ignore[arg-type]
            joined=(joined(names[0], names[1]), joined(names[0], names[2]), joined(names[1], names[2])),
            note=f"Of {plural(counted, 'interpretation')} in hours read whole. A count of what was said, no rating.",
        )
    )


def ladder_drawing(found: Ladder, quotes: Quotes, *, key: str) -> Chart | None:
    """The ladder over the hours that were read whole."""
    rungs = [rung for rung in found.rungs if rung.counted]
    if not rungs:
        return None
    return drawing_ladder.ladder_chart(
        drawing_ladder.Ladder(
            key=key,
            title="The ladder of defenses",
            levels=tuple(level_names()),
            hours=tuple(
                drawing_ladder.LadderHour(
                    str(rung.hour),
                    tuple(rung.by_level),
                    rung.odf,
                    quotes.href(rung.lines[0]) if rung.lines else "",
                )
                for rung in rungs
            ),
            note="From 1, action, to 7, high adaptive. The overall level needs ten defenses in an hour.",
        )
    )


def level_names() -> list[str]:
    """Names of the levels, lowest first."""
    document: Mapping[str, Any] = codebook("defenses").document
    names = {
        int(level["level"]): str(level.get("name") or level.get("code"))
        for level in document.get("levels", [])
    }
    return [names.get(level, str(level)) for level in LEVELS]


def name_of(construct: str, code: str) -> str:
    """A code's name in its codebook."""
    known = codes_for(construct).get(code)
    return known.name if known else code.replace("_", " ")
