"""Dreams after Hall and Van de Castle: indicators of a series, beside the norms with their cautions.

When not to use it: Not for one dream, nor for interpreting any. The norms are of students of one country
around 1950: not a yardstick of health, and withheld for a short series.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from depthwork.coding.marks import Mark
from depthwork.coding.shelf import codebook
from depthwork.wording import gettext as _

LEAST_FOR_NORMS = 25
ADVISED = (75, 100)  # dreams of one person (Domhoff & Schneider 1998)
Norm = Literal["male", "female", "both"]


@dataclass(frozen=True, slots=True)
class Dream:
    """One told dream: its report and the elements marked inside it."""

    report: Mark | None
    elements: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A share (percents as 0..1) or a ratio; None where nothing of its kind was marked."""

    id: str
    kind: str
    value: float | None
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """The difference of two shares as h, with its interval and test; p is two-sided."""

    h: float
    se: float
    z: float
    p: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NormLine:
    """An indicator beside the norm; `departure` is how far a random series of this size strays, in points."""

    indicator: Indicator
    norm: float
    h: float | None
    departure: float | None
    status: str


@dataclass(frozen=True, slots=True)
class AgainstNorms:
    """Norm lines, or the reason why there are none, and what every such table must say."""

    lines: tuple[NormLine, ...]
    dreams: int
    withheld: str | None
    caution: str


def dreams_of(marks: Iterable[Mark]) -> tuple[Dream, ...]:
    """The dreams of one source, each with the elements inside its report.

    Elements outside every report make one dream without a report if nothing else is told
    (a source that is itself a dream report); otherwise they are left out.
    """
    given = list(marks)
    reports = sorted((m for m in given if m.construct == "dream"), key=lambda m: (m.span, m.id))
    elements = [m for m in given if m.construct.startswith("dream_")]
    if not reports:
        return (Dream(None, tuple(elements)),) if elements else ()
    homes: list[list[Mark]] = [[] for _ in reports]
    for mark in elements:
        for at, report in enumerate(reports):
            if report.span.start <= mark.span.start and mark.span.end <= report.span.end:
                homes[at].append(mark)
                break
    return tuple(Dream(report, tuple(home)) for report, home in zip(reports, homes, strict=True))


def indicators(dreams: Sequence[Dream]) -> dict[str, Indicator]:
    """All indicators of a series, by id.

    Parameters
    ----------
    dreams
        The reports of one person.

    Returns
    -------
    dict
        Shares as 0..1; indices (per character) as ratios that may exceed 1.

    Notes
    -----
    1. Reports have roughly the length of the norm sample's (50 to 300 words).
    2. Denominators are elements, not dreams, save for the "at least one" shares.

    Content norms belong into research; a single dream is read, not counted.

    References
    ----------
    Hall & Van de Castle (1966); Domhoff (1999), Dreaming 9:115
    """
    by_dream = [_counts(dream) for dream in dreams]
    total = {name: sum(c[name] for c in by_dream) for name in _sets()}
    found: dict[str, Indicator] = {}
    for entry in _book()["indicators"]:
        id, kind = str(entry["id"]), str(entry["kind"])
        if kind == "percent_of_dreams":
            above = sum(any(c[name] for name in entry["numerator"]) for c in by_dream)
            below = len(dreams)
        else:
            above = sum(total[name] for name in entry["numerator"])
            below = sum(total[name] for name in entry["denominator"])
        found[id] = Indicator(id, kind, above / below if below else None, above, below)
    return found


def cohen_h(p1: float, p2: float) -> float:
    """Cohen's h of two shares: ``2 asin(sqrt(p1)) - 2 asin(sqrt(p2))``, -pi to pi.

    Raises
    ------
    ValueError
        If a share lies outside 0..1 (ratio indices may; they have no h).
    """
    if not (0 <= p1 <= 1 and 0 <= p2 <= 1):
        raise ValueError("h compares two shares between 0 and 1")
    return 2 * math.asin(math.sqrt(p1)) - 2 * math.asin(math.sqrt(p2))


def contrast(p1: float, n1: int, p2: float, n2: int) -> Contrast:
    """h with its test; `n1` and `n2` are the denominators, not the numbers of dreams.

    Notes
    -----
    1. Elements are independent, which they are not quite within a dream: read p as a guide.

    ``se = sqrt(1/n1 + 1/n2)``, interval ``h +- 1.96 se``

    References
    ----------
    Cohen (1988), Statistical Power Analysis, ch. 6; Domhoff & Schneider (2015), Dreaming 25:59
    """
    if n1 <= 0 or n2 <= 0:
        raise ValueError("both denominators should be above 0")
    h, se = cohen_h(p1, p2), math.sqrt(1 / n1 + 1 / n2)
    z = h / se
    return Contrast(h, se, z, math.erfc(abs(z) / math.sqrt(2)), h - 1.96 * se, h + 1.96 * se)


