"""Rows of trials as people keep them: checked, turned one way, combined by study, pooled in all and by group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from depthwork.evidence.dependence import RHO, Studies, combine
from depthwork.evidence.errors import EvidenceError
from depthwork.evidence.heterogeneity import Method
from depthwork.evidence.pooling import LARGEST, SMALLEST, UNEVEN, Pooled, pool
from depthwork.wording import gettext

Direction = Literal["higher", "lower"]

_HIGHER = frozenset({"higher", "high", "positive", "pos", "+", "+1", "1", "1.0", "up"})
_LOWER = frozenset({"lower", "low", "negative", "neg", "-1", "-1.0", "−1", "down"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a study's effect with its standard error. `number` is the row of the file, the header being 1."""

    number: int
    study: str
    effect: float
    se: float
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that can be pooled, and those that cannot: `missing` has (row, study) of each without an effect."""

    rows: tuple[Row, ...]
    missing: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Together:
    """Rows of one set, by study and pooled."""

    studies: Studies
    n_rows: int
    pooled: Pooled


def keep(
    studies: Sequence[str | None],
    effects: Sequence[float | None],
    ses: Sequence[float | None],
    *,
    groups: Sequence[str | None] | None = None,
    numbers: Sequence[int] | None = None,
) -> Kept:
    """Rows with an effect and a standard error above 0; those without are named, never filled in.

    `numbers` says what each row is called in its file; without it the first is 2, after a header.

    Raises
    ------
    EvidenceError
        If a standard error is 0 or negative, a value is not finite or beyond `LARGEST`, a row has no study, or nothing is left.
    """
    kept: list[Row] = []
    missing: list[tuple[int, str]] = []
    called = range(2, len(studies) + 2) if numbers is None else numbers
    for at, (number, study, effect, se) in enumerate(zip(called, studies, effects, ses, strict=True)):
        if study is None:
            raise EvidenceError(
                gettext("row %(row)s has no study; name it or leave the row out") % {"row": number}
            )
        if effect is None or se is None:
            missing.append((number, study))
            continue
        if not (math.isfinite(effect) and math.isfinite(se)):
            raise EvidenceError(
                gettext("row %(row)s: the effect or its standard error is not a finite number")
                % {"row": number}
            )
        if se <= 0:
            below = gettext(
                "row %(row)s: the standard error is negative; it must be above 0, so correct or empty it"
            )
            nought = gettext(
                "row %(row)s: the standard error is 0; it must be above 0, so correct or empty it"
            )
            raise EvidenceError((below if se < 0 else nought) % {"row": number})
        if abs(effect) > LARGEST:
            raise EvidenceError(
                gettext("row %(row)s: the effect lies beyond 1e9 either way; correct or empty it")
                % {"row": number}
            )
        if not SMALLEST <= se <= LARGEST:
            above = gettext("row %(row)s: the standard error is above 1e9; correct or empty it")
            below = gettext("row %(row)s: the standard error is below 0.000001; correct or empty it")
            raise EvidenceError((above if se > 1 else below) % {"row": number})
        kept.append(Row(number, study, effect, se, groups[at] if groups is not None else None))
    if not kept:
        raise EvidenceError(
            gettext("no row has both an effect and a standard error; there is nothing to pool")
        )
    least, most = min(kept, key=lambda one: one.se), max(kept, key=lambda one: one.se)
    if most.se**2 > UNEVEN * least.se**2:
        raise EvidenceError(
            gettext(
                "row %(row)s: the standard error is more than a thousand times smaller than that of row %(other)s; check both"
            )
            % {"row": least.number, "other": most.number}
        )
    return Kept(tuple(kept), tuple(missing))


def together(
    rows: Sequence[Row], *, rho: float = RHO, method: Method = "REML", hartung_knapp: bool = False
) -> Together:
    """One effect a study, then the mean."""
    by_study = combine(
        [row.study for row in rows], [row.effect for row in rows], [row.se**2 for row in rows], rho=rho
    )
    found = pool(by_study.effects, by_study.variances, method=method, hartung_knapp=hartung_knapp)
    return Together(by_study, len(rows), found)


def by_group(
    rows: Sequence[Row], *, rho: float = RHO, method: Method = "REML", hartung_knapp: bool = False
) -> dict[str, Together]:
    """The same for each group alone. A study with arms in two groups stands in both."""
    labels = dict.fromkeys(row.group or "not stated" for row in rows)
    return {
        label: together(
            [row for row in rows if (row.group or "not stated") == label],
            rho=rho,
            method=method,
            hartung_knapp=hartung_knapp,
        )
        for label in sorted(labels, key=str.casefold)
    }


def direction_of(
    cells: Sequence[str | None], *, numbers: Sequence[int] | None = None, column: str = "sign"
) -> Direction:
    """What a column says about which way is good, if it says the same throughout.

    Raises
    ------
    EvidenceError
        If a cell is empty or says neither way, or the column says both: such rows cannot be pooled as they stand.
    """
    said: dict[Direction, int] = {}
    called = range(2, len(cells) + 2) if numbers is None else numbers
    for number, cell in zip(called, cells, strict=True):
        word = (cell or "").strip().casefold()
        if word in _HIGHER:
            said.setdefault("higher", number)
        elif word in _LOWER:
            said.setdefault("lower", number)
        else:
            raise EvidenceError(
                gettext(
                    "row %(row)s: column %(column)r says neither higher nor lower; write one of the two in each row"
                )
                % {"row": number, "column": column}
            )
    if len(said) == 2:
        raise EvidenceError(
            gettext(
                "column %(column)r mixes directions (higher in row %(higher)s, lower in row %(lower)s); turn the effects one way first"
            )
            % {"column": column, "higher": said["higher"], "lower": said["lower"]}
        )
    if not said:
        raise EvidenceError(
            gettext("column %(column)r is empty; write higher or lower in each row") % {"column": column}
        )
    return next(iter(said))


def turned(rows: Sequence[Row], direction: Direction) -> tuple[Row, ...]:
    """Rows with positive in favour of the therapy."""
    return tuple(rows) if direction == "higher" else tuple(replace(row, effect=-row.effect) for row in rows)


def leaning_groups(rows: Sequence[Row], labels: Sequence[str | None]) -> tuple[str, str] | None:
    """Two labels whose rows lean opposite ways, a sign that one column holds two directions; else None.

    Notes
    -----
    Of at least 4 rows that are not 0, three quarters or more lie on one side. The bound is a choice of this program.
    """
    signs: dict[str, list[int]] = {}
    for row, label in zip(rows, labels, strict=True):
        if label and row.effect:
            signs.setdefault(label, []).append(1 if row.effect > 0 else -1)
    up = [name for name, found in signs.items() if len(found) >= 4 and found.count(1) >= 0.75 * len(found)]
    down = [name for name, found in signs.items() if len(found) >= 4 and found.count(-1) >= 0.75 * len(found)]
    return (up[0], down[0]) if up and down else None


def torn_studies(rows: Sequence[Row]) -> tuple[str, ...]:
    """Studies whose rows point clearly both ways (each more than 1.96 standard errors from 0)."""
    clear: dict[str, set[bool]] = {}
    for row in rows:
        if abs(row.effect) > 1.96 * row.se:
            clear.setdefault(row.study, set()).add(row.effect > 0)
    return tuple(study for study, sides in clear.items() if len(sides) == 2)
