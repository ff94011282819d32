"""The defense ladder: which levels were used in each hour, and overall functioning along the treatment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from depthwork.coding.marks import Mark
from depthwork.patterns.hours import Hour, Line, Treatment, in_order, line_of
from depthwork.process.defenses import (
    LEAST,
    LEVELS,
    DefenseProfile,
    functioning,
    functioning_interval,
    level_of,
    profile,
)


@dataclass(frozen=True, slots=True)
class Rung:
    """One hour on the ladder; `odf` and `se` are None below ten defenses in it."""

    hour: int
    date: date | None
    n: int
    by_level: tuple[int, ...]
    odf: float | None
    se: float | None
    lines: tuple[Line, ...]
    counted: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring hours that hold ten defenses together, so that a value can be given."""

    first: int
    last: int
    hours: int
    n: int
    odf: float
    se: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """Profiles early, late and in all, the hours one by one, and stretches long enough for a value."""

    profile: DefenseProfile
    early: DefenseProfile
    late: DefenseProfile
    late_from: int | None
    interval: tuple[float, float] | None
    rungs: tuple[Rung, ...]
    stretches: tuple[Stretch, ...]
    lines: dict[str, tuple[Line, ...]]


def ladder(treatment: Treatment, *, late_from: int | None, seed: int = 0, draws: int = 500) -> Ladder:
    """Defenses of the client over a treatment.

    Parameters
    ----------
    late_from
        Number of the first late hour, or None.
    seed, draws
        Of the bootstrap over hours behind `interval` (None while the profile is withheld).

    Notes
    -----
    1. Counts from hours read whole; an hour read whole without a defense is a rung with nothing on it.
    2. Stretches gather hours in order until ten defenses are reached; a remainder is left out.
    """
    codes: list[tuple[Hour, list[Mark]]] = [
        (hour, [m for m in marks if m.construct == "defense" and m.speaker in ("C", "N", "")])
        for hour, marks in treatment.each()
    ]
    counted = [(hour, marks) for hour, marks in codes if hour.counts]
    every = profile([m for _, marks in counted for m in marks])
    early = [m for hour, marks in counted if late_from is None or hour.number < late_from for m in marks]
    late = [m for hour, marks in counted if late_from is not None and hour.number >= late_from for m in marks]
    rungs = [_rung(hour, marks) for hour, marks in codes if hour.counts or marks]
    by_code: dict[str, list[Line]] = {}
    for rung in rungs:
        for line in rung.lines:
            by_code.setdefault(line.code, []).append(line)
    interval = None
    if every.withheld is None:
        hours = [dict(zip(LEVELS, rung.by_level, strict=True)) for rung in rungs if rung.counted]
        interval = functioning_interval(hours, seed=seed, draws=draws)
    return Ladder(
        profile=every,
        early=profile(early),
        late=profile(late),
        late_from=late_from,
        interval=interval,
        rungs=tuple(rungs),
        stretches=_stretches(rungs),
        lines={code: in_order(lines) for code, lines in by_code.items()},
    )


def _rung(hour: Hour, marks: list[Mark]) -> Rung:
    level = level_of()
    found = Counter(level[m.code] for m in marks if m.code in level) if hour.counts else Counter[int]()
    n = sum(found.values())
    odf, se = functioning(found) if n >= LEAST else (None, None)
    return Rung(
        hour=hour.number,
        date=hour.date,
        n=n,
        by_level=tuple(found[k] for k in LEVELS),
        odf=odf,
        se=se,
        lines=in_order(line_of(hour, m, counted=m.code in level) for m in marks),
        counted=hour.counts,
    )


def _stretches(rungs: list[Rung]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    held: list[Rung] = []
    for rung in rungs:
        if not rung.counted:
            continue
        held.append(rung)
        if sum(r.n for r in held) >= LEAST:
            counts = {k: sum(r.by_level[i] for r in held) for i, k in enumerate(LEVELS)}
            odf, se = functioning(counts)
            found.append(Stretch(held[0].hour, rung.hour, len(held), sum(counts.values()), odf, se))
            held = []
    return tuple(found)
