"""Patterns in the words of a page: who coded knowing what, how often, early against late, drawings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

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
from depthwork.wording import spelled as in_letters

COLUMNS = (("then", capfirst(_("then"))), ("now", capfirst(_("now"))), ("here", capfirst(_("here"))))
PARTS = {
    "wish": _("The wish"),
    "response_of_other": _("The other"),
    "response_of_self": _("The self"),
}
AT_FIRST = 3  # lines of a cell that stand open; the others behind a summary


def in_words(n: int) -> str:
    """Small numbers as words."""
    return in_letters(n)


def of_words(tally: Tally) -> str:
    """7 of 8: wherever one number is held against another, both are figures."""
    return gettext("%(n)s of %(all)s") % {"n": tally.n, "all": tally.of}


def spelled(words: str, n: int) -> str:
    """One hour, two hours: a sentence with its number in letters."""
    return words % {"n": in_letters(n)}


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
    where = (
        gettext("Hour %(hour)s, turn %(turn)s") % {"hour": line.hour, "turn": line.shown_turn}
        if line.hour
        else gettext("Line %(turn)s") % {"turn": line.shown_turn}
    )
    if of and line.figure:  # who is meant, in the coder's word; "of" would need an article or a pronoun
        where += f" · {gettext('the therapist') if line.sphere == 'therapist' else _figure(line.figure)}"
    extra = [where]
    if line.expected:
        extra.append(gettext("expected"))
    if line.displaced:
        extra.append(gettext("perhaps also here; not counted"))
    elif not line.counted:
        extra.append(gettext("not counted"))
    if not line.unaided:
        extra.append(gettext("from a cue"))
    return "; ".join(extra)


def _figure(figure: str) -> str:
    """A kind of figure by its name; what a person called it stays as they wrote it."""
    known = codes_for("figure").get(figure) or codes_for("episode").get(figure)
    return gettext(known.name) if known else figure


def rows_of(found: Concordance, quotes: Quotes) -> list[PartRow]:
    """The concordance, part by part."""
    return [
        PartRow(
            title=f"{PARTS[row.part]}: {_either(row.names)}",
            label=_label(row, found),
            cells=[_cell(key, name, getattr(row, key), quotes) for key, name in COLUMNS],
            unplaced=quotes.all((*row.self, *row.unplaced)),
        )
        for row in found.rows
    ]


def _either(names: Iterable[str]) -> str:
    either = gettext(" or ")
    return either.join(gettext(name) for name in names)


def _label(row: Row, found: Concordance) -> str:
    if not row.all.n and row.all.of:
        return gettext("none of the %(all)s episodes") % {"all": row.all.of}
    words = gettext("%(n)s episodes") % {"n": of_words(row.all)}
    if found.late_from is None or not row.early.of or not row.late.of:
        return words
    return gettext("%(words)s; %(early)s before hour %(hour)s, %(late)s since") % {
        "words": words,
        "early": of_words(row.early),
        "hour": found.late_from,
        "late": of_words(row.late),
    }


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

    cells = []
    for key, name in COLUMNS:
        every = [_another_way(e, quotes) for e in found.counter_examples if e.column == key]
        cells.append(CounterCell(key, name, every[:AT_FIRST], every[AT_FIRST:]))
    return cells


def counters_beside(found: Concordance, quotes: Quotes) -> list[tuple[Said, list[Said]]]:
    """Counter-examples of episodes with oneself, or without a place: counted like the others, in no column."""
    columns = {key for key, _name in COLUMNS}
    return [_another_way(e, quotes) for e in found.counter_examples if e.column not in columns]


def _another_way(example: CounterExample, quotes: Quotes) -> tuple[Said, list[Said]]:
    return quotes.said(example.line), [quotes.said(line, of=False) for line in example.responses]


def counted_of(found: Concordance) -> str:
    """How many counter-examples, and how many lines tell them."""
    n = found.counter_count
    lines = sum(len(one.responses) or 1 for one in found.counter_examples)
    episodes = ngettext("%(n)s episode", "%(n)s episodes", n) % {"n": n}
    if lines == n:
        return episodes
    lines_said = ngettext("%(n)s line", "%(n)s lines", lines) % {"n": lines}
    return f"{episodes}, {lines_said}"


def heading_of(found: Patterns) -> str:
    """The wish, in the words of the codebook; or the plain name of the page."""
    wish = found.ccrt.core.wish if found.ccrt.core else None
    known = codes_for("wish").get(wish) if wish else None
    return gettext(known.definition).rstrip(".") if known else gettext("Patterns")


def opening_of(found: Patterns) -> str:
    """How often the whole pattern stands, early and late, and where it was told."""
    told = found.concordance
    if told is None:
        return ""
    parts = [gettext("The whole pattern stands in %(n)s episodes") % {"n": of_words(told.whole)}]
    if not told.whole.n and told.whole.of:
        none = gettext("The whole pattern stands in none of the %(all)s episodes told. ")
        parts = [none % {"all": told.whole.of}]
    elif told.late_from is not None and told.early.of and told.late.of:
        parts.append(
            gettext(": in %(early)s before hour %(hour)s, in %(late)s since. ")
            % {"early": of_words(told.early), "hour": told.late_from, "late": of_words(told.late)}
        )
    else:
        parts.append(". ")
    where = [
        gettext("%(n)s of %(all)s") % {"n": told.columns[key], "all": name.lower()}
        for key, name in COLUMNS
        if told.columns.get(key)
    ]
    if beside := told.columns.get("self", 0) + told.columns.get("unplaced", 0):
        where.append(gettext("%(n)s with oneself or without a place") % {"n": in_letters(beside)})
    if where:
        parts.append(
            gettext("%(episodes)s were told.") % {"episodes": upper(_join(where))}
            if len(where) > 1
            else f"{upper(where[0])}."
        )
    return "".join(parts)


def _join(words: list[str]) -> str:
    return (
        words[0]
        if len(words) == 1
        else gettext("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
    )


def caption_of(caption: Caption, names: Mapping[str, str]) -> str:
    """Who coded, knowing what; people by name."""
    coders = tuple(sorted(names.get(c, gettext("another coder")) for c in caption.coders))
    return replace(caption, coders=coders).sentence


def table_of(found: Ccrt) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Every component with its counts: columns and rows of a table."""
    columns = (
        gettext("Part"),
        gettext("Code"),
        gettext("Early, of %(n)s") % {"n": found.early_episodes},
        gettext("Late, of %(n)s") % {"n": found.late_episodes},
        gettext("All, of %(n)s") % {"n": found.episodes},
        gettext("Met"),
        gettext("Not met"),
    )
    rows = [
        (
            PARTS[c.part],
            gettext(c.name),
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
            note=gettext("Of %(interpretations)s in hours read whole. A count of what was said, no rating.")
            % {
                "interpretations": spelled(
                    ngettext("one interpretation", "%(n)s interpretations", counted), counted
                )
            },
        )
    )


