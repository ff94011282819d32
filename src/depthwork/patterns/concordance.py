"""A pattern as a concordance, then | now | here: the lines of each part, and where it went another way.

When not to use it: Not as evidence that a column is empty: nothing was marked there, which is less than
nothing was said. Not without its counter-examples.

Source: a layout of this program over the parts of the core theme; it has no figure of its own but counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from depthwork.patterns.ccrt import CoreTheme, names_of
from depthwork.patterns.hours import Line, Treatment, in_order, line_of
from depthwork.patterns.told import AllTold, Key, ToldEpisode, lines_of
from depthwork.process.episodes import PARTS, Part

Column = Literal["then", "now", "here", "self", "unplaced"]
COLUMN_OF: Mapping[str | None, Column] = {
    "past": "then",
    "current": "now",
    "therapist": "here",
    "self": "self",
    None: "unplaced",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """So many of so many episodes."""

    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Row:
    """One part of the pattern with its lines by column. Lines not counted say so themselves."""

    part: Part
    codes: tuple[str, ...]
    names: tuple[str, ...]
    early: Tally
    late: Tally
    all: Tally
    then: tuple[Line, ...]
    now: tuple[Line, ...]
    here: tuple[Line, ...]
    self: tuple[Line, ...]
    unplaced: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CounterExample:
    """An episode with the same wish that went another way, with the lines that show it."""

    hour: int
    figure: str
    column: Column
    line: Line
    responses: tuple[Line, ...]
    counted: bool


@dataclass(frozen=True, slots=True)
class Concordance:
    """The pattern, how often it stands whole, its lines and its counter-examples."""

    rows: tuple[Row, ...]
    early: Tally
    late: Tally
    whole: Tally
    late_from: int | None
    columns: Mapping[Column, int]
    counter_examples: tuple[CounterExample, ...]

    @property
    def counter_count(self) -> int:
        """Counter-examples in counted episodes."""
        return sum(example.counted for example in self.counter_examples)


def concordance(
    treatment: Treatment,
    told: AllTold,
    pattern: CoreTheme | Mapping[Part, Collection[str]],
    *,
    late_from: int | None,
) -> Concordance:
    """The lines of one pattern in three columns.

    Parameters
    ----------
    treatment, told
        The codes and the episodes found in them.
    pattern
        Codes by part; a part with several codes holds where one of them stands. A part
        without codes is no part of the pattern.
    late_from
        Number of the first late hour, or None.

    Notes
    -----
    1. The column comes from the sphere of the episode, not of the mark. Components in no
       episode stand in `unplaced` and are not counted.
    2. A displaced mark ("perhaps also here") stands in the column here, and is not counted.
    3. The pattern stands whole in an episode that holds every part.
    4. A counter-example holds the wish and told of a response that is none of the pattern's.
    """
    wanted = _parts(pattern)
    counted = told.counted
    late = [late_from is not None and e.hour.number >= late_from for e in counted]
    of_late, of_early = sum(late), len(counted) - sum(late)

    def tally(holds: list[bool]) -> tuple[Tally, Tally, Tally]:
        in_late = sum(h and is_late for h, is_late in zip(holds, late, strict=True))
        n = sum(holds)
        return Tally(n - in_late, of_early), Tally(in_late, of_late), Tally(n, len(counted))

    rows: list[Row] = []
    for part, codes in wanted.items():
        keys = frozenset((part, code) for code in codes)
        lines = [*lines_of(told.episodes, keys), *_loose(treatment, told, keys)]
        early, later, total = tally([not keys.isdisjoint(e.episode.keys) for e in counted])
        cells = _by_column(lines)
        rows.append(
            Row(
                part=part,
                codes=codes,
                names=tuple(names_of(part).get(c, c.replace("_", " ")) for c in codes),
                early=early,
                late=later,
                all=total,
                **cells,
            )
        )
    sets = {part: frozenset((part, code) for code in codes) for part, codes in wanted.items()}
    whole = [
        bool(sets) and all(not keys.isdisjoint(e.episode.keys) for keys in sets.values()) for e in counted
    ]
    early, later, total = tally(whole)
    columns: dict[Column, int] = dict.fromkeys(COLUMN_OF.values(), 0)
    for e in counted:
        columns[COLUMN_OF.get(e.episode.sphere, "unplaced")] += 1
    return Concordance(
        rows=tuple(rows),
        early=early,
        late=later,
        whole=total,
        late_from=late_from,
        columns=columns,
        counter_examples=_counter_examples(told.episodes, sets),
    )


def _parts(pattern: CoreTheme | Mapping[Part, Collection[str]]) -> dict[Part, tuple[str, ...]]:
    if isinstance(pattern, CoreTheme):
        return {part: (code,) for part, code in pattern.codes.items() if code}
    return {part: tuple(pattern[part]) for part in PARTS if pattern.get(part)}


def _loose(treatment: Treatment, told: AllTold, keys: frozenset[Key]) -> Iterable[Line]:
    for hour, mark in told.unplaced:
        if (mark.construct, mark.code) in keys:
            yield line_of(hour, mark, counted=False)
    for hour, mark in treatment.displaced():
        if (mark.construct, mark.code) in keys:
            yield line_of(hour, mark, sphere="therapist", displaced=True)


def _by_column(lines: Iterable[Line]) -> dict[str, tuple[Line, ...]]:
    cells: dict[str, list[Line]] = {column: [] for column in COLUMN_OF.values()}
    for line in lines:
        cells[COLUMN_OF.get(line.sphere, "unplaced")].append(line)
    return {column: in_order(found) for column, found in cells.items()}


def _counter_examples(
    episodes: Iterable[ToldEpisode], wanted: Mapping[Part, frozenset[Key]]
) -> tuple[CounterExample, ...]:
    if "wish" not in wanted:
        return ()
    responses = [part for part in wanted if part != "wish"]
    found: list[CounterExample] = []
    for told in episodes:
        keys = told.episode.keys
        if wanted["wish"].isdisjoint(keys):
            continue
        missing = [part for part in responses if wanted[part].isdisjoint(keys)]
        # Where nothing of that part was told, it did not go another way: it is not known.
        if not any(key[0] in missing for key in keys):
            continue
        lines = in_order(line for line in told.lines() if line.construct != "wish")
        column = COLUMN_OF.get(told.episode.sphere, "unplaced")
        found.append(
            CounterExample(told.hour.number, told.episode.figure, column, told.line, lines, told.counted)
        )
    return tuple(found)