def compare(a: Sequence[Dream], b: Sequence[Dream]) -> dict[str, tuple[Contrast, float]]:
    """Two series, indicator by indicator: the contrast and its p adjusted for all of them.

    Indicators that are ratios, or without elements in one series, are left out.
    """
    first, second = indicators(a), indicators(b)
    found: dict[str, Contrast] = {}
    for id, x in first.items():
        y = second[id]
        if x.kind != "index" and x.value is not None and y.value is not None:
            found[id] = contrast(x.value, x.denominator, y.value, y.denominator)
    adjusted = benjamini_hochberg([c.p for c in found.values()])
    return {id: (c, p) for (id, c), p in zip(found.items(), adjusted, strict=True)}


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """p values adjusted so that the share of false findings stays below the level chosen.

    References
    ----------
    Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x
    """
    if not p:
        return []
    values = np.asarray(p, dtype=float)
    order = np.argsort(-values, kind="stable")
    ranks = np.arange(len(values), 0, -1)
    raised = np.minimum.accumulate(np.minimum(1.0, values[order] * len(values) / ranks))
    result = np.empty(len(values))
    result[order] = raised
    return [float(x) for x in result]


def against_norms(dreams: Sequence[Dream], norm: Norm) -> AgainstNorms:
    """A series beside the norms of US students around 1950; descriptive only.

    Withheld below 25 reports; 75 to 100 are advised for one person. The norm's own
    denominators are not published by indicator, so h stands without a test.
    """
    sample = _book()["norm_sample"]
    caution = _("Norms: %(people)s, %(years)s; %(use)s.") % {
        "people": sample["population"],
        "years": sample["years"],
        "use": sample["use"],
    }
    if len(dreams) < ADVISED[0]:
        caution += " " + _("%(low)s to %(high)s dreams are advised; there are %(n)s.") % {
            "low": ADVISED[0],
            "high": ADVISED[1],
            "n": len(dreams),
        }
    if len(dreams) < LEAST_FOR_NORMS:
        reason = _("fewer than %(least)s dream reports") % {"least": LEAST_FOR_NORMS}
        return AgainstNorms((), len(dreams), reason, caution)
    lines: list[NormLine] = []
    own = indicators(dreams)
    for entry in _book()["indicators"]:
        value = (entry.get("norm") or {}).get(norm)
        if value is None:
            continue
        indicator = own[entry["id"]]
        share = value if indicator.kind == "index" else value / 100
        h = None
        if indicator.kind != "index" and indicator.value is not None:
            h = cohen_h(indicator.value, share)
        status = (
            _("read in a file that cites the norms") if norm == "both" else _("not yet checked one by one")
        )
        lines.append(NormLine(indicator, share, h, _departure(indicator.id, len(dreams)), status))
    return AgainstNorms(tuple(lines), len(dreams), None, caution)


def _departure(id: str, dreams: int) -> float | None:
    """The published departure for the largest tabled series that is not larger than this one."""
    table = _book()["sampling_error"]
    row = table["by_indicator"].get(id)
    fitting = [(n, x) for n, x in zip(table["dreams"], row or (), strict=False) if n <= dreams]
    return float(max(fitting)[1]) if fitting else None


@lru_cache(maxsize=1)
def _book() -> Mapping[str, Any]:
    return codebook("dreams").document


@lru_cache(maxsize=1)
def _sets() -> Mapping[str, Callable[[Mark, frozenset[tuple[int, int]]], bool]]:
    return {name: _member(name, entry) for name, entry in _book()["sets"].items()}


def _member(name: str, entry: Mapping[str, Any]) -> Callable[[Mark, frozenset[tuple[int, int]]], bool]:
    codes = frozenset(entry["codes"])
    roles = frozenset(entry.get("with_role") or ())
    also = entry.get("and_code")

    def holds(mark: Mark, groups: frozenset[tuple[int, int]]) -> bool:
        if mark.code not in codes:
            return False
        if roles and mark.attributes.get("role") not in roles:
            return False
        return not also or (mark.span.start, mark.span.end) in groups

    return holds


def _counts(dream: Dream) -> dict[str, int]:
    # The one set that needs a second code asks for a group: a character is several marks on one span.
    groups = frozenset((m.span.start, m.span.end) for m in dream.elements if m.code == "number_group")
    return {name: sum(holds(m, groups) for m in dream.elements) for name, holds in _sets().items()}