def ladder_drawing(found: Ladder, quotes: Quotes, *, key: str) -> Chart | None:
    """The ladder over the hours that were read whole."""
    rungs = [rung for rung in found.rungs if rung.counted]
    if not rungs:
        return None
    # Few hours hold ten defenses: a stretch of neighbouring hours that does gives its value to each of them.
    stretch = {n: s.odf for s in found.stretches for n in range(s.first, s.last + 1)}
    overall = {rung.hour: stretch.get(rung.hour, rung.odf) for rung in rungs}
    return drawing_ladder.ladder_chart(
        drawing_ladder.Ladder(
            key=key,
            title=gettext("The ladder of defenses"),
            levels=tuple(level_names()),
            hours=tuple(
                drawing_ladder.LadderHour(
                    str(rung.hour),
                    tuple(rung.by_level),
                    overall[rung.hour],
                    quotes.href(rung.lines[0]) if rung.lines else "",
                )
                for rung in rungs
            ),
            note=(
                gettext(
                    "From 1, action, to 7, high adaptive. The line is the overall level of neighbouring hours that hold "
                    "ten defenses together; it is the same for each hour of such a stretch."
                )
            ),
        )
    )


def level_names() -> list[str]:
    """Names of the levels, lowest first."""
    document: Mapping[str, Any] = codebook("defenses").document
    names = {
        int(level["level"]): gettext(str(level.get("name") or level.get("code")))
        for level in document.get("levels", [])
    }
    return [names.get(level, str(level)) for level in LEVELS]


def name_of(construct: str, code: str) -> str:
    """A code's name in its codebook."""
    known = codes_for(construct).get(code)
    return gettext(known.name) if known else code.replace("_", " ")
